"""A consolidated feed read once, and each company's part of it taken in as a source of that company's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from changeover.consolidated import store
from changeover.consolidated.names import Employer, by_employer, key
from changeover.database.connection import Database
from changeover.database.revise import revise
from changeover.job import Lane
from changeover.kept_answers import KeptAnswers
from changeover.migration import store as migrations
from changeover.migration.readiness import unheard_after
from changeover.postings import store as postings
from changeover.readings import SYSTEM, Asked, Flow, ReadSource, Taken, not_readable, take, wake
from changeover.refusal import Refusal
from changeover.snapshot import raw as raws
from changeover.snapshot import store as snapshots
from changeover.snapshot import telling
from changeover.snapshot.difference import Action, Verdict
from changeover.snapshot.due import claim
from changeover.snapshot.store import Began, SourceRow
from changeover.snapshot.telling import as_told
from changeover.sources.raw import Raw
from changeover.sources.source import Completeness, Problem, Reading, Tells, failed
from changeover.sunset.notice import closed_to
from changeover.wording import plural

# The kinds of the two ends: the feed, which holds nobody's jobs itself, and one company's part of it.
FEED, PART = "consolidated", "consolidated_part"
_PART = re.compile(rf"{FEED}:(\d+)/(\d+)")


@dataclass(frozen=True, slots=True)
class HandedOut:
    """What a reading of a feed came to: companies that took their part in, jobs handed out, jobs that wait."""

    companies: int
    handed: int
    waiting: int


def part_of(row: SourceRow) -> str:
    """The location under which a company's part of the feed ``row`` is kept."""
    return f"{FEED}:{row.company_id}/{row.source_id}"


def with_parts(db: Database, read: ReadSource) -> ReadSource:
    """A reader that also reads a feed, by what it is, and a company's part of one, out of the whole feed.

    A part is read so only when its company moves (a cut-over reads again first) or a person asks: by its schedule
    the feed is read once for all.
    """

    # Handed out by names, so the jobs themselves are wanted every time: nothing is remembered of such a feed.
    async def read_also(row: SourceRow, asked: Asked) -> Reading:
        if row.kind == FEED:
            return await read(replace(row, kind=""), Asked(raw=asked.raw))
        if row.kind != PART:
            return await read(row, asked)
        feed = await _feed_of(db, row)
        if feed is None or not feed.active:
            return failed(PART, "FEED_GONE", "The consolidated feed that this is a part of is read no more.")
        reading = as_told(feed, await read(replace(feed, kind=""), Asked()))
        async with db.company(feed.company_id) as conn:
            names = await store.names(conn, feed.company_id, feed.source_id)
        mine = {name.key for name in names if name.handed_to == row.company_id}
        return _part(reading, by_employer(reading.jobs), mine)

    return read_also


async def _feed_of(db: Database, row: SourceRow) -> SourceRow | None:
    match = _PART.fullmatch(row.location)
    if match is None:
        return None
    holder, source_id = int(match[1]), int(match[2])
    async with db.company(holder) as conn:
        return await snapshots.source(conn, holder, source_id)


def _part(reading: Reading, told: Mapping[str, Employer], mine: set[str]) -> Reading:
    """One company's part of a reading: as whole as the whole, for what was cut off may have been its own."""
    jobs = [job for each in told.keys() & mine for job in told[each].jobs]
    return replace(reading, kind=PART, jobs=jobs, problems=reading.problems[:20], claimed=None)


async def hand_out(flow: Flow, company_id: int, source_id: int, *, who: str = SYSTEM) -> Taken | Refusal:
    """Read a consolidated feed once and give each company its part; what nobody is named for waits, counted."""
    async with flow.db.company(company_id) as conn:
        row = await snapshots.source(conn, company_id, source_id)
        if row is None or not row.active:
            return not_readable(row)
        it = await migrations.company(conn, company_id)
        began = await claim(conn, row, flow.db.now(), it.revision, at_most=None)
    return await hand_out_begun(flow, row, began, who)


