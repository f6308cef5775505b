"""Jobs put aside while a large feed is read: packed in blocks, in memory, then in a file."""

from __future__ import annotations

import tempfile
import weakref
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as Set
from datetime import datetime
from typing import Any, overload

import numpy as np
import orjson
from isal import isal_zlib

from changeover.job import Job
from changeover.sources.recognised import Numbers

_BLOCK = 500
_IN_MEMORY = 8 << 20
# Bytes that stand as they come; what follows is compressed, which takes as long as all else that is done to it.
_PLAIN = 64 << 20


def packed(jobs: Iterable[Job], *, small: bool) -> bytes:
    """Jobs as JSON lines, compressed by zlib where they are to be ``small``."""
    lines = b"\n".join(map(orjson.dumps, jobs))
    return isal_zlib.compress(lines, 1) if small else lines


def unpacked(block: bytes) -> list[Job]:
    """The jobs of a block, compressed or not: JSON begins otherwise than what is compressed."""
    lines = block if block[:1] in (b"{", b"") else isal_zlib.decompress(block)
    return [job_from(orjson.loads(line)) for line in lines.split(b"\n")] if lines else []


def job_from(record: dict[str, Any]) -> Job:
    """The job that ``orjson.dumps`` wrote."""
    posted = record["posted_at"]
    record["posted_at"] = datetime.fromisoformat(posted) if posted else None
    return Job(**record)


class Spool:
    """Blocks of jobs, put aside in order and looked at again by their places; one block is open at once."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - lives as long as the spool
        weakref.finalize(self, self._file.close)
        # Where each block begins: the place of its first job, and its first byte.
        self._places, self._bytes = array("q", [0]), array("q", [0])

    def put(self, block: bytes, count: int) -> int:
        """Put ``count`` jobs aside that are packed already; the place of the first."""
        if self._bytes[-1] >= _PLAIN and block[:1] == b"{":
            block = isal_zlib.compress(block, 1)
        self._file.seek(self._bytes[-1])
        self._file.write(block)
        self._bytes.append(self._bytes[-1] + len(block))
        self._places.append(self._places[-1] + count)
        return self._places[-2]

    def add(self, jobs: Sequence[Job]) -> int:
        """Put jobs aside; the place of the first, behind which the others stand."""
        first = len(self)
        for start in range(0, len(jobs), _BLOCK):
            some = jobs[start : start + _BLOCK]
            self.put(packed(some, small=False), len(some))
        return first

    def __len__(self) -> int:
        return self._places[-1]

    def at(self, places: Iterable[int]) -> Iterator[Job]:
        """The jobs at these places; blocks are opened once each if the places rise."""
        begin, end, block = 0, 0, list[Job]()
        for place in places:
            if not begin <= place < end:
                which = bisect_right(self._places, place) - 1
                begin, end, block = self._places[which], self._places[which + 1], unpacked(self._read(which))
            yield block[place - begin]

    def blocks(self, places: Numbers, known: Set[int] = frozenset()) -> Iterator[tuple[int, bytes]]:
        """Each block with those of its jobs alone that stand at ``places`` (rising), after where it begins.

        Passed over are blocks that begin at a ``known`` place, where all that was put there stands.
        """
        at = np.searchsorted(places, np.frombuffer(self._places, dtype="<i8"))
        for which in range(len(self._places) - 1):
            begin, end = self._places[which], self._places[which + 1]
            some = places[at[which] : at[which + 1]]
            if len(some) < end - begin:
                yield begin, packed(self.at(map(int, some)), small=True)
            elif begin not in known:
                yield begin, self._read(which)

    def _read(self, which: int) -> bytes:
        self._file.seek(self._bytes[which])
        return self._file.read(self._bytes[which + 1] - self._bytes[which])


class Aside(Sequence[Job]):
    """Those jobs of a spool that stand at ``places`` (rising), with the hashes of their ids (`recognised.id_hash`)."""

    def __init__(self, spool: Spool, places: Numbers, ids: Numbers) -> None:
        self._spool, self._places, self.ids = spool, places, ids

    def only(self, which: Numbers) -> Aside:
        """Some of them: those for which this says true."""
        return Aside(self._spool, self._places[which], self.ids[which])

    def blocks(self, known: Set[int]) -> Iterator[tuple[int, bytes]]:
        """They as `Spool.blocks` tells them."""
        return self._spool.blocks(self._places, known)

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[Job]:
        return self._spool.at(map(int, self._places))

    @overload
    def __getitem__(self, at: int) -> Job: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Job]: ...
    def __getitem__(self, at: int | slice) -> Job | Sequence[Job]:
        """By place: for a look at the first ones; use iteration for all of them."""
        if isinstance(at, slice):
            return Aside(self._spool, self._places[at], self.ids[at])
        return next(self._spool.at((int(self._places[at]),)))
