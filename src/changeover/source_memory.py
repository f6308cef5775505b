"""What is known of a source while it is read, and a large first reading, kept and then written."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import cast

import numpy as np

from changeover.database.connection import Connection, Database
from changeover.job import Job
from changeover.postings import open_jobs
from changeover.postings import store as postings
from changeover.postings.writing import Rows, write_jobs
from changeover.snapshot import first, records
from changeover.snapshot import store as snapshots
from changeover.snapshot.difference import Difference
from changeover.snapshot.drift import Outline, could_drift, joined, outline
from changeover.snapshot.first import Left
from changeover.snapshot.store import Began, SourceRow
from changeover.sources.recognised import ROW, Kept, Numbers, among, firsts, id_hash
from changeover.sources.registry import Progress
from changeover.sources.source import Reading
from changeover.sources.spool import Aside
from changeover.wording import plural

# Jobs of a large reading that are compared at once.
_COMPARED = 1_000
# Records that are looked up at once.
_AT_ONCE = 100_000
# Jobs written in one revision; more take several.
CHUNK = 2_500


class Overtaken(Exception):
    """A later reading of the source was settled first, or it is read no more."""


@dataclass(frozen=True, slots=True)
class _Open:
    """Jobs that are open, by the hashes of the source's ids: our ids, and which stand just as they are told now."""

    ids: Numbers
    jobs: Numbers
    same: Numbers


