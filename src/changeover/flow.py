"""One company's run, top to bottom: read, snapshot, match, decide, move."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from changeover.background.queue import Queue
from changeover.cutover import Moved, Outcome, Terms, move_feed
from changeover.database.connection import Database
from changeover.database.revise import Change, revise
from changeover.job import Job, Lane
from changeover.match import store as matches
from changeover.migration import store as migrations
from changeover.migration.readiness import is_quiet
from changeover.migration.state import Move, Refusal, State
from changeover.postings import store as postings
from changeover.rematch import rematch
from changeover.snapshot import store as snapshots
from changeover.snapshot.difference import Action, Difference, Guard, Verdict, difference, judge
from changeover.snapshot.store import SourceRow
from changeover.sources.source import Completeness, Reading

# The work items of this module.
RUN, READ = "run_company", "read_source"
SYSTEM = "changeover"
# Jobs written in one revision; a larger difference takes several.
CHUNK = 20_000
_MATCHED = frozenset({State.MATCHING, State.READY, State.CUT_OVER})


@dataclass(frozen=True, slots=True)
class Flow:
    """A company's run over its parts: where rows are, how a source is read, and the rules that hold."""

    db: Database
    queue: Queue
    read: Callable[[SourceRow], Awaitable[Reading]]
    guard: Guard
    terms: Terms
    resolve_overdue_hours: int = 24


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a reading: the reading itself, what was believed of it, how it differs."""

    reading: Reading
    verdict: Verdict
    diff: Difference | None


async def wake(flow: Flow, change: Change) -> None:
    """Queue a run of the company, in the change's own transaction."""
    company = change.company_id
    await flow.queue.enqueue(change.conn, RUN, lock=f"c:{company}:migrate", dedupe=f"run:{company}", company_id=company)


# Reading ------------------------------------------------------------------------------------------


async def read_source(flow: Flow, company_id: int, source_id: int, *, who: str = SYSTEM) -> Taken | Refusal:
    """Read one source now and take in what is believed of it."""
    async with flow.db.company(company_id) as conn:
        row = await snapshots.source(conn, company_id, source_id)
        if row is None or not row.active or not row.pulled:
            return _not_readable(row)
        it = await migrations.company(conn, company_id)
        began = (flow.db.now(), it.revision)
        await snapshots.claim(conn, row, began[0])
    reading = await flow.read(row)
    return await take(flow, row, reading, began, who=who)


def _not_readable(row: SourceRow | None) -> Refusal:
    if row is None:
        return Refusal("UNKNOWN_SOURCE", "This company has no such source.", "See its page for the sources it has.")
    if not row.active:
        return Refusal(
            "SOURCE_OFF", f"{row.location} is {row.state} and is read no more.", "Add it again as a new source."
        )
    return Refusal("SOURCE_PUSHES", "This source pushes its jobs; it is not read.", "Ask the ATS to push them again.")


async def take(
    flow: Flow, row: SourceRow, reading: Reading, began: tuple[datetime, int], *, who: str = SYSTEM
) -> Taken:
    """Judge a reading and write what is believed of it; a reading that began before a believed one is dropped."""
    async with flow.db.company(row.company_id) as conn:
        known = await postings.known_jobs(conn, row.company_id, row.source_id)
        repeats = await snapshots.held_in_a_row(
            conn, row.company_id, row.source_id, len(reading.jobs), flow.guard.repeats
        )
    diff = await asyncio.to_thread(difference, known, reading.jobs)
    verdict = judge(reading, diff, flow.guard, held_in_a_row=repeats)
    told: list[Job] = []
    if verdict.action in (Action.TAKE, Action.TAKE_WITHOUT_CLOSING):
        told = [*diff.appeared, *diff.changed]
    while len(told) > CHUNK:
        chunk, told = told[:CHUNK], told[CHUNK:]
        async with postings.change_postings(
            flow.db, row.company_id, kind="reading_part", who=who, why=f"{len(chunk):,} jobs of {row.location}."
        ) as change:
            await postings.write_jobs(change, row.source_id, row.lane, chunk)
    closing = diff.vanished if verdict.action is Action.TAKE else ()
    await _finish_reading(flow, row, reading, verdict, diff, began, told, closing, who)
    return Taken(reading, verdict, diff)


