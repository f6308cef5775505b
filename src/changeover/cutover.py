"""The one transaction that flips a company's feed to its ATS, and the one that flips it back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from changeover.database.connection import Database
from changeover.database.revise import Change, revise
from changeover.job import Lane
from changeover.migration import store
from changeover.migration.readiness import Patience, what_is_left
from changeover.migration.state import Move, State, refuse
from changeover.postings.live import Line, Preview, rehearse
from changeover.refusal import Refusal
from changeover.snapshot.store import sources

KINDS = {Move.CUT_OVER: "cut_over", Move.RESOLVE: "resolved", Move.REVERT: "reverted"}


@dataclass(frozen=True, slots=True)
class Terms:
    """What a move keeps to: how long readings stay fresh, and how long the way back is open."""

    patience: Patience
    way_back: timedelta


@dataclass(frozen=True, slots=True)
class Moved:
    """The feed has moved: at which revision, what closed and opened, how many postings stayed."""

    revision: int
    closed: int
    opened: int
    kept: int


@dataclass(frozen=True, slots=True)
class Stale:
    """Nothing was done: what would happen is no longer what the person saw. ``preview`` is how it stands now."""

    preview: Preview


Outcome = Moved | Refusal | Stale
# What allows a resolve that no person saw: asked under the lock, it says why not, or nothing.
Warrant = Callable[[Change], Awaitable[Refusal | None]]


@dataclass(frozen=True, slots=True)
class _Plan:
    """What the flip does, as counted under the lock."""

    closing: Sequence[Line]
    opened: int
    kept: int


async def move_feed(
    db: Database,
    company_id: int,
    move: Move,
    *,
    who: str,
    why: str,
    terms: Terms,
    seen: str | None = None,
    warrant: Warrant | None = None,
) -> Outcome:
    """Flip what feeds a company: one column of one row, so no posting is touched and the cost does not grow.

    In one transaction: take the company's revision (its lock), check the state and the readiness
    again, flip, write down what a person agreed to close. ``seen`` is the digest of the preview they
    agreed to; only CUT_OVER goes without, for it closes nothing, and a RESOLVE by ``warrant``. A second caller moves
    nothing.
    """
    outcome: Outcome
    async with revise(db, company_id, kind=KINDS[move], who=who, why=why) as change:
        judged = refuse(State(change.state), move) or await _judge(change, move, seen, terms, warrant)
        outcome = await _flip(change, move, judged, terms) if isinstance(judged, _Plan) else judged
        if not isinstance(outcome, Moved):
            raise change.nothing_changed()
    return outcome


async def _judge(
    change: Change, move: Move, seen: str | None, terms: Terms, warrant: Warrant | None
) -> Refusal | Stale | _Plan:
    """Why not, as things stand under the lock, or what the flip will do if it is clean."""
    if move is Move.REVERT:
        refusal = await _way_back(change, terms)
        return refusal or await _agreed(change, seen)
    if move is Move.CUT_OVER and change.held:
        return Refusal("HELD", "Nothing was done: the cut-over is held.", "Release the hold first.")
    it = await store.company(change.conn, change.company_id)
    told_by = await sources(change.conn, change.company_id)
    facts = await store.facts(change.conn, it, told_by, change.at, terms.patience)
    left = facts.blockers if move is Move.CUT_OVER else what_is_left(facts.blockers)
    if left:
        return Refusal("NOT_READY", f"Nothing was done: {left[0].sentence}", left[0].fix)
    if move is Move.RESOLVE:
        return await _resolving(change, seen, warrant)
    return _Plan((), facts.jobs.ats - facts.jobs.paired, facts.jobs.paired)


async def _resolving(change: Change, seen: str | None, warrant: Warrant | None) -> Refusal | Stale | _Plan:
    if warrant is None:
        return await _agreed(change, seen)
    refusal = await warrant(change)
    return refusal or _planned(await rehearse(change.conn, change.company_id))


def _planned(preview: Preview) -> _Plan:
    return _Plan(preview.closing, len(preview.opening), preview.kept)


async def _agreed(change: Change, seen: str | None) -> Stale | _Plan:
    """The plan, if it is what the person saw."""
    preview = await rehearse(change.conn, change.company_id)
    return _planned(preview) if preview.digest == seen else Stale(preview)


async def _way_back(change: Change, terms: Terms) -> Refusal | None:
    it = await store.company(change.conn, change.company_id)
    if it.way_back_until is None or change.at > it.way_back_until:
        return Refusal(
            "WAY_BACK_CLOSED",
            "Nothing was done: the way back is closed.",
            "The old source is no longer kept; add it again as a new source to migrate anew.",
        )
    left = await store.lane_blockers(change.conn, it, Lane.LEGACY, change.at, terms.patience)
    return Refusal("NOT_READY", f"Nothing was done: {left[0].sentence}", left[0].fix) if left else None


async def _flip(change: Change, move: Move, plan: _Plan, terms: Terms) -> Moved | Refusal:
    refusal = await store.move(change, move)
    if refusal:
        return refusal
    if move is Move.REVERT:
        await store.moved_back(change)
    else:
        await store.moved_to_ats(change, terms.way_back)
    if plan.closing:
        await store.agree(change, [(line.posting_id, line.job_id) for line in plan.closing])
    change.detail |= {"closed": len(plan.closing), "opened": plan.opened, "kept": plan.kept}
    return Moved(change.revision, len(plan.closing), plan.opened, plan.kept)
