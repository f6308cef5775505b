"""All the SQL of sources, readings and the snapshots kept of them."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import orjson
from psycopg.types.json import Jsonb

from changeover.database.connection import Connection
from changeover.database.queries import beside
from changeover.database.revise import Change
from changeover.ids import new_ids
from changeover.job import Job, Lane
from changeover.snapshot.difference import Action, Again, Difference, Verdict
from changeover.snapshot.drift import Outline, kept_outline
from changeover.sources.source import Completeness, Reading
from changeover.sources.spool import job_from

queries = beside(__file__)

PUSH = "ats_push"
ACTIVE, OFF = "active", "off"
_PART, _IDS = 5_000, 100_000
_KEEP = 3


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source as it is kept.

    ``begun`` and ``settled`` number the newest reading that began and the newest that was judged;
    ``whole_revision`` and ``whole_at``: when its last believed whole reading began; ``whole_now``: that was the newest.
    ``mapping``: how its records become jobs, as mapping.FieldMapping.as_record says it, where a person made one.
    ``tells_changes``: it tells only what is new, changed or over, and at ``full_from``, if anywhere, every open job
    (snapshot/telling.py).
    """

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
    begun: int
    settled: int
    whole_revision: int | None
    whole_at: datetime | None
    whole_now: bool
    held_reading_id: int | None
    last_new_job_at: datetime | None
    created_at: datetime
    mapping: dict[str, Any] | None = None
    consent: str = ""
    consent_at: datetime | None = None
    etag: str = ""
    last_modified: str = ""
    full_read_at: datetime | None = None
    origins: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    raw_reading_id: int | None = None
    tells_changes: bool = False
    full_from: str = ""

    @property
    def pulled(self) -> bool:
        """True if we read it; False if it pushes to us."""
        return self.kind != PUSH

    @property
    def active(self) -> bool:
        """True if it may still be read."""
        return self.state == ACTIVE


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


async def set_mapping(change: Change, source_id: int, mapping: Mapping[str, Any] | None) -> None:
    """Keep how a source's records become jobs, None to find it out each time; its next readings are made so."""
    at = {"company": change.company_id, "source": source_id}
    await change.conn.execute(queries.set_mapping, {**at, "mapping": None if mapping is None else Jsonb(dict(mapping))})


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


async def held_count(conn: Connection) -> int:
    """How many readings wait for a person (operator's connection)."""
    row = await (await conn.execute(queries.held_count)).fetchone()
    return int(row["readings"]) if row else 0


@dataclass(frozen=True, slots=True)
class Began:
    """When a reading began: the time, the company's revision, and its number among the source's readings."""

    at: datetime
    revision: int
    number: int


async def read_soon(change: Change, by: datetime) -> None:
    """Have every source whose newest reading was not whole read again at ``by`` at the latest."""
    await change.conn.execute(queries.read_soon, {"company": change.company_id, "by": by})


async def read_by_another(change: Change, source_id: int) -> None:
    """Give a source no time of its own: it is read when another one is."""
    await change.conn.execute(queries.read_by_another, {"company": change.company_id, "source": source_id})


async def read_soon_one(change: Change, source_id: int) -> None:
    """Have one source read as soon as a worker comes to it."""
    at = {"company": change.company_id, "source": source_id, "by": change.at}
    await change.conn.execute(queries.read_soon_one, at)


