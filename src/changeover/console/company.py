"""One company's page: where it stands, what it waits for, its sources, and everything that ever moved."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from changeover.console.kinds import kind_name, kind_names
from changeover.console.pictures import Told, counts, points
from changeover.console.sentences import KINDS, NAMES, overdue, progress, state_sentence
from changeover.console.shown import console_page
from changeover.consolidated.handing import FEED
from changeover.database.connection import Connection
from changeover.job import Lane
from changeover.migration import store as migrations
from changeover.migration.state import READS, State
from changeover.migration.store import Company
from changeover.postings import shadows
from changeover.snapshot import store as snapshots
from changeover.snapshot.store import SourceRow
from changeover.sources.origins import sentences
from changeover.sources.registry import MAPPABLE
from changeover.web.served import CompanyId, Here, Operator
from changeover.web.wording import plural

router = APIRouter(include_in_schema=False)

_EVENTS = 30
_READINGS = 24


@router.get("/companies/{company}")
async def company(
    request: Request, here: Here, session: Operator, company_id: CompanyId, before: str = "", readings: str = ""
) -> Response:
    """The page; ``before`` pages the timeline, ``readings=all`` shows in it also the readings that told nothing new."""
    start = int(before) if before.isascii() and before.isdecimal() and len(before) < 19 else 2**62
    async with here.db.company(company_id) as conn:
        it = await migrations.company(conn, company_id)
        rows = sorted(await snapshots.sources(conn, company_id), key=lambda row: row.lane is Lane.ATS)
        behind = await shadows.counts(conn, company_id)
        sources = [{**await _source(conn, it, row), "behind": behind.get(row.source_id, 0)} for row in rows]
        events = await migrations.events(
            conn, company_id, before=start, size=_EVENTS + 1, all_readings=readings == "all"
        )
    return console_page(
        request,
        "company.html",
        here=here,
        session=session,
        it=it,
        **standing(it, rows),
        overdue=overdue(it, here.db.now(), here.settings.resolve_overdue_hours),
        way_back_days=here.settings.way_back_days,
        sources=sources,
        missing=[lane for lane in Lane if not any(row.lane is lane and row.state != "off" for row in rows)],
        events=[
            {**event, "name": KINDS.get(event["kind"], event["kind"].replace("_", " "))} for event in events[:_EVENTS]
        ],
        following=events[_EVENTS - 1]["revision"] if len(events) > _EVENTS else None,
        first=not before,
        all_readings=readings == "all",
    )


def standing(it: Company, rows: list[SourceRow]) -> dict[str, Any]:
    """What the head of a company's pages shows: its state in a sentence and the picture of its two sources."""
    told = progress(it)
    kinds = {lane: kind_names([row for row in rows if row.lane is lane]) for lane in Lane}
    live = it.counts.get(str(it.feed), 0)
    return {
        "state_name": NAMES[it.state],
        "sentence": state_sentence(it),
        "progress": told,
        "picture": points(it.state, told.share, f"{NAMES[it.state]}: {told.sentence}"),
        "kinds": kinds,
        "live": live,
        "migrating": it.state in (State.MATCHING, State.READY),
    }


async def _source(conn: Connection, it: Company, row: SourceRow) -> dict[str, Any]:
    """One source as its card shows it: its readings newest first, and the one that is held."""
    readings = await snapshots.latest_readings(conn, it.company_id, row.source_id, _READINGS)
    told = [Told(reading["jobs"], reading["verdict"]) for reading in reversed(readings)]
    label = f"Jobs in the last {plural(len(told), 'reading')}, oldest first: {', '.join(str(t.jobs) for t in told)}"
    return {
        "row": row,
        "kind": kind_name(row.kind),
        "read": row.active and row.lane in READS[it.state],
        "mappable": row.active and row.pulled and (row.mapping is not None or row.kind in (*MAPPABLE, FEED)),
        "held": await snapshots.held_reading(conn, row) if row.active else None,
        "last": readings[0] if readings else None,
        "readings": readings[:6],
        "chart": counts(told, label),
        "origins": list(sentences(row.origins)),
    }