async def _finish_reading(
    flow: Flow,
    row: SourceRow,
    reading: Reading,
    verdict: Verdict,
    diff: Difference,
    began: tuple[datetime, int],
    told: Sequence[Job],
    closing: Sequence[int],
    who: str,
) -> None:
    kind = {Action.HOLD: "reading_held", Action.FAIL: "reading_failed"}.get(verdict.action, "reading_taken")
    why = verdict.sentence or _told(row, diff)
    async with postings.change_postings(flow.db, row.company_id, kind=kind, who=who, why=why) as change:
        now = await snapshots.source(change.conn, row.company_id, row.source_id)
        if now is None or not now.active or (now.whole_at and now.whole_at > began[0]):
            raise change.nothing_changed()
        await postings.write_jobs(change, row.source_id, row.lane, told)
        await postings.close_jobs(change, closing)
        await snapshots.keep_reading(change, now, reading, verdict, diff, began=began)
        change.detail |= {
            "source_id": str(row.source_id),
            "lane": row.lane,
            "appeared": len(diff.appeared),
            "changed": len(diff.changed),
            "vanished": len(diff.vanished),
        }
        await wake(flow, change)


def _told(row: SourceRow, diff: Difference) -> str:
    if diff.empty:
        return f"{row.location}: nothing has changed."
    return (
        f"{row.location}: {len(diff.appeared):,} appeared, {len(diff.changed):,} changed, "
        f"{len(diff.vanished):,} vanished."
    )


async def accept(flow: Flow, company_id: int, source_id: int, *, who: str) -> Taken | Refusal:
    """Believe the reading of a source that is held: a person says that it is right."""
    taken: Taken | Refusal = Refusal(
        "NOTHING_HELD", "No reading of this source is held.", "There is nothing to accept."
    )
    async with postings.change_postings(
        flow.db, company_id, kind="reading_released", who=who, why="A held reading was accepted."
    ) as change:
        row = await snapshots.source(change.conn, company_id, source_id)
        kept = await snapshots.held_reading(change.conn, row) if row else None
        if row is None or kept is None:
            raise change.nothing_changed()
        jobs = await snapshots.kept_jobs(change.conn, company_id, kept["reading_id"])
        diff = difference(await postings.known_jobs(change.conn, company_id, source_id), jobs)
        whole = kept["completeness"] == Completeness.COMPLETE
        await postings.write_jobs(change, source_id, row.lane, [*diff.appeared, *diff.changed])
        await postings.close_jobs(change, diff.vanished if whole else ())
        await snapshots.release(change, row, kept)
        change.detail |= {"appeared": len(diff.appeared), "changed": len(diff.changed), "vanished": len(diff.vanished)}
        await wake(flow, change)
        reading = Reading(row.kind, jobs, Completeness(kept["completeness"]))
        taken = Taken(reading, Verdict(Action.TAKE, "RELEASED", "Accepted by a person."), diff)
    return taken


# Pushing ------------------------------------------------------------------------------------------