async def keep_reading(
    change: Change,
    source_row: SourceRow,
    reading: Reading,
    verdict: Verdict,
    diff: Difference | None,
    *,
    began: Began,
    missed: Sequence[int] = (),
    like: Outline | None = None,
) -> int:
    """Keep a reading, its verdict and its jobs, and mark the source by it. The reading's id.

    ``missed``: ids of the jobs that it lacked for the first time; ``like``: its outline.
    A job that appeared on the other side after ``began`` is pending, not unmatched.
    """
    reading_id = new_ids()
    at = {"company": change.company_id, "source": source_row.source_id, "reading": reading_id}
    label = {Action.HOLD: "held", Action.FAIL: "failed"}.get(verdict.action, "taken")
    await change.conn.execute(
        queries.add_reading,
        {
            **at,
            "began": began.at,
            "ended": change.at,
            "began_revision": began.revision,
            "completeness": reading.completeness,
            "verdict": label,
            "code": verdict.code,
            "sentence": verdict.sentence,
            "jobs": reading.count,
            "unreadable": reading.unreadable,
            "appeared": diff.appeared_count if diff else 0,
            "changed": len(diff.changed) if diff else 0,
            "vanished": len(diff.vanished) if diff else 0,
            "problems": Jsonb([asdict(problem) for problem in reading.problems[:100]]),
            "missed": list(missed),
            "outline": Jsonb(like.as_record()) if like else None,
        },
    )
    # What was believed of a large reading stands in the jobs themselves.
    if reading.records is None or verdict.action is Action.HOLD:
        for part, packed in enumerate(_packed(reading)):
            await change.conn.execute(queries.keep_part, {**at, "part": part, "jobs": packed})
    await _mark_source(change, source_row, reading_id, verdict, began)
    await change.conn.execute(queries.forget_old, {**at, "keep": _KEEP})
    # Its own is left to a transaction of its own: a million jobs are long to delete in the company's line.
    await forget_first(change.conn, source_row, began.number - 1)
    return reading_id


async def forget_first(conn: Connection, row: SourceRow, number: int) -> None:
    """Forget the snapshots of the source's first large readings up to the ``number`` (first.py)."""
    at = {"company": row.company_id, "source": row.source_id, "number": number}
    await conn.execute(queries.forget_first, at)


async def _mark_source(change: Change, source_row: SourceRow, reading_id: int, verdict: Verdict, began: Began) -> None:
    at = {"company": change.company_id, "source": source_row.source_id, "reading": reading_id}
    failed = verdict.action is Action.FAIL
    await change.conn.execute(queries.settle_source, {**at, "number": began.number, "failed": failed})
    if verdict.action in (Action.TAKE, Action.HOLD):
        await change.conn.execute(queries.supersede_held, at)
    if verdict.action is Action.TAKE:
        whole = {"whole_revision": began.revision, "whole_at": began.at}
        await change.conn.execute(queries.source_whole, {**at, **whole})
    elif verdict.action is Action.HOLD:
        await change.conn.execute(queries.source_held, at)


def _packed(reading: Reading) -> Iterable[bytes]:
    """Jobs as zlib-compressed JSON lines, 5,000 a part; of those that stand as they were kept only the ids."""
    jobs = iter(reading.jobs)
    while part := list(islice(jobs, _PART)):
        yield zlib.compress(b"\n".join(map(orjson.dumps, part)), level=3)
    for start in range(0, len(reading.same), _IDS):
        yield zlib.compress(orjson.dumps([int(each) for each in reading.same[start : start + _IDS]]), level=1)


async def kept_jobs(conn: Connection, company_id: int, reading_id: int) -> tuple[list[Job], list[int]]:
    """The jobs of a kept reading, and the ids of those that it told as they were kept; empty if only its line is left.

    Jobs are held in memory: a person accepts a reading whose difference was too large, seldom.
    """
    cursor = await conn.execute(queries.kept_parts, {"company": company_id, "reading": reading_id})
    jobs: list[Job] = []
    same: list[int] = []
    for row in await cursor.fetchall():
        for line in zlib.decompress(row["jobs"]).split(b"\n"):
            said = orjson.loads(line)
            if isinstance(said, list):
                same.extend(said)
            else:
                jobs.append(job_from(said))
    return jobs, same


async def keep_validators(change: Change, row: SourceRow, reading: Reading, *, full: bool) -> None:
    """Keep by what the source is asked next time whether it has changed since this believed, whole reading.

    ``full``: the source told everything, and said of nothing that it has not changed.
    """
    etag, last_modified = reading.validators
    at = {"company": row.company_id, "source": row.source_id}
    said = {"etag": etag, "last_modified": last_modified, "full_read": change.at if full else None}
    await change.conn.execute(queries.set_validators, {**at, **said})


async def last_believed(conn: Connection, company_id: int, source_id: int) -> tuple[frozenset[int], Outline | None]:
    """Of a source's newest reading that was believed: the jobs that it lacked for the first time, and its outline."""
    row = await (await conn.execute(queries.last_believed, {"company": company_id, "source": source_id})).fetchone()
    return (frozenset(row["missed"]), kept_outline(row["outline"])) if row else (frozenset(), None)


