"""A few jobs of a source that has its lane to itself, written in two statements: the path of a push."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import orjson

from changeover.database.connection import Connection
from changeover.database.queries import beside
from changeover.database.revise import Change
from changeover.ids import new_ids
from changeover.job import Flaw, Job, Lane, flaw

queries = beside(__file__, "few")

# More are copied faster (postings/store.py), and their plans are worth making anew.
MOST = 500


async def by_index(conn: Connection) -> None:
    """Have this transaction's statements planned once for all pushes: each takes few rows, found by an index."""
    await conn.execute(queries.by_index)


async def by_size(conn: Connection) -> None:
    """Have the rest of this transaction's statements planned for as many rows as there are."""
    await conn.execute(queries.by_size)


async def write_few(
    change: Change,
    source_id: int,
    lane: Lane,
    jobs: Sequence[Job],
    known: Collection[str],
    flaws: Mapping[str, Flaw] | None = None,
) -> list[Job]:
    """Leaves the rows that ``store.write_jobs`` leaves, where no other source may tell the same openings.

    ``known``: the ids of those of ``jobs`` that the source has told before, open or not, as of this revision. Jobs that
    open again are not written but returned: their place has to be found, and that is for ``store.write_jobs``.
    """
    found = {job.id: (flaws or {}).get(job.id) or flaw(job) for job in jobs}
    at = {"company": change.company_id, "source": source_id, "revision": change.revision, "employer": change.name}
    again = [job for job in jobs if job.id in known]
    new = [job for job in jobs if job.id not in known]
    if new:
        await change.conn.execute(queries.new_jobs, {**at, "lane": lane, "rows": _rows(_placed(new), found)})
    done: set[str] = set()
    if again:
        told = {"rows": _rows(((job, {}) for job in again), found)}
        rows = await (await change.conn.execute(queries.told_again, {**at, **told})).fetchall()
        change.touched.update(row["job_id"] for row in rows if row["turned"])
        done = {row["id"] for row in rows}
    return [job for job in again if job.id not in done]


def _placed(jobs: Sequence[Job]) -> Iterable[tuple[Job, dict[str, Any]]]:
    """New jobs, each with an id and a posting of its own."""
    ids = new_ids.many(2 * len(jobs))
    return ((job, {"job_id": one, "posting_id": two}) for job, one, two in zip(jobs, ids[::2], ids[1::2], strict=True))


def _rows(jobs: Iterable[tuple[Job, dict[str, Any]]], found: Mapping[str, Flaw | None]) -> str:
    """JSON, for an array of each column takes the driver several times as long."""
    return orjson.dumps([_row(job, found[job.id]) | ids for job, ids in jobs]).decode()


def _row(job: Job, found: Flaw | None) -> dict[str, Any]:
    return {
        "id": job.id,
        "valid": found is None,
        "flaw": found.code if found else "",
        "title": job.title,
        "location": job.location,
        "company": job.company,
        "employer_job_id": job.employer_job_id,
        "requisition": job.requisition,
        "url": job.url,
        "apply_url": job.apply_url,
        "workplace_type": job.workplace_type,
        "posted_at": job.posted_at,
        "digest": f"\\x{job.digest().hex()}",
        "description": job.description,
        "extra": dict(job.extra),
    }
