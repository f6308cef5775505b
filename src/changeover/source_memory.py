"""What is known of a source while it is read, and the early writing of a large first reading."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import cast

import numpy as np

from changeover.database.connection import Connection, Database
from changeover.database.revise import Change
from changeover.job import Job
from changeover.postings import open_jobs
from changeover.postings import store as postings
from changeover.postings.writing import Rows, write_jobs
from changeover.snapshot import store as snapshots
from changeover.snapshot.difference import Difference
from changeover.snapshot.drift import Outline, could_drift, joined, outline
from changeover.snapshot.store import Began, SourceRow
from changeover.sources.recognised import ROW, Kept, Numbers, among, firsts, id_hash
from changeover.sources.source import Reading
from changeover.sources.spool import Aside
from changeover.wording import plural

# Jobs of a large reading that are compared at once.
_COMPARED = 1_000


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

    While no job of the source is open, whatever a reading turns out to be, its jobs are taken in: nothing of it can
    close, and nothing known be renumbered. So they are written as they come, each batch its own revision;
    ``written`` says how many, ``like`` is their outline.
    """

    def __init__(self, db: Database, row: SourceRow, began: Began, who: str) -> None:
        self.kept: Kept | None = None
        self.written = 0
        self.like = Outline()
        self._db, self._row, self._began, self._who = db, row, began, who
        self._first = False
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
            self._first = not await open_jobs.any_open(conn, row.company_id, row.source_id)
            kept, of_all = (None if self._first else await snapshots.records(conn, row)) or (None, None)
            if kept is None:
                return
            at = row.company_id, row.source_id
            if of_all is not None and not await open_jobs.any_changed(conn, row.company_id, of_all):
                self.kept, self._stood = kept, np.sort(kept.rows["job"])
            else:
                self._stood, digests = await open_jobs.open_digests(conn, *at)
                self.kept = kept.whose_jobs_stand(self._stood, digests)

    async def stood(self, conn: Connection, revision: int) -> Numbers:
        """The ids of the source's open jobs at the company's ``revision``, which is its newest, rising."""
        if self._stood is not None and revision == self._began.revision:
            return self._stood
        jobs, _ = await open_jobs.open_digests(conn, self._row.company_id, self._row.source_id)
        return jobs

    def ready(self, jobs: Sequence[Job]) -> Sequence[Job]:
        """The jobs as they can be written at once, where they will be."""
        return Rows(jobs).ahead() if self._first else jobs

    async def meet(self, jobs: Sequence[Job]) -> tuple[Sequence[int], Sequence[int]]:
        """For each job the id under which it is kept just so and open, else 0; and 8 bytes of each digest."""
        short = [int.from_bytes(job.digest()[:8], "little") for job in jobs]
        if self._first:
            written = await self._write(jobs) if jobs else {}
            return [written[job.id] for job in jobs], short
        ids = np.array([id_hash(job.id) for job in jobs], dtype="<u8")
        told = np.array(short, dtype="<u8")
        ours, digests_before = await self._open_before(jobs, ids)
        changed = (ours != 0) & (digests_before != told)
        self._changed[0].frombytes(ids[changed].tobytes())
        self._changed[1].frombytes(ours[changed].tobytes())
        return np.where(changed, 0, ours).tolist(), short

    async def _open_before(self, jobs: Sequence[Job], ids: Numbers) -> tuple[Numbers, Numbers]:
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
            row, keys = self._row, [jobs[int(nth)].id for nth in others]
            async with self._db.company(row.company_id) as conn:
                known = await postings.known_of(conn, row.company_id, row.source_id, keys)
            for nth, key in zip(others, keys, strict=True):
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

    async def _write(self, jobs: Sequence[Job]) -> Mapping[str, int]:
        row, written = self._row, dict[str, int]()
        like = joined(self.like, outline(jobs))
        why = f"{plural(len(jobs), 'job')} of {row.location}."
        async with postings.change_postings(
            self._db, row.company_id, kind="reading_part", who=self._who, why=why
        ) as change:
            if await overtaken(change, row, self._began):
                raise Overtaken
            written = await write_jobs(change, row.source_id, row.lane, jobs)
        self.written += len(written)
        self.like = like
        return written


async def overtaken(change: Change, row: SourceRow, began: Began) -> bool:
    """Whether the source is read no more, or a reading that began later has been settled."""
    now = await snapshots.source(change.conn, row.company_id, row.source_id)
    return now is None or not now.active or now.settled > began.number


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


def completed(kept: Kept, written: Mapping[str, int]) -> Kept:
    """The records with the jobs that have been written since under their ids, which are put into its rows."""
    rows = kept.rows
    if written:
        pairs = sorted((id_hash(key), job_id) for key, job_id in written.items())
        ids: Numbers = np.array([each for each, _ in pairs], dtype="<u8")
        jobs: Numbers = np.array([job_id for _, job_id in pairs], dtype="<i8")
        new = np.flatnonzero(rows["job"] == 0)
        at = np.minimum(np.searchsorted(ids, rows["id"][new]), len(ids) - 1)
        rows["job"][new] = np.where(ids[at] == rows["id"][new], jobs[at], 0)
    stay = (rows["job"] != 0) & (rows["hash"] != 0)
    return Kept(kept.seed, rows if stay.all() else rows[stay])


def validators(row: SourceRow, now: datetime, full_read: timedelta) -> tuple[str, str]:
    """What the source is asked by whether it has changed; nothing where it is time that it tells everything again.

    A server may say "unchanged" of what has changed, for ever: it is believed for ``full_read``.
    """
    if not row.whole_now or row.tells_changes or row.full_read_at is None or now - row.full_read_at >= full_read:
        return "", ""
    return row.etag, row.last_modified
