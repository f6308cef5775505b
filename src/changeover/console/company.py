"""One company's page: where it stands, what it waits for, its sources, and everything that ever moved."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from changeover.console.charts import Line, Point, chart
from changeover.console.kinds import kind_name, kind_names
from changeover.console.pictures import Sides, Told, bands, counts
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
from changeover.snapshot.over_time import CountThen, jobs_over_time
from changeover.snapshot.store import SourceRow
from changeover.sources.origins import sentences
from changeover.sources.registry import MAPPABLE
from changeover.sunset import store as sunsets
from changeover.web.served import CompanyId, Here, Operator
from changeover.wording import plural

router = APIRouter(include_in_schema=False)

_EVENTS = 30
_READINGS = 24
_SHOWN = timedelta(days=30)


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
        ends = {each.source_id: each for each in await sunsets.announced(conn, company_id)}
        contacts = await sunsets.contacts(conn, company_id)
        sources = [{**await _source(conn, it, row), "behind": behind.get(row.source_id, 0)} for row in rows]
        drawn = await jobs_over_time(conn, company_id, *_window(it, here.db.now()))
        events = await migrations.events(
            conn, company_id, before=start, size=_EVENTS + 1, all_readings=readings == "all"
        )
    return console_page(
        request,
        "company.html",
        here=here,
        session=session,
        it=it,
        **page_head(it, rows),
        overdue=overdue(it, here.db.now(), here.settings.resolve_overdue_hours),
        way_back_days=here.settings.way_back_days,
        sources=sources,
        chart=chart(_lines(rows, drawn), *_window(it, here.db.now())),
        ends=ends,
        contacts=contacts,
        notice_days=here.settings.legacy_notice_days,
        missing=[lane for lane in Lane if not any(row.lane is lane and row.state != "off" for row in rows)],
        events=[
            {**event, "name": KINDS.get(event["kind"], event["kind"].replace("_", " "))} for event in events[:_EVENTS]
        ],
        following=events[_EVENTS - 1]["revision"] if len(events) > _EVENTS else None,
        first=not before,
        all_readings=readings == "all",
    )


def page_head(it: Company, rows: list[SourceRow]) -> dict[str, Any]:
    """What the head of a company's pages shows: its state in a sentence and the picture of its two sources."""
    told = progress(it)
    kinds = {lane: kind_names([row for row in rows if row.lane is lane]) for lane in Lane}
    live = it.counts.get(str(it.feed), 0)
    paired = it.counts.get("paired", 0)
    sides = Sides(paired, *(max(0, it.counts.get(str(lane), 0) - paired) for lane in Lane))
    return {
        "state_name": NAMES[it.state],
        "sentence": state_sentence(it),
        "progress": told,
        "picture": bands(it.state, sides, f"{NAMES[it.state]}: {told.sentence}"),
        "alone": [(sides.legacy, "only at the old source"), (sides.ats, "only in the ATS")],
        "kinds": kinds,
        "live": live,
        "migrating": it.state in (State.MATCHING, State.READY),
    }


def _window(it: Company, now: datetime) -> tuple[datetime, datetime]:
    return max(it.created_at, now - _SHOWN), now


def _lines(rows: list[SourceRow], drawn: list[CountThen]) -> list[Line]:
    """One line of the chart for each source that was ever read."""
    lines = []
    for row in rows:
        side = "Old source" if row.lane is Lane.LEGACY else "ATS"
        points = [
            Point(then.at, then.jobs, believed=then.believed) for then in drawn if then.source_id == row.source_id
        ]
        if points:
            lines.append(Line(row.lane, f"{side}, {kind_name(row.kind)}", points))
    return lines


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