async def hand_out_begun(
    flow: Flow, row: SourceRow, began: Began, who: str, *, replay: bool = False
) -> Taken | Refusal:
    """Do a reading of a feed that has begun; ``replay``: of what it answered last, without asking it.

    Each company's part is judged by itself: one that shrank is held there and nowhere else. O(n) in the feed, one
    reading a company.
    """
    company_id, source_id = row.company_id, row.source_id
    before = KeptAnswers(flow.db, row)
    await before.open()
    raw = Raw(flow.raw_bytes, before, replay=replay)
    reading = as_told(row, await flow.read(row, Asked(raw=raw)))
    told = by_employer(reading.jobs)
    same = await store.companies_called(flow.db, list(told), besides=company_id)
    out = HandedOut(0, 0, 0)
    verdict = _verdict(reading)
    async with revise(flow.db, company_id, kind="feed_read", who=who, why="") as change:
        if reading.completeness is not Completeness.FAILED:
            await store.note(change, source_id, told, same)
        names = await store.names(change.conn, company_id, source_id)
        out = _count(names, told)
        kept = await snapshots.keep_reading(change, row, replace(reading, jobs=()), verdict, None, began=began)
        within = unheard_after(timedelta(minutes=row.every_minutes or 60), flow.terms.patience)
        await telling.heard(change, row, reading, verdict, began, within=within)
        if verdict.action is not Action.FAIL:
            await raws.keep_origins(change, row, reading)
            if not replay:
                await raws.keep(change, row, kept, raw)
        change.why = f"{row.location}: {_sentence(out)}" if verdict.action is not Action.FAIL else verdict.sentence
        change.detail |= {"companies": out.companies, "handed": out.handed, "waiting": out.waiting}
    if verdict.action is not Action.FAIL:
        for company in {name.handed_to for name in names if name.handed_to is not None}:
            mine = {name.key for name in names if name.handed_to == company}
            await _give(flow, row, company, _part(reading, told, mine), who, told_at=began.at)
    return Taken(reading, verdict, None)


def _verdict(reading: Reading) -> Verdict:
    """Of the feed as such; whether a company's jobs may close is judged for each part."""
    if reading.completeness is Completeness.FAILED:
        why = reading.problems[0] if reading.problems else Problem("UNREADABLE", "The feed could not be read.")
        return Verdict(Action.FAIL, why.code, why.sentence)
    if reading.complete:
        return Verdict(Action.TAKE, "", "")
    if reading.tells is Tells.CHANGES:
        return Verdict(Action.TAKE_WITHOUT_CLOSING, "CHANGES")
    return Verdict(Action.TAKE_WITHOUT_CLOSING, "PARTIAL", "The feed was not read whole, so it closes nothing.")


def _count(names: list[store.Name], told: Mapping[str, Employer]) -> HandedOut:
    given = {name.key: name.handed_to for name in names if name.handed_to is not None}
    waiting = {name.key for name in names if name.waits}
    return HandedOut(
        companies=len(set(given.values())),
        handed=sum(len(told[each].jobs) for each in given if each in told),
        waiting=sum(len(told[each].jobs) for each in waiting if each in told),
    )


def _sentence(out: HandedOut) -> str:
    wait, them = ("waits", "it") if out.waiting == 1 else ("wait", "them")
    left = f"; {out.waiting:,} {wait}, for no company here is named for {them}" if out.waiting else ""
    return f"{plural(out.handed, 'job')} handed to {plural(out.companies, 'company', 'companies')}{left}."


async def _give(flow: Flow, feed: SourceRow, company: int, reading: Reading, who: str, *, told_at: datetime) -> None:
    """A company's part, taken in as a reading of its own source, which is made where there is none.

    It says what was so when the feed's reading began. What the company's source has been read of since is newer.
    """
    row = await _source_of(flow, feed, company, who)
    if row is None:
        return
    if row.tells_changes and not feed.tells_changes and reading.tells is not Tells.CHANGES:
        row = await _as_its_feed(flow, feed, row, who)
    async with flow.db.company(company) as conn:
        newest = await snapshots.latest_readings(conn, company, row.source_id, 1)
        if newest and newest[0]["began_at"] > told_at:
            return
        again = newest and newest[0]["began_at"] == told_at
        revision = newest[0]["began_revision"] if again else (await migrations.company(conn, company)).revision
        began = replace(await claim(conn, row, flow.db.now(), revision, at_most=None), at=told_at)
    await take(flow, row, reading, began, who=who)


