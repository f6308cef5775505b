"""What stands before every request: its host must be ours, its body small, its answer safe to show."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from changeover.web.metrics import Metrics
from changeover.web.problem import Problem, answer

log = structlog.get_logger()

# A host as browsers send it: a name or an IPv6 address in brackets, and perhaps a port.
_HOST = re.compile(r"([\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?", re.ASCII | re.IGNORECASE)

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

# What a caller, or a proxy before us, may call a request; other names are not repeated in the log.
_REQUEST_ID = re.compile(r"[\w.:-]{8,64}", re.ASCII)

# No script or style but our own files; inline pictures are markup, not style.
_SAFE_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    # Not `no-referrer`: it would make browsers send `Origin: null` with our own forms.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
}


_SURPRISE = Problem(
    500,
    "UNEXPECTED",
    "Something went wrong here that should not have. Nothing was half done.",
    "Try again; if it happens again, tell whoever runs this board. The log says more.",
)


def host_names(*urls: str | None) -> frozenset[str]:
    """The names under which this board may be asked for: loopback's, and those of its own addresses."""
    return LOOPBACK | {name for url in urls if url and (name := urlsplit(url).hostname)}


class Guard:
    """ASGI middleware around the whole application.

    ``hosts``: other names are refused, or a foreign page could reach a loopback server through a
    name of its own (DNS rebinding). ``body``: the largest body in bytes; ``bodies``: others, by how
    a path ends.
    """

    def __init__(
        self, app: ASGIApp, *, hosts: Iterable[str], body: int, bodies: Mapping[str, int], metrics: Metrics
    ) -> None:
        self._app = app
        self._metrics = metrics
        self._hosts = frozenset(hosts)
        self._body = body
        self._bodies = dict(bodies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["method"] == "HEAD":
            # As its GET; the server sends no body.
            scope = {**scope, "method": "GET"}
        begun, named = time.perf_counter(), _named(scope)
        sending = _Sending(send, named, https=scope.get("scheme") == "https")
        with structlog.contextvars.bound_contextvars(request=named):
            try:
                await self._serve(scope, receive, sending)
            finally:
                seconds, route = time.perf_counter() - begun, getattr(scope.get("route"), "path", "none")
                self._metrics.count(scope["method"], route, sending.status, seconds)
                # What only reads is counted, and not worth a line unless it failed.
                if scope["method"] != "GET" or sending.status >= 500:
                    said = {"method": scope["method"], "route": route, "status": sending.status}
                    log.info("a request was answered", **said, ms=round(seconds * 1000))

    async def _serve(self, scope: Scope, receive: Receive, sending: _Sending) -> None:
        headers = Headers(scope=scope)
        limit = self._limit(scope["path"])
        problem = self._foreign(headers) or _too_large(headers, limit)
        if problem is None:
            try:
                await self._app(scope, _Counted(receive, limit), sending)
            except Exception:
                log.exception("a request failed unexpectedly", path=scope["path"])
                if sending.status:
                    raise
                problem = _SURPRISE
        if problem is not None:
            await answer(Request(scope), problem)(scope, receive, sending)

    def _foreign(self, headers: Headers) -> Problem | None:
        told = _HOST.fullmatch(headers.get("host", ""))
        if told and told[1].strip("[]").lower() in self._hosts:
            return None
        return Problem(
            421,
            "FOREIGN_HOST",
            "This board is not known under that name.",
            "Use the address that the server printed, or set CHANGEOVER_PUBLIC_URL to the name it has.",
        )

    def _limit(self, path: str) -> int:
        return next((size for end, size in self._bodies.items() if path.endswith(end)), self._body)


def _named(scope: Scope) -> str:
    """The id by which a request is found in the logs of all that it caused: the caller's own, or a new one."""
    told = Headers(scope=scope).get("x-request-id", "")
    return told if _REQUEST_ID.fullmatch(told) else secrets.token_hex(8)


def _too_large(headers: Headers, limit: int) -> Problem | None:
    length = headers.get("content-length", "0")
    if not length.isdecimal():
        return Problem(400, "BAD_LENGTH", "The request's length is not a number.", "Send it again as it should be.")
    return _over(limit) if int(length) > limit else None


def _over(limit: int) -> Problem:
    return Problem(
        413,
        "TOO_LARGE",
        f"Nothing was taken: the request is larger than {limit // 1_000_000} MB.",
        "Send it in smaller parts.",
    )


class _Counted:
    """A body that ends in a problem where it grows past the limit, whatever length it claimed."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._limit = limit
        self._seen = 0

    async def __call__(self) -> Message:
        message = await self._receive()
        self._seen += len(message.get("body", b""))
        if self._seen > self._limit:
            raise _over(self._limit)
        return message


class _Sending:
    """An answer with the headers that keep it safe to show."""

    def __init__(self, send: Send, named: str, *, https: bool) -> None:
        self._send = send
        self._named = named
        self._https = https
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in _SAFE_HEADERS.items():
                headers.setdefault(name, value)
            headers["x-request-id"] = self._named
            if self._https:
                headers.setdefault("strict-transport-security", "max-age=31536000")
        await self._send(message)
