"""All the SQL of migrations: a company's row, its moves, its facts and its history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg.types.json import Jsonb

from changeover.database.connection import Connection, expect_many
from changeover.database.queries import beside
from changeover.database.revise import Change, UnknownCompany
from changeover.job import Lane
from changeover.migration.readiness import (
    Blocker,
    JobFacts,
    Patience,
    SourceFacts,
    job_blockers,
    lane_whole_revision,
    source_blockers,
)
from changeover.migration.state import FEEDS, MOVES, Move, State, refuse
from changeover.refusal import Refusal
from changeover.snapshot.store import OFF, SourceRow, sources

queries = beside(__file__)


@dataclass(frozen=True, slots=True)
class Company:
    """A company as it is kept. ``counts`` and ``blockers`` are what its last run found."""

    company_id: int
    name: str
    ats: str
    state: State
    feed: Lane
    held: bool
    held_by: str
    held_why: str
    ats_only_holds: bool
    none_live_confirmed: bool
    revision: int
    flowed_revision: int
    counts: dict[str, int]
    blockers: list[dict[str, Any]]
    activated_at: datetime | None
    cut_over_at: datetime | None
    way_back_until: datetime | None
    resolve_digest: str | None
    resolve_by: str | None
    resolve_at: datetime | None
    created_at: datetime
    free_applicants: int | None
    notices: bool
    retention_days: int | None
    apply_here: bool


def as_company(row: dict[str, Any]) -> Company:
    """A company of its row."""
    return Company(**{**row, "state": State(row["state"]), "feed": Lane(row["feed"])})


async def company(conn: Connection, company_id: int) -> Company:
    """One company; raises UnknownCompany."""
    row = await (await conn.execute(queries.company, {"company": company_id})).fetchone()
    if row is None:
        raise UnknownCompany(company_id)
    return as_company(row)


async def known(conn: Connection, company_id: int) -> bool:
    """Whether there is such a company."""
    return await (await conn.execute(queries.company, {"company": company_id})).fetchone() is not None


async def companies(conn: Connection, *, after: int = 0, size: int = 200, state: State | None = None) -> list[Company]:
    """A page of all companies by id, or of those in one state (operator's connection)."""
    query = queries.companies if state is None else queries.companies_in
    cursor = await conn.execute(query, {"after": after, "size": size, "state": state})
    return [as_company(row) for row in await cursor.fetchall()]


async def companies_of(conn: Connection, ids: Sequence[int]) -> list[Company]:
    """Companies by their ids, in no order (operator's connection)."""
    return [as_company(row) for row in await (await conn.execute(queries.companies_of, {"ids": list(ids)})).fetchall()]


async def by_state(conn: Connection) -> dict[State, tuple[int, int]]:
    """How many companies stand in each state, and how many of these are held (operator's connection)."""
    cursor = await conn.execute(queries.by_state)
    return {State(row["state"]): (row["companies"], row["held"]) for row in await cursor.fetchall()}


async def waiting_resolves(conn: Connection, size: int) -> list[Company]:
    """Companies that wait for a source to be read before they resolve, longest first (operator's connection)."""
    cursor = await conn.execute(queries.waiting_resolves, {"size": size})
    return [as_company(row) for row in await cursor.fetchall()]


async def last_events(conn: Connection, company_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """The newest revision of each company (operator's connection)."""
    cursor = await conn.execute(queries.last_events, {"companies": list(company_ids)})
    return {row["company_id"]: row for row in await cursor.fetchall()}


async def find(conn: Connection, word: str) -> int:
    """The id of the company that ``word`` names by id or exact name (operator's connection).

    Raises UnknownCompany where none or more than one is so called.
    """
    if word.isdecimal():
        row = await (await conn.execute(queries.company, {"company": int(word)})).fetchone()
        if row:
            return int(word)
    found = await called(conn, word)
    if len(found) != 1:
        raise UnknownCompany(word, found)
    return found[0]


async def called(conn: Connection, name: str) -> list[int]:
    """The ids of up to 20 companies of this name, whatever its case (operator's connection)."""
    rows = await (await conn.execute(queries.by_name, {"name": name})).fetchall()
    return [int(row["company_id"]) for row in rows]


async def state_in_line(conn: Connection, company_id: int) -> State:
    """The company's state once the change in progress, if any, is committed; raises UnknownCompany."""
    row = await (await conn.execute(queries.state_in_line, {"company": company_id})).fetchone()
    if row is None:
        raise UnknownCompany(company_id)
    return State(row["state"])


@dataclass(frozen=True, slots=True)
class Ahead:
    """Whether a source's day has come, jobs that several sources may tell are undecided, and there are paid slots."""

    ends: bool
    undecided: bool
    slots: bool


async def ahead(conn: Connection, company_id: int, now: datetime) -> Ahead:
    """What a run has to look at besides the pairs: of most companies nothing, so that it is one question."""
    row = await (await conn.execute(queries.ahead, {"company": company_id, "now": now})).fetchone()
    return Ahead(**(row or {}))


async def behind(conn: Connection, now: datetime, quiet: timedelta, *, after: int, size: int) -> list[int]:
    """Up to ``size`` companies above ``after`` that a run has to look at, by id (operator's connection).

    ``quiet``: how long a source that pushes must have been quiet to count as whole.
    """
    at = {"now": now, "quiet_since": now - quiet, "after": after, "size": size}
    cursor = await conn.execute(queries.behind, at)
    return [row["company_id"] for row in await cursor.fetchall()]


async def move(change: Change, what: Move) -> Refusal | None:
    """Make a state move, guarded by its allowed prior states; why not, if it is not allowed."""
    allowed, target = MOVES[what]
    cursor = await change.conn.execute(
        queries.move,
        {"company": change.company_id, "expected": sorted(allowed), "state": target, "feed": FEEDS[target]},
    )
    if await cursor.fetchone() is None:
        return refuse(State(change.state), what)
    change.detail |= {"from": change.state, "to": str(target)}
    return None


async def activated(change: Change) -> None:
    """Note when the migration was activated; an earlier hold or resolve is void."""
    await change.conn.execute(queries.activated, {"company": change.company_id, "now": change.at})


async def moved_to_ats(change: Change, way_back: timedelta) -> None:
    """Note the cut-over and until when the way back is open."""
    await change.conn.execute(
        queries.moved_to_ats, {"company": change.company_id, "now": change.at, "until": change.at + way_back}
    )


async def moved_back(change: Change) -> None:
    """Note the revert: the company is held, or it would cut over again by itself."""
    await change.conn.execute(
        queries.moved_back, {"company": change.company_id, "who": change.who, "why": "It was reverted."}
    )


async def hold(change: Change, *, held: bool, why: str) -> None:
    """Hold the cut-over, or let it go."""
    who = change.who if held else ""
    await change.conn.execute(queries.hold, {"company": change.company_id, "held": held, "who": who, "why": why})


async def want_resolve(change: Change, digest: str | None) -> None:
    """Remember a resolve that has to wait for a source, or forget it (None)."""
    known = digest is not None
    await change.conn.execute(
        queries.want_resolve,
        {
            "company": change.company_id,
            "digest": digest,
            "who": change.who if known else None,
            "now": change.at if known else None,
        },
    )


async def rename(change: Change, *, name: str, ats: str) -> None:
    """Call the company, and the ATS it uses, so from now on."""
    await change.conn.execute(queries.rename, {"company": change.company_id, "name": name, "ats": ats})


async def set_options(change: Change, *, ats_only_holds: bool, none_live_confirmed: bool) -> None:
    """Whether an unmatched ATS job holds the cut-over, and whether nothing live is agreed to."""
    await change.conn.execute(
        queries.options,
        {
            "company": change.company_id,
            "ats_only_holds": ats_only_holds,
            "none_live_confirmed": none_live_confirmed,
        },
    )


def source_facts(row: SourceRow) -> SourceFacts:
    """What readiness needs of a source's row."""
    return SourceFacts(
        lane=row.lane,
        kind=row.kind,
        location=row.location,
        pulled=row.pulled,
        every=timedelta(minutes=row.every_minutes or 60),
        whole_revision=row.whole_revision,
        whole_at=row.whole_at,
        held=row.held_reading_id is not None,
        last_new_job_at=row.last_new_job_at,
        revoked=not row.active,
        tells_changes=row.tells_changes,
    )


def known_sources(rows: Sequence[SourceRow]) -> list[SourceFacts]:
    """What readiness needs of the sources that are read, and of those that were revoked: their jobs still stand."""
    return [source_facts(row) for row in rows if row.state != OFF]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a company's readiness at one revision."""

    jobs: JobFacts
    blockers: list[Blocker]

    def counts(self) -> dict[str, int]:
        """The counts as they are kept on the company's row."""
        return asdict(self.jobs)


async def facts(conn: Connection, it: Company, rows: Sequence[SourceRow], now: datetime, patience: Patience) -> Facts:
    """Count the company's jobs and say every reason why it is not ready; ``rows`` are all its sources.

    One pass over an index where every job is paired (20 ms for 100,000 postings); what stands alone is
    looked at in a second.
    """
    known = known_sources(rows)
    jobs = await _job_facts(conn, it, {lane: lane_whole_revision(known, lane, it.revision) or 0 for lane in Lane})
    blockers = source_blockers(known, now, patience) + job_blockers(
        jobs, ats_only_holds=it.ats_only_holds, none_live_confirmed=it.none_live_confirmed
    )
    return Facts(jobs, blockers)


async def _job_facts(conn: Connection, it: Company, whole: Mapping[Lane, int]) -> JobFacts:
    row = await (await conn.execute(queries.job_counts, {"company": it.company_id})).fetchone()
    counts = dict(row or {})
    flawed = counts.pop("flawed", 0)
    if not flawed and len(set(counts.values())) <= 1:
        return JobFacts(**counts)
    await expect_many(conn, counts["legacy"] + counts["ats"])
    at = {"company": it.company_id, "legacy_whole": whole[Lane.LEGACY], "ats_whole": whole[Lane.ATS]}
    lone = await (await conn.execute(queries.lone_facts, at)).fetchone()
    return JobFacts(**counts, **(lone or {}))


async def lane_blockers(conn: Connection, it: Company, lane: Lane, now: datetime, patience: Patience) -> list[Blocker]:
    """Why one lane is not whole and fresh."""
    known = [source_facts(row) for row in await sources(conn, it.company_id) if row.active and row.lane is lane]
    return source_blockers(known, now, patience, lanes=(lane,))


async def flowed(conn: Connection, it: Company, found: Facts) -> None:
    """Keep what a run found at the revision that ``it`` shows."""
    await conn.execute(
        queries.flowed,
        {
            "company": it.company_id,
            "revision": it.revision,
            "counts": Jsonb(found.counts()),
            "blockers": Jsonb([asdict(blocker) for blocker in found.blockers]),
        },
    )


async def agree(change: Change, closing: Sequence[tuple[int, int]]) -> None:
    """Write down the (posting, job) that a person agreed to close in this revision."""
    await change.conn.execute(
        queries.agree,
        {
            "company": change.company_id,
            "revision": change.revision,
            "postings": [posting for posting, _ in closing],
            "jobs": [job for _, job in closing],
        },
    )


async def events(
    conn: Connection, company_id: int, *, before: int = 2**62, size: int = 50, all_readings: bool = True
) -> list[dict[str, Any]]:
    """The company's newest revisions, newest first: when, what, who, why.

    ``all_readings`` False leaves out those that told nothing new.
    """
    query = queries.history if all_readings else queries.eventful_history
    cursor = await conn.execute(query, {"company": company_id, "before": before, "size": size})
    return await cursor.fetchall()


async def newest_doubt(conn: Connection, company_id: int) -> dict[str, Any] | None:
    """When the board last had cause to doubt that it has every job of the ATS, and what (``kind``); None if never."""
    return await (await conn.execute(queries.newest_doubt, {"company": company_id})).fetchone()
