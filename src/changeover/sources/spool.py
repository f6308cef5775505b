"""Jobs put aside while a large feed is read: compressed, in memory and then in a nameless file."""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, overload

import orjson
from isal import isal_zlib

from changeover.job import Job

_BLOCK = 500
_IN_MEMORY = 8 << 20


class Spool(Sequence[Job]):
    """A sequence of jobs that is only ever appended to; reading it holds 500 jobs in memory at once."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - lives as long as the spool
        weakref.finalize(self, self._file.close)
        self._blocks: list[tuple[int, int]] = []
        self._tail: list[Job] = []
        self._left_out: set[int] = set()
        self._size = self._end = 0

    def append(self, job: Job) -> int:
        """Put the job aside; its place."""
        self._tail.append(job)
        self._size += 1
        if len(self._tail) == _BLOCK:
            packed = isal_zlib.compress(b"\n".join(map(orjson.dumps, self._tail)), 1)
            self._file.seek(self._end)
            self._file.write(packed)
            self._blocks.append((self._end, len(packed)))
            self._end += len(packed)
            self._tail = []
        return self._size - 1

    def leave_out(self, place: int) -> None:
        """Pass over the job at this place from now on."""
        self._left_out.add(place)

    def at(self, places: Sequence[int]) -> list[Job]:
        """The jobs at these places, left out or not; blocks are opened once each if the places are in order."""
        found, opened, block = [], -1, list[Job]()
        for place in places:
            if place // _BLOCK != opened:
                opened, block = place // _BLOCK, self._open(place // _BLOCK)
            found.append(block[place % _BLOCK])
        return found

    def _open(self, number: int) -> list[Job]:
        if number == len(self._blocks):
            return self._tail
        self._file.seek(self._blocks[number][0])
        packed = self._file.read(self._blocks[number][1])
        return [job_from(orjson.loads(line)) for line in isal_zlib.decompress(packed).split(b"\n")]

    def __len__(self) -> int:
        return self._size - len(self._left_out)

    def __iter__(self) -> Iterator[Job]:
        place = 0
        for number in range(len(self._blocks) + 1):
            for job in list(self._open(number)):
                if place not in self._left_out:
                    yield job
                place += 1

    @overload
    def __getitem__(self, at: int) -> Job: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Job]: ...
    def __getitem__(self, at: int | slice) -> Job | Sequence[Job]:
        """By place, from the front: for a look at the first ones; use iteration for all of them."""
        jobs = list(self)[at] if isinstance(at, slice) else next(job for n, job in enumerate(self) if n == at)
        return jobs


def job_from(record: dict[str, Any]) -> Job:
    """The job that ``orjson.dumps`` wrote."""
    posted = record["posted_at"]
    record["posted_at"] = datetime.fromisoformat(posted) if posted else None
    return Job(**record)
