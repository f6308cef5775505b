"""The console's first page: is anything wrong, where every company stands, and what moved today."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from changeover.accounts.account import Role
from changeover.console.kinds import kind_name, kind_names
from changeover.console.pictures import points
from changeover.console.sentences import KINDS, MEANS, NAMES, overdue, progress, state_sentence
from changeover.console.shown import console_page
from changeover.database.board import BOARD
from changeover.database.connection import Connection
from changeover.job import Lane
from changeover.migration import store as migrations
from changeover.migration.overview import Needs, Wanted, companies_found, moved_since, moves_since
from changeover.migration.state import State
from changeover.migration.store import Company
from changeover.postings import auditing
from changeover.snapshot import store as snapshots
from changeover.snapshot.store import SourceRow
from changeover.sources.text import line
from changeover.support import store as support
from changeover.web.problem import Problem
from changeover.web.served import Here, Operator, Served
from changeover.web.session import Session
from changeover.webhooks import store as webhooks

router = APIRouter(include_in_schema=False)

PAGE = 50
_ATTENTION = 10
_MOVES = 8
_NEEDS = {
    Needs.READING: "A held reading",
    Needs.REVIEW: "Something to review",
    Needs.HOLD: "Held by a person",
}
# The moves that lead out of a state, forward; and the two that lead back.
_ONWARD: Mapping[State, tuple[str, ...]] = {
    State.LEGACY: ("activated",),
    State.MATCHING: ("become_ready",),
    State.READY: ("cut_over", "resolved"),
    State.CUT_OVER: ("finished",),
    State.FINISHED: (),
}


@router.get("/")
async def overview(
    request: Request,
    here: Here,
    session: Operator,
    state: str = "",
    find: str = "",
    needs: str = "",
    after: str = "0",
) -> Response:
    """All companies by id, or those that are asked for, under what the whole board needs of a person.

    The number of queries does not grow with the number of companies. An employer or recruiter sees their own.
    """
    if not session.operator:
        return await _own(request, here, session)
    wanted = Wanted(_state(state), line(find).strip()[:100], Needs(needs) if needs in list(Needs) else None)
    start = int(after) if after.isascii() and after.isdecimal() and len(after) < 19 else 0
    async with here.db.operator() as conn:
        counted = await migrations.by_state(conn)
        attention = await _attention(conn, here)
        today = await _today(conn, here.db.now())
        rows = await companies_found(conn, wanted, after=start, size=PAGE + 1)
        ids = [it.company_id for it in rows[:PAGE]]
        sources = await snapshots.sources_of(conn, ids)
        events = await migrations.last_events(conn, ids)
    asked = {"state": state, "find": wanted.find, "needs": wanted.needs or ""}
    return console_page(
        request,
        "overview.html",
        here=here,
        session=session,
        stages=[_stage(each, counted, today["moved"]) for each in State],
        total=sum(count for count, _ in counted.values()),
        **attention,
        **today,
        wanted=wanted,
        needs=_NEEDS,
        names=NAMES,
        asked=urlencode({name: said for name, said in asked.items() if said}),
        companies=[_line(it, sources[it.company_id], events.get(it.company_id)) for it in rows[:PAGE]],
        following=rows[PAGE - 1].company_id if len(rows) > PAGE else None,
        first=start == 0,
    )


async def _attention(conn: Connection, here: Served) -> dict[str, Any]:
    """What needs a person, counted, and the first of each with where its cause is mended."""
    now = here.db.now()
    waiting = await migrations.waiting_resolves(conn, _ATTENTION)
    failing = await webhooks.given_up(conn, _ATTENTION)
    return {
        "broken": await auditing.alerts(conn, _ATTENTION),
        "held": await snapshots.held_readings(conn, _ATTENTION),
        "held_count": await snapshots.held_count(conn),
        "overdue": [it for it in waiting if overdue(it, now, here.settings.resolve_overdue_hours)],
        "failing": [{**row, "to": _deliveries(row["company_id"])} for row in failing],
        "cases": await support.open_count(conn),
    }


def _deliveries(company_id: int) -> str:
    return "/subscriptions#events" if company_id == BOARD else f"/companies/{company_id}/integrations#events"


async def _today(conn: Connection, now: datetime) -> dict[str, Any]:
    """What moved since midnight UTC: how many of each kind, and the newest."""
    since = now.replace(hour=0, minute=0, second=0, microsecond=0)
    moved = await moved_since(conn, since)
    moves = await moves_since(conn, since, _MOVES) if moved else []
    return {"moved": moved, "moves": [{**move, "name_of": KINDS[move["kind"]]} for move in moves]}


async def _own(request: Request, here: Served, session: Session) -> Response:
    """The companies that a person belongs to; where it is one, its page."""
    ids = sorted(session.account.companies) if session.account else []
    page = "/slots" if session.account and session.account.role is Role.RECRUITER else ""
    if len(ids) == 1:
        return RedirectResponse(f"/companies/{ids[0]}{page}", 303, headers={"cache-control": "no-store"})
    companies = []
    for company_id in ids:
        async with here.db.company(company_id) as conn:
            companies.append(await migrations.company(conn, company_id))
    lines = [{"it": it, "name": NAMES[it.state], "sentence": state_sentence(it)} for it in companies]
    return console_page(request, "own_companies.html", here=here, session=session, companies=lines, page=page)


def _state(text: str) -> State | None:
    if text in {"", *State}:
        return State(text) if text else None
    raise Problem(404, "UNKNOWN_STATE", f"There is no state called {text[:40]}.", "See all companies.")


def _stage(state: State, counted: Mapping[State, tuple[int, int]], moved: Mapping[str, int]) -> dict[str, Any]:
    count, held = counted.get(state, (0, 0))
    onward = sum(moved.get(kind, 0) for kind in _ONWARD[state])
    return {
        "state": state,
        "name": NAMES[state],
        "means": MEANS[state],
        "count": count,
        "held": held,
        "onward": onward,
        "last": not _ONWARD[state],
    }


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
