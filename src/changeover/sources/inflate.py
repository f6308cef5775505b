"""Compressed bytes opened step by step, within a limit that a bomb of zeros cannot pass."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from isal import isal_zlib
from isal.igzip_lib import IsalError

STEP = 1 << 20
_FREE = 32 << 20
_RATIO = 250
# To begin a piece costs as much as to open some kB of it.
_FREE_MEMBERS, _LEAST_OF_ONE = 1_000, 1_000
GZIP_MAGIC = b"\x1f\x8b"


@dataclass(eq=False)
class InflateError(Exception):
    """Bytes that cannot be opened: a stable code and what happened, as the end of a sentence."""

    code: str
    what: str


class Inflater:
    """Opens gzip (several members too), zlib or raw deflate, bounded in size and in ratio.

    ``limit`` is in bytes after opening. Past 32 MB a ratio over 250 counts as a bomb: feeds are under 40.
    """

    def __init__(self, limit: int, *, form: str = "gzip") -> None:
        self._limit, self._form = limit, form
        self._engine: isal_zlib.Decompress | None = None
        self._into = self._out = self._members = 0

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The opened bytes, at most STEP at a time; raises InflateError."""
        self._into += len(data)
        while data:
            if self._engine is None:
                data = self._begin(data)
                if self._engine is None:
                    return
            try:
                opened = self._engine.decompress(data, STEP)
            except IsalError as error:  # type: ignore[misc]  # its stub forgets that it is an exception
                raise InflateError("BAD_COMPRESSION", "is compressed in a way that cannot be opened") from error
            self._out += len(opened)
            self._check()
            if opened:
                yield opened
            if self._engine.eof:
                data, self._engine = self._engine.unused_data, None
            else:
                data = self._engine.unconsumed_tail
                if not data and len(opened) == STEP:
                    yield from self._drain()

    def _begin(self, data: bytes) -> bytes:
        if self._form == "gzip":
            if self._out and not data.startswith(GZIP_MAGIC[: len(data)]):
                return b""  # padding after the last member, which gzip itself also passes over
            bits = 31
            self._members += 1
            if self._members > _FREE_MEMBERS and self._out < self._members * _LEAST_OF_ONE:
                raise InflateError("BAD_COMPRESSION", "is compressed in far more pieces than a list of jobs is")
        else:
            bits = 15 if data[0] & 0x0F == 8 else -15
        self._engine = isal_zlib.decompressobj(bits)
        return data

    def _drain(self) -> Iterator[bytes]:
        while self._engine is not None and not self._engine.eof:
            opened = self._engine.decompress(b"", STEP)
            self._out += len(opened)
            self._check()
            if not opened:
                return
            yield opened

    def _check(self) -> None:
        if self._out > self._limit:
            raise InflateError("TOO_LARGE", f"opens to more than {self._limit:,} bytes")
        if self._out > _FREE and self._out > _RATIO * self._into:
            raise InflateError("COMPRESSION_BOMB", "opens to far more than a list of jobs can hold")

    @property
    def whole(self) -> bool:
        """True if the compressed bytes ended where they say they end."""
        return self._engine is None

    def finish(self) -> None:
        """Raise InflateError if the bytes were cut off."""
        if not self.whole:
            raise InflateError("CUT_OFF", "ends in the middle of its compressed bytes")


def opened(chunks: Iterable[bytes], limit: int) -> Iterator[bytes]:
    """The chunks themselves, or what they open to where they begin as gzip; raises InflateError."""
    inflater: Inflater | None = None
    first = True
    for chunk in chunks:
        if first and chunk:
            first = False
            inflater = Inflater(limit) if chunk.startswith(GZIP_MAGIC) else None
        if inflater is None:
            yield chunk
        else:
            yield from inflater.feed(chunk)
    if inflater is not None:
        inflater.finish()
