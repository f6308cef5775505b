"""A large feed's jobs taken in while it is still being read: in constant memory, at any size."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from changeover.job import Job
from changeover.sources.identity import bounded, settle
from changeover.sources.recognised import ROW, Kept, Numbers, among, id_hash
from changeover.sources.source import Problem, Reading
from changeover.sources.spool import Spool
from changeover.sources.xml_feed import Told

BATCH = 5_000
"""Jobs that are taken in at once; a feed of fewer is held in memory and judged as any other source."""

_SHOWN = 11


class Memory(Protocol):
    """What is known of the source, by which a large feed is read: given by who keeps its jobs."""

    kept: Kept | None
    """The records of its last whole reading whose jobs stand as they were told, if it was large."""

    async def meet(self, jobs: Sequence[Job]) -> tuple[Sequence[int], Sequence[int]]:
        """For each job the id under which it is kept just so and open, else 0; and 8 bytes of each job's digest."""

    async def told(self, ids: Sequence[int]) -> Sequence[Job]:
        """Kept jobs as they were told, in the order of ``ids``."""


class Intake:
    """Takes in batches of jobs in the order of the feed; ``finish`` makes the reading of them."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._spool = Spool()
        self._number, self._hash, self._length = array("I"), array("Q"), array("I")
        # Of a job that is put aside not its id, there being none, but -1 less its place in the spool.
        self._id, self._job, self._digest = array("Q"), array("q"), array("Q")
        self._ids_met: Numbers = np.empty(0, dtype="<u8")
        self._without_id: list[Job] = []
        self._more_without_id = 0

    async def take(self, batch: Sequence[Told]) -> None:
        """Meet the jobs whose id is new in this feed; put aside those that are new, changed or have an id again."""
        named = [t for t in batch if t.job.id]
        self._keep_unnamed([t.job for t in batch if not t.job.id])
        ids = np.array([id_hash(bounded(t.job.id)) for t in named], dtype="<u8")
        again = among(ids, self._ids_met) | _repeats(ids)
        self._ids_met = np.concatenate((self._ids_met, ids))
        self._ids_met.sort(kind="stable")
        fresh = [_bounded(t.job) for t, repeated in zip(named, again, strict=True) if not repeated]
        met, digests = await self._memory.meet(fresh)
        known = iter(zip(met, digests, strict=True))
        for told, identifier, repeated in zip(named, ids, again, strict=True):
            job_id, digest = (0, 0) if repeated else next(known)
            self._number.append(told.number)
            self._hash.append(told.hash)
            self._length.append(told.length)
            self._id.append(int(identifier))
            self._job.append(job_id or -1 - self._spool.append(_bounded(told.job)))
            self._digest.append(digest)

    def _keep_unnamed(self, jobs: list[Job]) -> None:
        room = max(0, _SHOWN - len(self._without_id))
        self._without_id.extend(jobs[:room])
        self._more_without_id += len(jobs[room:])

    async def finish(self, reading: Reading, seed: int, recognised: tuple[Numbers, Numbers] | None) -> Reading:
        """The reading with all that was taken in: jobs to write, ids of those that stand, and the records' rows."""
        hits, numbers = recognised or (np.empty(0, dtype=ROW), np.empty(0, dtype="<u4"))
        parsed, their_numbers = self._parsed(), np.frombuffer(self._number, dtype="<u4")
        several = _several(np.concatenate((hits["id"], parsed["id"])))
        jobs, problems, unread, stand = await self._settle(hits, numbers, parsed, several)
        if len(several):
            alone, alone_too = ~among(hits["id"], several), ~among(parsed["id"], several)
            hits, numbers, parsed, their_numbers = (
                hits[alone],
                numbers[alone],
                parsed[alone_too],
                their_numbers[alone_too],
            )
        rows = _merged(hits, numbers, parsed, their_numbers)
        same = array("q", rows["job"][rows["job"] != 0].tobytes())
        same.extend(stand)
        return replace(
            reading,
            jobs=jobs,
            same=same,
            problems=[*reading.problems, *problems],
            unreadable=reading.unreadable + unread,
            records=Kept(seed, rows),
        )

    def _parsed(self) -> Numbers:
        """The rows of the records that were parsed; what they are made of is let go."""
        rows = np.empty(len(self._id), dtype=ROW)
        rows["job"] = np.maximum(np.frombuffer(self._job, "<i8"), 0)
        rows["hash"], self._hash = np.frombuffer(self._hash, "<u8"), array("Q")
        rows["length"], self._length = np.frombuffer(self._length, "<u4"), array("I")
        rows["id"], self._id = np.frombuffer(self._id, "<u8"), array("Q")
        rows["digest"], self._digest = np.frombuffer(self._digest, "<u8"), array("Q")
        self._ids_met = self._ids_met[:0]
        return rows

    async def _settle(
        self, hits: Numbers, numbers: Numbers, parsed: Numbers, several: Numbers
    ) -> tuple[Spool, Sequence[Problem], int, list[int]]:
        """Ids of their own for the records that share one, as `identity.settle` gives them."""
        rows = await self._sharing(hits, numbers, parsed, several) if len(several) else []
        settled = settle([*self._without_id, *rows])
        stand: list[int] = []
        for start in range(0, len(settled.jobs), BATCH):
            part = settled.jobs[start : start + BATCH]
            met, _ = await self._memory.meet(part)
            stand.extend(job_id for job_id in met if job_id)
            for job, job_id in zip(part, met, strict=True):
                if not job_id:
                    self._spool.append(job)
        return self._spool, settled.problems, settled.unreadable + self._more_without_id, stand

    async def _sharing(self, hits: Numbers, numbers: Numbers, parsed: Numbers, several: Numbers) -> list[Job]:
        """Every job whose id stands on several records, in the feed's order, under the id that the feed gives it."""
        mine = np.flatnonzero(among(parsed["id"], several))
        aside = [int(at) for at in mine if self._job[at] < 0]
        places = [-1 - self._job[at] for at in aside]
        jobs = dict(zip(aside, self._spool.at(places), strict=True))
        for place in places:
            self._spool.leave_out(place)
        found = [(self._number[at], job) for at, job in jobs.items()]
        kept = [int(at) for at in mine if self._job[at] > 0]
        theirs = np.flatnonzero(among(hits["id"], several))
        wanted = [*(self._job[at] for at in kept), *(int(job) for job in hits["job"][theirs])]
        order = [*(self._number[at] for at in kept), *(int(number) for number in numbers[theirs])]
        if wanted:
            found.extend(zip(order, await self._memory.told(wanted), strict=True))
        return [job for _, job in sorted(found, key=lambda pair: pair[0])]


def _bounded(job: Job) -> Job:
    key = bounded(job.id)
    return job if key == job.id else replace(job, id=key)


def _repeats(ids: Numbers) -> Numbers:
    """Which of the ids stand earlier in the same batch."""
    first = np.zeros(len(ids), dtype=bool)
    first[np.unique(ids, return_index=True)[1]] = True
    return ~first


def _merged(hits: Numbers, numbers: Numbers, parsed: Numbers, their_numbers: Numbers) -> Numbers:
    """Both in the feed's order, in which each of the two is already, without a third copy of them."""
    if not len(hits) or not len(parsed):
        return hits if len(hits) else parsed
    rows = np.empty(len(hits) + len(parsed), dtype=ROW)
    rows[np.arange(len(hits)) + np.searchsorted(their_numbers, numbers)] = hits
    rows[np.arange(len(parsed)) + np.searchsorted(numbers, their_numbers)] = parsed
    return rows


def _several(ids: Numbers) -> Numbers:
    """Which ids stand more than once; sorts them where they are."""
    ids.sort()
    return np.unique(ids[1:][ids[1:] == ids[:-1]])
