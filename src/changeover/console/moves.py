"""Resolve and revert: exactly what would close and open, bound to the act it leads to."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from changeover import acts
from changeover.console.shown import console_page, done, refused
from changeover.cutover import Moved, Outcome, Stale
from changeover.match.differing_words import side_by_side
from changeover.migration import store as migrations
from changeover.migration.readiness import Blocker, what_is_left
from changeover.migration.state import Move, refuse
from changeover.migration.store import Company
from changeover.postings.live import Line, Preview, reworded
from changeover.web.served import CompanyId, Here, Operator, Served
from changeover.web.session import Session
from changeover.wording import plural

router = APIRouter(include_in_schema=False)

_LINES = 100
_REWORDED = 50
# A source that is slow to read keeps the act going after the page has answered.
_PATIENCE_SECONDS = 25.0

Seen = Annotated[str, Form(pattern="^[0-9a-f]{32}$")]
After = str


@router.get("/companies/{company}/resolve")
async def resolve_page(
    request: Request, here: Here, session: Operator, company_id: CompanyId, closing: After = "", opening: After = ""
) -> Response:
    """What Resolve would do now."""
    preview = (await acts.preview(here.flow, company_id)).preview
    return await _page(request, here, session, company_id, Move.RESOLVE, preview, closing=closing, opening=opening)


@router.post("/companies/{company}/resolve")
async def resolve(request: Request, here: Here, session: Operator, company_id: CompanyId, seen: Seen) -> Response:
    """Close the unmatched jobs of the old source and cut over, if that is still what the person saw."""
    act = acts.resolve(here.flow, company_id, seen=seen, who=session.who)
    return await _answer(request, here, session, company_id, Move.RESOLVE, await _in_time(here, act))


@router.get("/companies/{company}/revert")
async def revert_page(
    request: Request, here: Here, session: Operator, company_id: CompanyId, closing: After = "", opening: After = ""
) -> Response:
    """What Revert would do now."""
    preview = (await acts.preview(here.flow, company_id)).preview
    return await _page(request, here, session, company_id, Move.REVERT, preview, closing=closing, opening=opening)


@router.post("/companies/{company}/revert")
async def revert(request: Request, here: Here, session: Operator, company_id: CompanyId, seen: Seen) -> Response:
    """Let the old source feed again, if that is still what the person saw."""
    act = acts.revert(here.flow, company_id, seen=seen, who=session.who)
    return await _answer(request, here, session, company_id, Move.REVERT, await _in_time(here, act))


async def _in_time(here: Served, act: Any) -> Outcome | None:
    """The outcome, or None if sources take longer to read than a page should wait; the act goes on."""
    task: asyncio.Task[Outcome] = asyncio.create_task(act)
    here.acting.add(task)
    task.add_done_callback(here.acting.discard)
    finished, _ = await asyncio.wait({task}, timeout=_PATIENCE_SECONDS)
    return task.result() if finished else None


async def _answer(
    request: Request, here: Served, session: Session, company_id: int, move: Move, outcome: Outcome | None
) -> Response:
    if isinstance(outcome, Stale):
        return await _page(request, here, session, company_id, move, outcome.preview, status=409, note=_STALE)
    if outcome is None:
        return done(
            here, f"/companies/{company_id}", "The sources are being read again; this page shows when it moves."
        )
    return done(here, f"/companies/{company_id}", _told(move, outcome) if isinstance(outcome, Moved) else outcome)


_STALE = {
    "good": False,
    "sentence": "Nothing was done: the jobs have changed since you looked. This is how it stands now; "
    "look again, then press the button if it is still what you want.",
    "code": "PREVIEW_CHANGED",
}


def _told(move: Move, moved: Moved) -> str:
    feeds = "The old source feeds the board again" if move is Move.REVERT else "The ATS feeds the board now"
    return (
        f"{feeds}: {plural(moved.closed, 'posting')} closed, {plural(moved.opened, 'posting')} opened, "
        f"{plural(moved.kept, 'posting')} stayed where {'it was' if moved.kept == 1 else 'they were'}."
    )


async def _page(
    request: Request,
    here: Served,
    session: Session,
    company_id: int,
    move: Move,
    preview: Preview,
    *,
    status: int = 200,
    closing: str = "",
    opening: str = "",
    **note: Any,
) -> Response:
    async with here.db.company(company_id) as conn:
        it = await migrations.company(conn, company_id)
        rows = await reworded(conn, company_id, size=_REWORDED + 1)
    refusal = refuse(it.state, move)
    if refusal is not None and "note" not in note:
        note = {"note": refused(refusal)}
    return console_page(
        request,
        "move.html",
        here=here,
        session=session,
        status=status,
        it=it,
        move=str(move),
        allowed=refusal is None,
        waits=_waits(it, move),
        preview=preview,
        reworded=[_two_ways(row, back=move is Move.REVERT) for row in rows[:_REWORDED]],
        more_reworded=len(rows) > _REWORDED,
        closing=_slice(preview.closing, closing),
        opening=_slice(preview.opening, opening),
        way_back_days=here.settings.way_back_days,
        **note,
    )


def _two_ways(row: Mapping[str, Any], *, back: bool) -> dict[str, Any]:
    """What a posting that stays says now and would say then, the words that differ marked."""
    before, after = ("ats", "legacy") if back else ("legacy", "ats")
    told = [f"{row[f'{side}_title']} · {row[f'{side}_location']}" for side in (before, after)]
    return {"posting_id": row["posting_id"], "words": side_by_side(*told)}


def _waits(it: Company, move: Move) -> list[Blocker]:
    """What not even the employer's word settles, as the last run found it."""
    return what_is_left([Blocker(**found) for found in it.blockers]) if move is Move.RESOLVE else []


def _slice(lines: Sequence[Line], after: str) -> dict[str, Any]:
    """A page of lines by the posting's id, and where the next one begins."""
    start = int(after) if after.isascii() and after.isdecimal() and len(after) < 19 else 0
    ordered = sorted((line for line in lines if line.posting_id > start), key=lambda line: line.posting_id)
    shown = ordered[:_LINES]
    return {"lines": shown, "following": shown[-1].posting_id if len(ordered) > _LINES else None, "first": not start}
