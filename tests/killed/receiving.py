"""What stands outside: an HTTP server of the tests' own that keeps all that is sent to it, and lives on."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson

_LENGTH, _ID = re.compile(rb"\r\ncontent-length: *(\d+)", re.I), re.compile(rb"\r\nwebhook-id: *(\S+)", re.I)


@dataclass
class Receiver:
    """``came``: by path, what came under each webhook-id; a body that came twice is there twice."""

    url: str = ""
    came: dict[str, dict[str, list[bytes]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request, kept before it is answered."""
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length, its_id = _LENGTH.search(head), _ID.search(head)
            assert length is not None
            assert its_id is not None
            body = await reader.readexactly(int(length[1]))
            self.came[head.split(b" ")[1].decode()][its_id[1].decode()].append(body)
            writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
            await writer.drain()
        finally:
            writer.close()

    def otherwise(self, path: str) -> list[str]:
        """What came twice under one id and was not the same."""
        return [f"{its_id} was two" for its_id, bodies in self.came[path].items() if len(set(bodies)) > 1]

    def told(self, path: str) -> list[dict[str, Any]]:
        """What a receiver that knows each id makes of it: every message once."""
        return [orjson.loads(bodies[0]) for bodies in self.came[path].values()]


@asynccontextmanager
async def receiver() -> AsyncIterator[Receiver]:
    """A receiver on loopback."""
    made = Receiver()
    async with await asyncio.start_server(made.serve, "127.0.0.1", 0) as server:
        made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield made
