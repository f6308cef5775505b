"""Hosts of the test's own: network namespaces on one bridge, which can be cut off and brought back."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

NET = "10.213.77"
HERE = f"{NET}.1"


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


def possible() -> bool:
    """Whether this machine lets us make hosts."""
    if os.geteuid() != 0:
        return False
    name = f"chg-probe-{os.getpid()}"
    try:
        ip("netns", "add", name)
        ip("netns", "delete", name)
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


@contextmanager
def hosts(count: int) -> Iterator[list[str]]:
    """So many hosts that reach this one at HERE; their names."""
    names = [f"chg{os.getpid()}n{n}" for n in range(count)]
    bridge = f"chg{os.getpid()}b"
    _clear_away()
    try:
        ip("link", "add", bridge, "type", "bridge")
        ip("addr", "add", f"{HERE}/24", "dev", bridge)
        ip("link", "set", bridge, "up")
        for name in names:
            ip("netns", "add", name)
            ip("link", "add", f"{name}o", "type", "veth", "peer", "name", "eth0", "netns", name)
            ip("link", "set", f"{name}o", "master", bridge, "up")
            ip("-n", name, "addr", "add", f"{address(name)}/24", "dev", "eth0")
            ip("-n", name, "link", "set", "eth0", "up")
            ip("-n", name, "link", "set", "lo", "up")
        yield names
    finally:
        for name in names:
            subprocess.run(["ip", "netns", "delete", name], check=False, capture_output=True)
        subprocess.run(["ip", "link", "delete", bridge], check=False, capture_output=True)


def _clear_away() -> None:
    """What runs that were killed left: their bridges have this one's address, and nobody would be reached."""
    for what in ("netns", "link"):
        told = subprocess.run(["ip", "-o", what, "show"], check=True, capture_output=True, text=True).stdout
        for name, pid in re.findall(r"\b(chg(\d+)(?:n\d+|b))\b", told):
            if not Path(f"/proc/{pid}").exists():
                subprocess.run(["ip", what, "delete", name], check=False, capture_output=True)


def address(name: str) -> str:
    """Where the host of this name is reached."""
    return f"{NET}.{10 + int(name.rpartition('n')[2])}"


def on(name: str) -> Sequence[str]:
    """What a command is run with to run on this host."""
    return ("ip", "netns", "exec", name)


def cut_off(name: str) -> None:
    """Pull its cable: what is sent is lost, and nobody is told."""
    ip("link", "set", f"{name}o", "down")


def bring_back(name: str) -> None:
    """Plug it in again."""
    ip("link", "set", f"{name}o", "up")
