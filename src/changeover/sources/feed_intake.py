"""A large feed's jobs taken in while it is still being read: in constant memory, at any size."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from changeover.job import Job
from changeover.sources.identity import settle
from changeover.sources.recognised import ROW, Kept, Met, Numbers, among, firsts, id_hash
from changeover.sources.record_jobs import Block, Told, block_of
from changeover.sources.source import Problem, Reading
from changeover.sources.spool import Aside, Spool

BATCH = 5_000
"""Jobs that are taken in at once; a feed of fewer is held in memory and judged as any other source."""

_SHOWN = 11


class Memory(Protocol):
    """What is known of the source, by which a large feed is read: given by who keeps its jobs."""

    kept: Kept | None
    """The records of its last whole reading whose jobs stand as they were told, if it was large."""

    keeps: bool
    """Whether what is put aside is kept as the source's first snapshot: while none of its jobs is open."""

    async def meet(self, keys: Sequence[str], ids: Numbers, digests: Numbers) -> Numbers:
        """For each job the id under which it is kept just so and open, else 0.

        Given are the source's ids, their hashes, and 8 bytes of each job's digest.
        """

    async def keep(self, blocks: Sequence[tuple[int, bytes]]) -> None:
        """Asked only where ``keeps``: blocks (`spool.packed`) were put aside, each with the place of its first job."""

    async def keep_whole(self, reading: Reading) -> None:
        """Asked only where ``keeps``: the reading is whole, and all of its jobs were put aside."""

    async def told(self, ids: Sequence[int]) -> Sequence[Job]:
        """Kept jobs as they were told, in the order of ``ids``."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Jobs with an id that are to be taken in: in blocks, with all their rows, and whose id stood before."""

    blocks: Sequence[Block]
    rows: Numbers
    again: Numbers


class Intake:
    """Takes in batches of jobs in the order of the feed; ``finish`` makes the reading of them.

    Each is made ``ready``, which may be while the one before is taken in, and then taken in.
    """

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._spool = Spool()
        # Rows of the parsed records: of a job that is put aside not its id, there being none, but -1 less its place
        # in the spool.
        self._rows, self._numbers = bytearray(), bytearray()
        self._ids_met: Numbers = np.empty(0, dtype="<u8")
        self._without_id: list[Job] = []
        self._more_without_id = 0

    def ready(self, pieces: Iterable[Sequence[Told] | Block]) -> Batch:
        """Pack what is not packed yet, and find the jobs whose id is new in this feed."""
        blocks = [block for piece in pieces if (block := self._block(piece)) is not None]
        rows = np.frombuffer(b"".join(block.rows for block in blocks), dtype=ROW).copy()
        again = among(rows["id"], self._ids_met) | _repeats(rows["id"])
        self._ids_met = np.concatenate((self._ids_met, rows["id"]))
        self._ids_met.sort(kind="stable")
        return Batch(blocks, rows, again)

    def _block(self, piece: Sequence[Told] | Block) -> Block | None:
        if isinstance(piece, Block):
            return piece
        self._note_unnamed([told.job for told in piece if not told.job.id])
        named = [told for told in piece if told.job.id]
        return block_of(named, small=self._memory.keeps) if named else None

    async def take(self, batch: Batch) -> None:
        """Meet the jobs that are new in this feed; put aside those that are new, changed or have an id again."""
        rows, new = batch.rows, ~batch.again
        keys = [key for block in batch.blocks for key in block.ids]
        asked = [keys[nth] for nth in np.flatnonzero(new)]
        rows["job"][new] = await self._memory.meet(asked, rows["id"][new], rows["digest"][new])
        begin, aside = 0, []
        for block in batch.blocks:
            ours = rows["job"][begin : begin + len(block)]
            if not ours.all():
                first = self._spool.put(block.packed, len(block))
                ours[:] = np.where(ours == 0, -1 - first - np.arange(len(block)), ours)
                aside.append((first, block.packed))
            begin += len(block)
            self._numbers += block.numbers
        self._rows += rows.tobytes()
        if self._memory.keeps:
            await self._memory.keep(aside)

    def _note_unnamed(self, jobs: list[Job]) -> None:
        room = max(0, _SHOWN - len(self._without_id))
        self._without_id.extend(jobs[:room])
        self._more_without_id += len(jobs[room:])

    async def finish(self, reading: Reading, seed: int, met: Met) -> Reading:
        """The reading with all that was taken in: jobs to write, ids of those that stand, and the records' rows."""
        self._ids_met = self._ids_met[:0]
        rows = met.with_parsed(np.frombuffer(self._rows, dtype=ROW), np.frombuffer(self._numbers, dtype="<u4"))
        several = _several(rows["id"].copy())
        shared = among(rows["id"], several)
        problems, unread, stand, others = await self._settle(rows["job"][shared])
        if len(several):
            rows = rows[~shared]
        same = array("q", stand)
        same.frombytes(rows["job"][rows["job"] > 0].tobytes())
        jobs = self._aside(rows, others)
        rows["job"][rows["job"] < 0] = 0
        reading = replace(
            reading,
            jobs=jobs,
            same=same,
            problems=[*reading.problems, *problems],
            unreadable=reading.unreadable + unread,
            records=Kept(seed, rows),
        )
        if self._memory.keeps:
            await self._memory.keep_whole(reading)
        return reading

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
            ids: Numbers = np.array([id_hash(job.id) for job in part], dtype="<u8")
            digests: Numbers = np.array([int.from_bytes(job.digest()[:8], "little") for job in part], dtype="<u8")
            met = await self._memory.meet([job.id for job in part], ids, digests)
            stand.extend(int(job_id) for job_id in met if job_id)
            new = np.flatnonzero(met == 0)
            first = self._spool.add([part[nth] for nth in new])
            others.extend((first + place, int(ids[nth])) for place, nth in enumerate(new))
        return settled.problems, settled.unreadable + self._more_without_id, stand, others

    async def _told(self, which: Numbers) -> list[Job]:
        """Jobs under the id that the feed gives them, by their rows' ``job``."""
        aside = self._spool.at([-1 - int(each) for each in which if each < 0])
        kept = [int(each) for each in which if each > 0]
        told = iter(await self._memory.told(kept) if kept else ())
        return [next(aside if each < 0 else told) for each in which]


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
