"""Every request to the sandbox, as it was answered, with what was wrong with it."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Any

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_KEPT = 200
_LONGEST = 1_000_000


class Shown:
    """ASGI middleware that tells of each request to the wire; ``latest`` keeps the newest.

    Secrets and tokens are never told: they stand in headers and in bodies, and of those only answers are looked at.
    """

    def __init__(self, app: ASGIApp, tell: Callable[[str], None]) -> None:
        self._app = app
        self._tell = tell
        self.latest: deque[str] = deque(maxlen=_KEPT)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request and tell of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, status, body = time.perf_counter(), 0, b""

        async def sending(message: Message) -> None:
            nonlocal status, body
            if message["type"] == "http.response.start":
                status = message["status"]
            elif message["type"] == "http.response.body" and len(body) < _LONGEST:
                body += message.get("body", b"")
            await send(message)

        await self._app(scope, receive, sending)
        took = 1000 * (time.perf_counter() - begun)
        for line in lines(scope["method"], scope["path"], status, took, body):
            self.latest.append(line)
            self._tell(line)


def lines(method: str, path: str, status: int, took: float, body: bytes) -> list[str]:
    """One request as lines: what it was, how it was answered, and each thing that was wrong with it."""
    told = [f"{method} {path} → {status} in {took:.0f} ms"]
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        return told
    return told + [f"    {wrong}" for wrong in _wrong(said, status)]


def _wrong(said: Any, status: int) -> list[str]:
    if not isinstance(said, dict):
        return []
    if status >= 400:
        return [str(said.get("message") or said.get("error_description") or said)]
    found = []
    elements = said.get("elements")
    for nth, element in enumerate(elements if isinstance(elements, list) else ()):
        if isinstance(element, dict) and isinstance(element.get("error"), dict):
            found.append(
                f"element {nth}: {element['error'].get('status')} {str(element['error'].get('message')).strip()}"
            )
    for section in ("errors", "results"):
        inner = said.get(section)
        for key, each in inner.items() if isinstance(inner, dict) else ():
            wrong = _told(each)
            if wrong:
                found.append(f"{key}: {wrong}")
    return found


def _told(each: Any) -> str:
    if not isinstance(each, dict):
        return ""
    if each.get("errorMessage"):
        return f"{each.get('status')}: {each['errorMessage']}"
    details = [each[name]["statusMessage"] for name in each if name.endswith("StatusDetail")]
    return str(each.get("message") or "; ".join(details))
