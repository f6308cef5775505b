"""A large feed's jobs taken in while it is still being read: in constant memory, at any size."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from changeover.job import Job
from changeover.sources.identity import bounded, settle
from changeover.sources.recognised import ROW, Kept, Met, Numbers, among, firsts, id_hash
from changeover.sources.source import Problem, Reading
from changeover.sources.spool import Aside, Spool
from changeover.sources.xml_feed import Told

BATCH = 5_000
"""Jobs that are taken in at once; a feed of fewer is held in memory and judged as any other source."""

_SHOWN = 11


class Memory(Protocol):
    """What is known of the source, by which a large feed is read: given by who keeps its jobs."""

    kept: Kept | None
    """The records of its last whole reading whose jobs stand as they were told, if it was large."""

    def ready(self, jobs: Sequence[Job]) -> Sequence[Job]:
        """The jobs with what can be worked out of them before they are met: in a thread, while others are being met."""

    async def meet(self, jobs: Sequence[Job]) -> tuple[Sequence[int], Sequence[int]]:
        """For each job the id under which it is kept just so and open, else 0; and 8 bytes of each job's digest."""

    async def told(self, ids: Sequence[int]) -> Sequence[Job]:
        """Kept jobs as they were told, in the order of ``ids``."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Jobs with an id that are to be taken in: their ids' hashes, which stood in the feed before, and the others."""

    told: Sequence[Told]
    ids: Numbers
    again: Numbers
    fresh: Sequence[Job]


class Intake:
    """Takes in batches of jobs in the order of the feed; ``finish`` makes the reading of them.

    Each is made ``ready``, which may be while the one before is taken in, and then taken in.
    """

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._spool = Spool()
        # Rows of the parsed records: of a job that is put aside not its id, there being none, but -1 less its place
        # in the spool.
        self._rows, self._numbers = bytearray(), array("I")
        self._ids_met: Numbers = np.empty(0, dtype="<u8")
        self._without_id: list[Job] = []
        self._more_without_id = 0

    def ready(self, batch: Sequence[Told]) -> Batch:
        """Find the jobs whose id is new in this feed."""
        named = [t for t in batch if t.job.id]
        self._keep_unnamed([t.job for t in batch if not t.job.id])
        ids = np.array([id_hash(bounded(t.job.id)) for t in named], dtype="<u8")
        again = among(ids, self._ids_met) | _repeats(ids)
        self._ids_met = np.concatenate((self._ids_met, ids))
        self._ids_met.sort(kind="stable")
        fresh = [_bounded(t.job) for t, repeated in zip(named, again, strict=True) if not repeated]
        return Batch(named, ids, again, self._memory.ready(fresh))

    async def take(self, batch: Batch) -> None:
        """Meet the jobs that are new in this feed; put aside those that are new, changed or have an id again."""
        met, digests = await self._memory.meet(batch.fresh)
        known = iter(zip(met, digests, strict=True))
        rows = []
        for told, identifier, repeated in zip(batch.told, batch.ids, batch.again, strict=True):
            job_id, digest = (0, 0) if repeated else next(known)
            job_id = job_id or -1 - self._spool.append(_bounded(told.job))
            rows.append((told.hash, told.length, identifier, job_id, digest))
        self._rows += np.array(rows, dtype=ROW).tobytes()
        self._numbers.extend(told.number for told in batch.told)

    def _keep_unnamed(self, jobs: list[Job]) -> None:
        room = max(0, _SHOWN - len(self._without_id))
        self._without_id.extend(jobs[:room])
        self._more_without_id += len(jobs[room:])

    async def finish(self, reading: Reading, seed: int, met: Met) -> Reading:
        """The reading with all that was taken in: jobs to write, ids of those that stand, and the records' rows."""
        self._ids_met = self._ids_met[:0]
        rows = met.with_parsed(np.frombuffer(self._rows, dtype=ROW), np.frombuffer(self._numbers, "<u4"))
        several = _several(rows["id"].copy())
        shared = among(rows["id"], several)
        problems, unread, stand, others = await self._settle(rows["job"][shared])
        if len(several):
            rows = rows[~shared]
        same = array("q", stand)
        same.frombytes(rows["job"][rows["job"] > 0].tobytes())
        jobs = self._aside(rows, others)
        rows["job"][rows["job"] < 0] = 0
        return replace(
            reading,
            jobs=jobs,
            same=same,
            problems=[*reading.problems, *problems],
            unreadable=reading.unreadable + unread,
            records=Kept(seed, rows),
        )

    def _aside(self, rows: Numbers, others: Sequence[tuple[int, int]]) -> Aside:
        """The jobs that were put aside for these rows, and the ``others``: each one's place and its id's hash."""
        aside = rows["job"] < 0
        places = np.concatenate((-1 - rows["job"][aside], np.array([place for place, _ in others], dtype="<i8")))
        ids = np.concatenate((rows["id"][aside], np.array([identifier for _, identifier in others], dtype="<u8")))
        return Aside(self._spool, places, ids)

    async def _settle(self, sharing: Numbers) -> tuple[Sequence[Problem], int, list[int], list[tuple[int, int]]]:
        """Ids of their own for the records that share one, as `identity.settle` gives them.

        What is to be said of it, how many were not read, which of them stand, and for those that do not the place in
        the spool and the id's hash.
        """
        settled = settle([*self._without_id, *await self._told(sharing)])
        stand, others = list[int](), list[tuple[int, int]]()
        for start in range(0, len(settled.jobs), BATCH):
            part = settled.jobs[start : start + BATCH]
            met, _ = await self._memory.meet(part)
            stand.extend(job_id for job_id in met if job_id)
            new = (job for job, job_id in zip(part, met, strict=True) if not job_id)
            others.extend((self._spool.append(job), id_hash(job.id)) for job in new)
        return settled.problems, settled.unreadable + self._more_without_id, stand, others

    async def _told(self, which: Numbers) -> list[Job]:
        """Jobs under the id that the feed gives them, by their rows' ``job``."""
        aside = self._spool.at([-1 - int(each) for each in which if each < 0])
        kept = [int(each) for each in which if each > 0]
        told = iter(await self._memory.told(kept) if kept else ())
        return [next(aside if each < 0 else told) for each in which]


def _bounded(job: Job) -> Job:
    key = bounded(job.id)
    return job if key == job.id else replace(job, id=key)


def _repeats(ids: Numbers) -> Numbers:
    """Which of the ids stand earlier in the same batch."""
    order = np.argsort(ids, kind="stable")
    again = np.zeros(len(ids), dtype=bool)
    again[order] = ~firsts(ids[order])
    return again


def _several(ids: Numbers) -> Numbers:
    """Which ids stand more than once; sorts them where they are."""
    ids.sort()
    more = ids[~firsts(ids)]
    return more[firsts(more)]
