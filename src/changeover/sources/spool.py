"""Jobs put aside while a large feed is read: in memory, then in a file, compressed if many."""

from __future__ import annotations

import marshal
import tempfile
import weakref
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import datetime
from operator import attrgetter
from typing import Any, overload

from isal import isal_zlib

from changeover.job import Job
from changeover.sources.recognised import Numbers

_BLOCK = 500
_IN_MEMORY = 8 << 20
# To compress a job and open it again takes as long as all else that is done to put it aside, so few are.
_PLAIN = 64 << 20
_TOLD = tuple(field.name for field in fields(Job) if field.name not in ("posted_at", "extra", "_digest"))


class Spool:
    """Jobs that are only ever put aside and looked at again, one after the other; 500 of them are in memory at once."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - lives as long as the spool
        weakref.finalize(self, self._file.close)
        self._blocks: list[tuple[int, int]] = []
        self._tail: list[Job] = []
        self._end = 0

    def append(self, job: Job) -> int:
        """Put the job aside; its place."""
        self._tail.append(job)
        if len(self._tail) == _BLOCK:
            packed = marshal.dumps(list(map(_packed, self._tail)))
            packed = isal_zlib.compress(packed, 1) if self._end >= _PLAIN else packed
            self._file.seek(self._end)
            self._file.write(packed)
            self._blocks.append((self._end, len(packed)))
            self._end += len(packed)
            self._tail = []
        return len(self) - 1

    def __len__(self) -> int:
        return len(self._blocks) * _BLOCK + len(self._tail)

    def at(self, places: Iterable[int]) -> Iterator[Job]:
        """The jobs at these places; blocks are opened once each if the places rise."""
        opened, block = -1, list[Job]()
        for place in places:
            if place // _BLOCK != opened:
                opened, block = place // _BLOCK, self._open(place // _BLOCK)
            yield block[place % _BLOCK]

    def _open(self, number: int) -> list[Job]:
        if number == len(self._blocks):
            return self._tail
        begin, size = self._blocks[number]
        self._file.seek(begin)
        packed = self._file.read(size)
        packed = isal_zlib.decompress(packed) if begin >= _PLAIN else packed
        return [_unpacked(*each) for each in marshal.loads(packed)]  # noqa: S302  our own bytes


class Aside(Sequence[Job]):
    """Those jobs of a spool that stand at ``places`` (rising), with the hashes of their ids (`recognised.id_hash`)."""

    def __init__(self, spool: Spool, places: Numbers, ids: Numbers) -> None:
        self._spool, self._places, self.ids = spool, places, ids

    def only(self, which: Numbers) -> Aside:
        """Some of them: those for which this says true."""
        return Aside(self._spool, self._places[which], self.ids[which])

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


_values = attrgetter(*_TOLD)


def _packed(job: Job) -> tuple[Any, ...]:
    posted = job.posted_at
    return job.digest(), posted and posted.isoformat(), dict(job.extra), _values(job)


def _unpacked(digest: bytes, posted: str | None, extra: dict[str, Any], told: tuple[str, ...]) -> Job:
    record: dict[str, Any] = dict(zip(_TOLD, told, strict=True))
    return Job(**record, posted_at=datetime.fromisoformat(posted) if posted else None, extra=extra).with_digest(digest)


def job_from(record: dict[str, Any]) -> Job:
    """The job that ``orjson.dumps`` wrote."""
    posted = record["posted_at"]
    record["posted_at"] = datetime.fromisoformat(posted) if posted else None
    return Job(**record)
