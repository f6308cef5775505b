"""Jobs as their source tells them, written: new ones in one statement, known ones in another."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import overload

import orjson

from changeover.database.columns import Column, documents, moments, numbers, raws, texts, truths
from changeover.database.connection import Connection
from changeover.database.queries import beside as queries_beside
from changeover.database.revise import Change
from changeover.ids import new_ids
from changeover.job import Flaw, Job, Lane, flaw
from changeover.postings import shadows, store

queries = queries_beside(__file__, "writing")

# Jobs of one statement: a few megabytes, of which the driver makes several copies.
_AT_ONCE = 1_000


async def by_index(conn: Connection) -> None:
    """Have this transaction's statements planned once for all: each takes the rows that it is given, by an index."""
    await conn.execute(queries.by_index)


async def write_jobs(change: Change, source_id: int, lane: Lane, jobs: Sequence[Job]) -> dict[str, int]:
    """Write what a reading told that is new, open again or changed (ids unique); our ids by the source's."""
    if not jobs:
        return {}
    conn = change.conn
    known = await store.known_of(conn, change.company_id, source_id, [job.id for job in jobs])
    beside = await shadows.has_beside(change, source_id, lane)
    await by_index(conn)
    rows = jobs if isinstance(jobs, Rows) else Rows(jobs)
    written = await write_told(change, source_id, lane, rows, known, beside=beside)
    await conn.execute(queries.by_size)
    return written


async def write_told(
    change: Change,
    source_id: int,
    lane: Lane,
    jobs: Rows,
    known: Collection[str],
    *,
    beside: bool,
) -> dict[str, int]:
    """Write jobs (ids unique) as they are told now, after ``by_index``; our ids by the source's.

    ``known``: the ids of those of ``jobs`` that the source has told before, open or not, as of this revision.
    ``beside``: another source of the lane may tell the same openings; so what is told is kept back until it is known
    whether that does: never shown twice, not even until the next match. A new job gets a posting of its own; pairing
    comes later and may make that an alias.
    """
    at = {"company": change.company_id, "source": source_id, "revision": change.revision, "employer": change.name}
    new = [nth for nth, job in enumerate(jobs) if job.id not in known]
    written: dict[str, int] = {}
    async with change.conn.pipeline():  # the columns of one part are written down while the one before is taken in
        for part in _parts(new):
            if written:  # the first jobs of a board may have made its tables large enough to be planned for once
                await by_index(change.conn)
            ids = new_ids.many(2 * len(part))
            own = {"job_ids": numbers(ids[::2]), "posting_ids": numbers(ids[1::2])}
            told = {**at, "lane": lane, "beside": beside, **own, **jobs.columns(part)}
            await change.conn.execute(queries.new_jobs, told)
            written |= zip((jobs[nth].id for nth in part), ids[::2], strict=True)
    written |= await _write_again(change, at, jobs, [nth for nth, job in enumerate(jobs) if job.id in known])
    if beside and written:
        put = {"company": change.company_id, "ids": list(written.values()), "revision": change.revision}
        await change.conn.execute(queries.put_beside, put)
        change.touched.update(written.values())
    return written


def _parts(which: Sequence[int]) -> Iterable[Sequence[int]]:
    return (which[start : start + _AT_ONCE] for start in range(0, len(which), _AT_ONCE))


async def _write_again(change: Change, at: Mapping[str, object], every: Rows, which: Sequence[int]) -> dict[str, int]:
    """Write known jobs: the open ones where they stand, then the others on the postings found for them."""
    written = await _told_again(change, at, every, which, {})
    for closed in _parts([nth for nth in which if every[nth].id not in written]):
        written |= await _told_again(change, at, every, closed, await _places(change, at, every, closed))
    return written


async def _told_again(
    change: Change, at: Mapping[str, object], every: Rows, which: Sequence[int], places: Mapping[str, int]
) -> dict[str, int]:
    asked = []
    async with change.conn.pipeline():
        for part in _parts(which):
            postings = numbers(places.get(every[nth].id) for nth in part)
            told = {**at, "posting_ids": postings, **every.columns(part)}
            asked.append(await change.conn.execute(queries.told_again, told))
    rows = [row for cursor in asked for row in await cursor.fetchall()]
    change.touched.update(row["job_id"] for row in rows if row["turned"])
    return {row["key"]: row["job_id"] for row in rows}


async def _places(change: Change, at: Mapping[str, object], every: Rows, which: Sequence[int]) -> dict[str, int]:
    """The posting for each job that opens again: the one it had; else one that is its own by its history; else new."""
    asked = {**at, "keys": [every[nth].id for nth in which]}
    rows = await (await change.conn.execute(queries.places, asked)).fetchall()
    stood = [row for row in rows if row["posting_id"]]
    free = {row["job_id"]: row["posting_id"] for row in stood if row["free"]}
    taken = {row["job_id"]: row["posting_id"] for row in stood if not row["free"]}
    found = await store.kept_by_one(change, free) | await store.given_back(change, taken)
    found |= await store.homes(change, [row["job_id"] for row in rows if row["job_id"] not in found])
    return {row["key"]: found[row["job_id"]] for row in rows}


class Rows(Sequence[Job]):
    """Jobs as the columns of the statements that write them.

    ``flaws``, by the source's ids: what makes a job invalid beside what the job itself shows.
    """

    def __init__(self, jobs: Sequence[Job], flaws: Mapping[str, Flaw] | None = None) -> None:
        self._jobs, self._flaws = jobs, flaws or {}
        # Columns of parts that were worked out ahead, by the place of the first job and of the last.
        self._ahead: dict[tuple[int, int], dict[str, Column]] = {}

    def __len__(self) -> int:
        return len(self._jobs)

    def __iter__(self) -> Iterator[Job]:
        return iter(self._jobs)

    @overload
    def __getitem__(self, at: int) -> Job: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Job]: ...
    def __getitem__(self, at: int | slice) -> Job | Sequence[Job]:
        """The jobs themselves."""
        return self._jobs[at]

    def ahead(self) -> Rows:
        """The same, with the columns worked out by which all of them are written if none is known."""
        self._ahead = {(part[0], part[-1]): self._columns(part) for part in _parts(range(len(self)))}
        return self

    def columns(self, which: Sequence[int]) -> dict[str, Column]:
        """Those of the jobs at these rising places; what was worked out ahead is handed out once."""
        alone = which[-1] - which[0] == len(which) - 1
        return (self._ahead.pop((which[0], which[-1]), None) if alone else None) or self._columns(which)

    def _columns(self, which: Sequence[int]) -> dict[str, Column]:
        jobs = [self._jobs[nth] for nth in which]
        found = [self._flaws.get(job.id) or flaw(job) for job in jobs]
        return {
            "keys": texts(job.id for job in jobs),
            "valid": truths(each is None for each in found),
            "flaws": texts(each.code if each else "" for each in found),
            "titles": texts(job.title for job in jobs),
            "locations": texts(job.location for job in jobs),
            "companies": texts(job.company for job in jobs),
            "numbers": texts(job.employer_job_id for job in jobs),
            "requisitions": texts(job.requisition for job in jobs),
            "urls": texts(job.url for job in jobs),
            "apply_urls": texts(job.apply_url for job in jobs),
            "workplaces": texts(job.workplace_type for job in jobs),
            "posted": moments(job.posted_at for job in jobs),
            "digests": raws(map(Job.digest, jobs)),
            "descriptions": texts(job.description for job in jobs),
            "extras": documents(orjson.dumps(dict(job.extra)) for job in jobs),
        }
