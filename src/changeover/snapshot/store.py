"""All the SQL of sources, readings and the snapshots kept of them."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from psycopg.types.json import Jsonb

from changeover.database.connection import Connection
from changeover.database.queries import beside
from changeover.database.revise import Change
from changeover.ids import new_ids
from changeover.job import Job, Lane
from changeover.snapshot.difference import Action, Difference, Verdict
from changeover.sources.source import Problem, Reading

queries = beside(__file__)

PUSH = "ats_push"
_PART = 5_000
_KEEP = 3


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source as it is kept. ``whole_revision`` and ``whole_at``: when its last believed whole reading began."""

    company_id: int
    source_id: int
    lane: Lane
    kind: str
    location: str
    rank: int
    every_minutes: int | None
    state: str
    revoked_at: datetime | None
    next_read_at: datetime | None
    failures: int
    whole_revision: int | None
    whole_at: datetime | None
    held_reading_id: int | None
    last_new_job_at: datetime | None
    created_at: datetime

    @property
    def pulled(self) -> bool:
        """True if we read it; False if it pushes to us."""
        return self.kind != PUSH

    @property
    def active(self) -> bool:
        """True if it may still be read."""
        return self.state == "active"


def _source(row: dict[str, Any]) -> SourceRow:
    return SourceRow(**{**row, "lane": Lane(row["lane"])})


async def add_source(
    change: Change, *, lane: Lane, kind: str, location: str, rank: int = 0, every_minutes: int | None = 60
) -> int:
    """Add a source; a pulled one is due at once. Its id."""
    source_id = new_ids()
    pulled = kind != PUSH
    await change.conn.execute(
        queries.add_source,
        {
            "company": change.company_id,
            "source": source_id,
            "lane": lane,
            "kind": kind,
            "location": location,
            "rank": rank,
            "every": every_minutes if pulled else None,
            "next_read": change.at if pulled else None,
            "now": change.at,
        },
    )
    return source_id


async def sources(conn: Connection, company_id: int) -> list[SourceRow]:
    """A company's sources, both lanes."""
    cursor = await conn.execute(queries.sources, {"company": company_id})
    return [_source(row) for row in await cursor.fetchall()]


async def source(conn: Connection, company_id: int, source_id: int) -> SourceRow | None:
    """One source, or None."""
    cursor = await conn.execute(queries.source, {"company": company_id, "source": source_id})
    row = await cursor.fetchone()
    return _source(row) if row else None


async def sources_of(conn: Connection, company_ids: Sequence[int]) -> dict[int, list[SourceRow]]:
    """The sources of some companies (operator's connection)."""
    cursor = await conn.execute(queries.sources_of, {"companies": list(company_ids)})
    found: dict[int, list[SourceRow]] = {company_id: [] for company_id in company_ids}
    for row in await cursor.fetchall():
        found[row["company_id"]].append(_source(row))
    return found


async def held_readings(conn: Connection, size: int) -> list[dict[str, Any]]:
    """Readings that wait for a person, with their company's name (operator's connection)."""
    return await (await conn.execute(queries.held_readings, {"size": size})).fetchall()


async def due_sources(conn: Connection, now: datetime, size: int) -> list[tuple[int, int]]:
    """(company, source) of up to ``size`` sources that are due, longest waiting first (operator's connection)."""
    cursor = await conn.execute(queries.due_sources, {"now": now, "size": size})
    return [(row["company_id"], row["source_id"]) for row in await cursor.fetchall()]


async def claim(conn: Connection, row: SourceRow, now: datetime) -> None:
    """Set when the source is read next: its schedule, stretched up to eightfold while it fails."""
    wait = timedelta(minutes=row.every_minutes or 60) * min(2**row.failures, 8)
    await conn.execute(
        queries.claim_source, {"company": row.company_id, "source": row.source_id, "next_read": now + wait}
    )


async def keep_reading(
    change: Change,
    source_row: SourceRow,
    reading: Reading,
    verdict: Verdict,
    diff: Difference | None,
    *,
    began: tuple[datetime, int],
) -> int:
    """Keep a reading, its verdict and its jobs, and mark the source by it. The reading's id.

    ``began``: the time and the company's revision when the reading began: a job that appeared on
    the other side after that is pending, not unmatched.
    """
    reading_id = new_ids()
    at = {"company": change.company_id, "source": source_row.source_id, "reading": reading_id}
    label = {Action.HOLD: "held", Action.FAIL: "failed"}.get(verdict.action, "taken")
    await change.conn.execute(
        queries.add_reading,
        {
            **at,
            "began": began[0],
            "ended": change.at,
            "began_revision": began[1],
            "completeness": reading.completeness,
            "verdict": label,
            "code": verdict.code,
            "sentence": verdict.sentence,
            "jobs": len(reading.jobs),
            "unreadable": reading.unreadable,
            "appeared": len(diff.appeared) if diff else 0,
            "changed": len(diff.changed) if diff else 0,
            "vanished": len(diff.vanished) if diff else 0,
            "problems": Jsonb([_problem(p) for p in reading.problems[:100]]),
        },
    )
    for part, packed in enumerate(_packed(reading.jobs)):
        await change.conn.execute(queries.keep_part, {**at, "part": part, "jobs": packed})
    await _mark_source(change, source_row, reading_id, verdict, began)
    await change.conn.execute(queries.forget_old, {**at, "keep": _KEEP})
    return reading_id


