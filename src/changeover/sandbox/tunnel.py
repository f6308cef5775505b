"""A proxy on loopback that leads every host to the sandbox, for clients with built-in hosts."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

_LINE = 4_096
_SECONDS = 10.0


@asynccontextmanager
async def tunnel(port: int) -> AsyncIterator[int]:
    """The port of a proxy that answers CONNECT and leads to ``port`` on loopback, whatever host was asked for."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _through(reader, writer, port)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, ValueError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, limit=_LINE)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def _through(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> None:
    async with asyncio.timeout(_SECONDS):
        line = await reader.readline()
        while await reader.readline() not in (b"\r\n", b"\n", b""):
            pass
    if not line.startswith(b"CONNECT "):
        writer.write(b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n")
        return
    there, here = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
    try:
        await asyncio.gather(_copy(reader, here), _copy(there, writer))
    finally:
        here.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while chunk := await reader.read(65_536):
        writer.write(chunk)
        await writer.drain()
    with contextlib.suppress(OSError):
        writer.write_eof()