class SourceMemory:
    """The memory of one reading (`feed_intake.Memory`), over the store.

    While no job of the source is open (``keeps``), whatever a reading turns out to be, its jobs are taken in: nothing
    of it can close, and nothing known be renumbered. So they are kept as the source's first snapshot while they are
    read, as fast as it tells them, and written from there (``write_first``), each batch its own revision; ``written``
    says how many, ``like`` is their outline. ``left``: it is an earlier reading, whose process ended before all of its
    jobs were written; those that stand are not written again.
    """

    def __init__(self, db: Database, row: SourceRow, began: Began, who: str, *, left: bool = False) -> None:
        self.kept: Kept | None = None
        self.keeps = left
        self.written = 0
        self.like = Outline()
        self._db, self._row, self._began, self._who, self._left = db, row, began, who, left
        self._parts, self._keeping = set[int](), left
        # The ids of what a first reading wrote, rising.
        self._mine: Numbers = np.empty(0, "<i8")
        self._stood: Numbers | None = None
        # Of the jobs that are open and told otherwise now: the hashes of the source's ids, and ours.
        self._changed = array("Q"), array("q")
        # The kept records by the hashes of their ids: those, rising, and each one's row.
        self._by_id: tuple[Numbers, Numbers] | None = None

    @property
    def company_id(self) -> int:
        """Whose source it is."""
        return self._row.company_id

    async def open(self) -> None:
        """Look up what is known, before the reading begins."""
        row = self._row
        async with self._db.company(row.company_id) as conn:
            self.keeps = not await open_jobs.any_open(conn, row.company_id, row.source_id)
            kept, of_all = (None if self.keeps else await records.kept(conn, row)) or (None, None)
            if kept is None:
                return
            at = row.company_id, row.source_id
            if of_all is not None and not await open_jobs.any_changed(conn, row.company_id, of_all):
                self.kept, self._stood = kept, np.sort(kept.rows["job"])
            else:
                self._stood, digests = await open_jobs.open_digests(conn, *at)
                self.kept = kept.whose_jobs_stand(self._stood, digests)

    async def stood(self, conn: Connection, revision: int) -> Numbers:
        """The ids of the source's open jobs at the company's ``revision``, which is its newest, rising.

        Of a first reading its own: what another that began as early has opened is not missing in this one.
        """
        if self.keeps:
            return self._mine
        if self._stood is not None and revision == self._began.revision:
            return self._stood
        jobs, _ = await open_jobs.open_digests(conn, self._row.company_id, self._row.source_id)
        return jobs

    async def meet(self, keys: Sequence[str], ids: Numbers, digests: Numbers) -> Numbers:
        """For each job the id under which it is kept just so and open, else 0 (`feed_intake.Memory`)."""
        if self.keeps:
            return np.zeros(len(keys), dtype="<i8")
        ours, before = await self._open_before(keys, ids)
        changed = (ours != 0) & (before != digests)
        self._changed[0].frombytes(ids[changed].tobytes())
        self._changed[1].frombytes(ours[changed].tobytes())
        return np.where(changed, 0, ours)

    async def keep(self, blocks: Sequence[tuple[int, bytes]]) -> None:
        """Keep jobs of a first reading; raises Overtaken."""
        if blocks:
            async with self._db.company(self._row.company_id) as conn:
                if await overtaken(conn, self._row, self._began):
                    raise Overtaken
                self._keeping = True
                await first.keep_parts(conn, self._row, self._began, blocks)
            self._parts.update(place for place, _ in blocks)

    async def keep_whole(self, reading: Reading) -> None:
        """Keep a first reading, now that it is whole: those of its jobs that count, and what it told beside them.

        Raises Overtaken.
        """
        amended = cast("Aside", reading.jobs).blocks(self._parts)
        async with self._db.company(self._row.company_id) as conn:
            if await overtaken(conn, self._row, self._began):
                raise Overtaken
            self._keeping = True
            await first.keep_parts(conn, self._row, self._began, amended)
            await first.keep(conn, self._row, self._began, reading)

    async def _open_before(self, keys: Sequence[str], ids: Numbers) -> tuple[Numbers, Numbers]:
        """Our ids of the jobs that are open, else 0, and 8 bytes of their digests: by the records, else asked for."""
        if self._by_id is None:
            kept = self.kept.rows if self.kept else np.empty(0, dtype=ROW)
            order = np.argsort(kept["id"], kind="stable").astype("<u4")
            self._by_id = kept["id"][order], order
        ours, digests = np.zeros(len(ids), dtype="<i8"), np.zeros(len(ids), dtype="<u8")
        rising, order = self._by_id
        there = among(ids, rising)
        if self.kept:
            rows = order[np.searchsorted(rising, ids[there])]
            ours[there], digests[there] = self.kept.rows["job"][rows], self.kept.rows["digest"][rows]
        if len(others := np.flatnonzero(~there)):
            row, asked = self._row, [keys[int(nth)] for nth in others]
            async with self._db.company(row.company_id) as conn:
                known = await postings.known_of(conn, row.company_id, row.source_id, asked)
            for nth, key in zip(others, asked, strict=True):
                if key in known and known[key].open:
                    ours[nth], digests[nth] = known[key].job_id, int.from_bytes(known[key].digest[:8], "little")
        return ours, digests

    async def compare(self, conn: Connection, reading: Reading, stand: Numbers, revision: int) -> Difference:
        """A large reading against the jobs that ``stand`` at ``revision``, the company's newest; 16 bytes a job."""
        jobs, same = cast("Aside", reading.jobs), reading.same
        now = await self._open_now(conn, jobs, revision)
        is_open, as_told = among(jobs.ids, now.ids), among(jobs.ids, now.ids[now.same])
        told = np.concatenate((np.array(same, dtype="<i8"), now.jobs[among(now.ids, np.sort(jobs.ids))]))
        told.sort()
        return Difference(
            appeared=jobs.only(~is_open),
            changed=jobs.only(is_open & ~as_told),
            vanished=stand[~among(stand, told)].tolist(),
            unchanged=len(same) + int(as_told.sum()) - self.written,
            open_before=len(stand) - self.written,
            written=self.written,
        )

    async def _open_now(self, conn: Connection, jobs: Aside, revision: int) -> _Open:
        if revision == self._began.revision:  # as they were met
            ids = np.frombuffer(self._changed[0], "<u8")
            at = np.argsort(ids, kind="stable")
            at = at[firsts(ids[at])]
            return _Open(ids[at], np.frombuffer(self._changed[1], "<i8")[at], np.zeros(len(at), dtype=bool))
        row, told, found = self._row, iter(jobs), list[tuple[int, int, bool]]()
        while part := list(islice(told, _COMPARED)):
            known = await postings.known_of(conn, row.company_id, row.source_id, [job.id for job in part])
            met = ((job, known[job.id]) for job in part if job.id in known and known[job.id].open)
            found.extend((id_hash(job.id), k.job_id, k.digest == job.digest()) for job, k in met)
        found.sort()
        every = np.array(found, dtype=[("id", "<u8"), ("job", "<i8"), ("same", bool)])
        return _Open(every["id"], every["job"], every["same"])

    async def told(self, ids: Sequence[int]) -> Sequence[Job]:
        """Kept jobs as they were told, in the order of ``ids``."""
        async with self._db.company(self._row.company_id) as conn:
            return await open_jobs.told(conn, self._row.company_id, ids)

    async def kept_reading(self, left: Left) -> Reading:
        """The reading that was left, as it was kept; raises Overtaken."""
        async with self._db.company(self._row.company_id) as conn:
            reading = await first.reading_of(conn, self._row, left)
        if reading is None:
            raise Overtaken
        return reading

    async def write_first(self, reading: Reading, progress: Progress | None = None) -> Reading:
        """The jobs of a first reading written; the reading with the ids of those that stand now in place of them.

        Raises Overtaken. One part is worked out while the one before is written; ``progress`` is told how many are.
        """
        if not (self.keeps and isinstance(reading.jobs, Aside) and isinstance(reading.records, Kept)):
            return reading
        written, told = Written(), iter(reading.jobs)
        part = await asyncio.to_thread(_next, told)
        while part:
            some, part = await asyncio.gather(self._write(part), asyncio.to_thread(_next, told))
            written.add(some)
            if progress:
                progress(len(written.jobs), len(reading.jobs))
        none = reading.jobs.only(np.zeros(len(reading.jobs), dtype=bool))
        same = array("q", reading.same)
        same.extend(written.jobs)
        self._mine = np.sort(np.frombuffer(same, "<i8"))
        return replace(reading, jobs=none, same=same, records=completed(reading.records, written))

    async def forget_first(self) -> None:
        """Forget what was kept of this reading as the first: it is settled."""
        if self._keeping:
            async with self._db.company(self._row.company_id) as conn:
                await snapshots.forget_first(conn, self._row, self._began.number)

    async def _write(self, jobs: Rows) -> Mapping[str, int]:
        row, like, written, standing = self._row, joined(self.like, outline(jobs)), dict[str, int](), dict[str, int]()
        async with postings.change_postings(
            self._db, row.company_id, kind="reading_part", who=self._who, why=""
        ) as change:
            if await overtaken(change.conn, row, self._began):
                raise Overtaken
            standing = await self._standing(change.conn, jobs) if self._left else {}
            new: Sequence[Job] = [job for job in jobs if job.id not in standing] if standing else jobs
            if not new:
                raise change.nothing_changed()
            change.why = f"{plural(len(new), 'job')} of {row.location}."
            written = await write_jobs(change, row.source_id, row.lane, new)
        self.written += len(written)
        self.like = like
        return {**standing, **written}

    async def _standing(self, conn: Connection, jobs: Iterable[Job]) -> dict[str, int]:
        """Our ids of those that stand as they are told, by the source's."""
        row, digests = self._row, {job.id: job.digest() for job in jobs}
        known = await postings.known_of(conn, row.company_id, row.source_id, list(digests))
        return {key: it.job_id for key, it in known.items() if it.open and it.digest == digests[key]}


