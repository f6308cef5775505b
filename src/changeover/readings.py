"""What a source said or an ATS pushed, taken in: compared, judged, then written or held."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import chain, islice

import numpy as np

from changeover.background.queue import Queue
from changeover.cutover import Terms
from changeover.database.connection import Connection, Database, let_think
from changeover.database.revise import Change
from changeover.job import Job
from changeover.match.weights import Weights
from changeover.migration import store as migrations
from changeover.migration.readiness import unheard_after
from changeover.postings import store as postings
from changeover.postings.writing import write_jobs
from changeover.refusal import Refusal
from changeover.snapshot import raw as raws
from changeover.snapshot import records
from changeover.snapshot import store as snapshots
from changeover.snapshot.delisting import Delisting, delist
from changeover.snapshot.difference import Action, Difference, Guard, Verdict, difference, judge
from changeover.snapshot.drift import Outline, drifted, outline
from changeover.snapshot.store import Began, SourceRow
from changeover.snapshot.telling import as_told, heard
from changeover.source_memory import CHUNK, SourceMemory, Written, completed, outlines, overtaken
from changeover.sources.raw import Raw
from changeover.sources.recognised import Kept
from changeover.sources.registry import Progress
from changeover.sources.source import Reading, Tells
from changeover.wording import plural

# The work item that brings a company as far as it goes (flow.run), and by which a queued one is found.
RUN, RUN_KEY = "run_company", "run:%d"
SYSTEM = "changeover"
# While a person's resolve waits for a source, the source is tried this often.
RESOLVE_RETRY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reading is given: what is known of the source, by what to ask whether it has changed, and where its
    answers are kept or come from.
    """

    memory: SourceMemory | None = None
    validators: tuple[str, str] = ("", "")
    raw: Raw | None = None


ReadSource = Callable[[SourceRow, Asked], Awaitable[Reading]]


@dataclass(frozen=True, slots=True)
class Flow:
    """A company's run over its parts: where rows are, how a source is read, and the rules that hold."""

    db: Database
    queue: Queue
    read: ReadSource
    guard: Guard
    terms: Terms
    resolve_overdue_hours: int = 24
    # How long what a source that is revoked at once told last stays, so that its employer may act.
    notice: timedelta = timedelta(days=30)
    # How long a source is believed that says it has not changed.
    full_read: timedelta = timedelta(hours=24)
    # Bytes, compressed, that are kept of what a source answered.
    raw_bytes: int = 32_000_000
    # What jobs are matched by; the shipped weights where it is None.
    weights: Weights | None = None
    # Told how many jobs of a first large reading are written.
    progress: Progress | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a reading: the reading itself, what was believed of it, how it differs."""

    reading: Reading
    verdict: Verdict
    diff: Difference | None


@dataclass(frozen=True, slots=True)
class _Sight:
    """A reading against what was known at a revision, and what is believed of it."""

    revision: int
    diff: Difference
    verdict: Verdict
    delisting: Delisting
    like: Outline | None

    def told(self) -> Iterator[Sequence[Job]]:
        """The jobs to be written, in parts that one revision can take."""
        if self.verdict.action in (Action.TAKE, Action.TAKE_WITHOUT_CLOSING):
            jobs = chain(self.diff.appeared, self.diff.changed)
            while part := list(islice(jobs, CHUNK)):
                yield part

    @property
    def closing(self) -> Sequence[int]:
        """The ids of the jobs to close."""
        return self.delisting.closed


async def wake(flow: Flow, change: Change) -> None:
    """Queue a run of the company, in the change's own transaction."""
    await wake_company(flow, change.conn, change.company_id)


async def wake_company(flow: Flow, conn: Connection, company: int) -> None:
    """Queue a run of the company, in the caller's transaction."""
    await flow.queue.enqueue(conn, RUN, lock=f"c:{company}:migrate", dedupe=RUN_KEY % company, company_id=company)


def not_readable(row: SourceRow | None) -> Refusal:
    """Why a source cannot be read."""
    if row is None:
        return Refusal("UNKNOWN_SOURCE", "This company has no such source.", "See its page for the sources it has.")
    if not row.active:
        return Refusal(
            "SOURCE_OFF", f"{row.location} is {row.state} and is read no more.", "Add it again as a new source."
        )
    return Refusal("SOURCE_PUSHES", "This source pushes its jobs; it is not read.", "Ask the ATS to push them again.")


