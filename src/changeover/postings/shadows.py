"""Several sources of one lane: what is new waits in a shadow, and heirs step forward from there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from changeover.database.connection import Connection
from changeover.database.queries import beside
from changeover.database.revise import Change
from changeover.job import Lane

queries = beside(__file__, "shadows")


async def has_beside(change: Change, source_id: int, lane: Lane) -> bool:
    """Whether another source of the lane may tell the same openings."""
    at = {"company": change.company_id, "source": source_id, "lane": lane}
    row = await (await change.conn.execute(queries.has_beside, at)).fetchone()
    return bool(row and row["beside"])


async def inherit(change: Change, closed: Sequence[int]) -> list[int]:
    """Where a closed job showed an opening that another source still tells, that one's job steps forward: its ids.

    It takes the posting over, at the same revision: no gap, same address, same pair.
    """
    if not closed:
        return []
    at = {"company": change.company_id}
    rows = await (await change.conn.execute(queries.heirs, {**at, "ids": list(closed)})).fetchall()
    heirs = {row["shadow_of"]: row for row in reversed(rows)}
    if not heirs:
        return []
    await pass_on(change, {gone: row["job_id"] for gone, row in heirs.items()})
    ids = [row["job_id"] for row in heirs.values()]
    postings = [row["posting_id"] for row in heirs.values()]
    await change.conn.execute(
        queries.step_forward, {**at, "ids": ids, "postings": postings, "revision": change.revision}
    )
    return ids


async def pass_on(change: Change, successors: Mapping[int, int]) -> None:
    """What stood behind a job stands behind its successor, and what a person said of it holds for that."""
    told = {"company": change.company_id, "old": list(successors), "new": list(successors.values())}
    await change.conn.execute(queries.follow, told)
    await change.conn.execute(queries.take_over_decisions, told)


async def undecided(conn: Connection, company_id: int) -> int:
    """How many jobs of a company wait until it is known whether another source shows their opening."""
    row = await (await conn.execute(queries.undecided, {"company": company_id})).fetchone()
    return int(row["jobs"]) if row else 0


async def counts(conn: Connection, company_id: int) -> dict[int, int]:
    """How many jobs of each source another source shows."""
    rows = await (await conn.execute(queries.counts, {"company": company_id})).fetchall()
    return {row["source_id"]: row["jobs"] for row in rows}
