"""How many jobs each source told over time: one count for each of some equal steps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from changeover.database.connection import Connection
from changeover.database.queries import beside
from changeover.ids import before_all_of

queries = beside(__file__, "over_time")

_BELIEVED = ("taken", "released")
_STEPS = 60


@dataclass(frozen=True, slots=True)
class CountThen:
    """What a source's newest reading told at a time, and whether it was believed."""

    source_id: int
    at: datetime
    jobs: int
    believed: bool


async def jobs_over_time(conn: Connection, company_id: int, since: datetime, until: datetime) -> list[CountThen]:
    """The counts of each source of a company, each reading once, the oldest first."""
    step = (until - since) / _STEPS
    bounds = [before_all_of(since + n * step) for n in range(1, _STEPS)] + [2**63 - 1]
    rows = await (await conn.execute(queries.counts, {"company": company_id, "bounds": bounds})).fetchall()
    told = [CountThen(row["source_id"], row["at"], row["jobs"], row["verdict"] in _BELIEVED) for row in rows]
    return list(dict.fromkeys(told))