async def take_push(
    flow: Flow,
    company_id: int,
    jobs: Sequence[Job],
    closed: Sequence[str],
    *,
    complete: bool,
    who: str,
) -> Refusal | int:
    """Write jobs that an ATS pushed, and close those it closed; the revision, once it is committed.

    ``complete``: the ATS says that it has now told every open job. Cost is that of the batch.
    """
    done: Refusal | int = Refusal(
        "NO_PUSH_SOURCE", "This company's ATS is not set up to push.", "Add a source of kind ats_push first."
    )
    async with postings.change_postings(
        flow.db, company_id, kind="jobs_pushed", who=who, why=f"The ATS pushed {len(jobs)} jobs, closed {len(closed)}."
    ) as change:
        rows = await snapshots.sources(change.conn, company_id)
        row = next((r for r in rows if r.kind == snapshots.PUSH and r.active), None)
        if row is None:
            raise change.nothing_changed()
        keys = [*(job.id for job in jobs), *closed]
        known = await postings.known_of(change.conn, company_id, row.source_id, keys)
        told = [j for j in jobs if (k := known.get(j.id)) is None or not k.open or k.digest != j.digest()]
        await postings.write_jobs(change, row.source_id, row.lane, told)
        await postings.close_jobs(change, [known[key].job_id for key in closed if key in known])
        if any(job.id not in known for job in told):
            await snapshots.new_job_seen(change, row)
        if complete:
            await snapshots.told_whole(change, row)
        await wake(flow, change)
        done = change.revision
    return done


# Deciding -----------------------------------------------------------------------------------------


async def run(flow: Flow, company_id: int) -> None:
    """Bring one company as far as it goes: match what changed, then make the moves that are due.

    At least once and at most one at a time (the work item's lock); every step re-reads what it
    needs, so a run that was killed anywhere is simply run again.
    """
    for _ in range(4):
        async with flow.db.company(company_id) as conn:
            state = (await migrations.company(conn, company_id)).state
        if state in _MATCHED:
            await rematch(flow.db, company_id)
        if not await _decide(flow, company_id):
            return


async def _decide(flow: Flow, company_id: int) -> bool:
    """Make the one move that is due; True if something moved, so that there may be another."""
    now = flow.db.now()
    async with flow.db.company(company_id) as conn:
        it = await migrations.company(conn, company_id)
        facts = await migrations.facts(conn, it, now, flow.terms.patience)
        rows = await snapshots.sources(conn, company_id)
        await migrations.flowed(conn, it, facts)
    quiet = [
        r for r in rows if is_quiet(migrations.source_facts(r), it.activated_at, now, flow.terms.patience) and r.active
    ]
    if quiet and it.state in (State.MATCHING, State.READY):
        return await _count_as_whole(flow, company_id, quiet)
    if it.resolve_digest is not None and it.state in (State.MATCHING, State.READY):
        return isinstance(await resolve_now(flow, company_id, it.resolve_digest, who=it.resolve_by or SYSTEM), Moved)
    if it.state is State.MATCHING and not facts.blockers:
        return await _soft_move(flow, company_id, Move.BECOME_READY, "Every open job of both sides is paired.")
    if it.state is State.READY and facts.blockers:
        return await _soft_move(flow, company_id, Move.FALL_BACK, facts.blockers[0].sentence)
    if it.state is State.READY and not it.held:
        return await _cut_over(flow, company_id)
    if it.state is State.CUT_OVER and it.way_back_until and now > it.way_back_until:
        return await _finish(flow, company_id)
    return False


async def _soft_move(flow: Flow, company_id: int, move: Move, why: str) -> bool:
    moved = False
    async with revise(flow.db, company_id, kind=str(move), who=SYSTEM, why=why) as change:
        if await migrations.move(change, move):
            raise change.nothing_changed()
        moved = True
    return moved


