"""The jobs of a source that stand, looked at without holding them: for readings of any size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from changeover.database.connection import Connection
from changeover.database.queries import beside
from changeover.job import Job
from changeover.snapshot.drift import Outline, joined, outlined

queries = beside(__file__, "open_jobs")

Numbers = np.ndarray[Any, np.dtype[Any]]

_ENTRY = np.dtype([("job", ">i8"), ("digest", "<u8")])
_AT_ONCE, _PAGE = 20_000, 100_000


async def any_open(conn: Connection, company_id: int, source_id: int) -> bool:
    """Whether any job of the source is open."""
    row = await (await conn.execute(queries.any_open, {"company": company_id, "source": source_id})).fetchone()
    return bool(row and row["any_open"])


async def any_changed(conn: Connection, company_id: int, revision: int) -> bool:
    """Whether any job of the company was told differently, opened or closed after the revision."""
    at = {"company": company_id, "revision": revision}
    row = await (await conn.execute(queries.any_changed, at)).fetchone()
    return bool(row and row["any_changed"])


async def open_digests(conn: Connection, company_id: int, source_id: int) -> tuple[Numbers, Numbers]:
    """The ids of the source's open jobs, rising, and the first 8 bytes of each one's digest; 16 bytes a job."""
    jobs, digests = [np.empty(0, "<i8")], [np.empty(0, "<u8")]
    at, after = {"company": company_id, "source": source_id, "size": _PAGE}, 0
    cursor = conn.cursor(binary=True)
    while (row := await (await cursor.execute(queries.open_digests, {**at, "after": after})).fetchone()) and row[
        "packed"
    ]:
        entries = np.frombuffer(row["packed"], dtype=_ENTRY)
        jobs.append(entries["job"].astype("<i8"))
        digests.append(entries["digest"].astype("<u8"))
        after = row["last"]
    return np.concatenate(jobs), np.concatenate(digests)


async def told(conn: Connection, company_id: int, ids: Sequence[int]) -> list[Job]:
    """Jobs as their source told them, in the order of ``ids``."""
    rows = await (await conn.execute(queries.jobs_told, {"company": company_id, "ids": list(ids)})).fetchall()
    jobs = {}
    for row in rows:
        job_id, said = row.pop("job_id"), {"id": row.pop("source_job_id"), "company": row.pop("company_name")}
        jobs[job_id] = Job(**said, **row)
    return [jobs[each] for each in ids]


async def outline_of(conn: Connection, company_id: int, ids: Sequence[int]) -> Outline:
    """The outline of jobs as they are kept, by their ids; 20,000 in memory at once."""
    every = Outline()
    for start in range(0, len(ids), _AT_ONCE):
        at = {"company": company_id, "ids": [int(each) for each in ids[start : start + _AT_ONCE]]}
        rows = await (await conn.execute(queries.outlines, at)).fetchall()
        every = joined(every, outlined((row["title"], row["located"], row["described"]) for row in rows))
    return every