async def take(
    flow: Flow,
    row: SourceRow,
    reading: Reading,
    began: Began,
    *,
    who: str = SYSTEM,
    memory: SourceMemory | None = None,
    raw: Raw | None = None,
) -> Taken | Refusal:
    """Judge a reading and write what is believed of it, large ones in several revisions.

    A reading that ends after a later one of the same source has been settled is dropped whole. The
    comparison is made outside of the company's line and again inside it if anything came between.
    """
    it = _Reading(flow, row, as_told(row, reading), began, who, memory, raw)
    if reading.unchanged:
        return await _unchanged(it)
    async with flow.db.company(row.company_id) as conn:
        revision = (await migrations.company(conn, row.company_id)).revision
        seen = await _compare(conn, it, revision)
    written = Written()
    parts = seen.told()
    part = next(parts, ())
    for following in parts:
        after = await _write_part(it, seen, part, written)
        if after is None:
            return dropped(row)
        seen, part = after, following
    return await _settle(it, seen, part, written)


@dataclass(frozen=True, slots=True)
class _Reading:
    """A reading that is being taken in."""

    flow: Flow
    row: SourceRow
    reading: Reading
    began: Began
    who: str
    memory: SourceMemory | None
    raw: Raw | None

    @property
    def full(self) -> bool:
        """Whether the source told everything just now."""
        return not self.reading.unchanged and not (self.raw and (self.raw.revalidated or self.raw.replay))


async def _compare(conn: Connection, it: _Reading, revision: int) -> _Sight:
    row, reading, guard = it.row, it.reading, it.flow.guard
    again = await snapshots.held_in_a_row(conn, row, reading.count, it.began.at)
    missed, before = await snapshots.last_believed(conn, row.company_id, row.source_id)
    long = await snapshots.missed_long(conn, row, it.began.at) if missed else frozenset()
    if reading.records is None or it.memory is None:
        known = await postings.known_jobs(conn, row.company_id, row.source_id)
        await let_think(conn)
        diff = await asyncio.to_thread(difference, known, reading.jobs)
        like = await asyncio.to_thread(outline, reading.jobs) if reading.complete else before
    else:
        # All that is asked of the known ones after this is which of them are gone by their own page.
        known = await postings.known_of(conn, row.company_id, row.source_id, reading.gone)
        stand = await it.memory.stood(conn, revision)
        diff = await it.memory.compare(conn, reading, stand, revision)
        like, before = await outlines(conn, it.memory, reading, diff, stand, before)
    if not reading.complete:
        # What is over already is no news, however often a feed says it.
        reading = replace(reading, gone=[key for key in reading.gone if key in known and known[key].open])
    drift = drifted(like, before, diff, guard) if like else None
    verdict = judge(reading, diff, guard, again=again, drift=drift)
    delisting = delist(reading, diff, verdict, known, missed, misses=guard.misses, missed_long=long)
    if reading.tells is Tells.CHANGES:
        diff = replace(diff, vanished=[*delisting.closed, *delisting.missed])
    return _Sight(revision, diff, verdict, delisting, like)


async def _write_part(it: _Reading, seen: _Sight, part: Sequence[Job], written: Written) -> _Sight | None:
    """Write the next jobs of a large reading; what is seen after it, or None if a later reading came first."""
    row, after = it.row, None
    why = f"{plural(len(part), 'job')} of {row.location}."
    async with postings.change_postings(it.flow.db, row.company_id, kind="reading_part", who=it.who, why=why) as change:
        if await overtaken(change.conn, row, it.began):
            raise change.nothing_changed()
        written.add(await write_jobs(change, row.source_id, row.lane, part))
        unmoved = change.revision == seen.revision + 1
        # Otherwise the revision stays behind, so that the end compares again.
        after = replace(seen, revision=change.revision if unmoved else seen.revision)
    return after