def _problem(problem: Problem) -> dict[str, str]:
    return {"code": problem.code, "sentence": problem.sentence, "job_id": problem.job_id}


async def _mark_source(
    change: Change, source_row: SourceRow, reading_id: int, verdict: Verdict, began: tuple[datetime, int]
) -> None:
    at = {"company": change.company_id, "source": source_row.source_id, "reading": reading_id}
    if verdict.action is Action.TAKE:
        await change.conn.execute(queries.source_whole, {**at, "whole_revision": began[1], "whole_at": began[0]})
        await change.conn.execute(queries.supersede_held, at)
    elif verdict.action is Action.HOLD:
        await change.conn.execute(queries.supersede_held, at)
        await change.conn.execute(queries.source_held, at)
        await change.conn.execute(queries.source_answered, at)
    elif verdict.action is Action.FAIL:
        await change.conn.execute(queries.source_failed, at)
    else:
        await change.conn.execute(queries.source_answered, at)


def _packed(jobs: Sequence[Job]) -> Iterable[bytes]:
    """Jobs as zlib-compressed JSON lines, 5,000 a part."""
    for start in range(0, len(jobs), _PART):
        lines = b"\n".join(orjson.dumps(job) for job in jobs[start : start + _PART])
        yield zlib.compress(lines, level=3)


async def kept_jobs(conn: Connection, company_id: int, reading_id: int) -> list[Job]:
    """The jobs of a kept reading; empty if only its line is left."""
    cursor = await conn.execute(queries.kept_parts, {"company": company_id, "reading": reading_id})
    jobs: list[Job] = []
    for row in await cursor.fetchall():
        for line in zlib.decompress(row["jobs"]).split(b"\n"):
            record = orjson.loads(line)
            posted = record["posted_at"]
            record["posted_at"] = datetime.fromisoformat(posted) if posted else None
            jobs.append(Job(**record))
    return jobs


async def latest_readings(conn: Connection, company_id: int, source_id: int, size: int) -> list[dict[str, Any]]:
    """A source's newest readings, newest first."""
    cursor = await conn.execute(queries.latest_readings, {"company": company_id, "source": source_id, "size": size})
    return await cursor.fetchall()


async def held_reading(conn: Connection, row: SourceRow) -> dict[str, Any] | None:
    """The source's held reading, or None."""
    if row.held_reading_id is None:
        return None
    at = {"company": row.company_id, "reading": row.held_reading_id}
    return await (await conn.execute(queries.reading, at)).fetchone()


async def held_in_a_row(conn: Connection, company_id: int, source_id: int, jobs: int, limit: int) -> int:
    """How many of the newest readings in a row were held and told about as many jobs (within a tenth)."""
    count = 0
    for row in await latest_readings(conn, company_id, source_id, limit):
        alike = abs(row["jobs"] - jobs) <= max(1, jobs // 10)
        if row["verdict"] not in ("held", "superseded") or not alike:
            break
        count += 1
    return count


async def release(change: Change, source_row: SourceRow, reading: dict[str, Any]) -> None:
    """Mark a held reading as believed by a person; the source is whole as of when it began."""
    at = {"company": change.company_id, "source": source_row.source_id, "reading": reading["reading_id"]}
    await change.conn.execute(queries.set_reading_verdict, {**at, "verdict": "released"})
    whole = {"whole_revision": reading["began_revision"], "whole_at": reading["began_at"]}
    await change.conn.execute(queries.source_whole, {**at, **whole})


async def told_whole(change: Change, source_row: SourceRow) -> None:
    """Note that a source that pushes has said that it told everything, or has been quiet long enough."""
    at = {"company": change.company_id, "source": source_row.source_id}
    await change.conn.execute(queries.source_whole, {**at, "whole_revision": change.revision, "whole_at": change.at})


async def new_job_seen(change: Change, source_row: SourceRow) -> None:
    """Note when a source that pushes last told of a job we did not know."""
    await change.conn.execute(
        queries.new_job_seen, {"company": change.company_id, "source": source_row.source_id, "now": change.at}
    )


async def revoke(change: Change, source_id: int) -> bool:
    """Read a source no more; True if it was active."""
    cursor = await change.conn.execute(
        queries.revoke_source, {"company": change.company_id, "source": source_id, "now": change.at}
    )
    return cursor.rowcount == 1


async def switch_off(change: Change, lane: Lane) -> None:
    """Read none of a lane's sources any more: its migration is finished or cancelled."""
    await change.conn.execute(queries.switch_off, {"company": change.company_id, "lane": lane})
