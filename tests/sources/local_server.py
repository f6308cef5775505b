"""A small real HTTP server on loopback whose answers a test decides, down to the bytes on the wire."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit


@dataclass
class Asked:
    """One request as it arrived."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return {key: values[0] for key, values in parse_qs(urlsplit(self.target).query).items()}


@dataclass
class Told:
    """One answer. ``length`` lies about the body's size; ``drip`` sends it in pieces with pauses."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None
    drip: tuple[int, float] | None = None

    async def pieces(self) -> AsyncIterator[bytes]:
        if self.drip is None:
            yield self.body
            return
        size, pause = self.drip
        for start in range(0, len(self.body), size):
            yield self.body[start : start + size]
            await asyncio.sleep(pause)


Answers = Callable[[Asked], Told | Awaitable[Told]]


class LocalServer:
    """Serves ``pages`` (path, or ``*``, to bytes, Told, or a function of the request); counts what was asked."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes | str | Told | Answers] = {}
        self.asked: list[Asked] = []
        self.port = 0
        self.scheme = "http"
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def times(self, path: str) -> int:
        return sum(asked.path == path for asked in self.asked)

    async def start(self, secured: ssl.SSLContext | None = None) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=secured)
        self.port = self._server.sockets[0].getsockname()[1]
        self.scheme = "https" if secured else "http"

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        for writer in list(self._open):
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                first, *lines = head.decode("latin-1").split("\r\n")
                method, target, _ = first.split(" ", 2)
                pairs = (line.partition(":") for line in lines if line)
                headers = {name.lower(): value.strip() for name, _, value in pairs}
                asked = Asked(method, target, headers, await reader.readexactly(int(headers.get("content-length", 0))))
                self.asked.append(asked)
                if not await self._tell(writer, await self._answer(asked)):
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._open.discard(writer)
            writer.close()

    async def _answer(self, asked: Asked) -> Told:
        page = self.pages.get(asked.target, self.pages.get(asked.path, self.pages.get("*", Told(b"nothing here", 404))))
        if callable(page):
            told = page(asked)
            page = await told if isinstance(told, Awaitable) else told
        if isinstance(page, str):
            page = page.encode()
        return Told(page) if isinstance(page, bytes) else page

    async def _tell(self, writer: asyncio.StreamWriter, told: Told) -> bool:
        length = len(told.body) if told.length is None else told.length
        headers = {"Content-Length": str(length), **told.headers}
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        writer.write(f"HTTP/1.1 {told.status} Told\r\n{lines}\r\n".encode("latin-1"))
        async for piece in told.pieces():
            writer.write(piece)
            await writer.drain()
        return length == len(told.body)
