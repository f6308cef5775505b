"""Origins of web pages: read as a person writes them, kept as a browser sends them."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from changeover.refusal import Refusal
from changeover.sources.address import own_machine

MOST = 20
_HOST = re.compile(r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*")
_PORTS = {"https": 443, "http": 80}


def origin(told: str) -> str | None:
    """The origin (RFC 6454) that a text names, as a browser sends it; None where it names none that may be registered.

    A path, a user or a wildcard is refused, and so is plain http but on loopback: anybody on the way could change
    such a page.
    """
    try:
        parts = urlsplit(told.strip().lower())
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname or ""
    bare = not (parts.username or parts.password or parts.query or parts.fragment or parts.path.strip("/"))
    if not bare or parts.scheme not in _PORTS or "@" in parts.netloc or not _known(host):
        return None
    if parts.scheme == "http" and not own_machine(host):
        return None
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{port}" if port and port != _PORTS[parts.scheme] else "")


def read(told: Sequence[str]) -> list[str] | Refusal:
    """The origins as they are kept, each once, in order; a refusal names the first that is none."""
    found: list[str] = []
    for each in told:
        known = origin(each)
        if known is None:
            said = f"Nothing was done: “{each[:100]}” is no origin on which widgets may be shown."
            return Refusal("NO_ORIGIN", said, "Write https://ats.example, without a path; http only on loopback.")
        found += [known] if known not in found else []
    if len(found) > MOST:
        return Refusal("TOO_MANY_ORIGINS", f"Nothing was done: a client has at most {MOST} origins.", "Send fewer.")
    return found


def _known(host: str) -> bool:
    try:
        return bool(_HOST.fullmatch(host) or ipaddress.ip_address(host))
    except ValueError:
        return False