async def missed_long(conn: Connection, row: SourceRow, began: datetime) -> frozenset[int]:
    """What the newest believed reading lacked that began at least half of the source's schedule before ``began``."""
    before = began - timedelta(minutes=row.every_minutes or 60) / 2
    at = {"company": row.company_id, "source": row.source_id, "before": before}
    found = await (await conn.execute(queries.missed_before, at)).fetchone()
    return frozenset(found["missed"]) if found else frozenset()


async def say_consent(change: Change, source_id: int, consent: str) -> None:
    """Note on whose word a source is read."""
    at = {"company": change.company_id, "source": source_id, "consent": consent, "now": change.at}
    await change.conn.execute(queries.consent, at)


async def latest_readings(conn: Connection, company_id: int, source_id: int, size: int) -> list[dict[str, Any]]:
    """A source's newest readings, newest first."""
    cursor = await conn.execute(queries.latest_readings, {"company": company_id, "source": source_id, "size": size})
    return await cursor.fetchall()


async def readings_before(
    conn: Connection, company_id: int, source_id: int, *, before: int, size: int
) -> list[dict[str, Any]]:
    """A page of a source's readings older than the reading ``before``, newest first."""
    at = {"company": company_id, "source": source_id, "before": before, "size": size}
    return await (await conn.execute(queries.readings_before, at)).fetchall()


async def held_reading(conn: Connection, row: SourceRow) -> dict[str, Any] | None:
    """The source's held reading, or None."""
    if row.held_reading_id is None:
        return None
    at = {"company": row.company_id, "reading": row.held_reading_id}
    return await (await conn.execute(queries.reading, at)).fetchone()


async def held_in_a_row(conn: Connection, row: SourceRow, jobs: int, began: datetime) -> Again:
    """How many of the newest readings in a row were held and told about as many jobs (within a tenth), since when.

    Readings nearer to each other than half the source's schedule count once: a person who presses a
    button six times has not waited for six readings.
    """
    apart, count, last = timedelta(minutes=row.every_minutes or 60) / 2, 0, began
    at = {"company": row.company_id, "source": row.source_id, "jobs": jobs, "near": max(1, jobs // 10)}
    for kept in await (await conn.execute(queries.held_alike, at)).fetchall():
        if last - kept["began_at"] >= apart:
            count, last = count + 1, kept["began_at"]
    return Again(count, last, began)


async def release(change: Change, source_row: SourceRow, reading: dict[str, Any]) -> None:
    """Mark a held reading as believed by a person; if it was complete, the source is whole as of when it began."""
    at = {"company": change.company_id, "source": source_row.source_id, "reading": reading["reading_id"]}
    await change.conn.execute(queries.set_reading_verdict, {**at, "verdict": "released"})
    if reading["completeness"] == Completeness.COMPLETE:
        whole = {"whole_revision": reading["began_revision"], "whole_at": reading["began_at"]}
        await change.conn.execute(queries.source_whole, {**at, **whole})
    else:
        await change.conn.execute(queries.source_held, {**at, "reading": None})


async def told_whole(change: Change, source_row: SourceRow) -> None:
    """Note that a source that pushes has said that it told everything, or has been quiet long enough."""
    at = {"company": change.company_id, "source": source_row.source_id}
    await change.conn.execute(queries.source_whole, {**at, "whole_revision": change.revision, "whole_at": change.at})


async def new_job_seen(change: Change, source_row: SourceRow) -> None:
    """Note when a source that pushes last told of a job we did not know."""
    at = {"company": change.company_id, "source": source_row.source_id, "now": change.at}
    await change.conn.execute(queries.new_job_seen, at)


async def revoke(change: Change, source_id: int) -> bool:
    """Read a source no more; True if it was active."""
    at = {"company": change.company_id, "source": source_id}
    cursor = await change.conn.execute(queries.revoke_source, {**at, "now": change.at})
    await change.conn.execute(queries.forget_first, {**at, "number": None})
    return cursor.rowcount == 1


async def switch_off(change: Change, lane: Lane) -> None:
    """Read none of a lane's sources any more: its migration is finished or cancelled."""
    await change.conn.execute(queries.switch_off, {"company": change.company_id, "lane": lane})