async def _as_its_feed(flow: Flow, feed: SourceRow, part: SourceRow, who: str) -> SourceRow:
    """The part of a feed that tells everything again, as a person has said of the feed."""
    why = f"{feed.location}, which its jobs come in, tells every open job each time."
    async with revise(flow.db, part.company_id, kind="source_tells", who=who, why=why) as change:
        await telling.set_tells(change, part.source_id, changes=False)
    return replace(part, tells_changes=False, whole_now=False)


async def parts(db: Database, feed: SourceRow) -> list[SourceRow]:
    """The sources by which companies have their parts of a feed, of those that are read."""
    async with db.company(feed.company_id) as conn:
        names = await store.names(conn, feed.company_id, feed.source_id)
    found: list[SourceRow] = []
    for company in sorted({name.handed_to for name in names if name.handed_to is not None}):
        async with db.company(company) as conn:
            rows = await snapshots.sources(conn, company)
        found += [row for row in rows if row.location == part_of(feed) and row.active]
    return found


async def _source_of(flow: Flow, feed: SourceRow, company: int, who: str) -> SourceRow | None:
    """The company's source for its part; None if a person has revoked it, its migration is over, or it gets none."""
    where = part_of(feed)
    async with flow.db.company(company) as conn:
        rows = [row for row in await snapshots.sources(conn, company) if row.location == where]
    if rows:
        return next((row for row in rows if row.active), None)
    if await closed_to(flow.db, company):
        return None
    made = 0
    why = "Its jobs come in a consolidated feed."
    async with revise(flow.db, company, kind="source_added", who=who, why=why) as change:
        made = await snapshots.add_source(
            change, lane=Lane.LEGACY, kind=PART, location=where, rank=feed.rank, every_minutes=feed.every_minutes
        )
        await snapshots.read_by_another(change, made)
    async with flow.db.company(company) as conn:
        return await snapshots.source(conn, company, made)


async def assign(flow: Flow, company_id: int, source_id: int, name: str, to: int | None, *, who: str) -> Refusal | None:
    """A person's word on whose jobs stand under a name; ``to`` None leaves them out. The next reading hands them over.

    From a company that had them wrongly they are taken at once: they were never its own.
    """
    if to == company_id:
        return Refusal("OWN_FEED", "The feed's own company holds no jobs.", "Name the company that the jobs belong to.")
    if to is not None:
        async with flow.db.operator() as conn:
            await migrations.find(conn, str(to))
    before: int | None = None
    feed: SourceRow | None = None
    target = f"company {to}" if to else "nobody"
    async with revise(
        flow.db, company_id, kind="name_assigned", who=who, why=f"Jobs of {store.shown(name)} go to {target}."
    ) as it:
        feed = await snapshots.source(it.conn, company_id, source_id)
        known = {each.key: each for each in await store.names(it.conn, company_id, source_id)}
        if feed is None or key(name) not in known:
            feed = None
            raise it.nothing_changed()
        before = known[key(name)].handed_to
        await store.hand(it, source_id, name, to, who)
        await snapshots.read_soon_one(it, source_id)
    if feed is None:
        return Refusal(
            "UNKNOWN_NAME",
            f"This feed never told of {name!r}." if key(name) else "This feed told no job without an employer's name.",
            "Its page, or `changeover source names`, shows the names it tells.",
        )
    if before is not None and before != to:
        await _take_back(flow, feed, before, name, who)
    return None


async def _take_back(flow: Flow, feed: SourceRow, company: int, name: str, who: str) -> None:
    why = f"The jobs of {store.shown(name)} belong to another company."
    async with postings.change_postings(flow.db, company, kind="jobs_taken_back", who=who, why=why) as change:
        rows = [row for row in await snapshots.sources(change.conn, company) if row.location == part_of(feed)]
        jobs = [job for row in rows for job in await store.open_under(change.conn, company, row.source_id, name)]
        if not jobs:
            raise change.nothing_changed()
        await postings.close_jobs(change, jobs)
        await wake(flow, change)
