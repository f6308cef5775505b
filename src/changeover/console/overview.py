"""The console's first page: is anything wrong, where every company stands, and what moved last."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from changeover.console.kinds import kind_name, kind_names
from changeover.console.pictures import points
from changeover.console.sentences import MEANS, NAMES, overdue, progress, state_sentence
from changeover.console.shown import console_page
from changeover.job import Lane
from changeover.migration import store as migrations
from changeover.migration.state import State
from changeover.migration.store import Company
from changeover.snapshot import store as snapshots
from changeover.snapshot.store import SourceRow
from changeover.web.problem import Problem
from changeover.web.served import Here, Operator

router = APIRouter(include_in_schema=False)

PAGE = 50
_ATTENTION = 20


@router.get("/")
async def overview(request: Request, here: Here, session: Operator, state: str = "", after: str = "0") -> Response:
    """All companies, or those in one state, by id."""
    chosen = _state(state)
    start = int(after) if after.isascii() and after.isdecimal() and len(after) < 19 else 0
    async with here.db.operator() as conn:
        standing = await migrations.by_state(conn)
        held = await snapshots.held_readings(conn, _ATTENTION)
        waiting = await migrations.waiting_resolves(conn, _ATTENTION)
        rows = await migrations.companies(conn, after=start, size=PAGE + 1, state=chosen)
        ids = [it.company_id for it in rows[:PAGE]]
        sources = await snapshots.sources_of(conn, ids)
        events = await migrations.last_events(conn, ids)
    now = here.db.now()
    return console_page(
        request,
        "overview.html",
        here=here,
        session=session,
        stages=[_stage(each, standing) for each in State],
        held_companies=sum(count for _, count in standing.values()),
        total=sum(count for count, _ in standing.values()),
        chosen=chosen,
        held=held,
        overdue=[it for it in waiting if overdue(it, now, here.settings.resolve_overdue_hours)],
        companies=[_line(it, sources[it.company_id], events.get(it.company_id)) for it in rows[:PAGE]],
        following=rows[PAGE - 1].company_id if len(rows) > PAGE else None,
        first=start == 0,
    )


def _state(text: str) -> State | None:
    if text in {"", *State}:
        return State(text) if text else None
    raise Problem(404, "UNKNOWN_STATE", f"There is no state called {text[:40]}.", "See all companies.")


def _stage(state: State, standing: dict[State, tuple[int, int]]) -> dict[str, Any]:
    count, held = standing.get(state, (0, 0))
    return {"state": state, "name": NAMES[state], "means": MEANS[state], "count": count, "held": held}


def _line(it: Company, sources: list[SourceRow], event: dict[str, Any] | None) -> dict[str, Any]:
    told = progress(it)
    legacy, ats = ([row for row in sources if row.lane is lane] for lane in (Lane.LEGACY, Lane.ATS))
    return {
        "it": it,
        "name": NAMES[it.state],
        "sentence": state_sentence(it),
        "progress": told,
        "picture": points(it.state, told.share, f"{NAMES[it.state]}: {told.sentence}"),
        "legacy": kind_names(legacy),
        "ats": kind_names([row for row in ats if row.pulled]) or kind_name(it.ats),
        "held_readings": sum(1 for row in sources if row.held_reading_id is not None and row.active),
        "event": event,
    }
