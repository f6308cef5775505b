"""serve and work: where they listen, who is let in, and how they end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import urllib.error
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

from .conftest import Changeover


def until(process: subprocess.Popen[str], word: str) -> list[str]:
    """What a command says up to the line with ``word``."""
    assert process.stdout
    told: list[str] = []
    for line in process.stdout:
        told.append(line)
        if word in line:
            return told
    raise AssertionError("".join(told))


def end(process: subprocess.Popen[str], number: signal.Signals) -> str:
    """Send a signal to all of the command's session, as a terminal does; what it says to that. It ends with 0."""
    os.killpg(process.pid, number)
    said, _ = process.communicate(timeout=30)
    assert process.returncode == 0, said
    return said


def address(told: list[str], what: str) -> str:
    return next(line for line in told if line.startswith(what)).split()[1]


def test_serve_lets_one_person_in_once_and_ends_when_it_is_told_to(changeover: Changeover) -> None:
    with changeover.begun("serve", "--port", "0") as first, changeover.begun("serve", "--port", "0") as second:
        told, also = until(first, "Ctrl-C"), until(second, "Ctrl-C")
        assert urllib.request.urlopen(address(told, "Board:")).status == 200
        assert urllib.request.urlopen(address(also, "Board:")).status == 200

        person = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        assert person.open(address(told, "Console:")).status == 200
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(address(told, "Console:"))
        port = address(also, "Board:").split(":")[2].removesuffix("/jobs")
        assert person.open(changeover("link", "--port", port).out.strip()).status == 200

        assert "Stopped" in end(first, signal.SIGINT)
        assert "Stopped" in end(second, signal.SIGTERM)
    assert "No board answers" in changeover("link", status=2).err


def test_serve_refuses_an_address_that_is_not_this_machines_own(changeover: Changeover) -> None:
    for host in ("0.0.0.0", "::", "192.0.2.1", "board.example.org"):
        ended = changeover("serve", "--host", host, status=2)
        assert f"{host} is refused" in ended.err
        assert ended.err.count("\n") == 1


def test_serve_says_that_a_port_is_taken(changeover: Changeover) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert f"Port {port} on 127.0.0.1 cannot be used" in changeover("serve", "--port", port, status=2).err


def test_a_worker_ends_when_it_is_told_to(changeover: Changeover) -> None:
    with changeover.begun("work") as worker:
        until(worker, "Working")
        assert "Stopped" in end(worker, signal.SIGTERM)


def test_the_embedded_database_outlives_its_commands_until_it_is_stopped(tmp_path: Path) -> None:
    tmp_path.chmod(0o711)
    changeover = Changeover(tmp_path, data=str(tmp_path / "data"))
    assert "No embedded database" in changeover.process("db", "stop").err
    made = changeover.process("company", "add", "Kept").out.strip()
    try:
        with changeover.begun("serve", "--port", "0") as board:
            until(board, "Ctrl-C")
            end(board, signal.SIGHUP)
        assert "Kept" in changeover.process("status", made).out
        assert "has stopped" in changeover.process("db", "stop").err
        assert "Kept" in changeover.process("status", made).out
    finally:
        changeover.process("db", "stop")
