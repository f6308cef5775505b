"""What a source answered, byte for byte: kept to be read again, and to ask for less next time."""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import xxhash
from isal import isal_zlib

_IN_MEMORY = 8 << 20
_STEP = 1 << 20
# Feeds compress to a sixth, those that repeat themselves to a twentieth.
_RATIO = 20
TOTALS = ("x-total-count", "x-wp-total", "x-total", "total-count", "content-range")
"""The headers by which an answer tells how many records its list has."""

LINK = 2_000
"""Signs of a ``Link`` header that are looked at."""

_HEADERS = ("content-type", "etag", "last-modified", "x-robots-tag", *TOTALS)


@dataclass(frozen=True, slots=True)
class Head:
    """What is kept of an answer beside its body: the address that gave it, status, headers that are of use.

    ``failure``: the code, the sentence and the seconds to wait, where the answer failed or broke off. ``digest``: of
    the body (XXH3-128). ``size``: bytes of the body as it is kept, compressed.
    """

    url: str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    failure: tuple[str, str, float | None] | None = None
    digest: bytes = b""
    size: int = 0


class Before(Protocol):
    """The answers that were kept of the source's last reading."""

    heads: Mapping[bytes, Head]
    """The heads of the answers by what was asked (``ask_of``)."""

    async def packed(self, ask: bytes) -> bytes:
        """The body of one, compressed (zlib)."""


def ask_of(url: str, body: bytes | None = None) -> bytes:
    """What a request is looked up by: 16 bytes of its address and of what is posted."""
    return xxhash.xxh3_128_digest(url.encode() + b"\0" + (body or b""))


class Raw:
    """The answers of one reading as they come, at most ``limit`` bytes of them, compressed.

    ``before``: those of the last reading. ``replay``: the source is not asked, it is read from them alone. ``believe``:
    a page that says that it has not changed since (HTTP 304) is taken from them; ``revalidated`` if any was.
    """

    def __init__(
        self, limit: int = 0, before: Before | None = None, *, replay: bool = False, believe: bool = False
    ) -> None:
        self.replay, self.believe, self.revalidated = replay, believe, False
        self.heads: dict[bytes, Head] = {}
        self.whole = True
        self._limit, self._before = limit, before
        self._size = self._end = 0
        self._at: dict[bytes, int] = {}
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - lives as long as this does
        weakref.finalize(self, self._file.close)

    @property
    def before(self) -> Mapping[bytes, Head]:
        """What is kept of the last reading's answers."""
        return self._before.heads if self._before else {}

    def kept(self, ask: bytes) -> Head | None:
        """What was kept of the same request."""
        return self.before.get(ask)

    def validators(self, ask: bytes) -> dict[str, str]:
        """The headers by which a page is asked only for what has changed since it was kept."""
        head = self.kept(ask) if self.believe else None
        if head is None or head.failure or head.status != 200:
            return {}
        names = (("etag", "If-None-Match"), ("last-modified", "If-Modified-Since"))
        return {name: head.headers[of] for of, name in names if of in head.headers}

    async def again(self, ask: bytes) -> AsyncIterator[bytes]:
        """The body that was kept, as it was, in pieces."""
        packed = await self._before.packed(ask) if self._before else b""
        inflater = isal_zlib.decompressobj()
        while packed:
            if piece := inflater.decompress(packed, _STEP):
                yield piece
            packed = inflater.unconsumed_tail
        if rest := inflater.flush():
            yield rest

    def said_again(self, ask: bytes) -> None:
        """The page is as it was kept."""
        head = self.kept(ask)
        if head is not None:
            self.revalidated = True
            self._note(ask, head, None)

    def failed(self, ask: bytes, url: str, status: int | None, code: str, sentence: str, wait: float | None) -> None:
        """The request had no answer of use."""
        self._note(ask, Head(url, status or 0, {}, (code, sentence, wait)), None)

    def copy(
        self, ask: bytes, url: str, status: int = 200, headers: Mapping[str, str] | None = None, size: int = 0
    ) -> Copy:
        """Where the body of an answer is written to as it comes; ``size``: the bytes it says it has, 0 if it does not.

        One that cannot fit, however well it compresses, is not even begun.
        """
        useful = {name: value for name, value in (headers or {}).items() if name in _HEADERS}
        if "next" in (link := (headers or {}).get("link", "")[:LINK]).lower():
            useful["link"] = link
        room = max(0, self._limit - self._size)
        return Copy(self, ask, Head(url, status, useful), room if size <= _RATIO * room else -1)

    def body(self, ask: bytes) -> bytes | None:
        """The compressed body of an answer of this reading; None where it is the one that was kept before."""
        if ask not in self._at:
            return None
        self._file.seek(self._at[ask])
        return self._file.read(self.heads[ask].size)

    def leave_out(self, ask: bytes) -> None:
        """An answer is too large to be kept, so this reading cannot be made again from what is."""
        self.whole = False
        self.heads.pop(ask, None)

    def take(self, ask: bytes, head: Head, packed: bytes) -> None:
        """Keep an answer; its body only where it is not the one that was kept before."""
        before = self.kept(ask)
        same = before is not None and before.digest == head.digest and before.size > 0
        self._note(ask, head, None if same else packed)

    def _note(self, ask: bytes, head: Head, packed: bytes | None) -> None:
        if self._size + head.size > self._limit:
            self.leave_out(ask)
            return
        self._size += head.size
        self.heads[ask] = head
        self._at.pop(ask, None)
        if packed is not None:
            self._at[ask] = self._end
            self._file.seek(self._end)
            self._file.write(packed)
            self._end += len(packed)


class Copy:
    """One answer's body, compressed as it comes; given up where it has more than is left of the limit."""

    def __init__(self, raw: Raw, ask: bytes, head: Head, room: int) -> None:
        self._raw, self._ask, self._head, self._room = raw, ask, head, room
        self._packer: Any = isal_zlib.compressobj(1) if room >= 0 else None
        self._parts: list[bytes] = []
        self._size, self._digest, self._done = 0, xxhash.xxh3_128(), False

    def write(self, piece: bytes) -> None:
        """Take the next bytes."""
        if self._packer is None:
            return
        self._digest.update(piece)
        self._add(self._packer.compress(piece))

    def give_up(self) -> None:
        """Keep nothing of this answer."""
        self._packer = None
        self._parts.clear()

    def close(self, failure: tuple[str, str, float | None] | None = None) -> None:
        """No more will come; ``failure`` is why it broke off, if it did."""
        if self._done:
            return
        self._done = True
        if self._packer is not None:
            self._add(self._packer.flush())
        if self._packer is None:
            self._raw.leave_out(self._ask)
            return
        head = self._head
        done = Head(head.url, head.status, head.headers, failure, self._digest.digest(), self._size)
        self._raw.take(self._ask, done, b"".join(self._parts))
        self._parts.clear()

    def _add(self, packed: bytes) -> None:
        self._size += len(packed)
        if self._size > self._room:
            self.give_up()
        elif packed:
            self._parts.append(packed)
