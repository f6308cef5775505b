"""The jobs of a source that stand, looked at without holding them: for readings of any size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from changeover.database.connection import Connection
from changeover.database.queries import beside
from changeover.job import Job
from changeover.snapshot.drift import Outline, joined, outlined

queries = beside(__file__, "standing")

Numbers = np.ndarray[Any, np.dtype[Any]]

# What COPY answers in its binary form, row by row: two columns, each behind its length. It begins with 19 bytes.
_ENTRY = np.dtype([("columns", ">i2"), ("a", ">i4"), ("job", ">i8"), ("b", ">i4"), ("digest", "<u8"), ("rest", "<u8")])
_HEAD, _TAIL, _BLOCK = 19, 2, 4 << 20
_OPEN = """
copy (select job_id, digest from job
      where company_id = {company} and source_id = {source} and (open or shadow_of is not null))
to stdout (format binary)
"""
_AT_ONCE = 20_000


async def any_open(conn: Connection, company_id: int, source_id: int) -> bool:
    """Whether any job of the source is open."""
    row = await (await conn.execute(queries.any_open, {"company": company_id, "source": source_id})).fetchone()
    return bool(row and row["any_open"])


async def open_digests(conn: Connection, company_id: int, source_id: int) -> tuple[Numbers, Numbers]:
    """The ids of the source's open jobs, rising, and the first 8 bytes of each one's digest; 16 bytes a job."""
    jobs: list[Numbers] = []
    digests: list[Numbers] = []
    held, begun = bytearray(), False
    async with conn.cursor().copy(_OPEN.format(company=int(company_id), source=int(source_id))) as copy:
        async for piece in copy:
            held += piece
            begun = begun or _headed(held)
            whole = (len(held) - _TAIL) // _ENTRY.itemsize if begun else 0
            if whole * _ENTRY.itemsize > _BLOCK:
                _unpack(held, whole, jobs, digests)
    _unpack(held, (len(held) - _TAIL) // _ENTRY.itemsize, jobs, digests)
    order = np.argsort(np.concatenate(jobs), kind="stable")
    return np.concatenate(jobs)[order], np.concatenate(digests)[order]


def _headed(held: bytearray) -> bool:
    if len(held) < _HEAD:
        return False
    del held[:_HEAD]
    return True


def _unpack(held: bytearray, count: int, jobs: list[Numbers], digests: list[Numbers]) -> None:
    rows = np.frombuffer(bytes(held[: count * _ENTRY.itemsize]), dtype=_ENTRY)
    jobs.append(rows["job"].astype("<i8"))
    digests.append(rows["digest"].astype("<u8"))
    del held[: count * _ENTRY.itemsize]


async def told(conn: Connection, company_id: int, ids: Sequence[int]) -> list[Job]:
    """Jobs as their source told them, in the order of ``ids``."""
    rows = await (await conn.execute(queries.jobs_told, {"company": company_id, "ids": list(ids)})).fetchall()
    jobs = {}
    for row in rows:
        said = {"id": row.pop("source_job_id"), "company": row.pop("company_name")}
        jobs[row.pop("job_id")] = Job(**said, **row)
    return [jobs[each] for each in ids]


async def outline_of(conn: Connection, company_id: int, ids: Sequence[int]) -> Outline:
    """The outline of jobs as they are kept, by their ids; 20,000 in memory at once."""
    every = Outline()
    for start in range(0, len(ids), _AT_ONCE):
        at = {"company": company_id, "ids": [int(each) for each in ids[start : start + _AT_ONCE]]}
        rows = await (await conn.execute(queries.outlines, at)).fetchall()
        every = joined(every, outlined((row["title"], row["located"], row["described"]) for row in rows))
    return every
