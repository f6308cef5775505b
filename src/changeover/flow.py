"""One company's run, top to bottom: read, snapshot, match, decide, move."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from changeover.consolidated import handing
from changeover.contracts import slots
from changeover.cutover import Moved, Outcome, Stale, move_feed
from changeover.database.revise import revise
from changeover.job import Lane
from changeover.match import store as matches
from changeover.migration import store as migrations
from changeover.migration.readiness import is_quiet, what_is_left
from changeover.migration.state import Move, State, refuse
from changeover.pushing import Push, pushing, take_push
from changeover.reading_now import read_all
from changeover.reading_now import read_source as read_one
from changeover.readings import RESOLVE_RETRY, RUN, SYSTEM, Flow, Taken, take, wake
from changeover.refusal import Refusal
from changeover.rematch import rematch
from changeover.reparsing import reparse_source
from changeover.same_lane import decide_shadows
from changeover.snapshot import store as snapshots
from changeover.snapshot.due import due_sources
from changeover.snapshot.store import SourceRow
from changeover.sunset import ending
from changeover.vouching import accept

__all__ = [
    "READ",
    "READ_DUE",
    "RUN",
    "SYSTEM",
    "Flow",
    "Push",
    "Taken",
    "accept",
    "pushing",
    "read_all",
    "read_due",
    "read_source",
    "reparse_source",
    "resolve_now",
    "run",
    "sweep",
    "take",
    "take_push",
    "wake",
]

# The work items that read one source: as somebody asked, and because it is due.
READ, READ_DUE = "read_source", "read_due_source"
_MATCHED = frozenset({State.MATCHING, State.READY, State.CUT_OVER})
_BEFORE = frozenset({State.MATCHING, State.READY})
# More than the moves one run can have to make: whole, ready, cut over, finished.
_MOVES = 6
# Companies and sources that one page of the sweep queues.
_PAGE = 500


async def read_source(flow: Flow, company_id: int, source_id: int, *, who: str = SYSTEM) -> Taken | Refusal:
    """Read one source now and take in what is believed of it; a consolidated feed is handed out to its companies."""
    async with flow.db.company(company_id) as conn:
        row = await snapshots.source(conn, company_id, source_id)
    if row is not None and row.kind == handing.FEED:
        return await handing.hand_out(flow, company_id, source_id, who=who)
    return await read_one(flow, company_id, source_id, who=who)


async def run(flow: Flow, company_id: int) -> None:
    """Bring one company as far as it goes: match what changed, then make the moves that are due.

    At least once and at most one at a time (the work item's lock); every step re-reads what it
    needs, so a run that was killed anywhere is simply run again. Only a run that finds nothing more
    to do notes that the company has been seen to: until then the sweep asks for it again.
    """
    for _ in range(_MOVES):
        async with flow.db.company(company_id) as conn:
            state = await migrations.state_in_line(conn, company_id)
            ahead = await migrations.ahead(conn, company_id, flow.db.now())
        if ahead.ends:
            await ending.end_due(flow.db, company_id, timedelta(hours=flow.resolve_overdue_hours))
        if ahead.ends or ahead.undecided:
            await decide_shadows(flow.db, company_id)
        if state in _MATCHED:
            await rematch(flow.db, company_id, flow.weights)
        if ahead.slots:
            await slots.refill(flow.db, company_id)
        if not await _decide(flow, company_id):
            return


async def _decide(flow: Flow, company_id: int) -> bool:
    """Try the one move that is due; False if none is."""
    now = flow.db.now()
    async with flow.db.company(company_id) as conn:
        it = await migrations.company(conn, company_id)
        sources = await snapshots.sources(conn, company_id)
        facts = await migrations.facts(conn, it, sources, now, flow.terms.patience)
        rows = [row for row in sources if row.active]
        quiet = _quiet(flow, it, rows, now)
        over = not quiet and it.state in _BEFORE and await ending.over(conn, company_id, now)
        move = None if quiet else _due(it, facts, rows, now, over=over)
        if not quiet and move is None:
            await migrations.flowed(conn, it, facts)
            return False
    if quiet:
        await _count_as_whole(flow, company_id, quiet)
    elif move is Move.RESOLVE and over:
        await _move_without_old_sources(flow, company_id)
    elif move is Move.RESOLVE:
        await resolve_now(flow, company_id, it.resolve_digest or "", who=it.resolve_by or SYSTEM)
    elif move is Move.CUT_OVER:
        await _cut_over(flow, company_id)
    elif move is Move.FINISH:
        await _finish(flow, company_id)
    elif move is Move.BECOME_READY:
        await _soft_move(flow, company_id, move, "Every open job of both sides is paired.")
    elif move is Move.FALL_BACK:
        await _soft_move(flow, company_id, move, facts.blockers[0].sentence)
    return True


def _quiet(flow: Flow, it: migrations.Company, rows: Sequence[SourceRow], now: datetime) -> list[SourceRow]:
    """The sources that push and have been quiet long enough to count as whole."""
    if it.state not in _BEFORE:
        return []
    patience = flow.terms.patience
    return [row for row in rows if is_quiet(migrations.source_facts(row), it.activated_at, now, patience)]


def _due(
    it: migrations.Company, facts: migrations.Facts, rows: Sequence[SourceRow], now: datetime, *, over: bool
) -> Move | None:
    """The move that is due as things stand. ``over``: the last old source has ended, as announced.

    A cut-over re-reads the sources, so it is not tried while the newest reading of one was not whole: the next
    reading by its schedule asks for a run again, and nobody's site is read in a circle meanwhile.
    """
    readable = all(row.whole_now for row in rows if row.pulled)
    if it.state is State.CUT_OVER:
        return Move.FINISH if it.way_back_until and now > it.way_back_until else None
    if it.state in _BEFORE and readable:
        if over and not what_is_left(facts.blockers):
            return Move.RESOLVE
        if it.resolve_digest is not None and not over:
            return Move.RESOLVE
    if it.state is State.MATCHING:
        return None if facts.blockers else Move.BECOME_READY
    if it.state is State.READY:
        if facts.blockers:
            return Move.FALL_BACK
        return Move.CUT_OVER if readable and not it.held else None
    return None


async def _soft_move(flow: Flow, company_id: int, move: Move, why: str) -> None:
    async with revise(flow.db, company_id, kind=str(move), who=SYSTEM, why=why) as change:
        if await migrations.move(change, move):
            raise change.nothing_changed()


async def _count_as_whole(flow: Flow, company_id: int, quiet: Sequence[SourceRow]) -> None:
    minutes = int(flow.terms.patience.quiet.total_seconds() // 60)
    why = f"The ATS has told of no new job for {minutes} minutes, so it counts as whole."
    async with revise(flow.db, company_id, kind="push_whole", who=SYSTEM, why=why) as change:
        for row in quiet:
            await snapshots.told_whole(change, row)


async def _cut_over(flow: Flow, company_id: int) -> None:
    """Re-read what can be read, match again, then flip if it is still clean."""
    if not await read_all(flow, company_id, Lane):
        return
    await rematch(flow.db, company_id, flow.weights)
    why = "Every job matched, both sources are whole and fresh: the ATS feeds the board now."
    await move_feed(flow.db, company_id, Move.CUT_OVER, who=SYSTEM, why=why, terms=flow.terms)


async def resolve_now(flow: Flow, company_id: int, seen: str, *, who: str) -> Outcome:
    """Close the unmatched legacy jobs and cut over, if that is still what the person saw.

    Sources are read again first. If one cannot be read whole, the wish is kept, the sources are read
    again soon, and the wish is tried again when they could be. If the preview changed, the wish is
    dropped and the new preview is the answer.
    """
    if not await read_all(flow, company_id, Lane):
        return await _wait_to_resolve(flow, company_id, seen, who)
    await rematch(flow.db, company_id, flow.weights)
    why = "Resolved: the unmatched jobs of the old source close and the ATS feeds the board."
    outcome = await move_feed(flow.db, company_id, Move.RESOLVE, who=who, why=why, terms=flow.terms, seen=seen)
    if not isinstance(outcome, Moved):
        await _drop_resolve(flow, company_id, outcome)
    return outcome


async def _wait_to_resolve(flow: Flow, company_id: int, seen: str, who: str) -> Refusal:
    why = "Resolve waits: a source could not be read whole."
    refusal: Refusal | None = None
    async with revise(flow.db, company_id, kind="resolve_waits", who=who, why=why) as change:
        refusal = refuse(State(change.state), Move.RESOLVE)
        if refusal or (await migrations.company(change.conn, company_id)).resolve_digest == seen:
            raise change.nothing_changed()
        await migrations.want_resolve(change, seen)
        await snapshots.read_soon(change, change.at + RESOLVE_RETRY)
    return refusal or Refusal(
        "RESOLVE_WAITS",
        "A source cannot be read whole right now, so nothing was moved yet.",
        f"It is tried again by itself; after {flow.resolve_overdue_hours} hours it is shown as overdue.",
    )


async def _drop_resolve(flow: Flow, company_id: int, outcome: Refusal | Stale) -> None:
    """Forget a resolve that waited, and say why."""
    changed = "What Resolve would do has changed since it was seen."
    why = outcome.sentence if isinstance(outcome, Refusal) else changed
    async with revise(flow.db, company_id, kind="resolve_dropped", who=SYSTEM, why=why) as change:
        if (await migrations.company(change.conn, company_id)).resolve_digest is None:
            raise change.nothing_changed()
        await migrations.want_resolve(change, None)


async def _move_without_old_sources(flow: Flow, company_id: int) -> None:
    """The last old source has ended on its announced day: the ATS takes over, and there is no way back."""
    if not await read_all(flow, company_id, Lane):
        return
    await rematch(flow.db, company_id, flow.weights)
    why = "The last old source has ended, as announced: what matched stays and the ATS feeds the board."
    terms = replace(flow.terms, way_back=timedelta(0))
    await move_feed(flow.db, company_id, Move.RESOLVE, who=SYSTEM, why=why, terms=terms, warrant=ending.not_over)


async def _finish(flow: Flow, company_id: int) -> None:
    """The way back has closed: the old source is off."""
    why = "The way back has closed; the old source is off."
    async with revise(flow.db, company_id, kind="finished", who=SYSTEM, why=why) as change:
        if await migrations.move(change, Move.FINISH):
            raise change.nothing_changed()
        await snapshots.switch_off(change, Lane.LEGACY)
        await matches.forget_findings(change)


async def sweep(flow: Flow) -> None:
    """Queue what is due: readings whose time has come, and runs of companies that are behind.

    A lost wake-up costs until the next sweep, never correctness.
    """
    now = flow.db.now()
    await _read_those_due(flow, now)
    await _wake_those_behind(flow, now)


async def _read_those_due(flow: Flow, now: datetime) -> None:
    """Page by page through all sources that are due, so that those that stay due do not keep others out."""
    after: tuple[datetime, int] | None = None
    while True:
        async with flow.db.operator() as conn:
            due = await due_sources(conn, now, _PAGE, after)
        if not due:
            return
        async with flow.db.app_pool.connection() as conn:
            in_hand = await flow.queue.in_hand(conn, [f"read:{each.source_id}" for each in due])
            for each in due:
                key, company = f"read:{each.source_id}", each.company_id
                if key not in in_hand:
                    at = {"lock": f"c:{company}:read", "dedupe": key}
                    await flow.queue.enqueue(conn, READ_DUE, **at, company_id=company, source_id=each.source_id)
        after = (due[-1].next_read_at, due[-1].source_id)


async def read_due(flow: Flow, company_id: int, source_id: int) -> None:
    """Read a source that was due when this was queued, unless it has been read since: whole, or to no avail.

    A reading that began and was never settled is that of a worker that died: it is made again.
    """
    async with flow.db.company(company_id) as conn:
        row = await snapshots.source(conn, company_id, source_id)
    if row is None or row.begun != row.settled or (row.next_read_at and row.next_read_at <= flow.db.now()):
        await read_source(flow, company_id, source_id)


async def _wake_those_behind(flow: Flow, now: datetime) -> None:
    """Page by page through all companies, so that some that stay behind do not keep others out."""
    after = 0
    while True:
        async with flow.db.operator() as conn:
            behind = await migrations.behind(conn, now, flow.terms.patience.quiet, after=after, size=_PAGE)
        if not behind:
            return
        async with flow.db.app_pool.connection() as conn:
            for company_id in behind:
                at = {"lock": f"c:{company_id}:migrate", "dedupe": f"run:{company_id}"}
                await flow.queue.enqueue(conn, RUN, **at, company_id=company_id)
        after = behind[-1]