async def _count_as_whole(flow: Flow, company_id: int, quiet: Sequence[SourceRow]) -> bool:
    minutes = int(flow.terms.patience.quiet.total_seconds() // 60)
    why = f"The ATS has told of no new job for {minutes} minutes, so it counts as whole."
    async with revise(flow.db, company_id, kind="push_whole", who=SYSTEM, why=why) as change:
        for row in quiet:
            await snapshots.told_whole(change, row)
    return True


async def _cut_over(flow: Flow, company_id: int) -> bool:
    """Re-read what can be read, match again, then flip if it is still clean."""
    if not await read_all(flow, company_id, Lane):
        return False
    await rematch(flow.db, company_id)
    outcome = await move_feed(
        flow.db,
        company_id,
        Move.CUT_OVER,
        who=SYSTEM,
        why="Every job matched, both sources are whole and fresh: the ATS feeds the board now.",
        terms=flow.terms,
    )
    return isinstance(outcome, Moved)


async def read_all(flow: Flow, company_id: int, lanes: Sequence[Lane] | type[Lane]) -> bool:
    """Read every pulled source of the lanes now; True if each was whole and believed."""
    async with flow.db.company(company_id) as conn:
        rows = [r for r in await snapshots.sources(conn, company_id) if r.active and r.pulled and r.lane in set(lanes)]
    taken = [await read_source(flow, company_id, row.source_id) for row in rows]
    return all(isinstance(t, Taken) and t.verdict.action is Action.TAKE for t in taken)


async def resolve_now(flow: Flow, company_id: int, seen: str, *, who: str) -> Outcome:
    """Close the unmatched legacy jobs and cut over, if that is still what the person saw.

    Sources are read again first. If one cannot be read whole, the wish is kept and tried again by
    every run; if the preview changed, the wish is dropped and the new preview is the answer.
    """
    if not await read_all(flow, company_id, Lane):
        async with revise(
            flow.db, company_id, kind="resolve_waits", who=who, why="Resolve waits: a source could not be read whole."
        ) as change:
            it = await migrations.company(change.conn, company_id)
            if it.resolve_digest == seen:
                raise change.nothing_changed()
            await migrations.want_resolve(change, seen)
        return Refusal(
            "RESOLVE_WAITS",
            "A source cannot be read whole right now, so nothing was moved yet.",
            f"It is tried again by itself; after {flow.resolve_overdue_hours} hours it is shown as overdue.",
        )
    await rematch(flow.db, company_id)
    why = "Resolved: the unmatched jobs of the old source close and the ATS feeds the board."
    outcome = await move_feed(flow.db, company_id, Move.RESOLVE, who=who, why=why, terms=flow.terms, seen=seen)
    if not isinstance(outcome, Moved):
        await _drop_resolve(flow, company_id, who)
    return outcome


async def _drop_resolve(flow: Flow, company_id: int, who: str) -> None:
    async with revise(
        flow.db, company_id, kind="resolve_dropped", who=who, why="What Resolve would do has changed since it was seen."
    ) as change:
        if (await migrations.company(change.conn, company_id)).resolve_digest is None:
            raise change.nothing_changed()
        await migrations.want_resolve(change, None)


async def _finish(flow: Flow, company_id: int) -> bool:
    """The way back has closed: the old source is off."""
    finished = False
    async with revise(
        flow.db, company_id, kind="finished", who=SYSTEM, why="The way back has closed; the old source is off."
    ) as change:
        if await migrations.move(change, Move.FINISH):
            raise change.nothing_changed()
        await snapshots.switch_off(change, Lane.LEGACY)
        await matches.forget_findings(change)
        finished = True
    return finished


async def sweep(flow: Flow) -> None:
    """Queue what is due: readings whose time has come, and runs of companies that are behind.

    A lost wake-up costs until the next sweep, never correctness.
    """
    now = flow.db.now()
    async with flow.db.operator() as conn:
        due = await snapshots.due_sources(conn, now, 1_000)
        behind = await migrations.behind(conn, now, 1_000)
    async with flow.db.app_pool.connection() as conn:
        for company_id, source_id in due:
            at = {"lock": f"c:{company_id}:read", "dedupe": f"read:{source_id}"}
            await flow.queue.enqueue(conn, READ, **at, company_id=company_id, source_id=source_id)
        for company_id in behind:
            at = {"lock": f"c:{company_id}:migrate", "dedupe": f"run:{company_id}"}
            await flow.queue.enqueue(conn, RUN, **at, company_id=company_id)