async def _settle(it: _Reading, seen: _Sight, part: Sequence[Job], written: Written) -> Taken | Refusal:
    row, reading = it.row, it.reading
    outcome: Taken | Refusal = dropped(row)
    async with postings.change_postings(it.flow.db, row.company_id, kind="reading_taken", who=it.who, why="") as change:
        if await overtaken(change.conn, row, it.began):
            raise change.nothing_changed()
        parts: Iterable[Sequence[Job]] = (part,)
        if change.revision != seen.revision + 1:
            seen = await _compare(change.conn, it, change.revision)
            parts = seen.told()
        for jobs in parts:
            written.add(await write_jobs(change, row.source_id, row.lane, jobs))
        await postings.close_jobs(change, seen.closing)
        diff, missed = None if seen.verdict.action is Action.FAIL else seen.diff, seen.delisting.missed
        reading_id = await snapshots.keep_reading(
            change, row, reading, seen.verdict, diff, began=it.began, missed=missed, like=seen.like
        )
        within = unheard_after(timedelta(minutes=row.every_minutes or 60), it.flow.terms.patience)
        await heard(change, row, reading, seen.verdict, it.began, within=within)
        if seen.verdict.action is Action.TAKE:
            await snapshots.keep_validators(change, row, reading, full=it.full)
            await _keep_records(change, it, written, seen)
        if seen.verdict.action is not Action.FAIL:
            await raws.keep_origins(change, row, reading)
            if it.raw and not it.raw.replay:
                await raws.keep(change, row, reading_id, it.raw)
        say(change, row, seen.verdict, diff, len(missed))
        await wake(it.flow, change)
        outcome = Taken(reading, seen.verdict, diff)
    return outcome


async def _keep_records(change: Change, it: _Reading, written: Written, seen: _Sight) -> None:
    """Keep what the records of a large feed are recognised by, unless it is kept already."""
    if not isinstance(it.reading.records, Kept):
        return
    kept = completed(it.reading.records, written)
    before = it.memory.kept if it.memory else None
    if before is None or before.seed != kept.seed or not np.array_equal(before.rows, kept.rows):
        of_all = len(kept.rows) == it.reading.count and len(seen.closing) == len(seen.diff.vanished)
        await records.keep_records(change, it.row, kept, of_all=of_all)


async def _unchanged(it: _Reading) -> Taken | Refusal:
    """The source says that it is as it was told last: a whole reading, without looking."""
    row, outcome = it.row, dropped(it.row)
    taken: Taken | None = None
    async with postings.change_postings(it.flow.db, row.company_id, kind="reading_taken", who=it.who, why="") as change:
        if await overtaken(change.conn, row, it.began):
            raise change.nothing_changed()
        last = await snapshots.latest_readings(change.conn, row.company_id, row.source_id, 1)
        reading = replace(it.reading, kind=row.kind, same=range(last[0]["jobs"] if last else 0), records=())
        verdict = Verdict(Action.TAKE, "NOT_MODIFIED", f"{row.location} says that it has not changed.")
        diff = Difference((), (), (), reading.count, reading.count)
        missed, like = await snapshots.last_believed(change.conn, row.company_id, row.source_id)
        await snapshots.keep_reading(
            change, row, reading, verdict, diff, began=it.began, missed=list(missed), like=like
        )
        await snapshots.keep_validators(change, row, reading, full=False)
        say(change, row, verdict, diff)
        await wake(it.flow, change)
        taken = Taken(reading, verdict, diff)
    return taken or outcome


def dropped(row: SourceRow) -> Refusal:
    """What became of a reading that came too late."""
    return Refusal(
        "READING_DROPPED",
        f"This reading of {row.location} was dropped: a later one was taken in first, or the source is read no more.",
        "Nothing to do: what is known is newer.",
    )


def say(change: Change, row: SourceRow, verdict: Verdict, diff: Difference | None, missed: int = 0) -> None:
    """Have the history say what became of a reading."""
    kinds = {Action.HOLD: "reading_held", Action.FAIL: "reading_failed"}
    change.kind = kinds.get(verdict.action, "reading_taken")
    change.why = verdict.sentence or f"{row.location}: nothing has changed."
    change.detail |= {"source_id": str(row.source_id), "lane": row.lane}
    if diff is not None:
        counts = {"appeared": diff.appeared_count, "changed": len(diff.changed), "vanished": len(diff.vanished)}
        change.detail |= counts
        if not verdict.sentence and not diff.empty:
            change.why = f"{row.location}: {', '.join(f'{count:,} {what}' for what, count in counts.items())}."
            if missed:
                change.why += f" {missed:,} of them stay open until a second whole reading lacks them too."
