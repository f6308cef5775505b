"""What a program may do with a company's sources: list, add, read, accept a held reading, revoke."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import Query
from fastapi.responses import Response
from pydantic import Field, StrictBool

from changeover import acts, adding, vouching
from changeover.api.answers import ActAnswer
from changeover.api.fields import Before, Id, ReadingId, SourceId, Told, below, conflict, cut, unknown
from changeover.api.route import api_router
from changeover.api.source_answers import (
    AcceptedAnswer,
    Kind,
    ReadingAnswer,
    ReadingsAnswer,
    SourceAnswer,
    SourcesAnswer,
)
from changeover.consolidated.handing import FEED
from changeover.job import Lane
from changeover.migration import store as migrations
from changeover.refusal import Refusal
from changeover.reparsing import reparse_source, reread
from changeover.snapshot import store as snapshots
from changeover.snapshot.store import PUSH
from changeover.sources import registry
from changeover.sources.fetch_rules import fetch_rules
from changeover.sources.source import Completeness
from changeover.sources.text import line
from changeover.web.problem import Problem
from changeover.web.served import Asking, CompanyId, Here, Served
from changeover.wording import plural

router = api_router("sources")

# A source that takes longer to be recognised is not read while a program waits.
_PATIENCE_SECONDS = 25.0


FullFrom = Annotated[
    str,
    Field(
        max_length=4_000,
        pattern=r"^(https?://.+)?$",
        description="Where a source of changes tells every open job; empty: nowhere.",
        examples=["https://jobs.example/all.xml"],
    ),
]


class NewSource(Told):
    """A source to add: an address, or `push` for an ATS that pushes its jobs.

    ``kind`` and ``lane``: where they are left out it is read once and recognised. Of two sources of a lane that tell
    the same job, the one with the higher ``rank`` shows.
    """

    location: Annotated[
        str, Field(max_length=4_000, pattern=r"^(push|https?://.+)$", examples=["https://jobs.example/feed.xml"])
    ]
    kind: Kind | None = None
    lane: Lane | None = None
    consolidated: StrictBool = Field(default=False, description="A feed of many companies, each handed its own.")
    rank: int = Field(default=0, ge=-1_000, le=1_000)
    every_minutes: int | None = Field(default=None, ge=1, le=525_600)
    tells_changes: StrictBool = Field(default=False, description="It tells only what is new, changed or over.")
    full_from: FullFrom | None = None


@router.get("/companies/{company}/sources", summary="A company's sources")
async def list_sources(
    here: Here,
    company_id: CompanyId,
    after: Annotated[Id | None, Query(description="The `next` of the page before.")] = None,
    size: Annotated[int, Query(ge=1, le=200)] = 50,
) -> SourcesAnswer:
    """Both lanes, those that were revoked included."""
    async with here.db.company(company_id) as conn:
        await migrations.company(conn, company_id)
        rows = await snapshots.sources(conn, company_id)
    known = sorted((row for row in rows if row.source_id > int(after or 0)), key=lambda row: row.source_id)
    shown, last = cut(known, size)
    return SourcesAnswer(sources=[SourceAnswer.of(row) for row in shown], next=str(last.source_id) if last else None)


@router.get("/companies/{company}/sources/{source:int}", summary="One source")
async def get_source(here: Here, company_id: CompanyId, source: SourceId) -> SourceAnswer:
    """How it stands: when it was last whole, when it is read next, whether a reading of it is held."""
    return await _source(here, company_id, source)


async def _source(here: Served, company_id: int, source: int) -> SourceAnswer:
    async with here.db.company(company_id) as conn:
        await migrations.company(conn, company_id)
        row = await snapshots.source(conn, company_id, source)
    if row is None:
        raise unknown("UNKNOWN_SOURCE", "source")
    return SourceAnswer.of(row)


@router.post("/companies/{company}/sources", status_code=201, summary="Add a source")
async def add_source(
    response: Response, here: Here, asking: Asking, company_id: CompanyId, body: NewSource
) -> SourceAnswer:
    """It is read by its schedule, at once for the first time. Without a `kind` it is read once here and recognised."""
    location = line(body.location)
    kind = line(body.kind) if body.kind else None
    refusal = adding.unfit(location, kind, body.lane)
    if refusal is not None:
        raise Problem(422, refusal.code, refusal.sentence, refusal.fix)
    if body.consolidated and (location == "push" or body.lane is Lane.ATS):
        sentence = "Nothing was done: a consolidated feed is an old source; an ATS is connected to one company."
        raise Problem(422, "CONSOLIDATED_IS_LEGACY", sentence, "Leave out `consolidated`, or send an old source.")
    full_from = line(body.full_from or "")
    if full_from and (refusal := vouching.unfit_full(full_from, location)):
        raise Problem(422, refusal.code, refusal.sentence, refusal.fix)
    if full_from and (body.consolidated or not body.tells_changes):
        sentence = "Nothing was done: only a source of one company's changes has an address for every open job."
        raise Problem(422, "TELLS_EVERYTHING", sentence, "Leave out `full_from`, or send `tells_changes` alone.")
    async with here.db.company(company_id) as conn:
        await migrations.company(conn, company_id)
    told = PUSH if location == "push" else kind or await _recognised(here, location)
    found = FEED if body.consolidated and told != PUSH else told
    every = body.every_minutes or here.settings.read_every_minutes
    side, changes = body.lane or adding.lane_of(told), body.tells_changes and told != PUSH
    new = adding.NewSource(location, found, side, body.rank, every, tells_changes=changes, full_from=full_from)
    added = await adding.add_source(here.flow, company_id, new, who=asking.who)
    if isinstance(added, Refusal):
        raise conflict(added)
    response.headers["location"] = f"/api/v1/companies/{company_id}/sources/{added}"
    return await _source(here, company_id, added)


async def _recognised(here: Served, location: str) -> str:
    """The kind of a source, read once. Raises Problem if it is none, or too slow to wait for."""
    rules = fetch_rules(here.settings)
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            reading = await registry.read(location, now=datetime.now(UTC), rules=rules)
    except TimeoutError:
        sentence = f"Nothing was done: reading it once takes longer than {_PATIENCE_SECONDS:.0f} seconds."
        raise Problem(422, "SLOW_SOURCE", sentence, "Say its `kind`; then it is read by its schedule.") from None
    if reading.completeness is Completeness.FAILED:
        why = reading.problems[0].sentence if reading.problems else "Nothing could be read."
        raise Problem(422, "NO_SOURCE", f"Nothing was done. {why}", "Send the address of a career site or a feed.")
    return reading.kind


@router.get("/companies/{company}/sources/{source:int}/readings", summary="What a source said")
async def list_readings(
    here: Here,
    company_id: CompanyId,
    source: SourceId,
    before: Before = None,
    size: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ReadingsAnswer:
    """Its readings, newest first, with what was believed of each and why."""
    await _source(here, company_id, source)
    async with here.db.company(company_id) as conn:
        rows = await snapshots.readings_before(conn, company_id, source, before=below(before), size=size + 1)
    shown, last = cut(rows, size)
    return ReadingsAnswer(
        readings=[ReadingAnswer.of(row) for row in shown], next=str(last["reading_id"]) if last else None
    )


@router.post("/companies/{company}/sources/{source:int}/read", status_code=202, summary="Read a source soon")
async def read_source(here: Here, company_id: CompanyId, source: SourceId) -> ActAnswer:
    """Queued ahead of its schedule; a worker does it."""
    refusal = await acts.read_soon(here.flow, company_id, source)
    if refusal is not None:
        raise conflict(refusal)
    return ActAnswer(sentence="Queued: a worker reads the source next.")


@router.post("/companies/{company}/sources/{source:int}/reparse", summary="Read again what a source answered last")
async def reparse(here: Here, asking: Asking, company_id: CompanyId, source: SourceId) -> ActAnswer:
    """Without asking it: after a mapping was corrected, say. It is judged as any reading and makes nothing fresher."""
    taken = await reparse_source(here.flow, company_id, source, who=asking.who)
    if isinstance(taken, Refusal):
        raise conflict(taken)
    return ActAnswer(sentence=f"Read again from what it answered last: {reread(taken)}")


@router.post("/companies/{company}/sources/{source:int}/accept/{reading:int}", summary="Believe a held reading")
async def accept_reading(
    here: Here, asking: Asking, company_id: CompanyId, source: SourceId, reading: ReadingId
) -> AcceptedAnswer:
    """Only that reading: another one that is held by now is not believed."""
    taken = await vouching.accept(here.flow, company_id, source, who=asking.who, seen=reading)
    if isinstance(taken, Refusal):
        raise conflict(taken)
    jobs, closed = len(taken.reading.jobs), len(taken.diff.vanished) if taken.diff else 0
    told = f"Accepted: the reading with {plural(jobs, 'job')} is believed."
    return AcceptedAnswer(sentence=told, jobs=jobs, closed=closed)


class Telling(Told):
    """How much a source tells in one reading. ``full_from``: left out, it stays as it is."""

    what: Literal["changes", "everything"]
    full_from: FullFrom | None = None


@router.post("/companies/{company}/sources/{source:int}/tells", summary="Say whether a source tells changes only")
async def set_tells(here: Here, asking: Asking, company_id: CompanyId, source: SourceId, body: Telling) -> ActAnswer:
    """Of a source of changes a job closes where it says so, never because it is left out. It counts as whole no more
    until it has told everything at one time, or `told` says so. Where it has an address for every open job, that is
    read first and once a day.
    """
    changes, full_from = body.what == "changes", None if body.full_from is None else line(body.full_from)
    refusal = await vouching.set_tells(
        here.flow, company_id, source, changes=changes, full_from=full_from, who=asking.who
    )
    if refusal is not None:
        raise conflict(refusal)
    return ActAnswer(sentence=f"The source is taken to tell {body.what} from now on.")


@router.post("/companies/{company}/sources/{source:int}/told", summary="Say that a source of changes told everything")
async def told_everything(here: Here, asking: Asking, company_id: CompanyId, source: SourceId) -> ActAnswer:
    """By its newest reading every open job has been told: it counts as whole from there on, as long as it is read."""
    refusal = await vouching.told_everything(here.flow, company_id, source, who=asking.who)
    if refusal is not None:
        raise conflict(refusal)
    return ActAnswer(sentence="The source counts as whole from its newest reading on.")


@router.post("/companies/{company}/sources/{source:int}/revoke", summary="Read a source no more")
async def revoke_source(here: Here, asking: Asking, company_id: CompanyId, source: SourceId) -> ActAnswer:
    """At once. What an old one fed stays as told for the board's days of notice, and then it ends."""
    refusal = await acts.revoke_source(here.flow, company_id, source, who=asking.who)
    if refusal is not None:
        raise conflict(refusal)
    return ActAnswer(sentence="Revoked: this source is read no more.")