def _next(jobs: Iterator[Job]) -> Rows:
    """The next of a first reading's jobs, as they are written."""
    return Rows(list(islice(jobs, CHUNK))).ahead()


class Written:
    """Jobs that have been written since a reading began: the hashes of the source's ids, and ours."""

    def __init__(self) -> None:
        self.ids, self.jobs = array("Q"), array("q")

    def add(self, written: Mapping[str, int]) -> None:
        """Note some more, by the source's ids."""
        self.ids.extend(map(id_hash, written))
        self.jobs.extend(written.values())


async def overtaken(conn: Connection, row: SourceRow, began: Began) -> bool:
    """Whether the source is read no more, or this reading or one that began later has been settled."""
    now = await snapshots.source(conn, row.company_id, row.source_id)
    return now is None or not now.active or now.settled >= began.number


async def outlines(
    conn: Connection,
    memory: SourceMemory,
    reading: Reading,
    diff: Difference,
    stand: Numbers,
    before: Outline | None,
) -> tuple[Outline | None, Outline | None]:
    """What a large reading is like, and the jobs as they are kept before it; ``before`` is the last kept outline.

    Where too little is new or changed for the source to have drifted, the last outline still holds.
    """
    if not reading.complete:
        return before, before
    if before is not None and not could_drift(diff, reading.count):
        return before, before
    company = memory.company_id
    all_written = memory.written == len(reading.same)
    same = memory.like if all_written else await open_jobs.outline_of(conn, company, reading.same)
    now = joined(outline(reading.jobs), same)
    return now, None if before is None else await open_jobs.outline_of(conn, company, stand.tolist())


def completed(kept: Kept, written: Written) -> Kept:
    """The records with the jobs that have been written since under their ids, which are put into its rows."""
    rows = kept.rows
    if written.ids:
        ids = np.frombuffer(written.ids, "<u8")
        order = np.argsort(ids, kind="stable").astype("<u4")
        rising, jobs = ids[order], np.frombuffer(written.jobs, "<i8")
        # Of a million rows, each step's answer for all of them at once would be 8 MB more.
        for start in range(0, len(rows), _AT_ONCE):
            some = rows[start : start + _AT_ONCE]
            new = (some["job"] == 0) & among(some["id"], rising)
            some["job"][new] = jobs[order[np.searchsorted(rising, some["id"][new])]]
    stay = (rows["job"] != 0) & (rows["hash"] != 0)
    return Kept(kept.seed, rows if stay.all() else rows[stay])


def validators(row: SourceRow, now: datetime, full_read: timedelta) -> tuple[str, str]:
    """What the source is asked by whether it has changed; nothing where it is time that it tells everything again.

    A server may say "unchanged" of what has changed, for ever: it is believed for ``full_read``.
    """
    if not row.whole_now or row.tells_changes or row.full_read_at is None or now - row.full_read_at >= full_read:
        return "", ""
    return row.etag, row.last_modified
