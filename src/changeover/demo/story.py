"""The whole story without a person: every employer moves, while a reader from outside watches."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass

import typer

from changeover import acts
from changeover.contracts import store as contracts
from changeover.cutover import Moved
from changeover.demo.aftermath import hired_or_not
from changeover.demo.candidate import Candidate
from changeover.demo.reader import Findings, Reader, Watch
from changeover.demo.stage import WHO, Stage, StoryStopped
from changeover.job import Lane
from changeover.match import store as matches
from changeover.migration.state import State
from changeover.postings import live
from changeover.postings.history import verify
from changeover.postings.posting import public_id
from changeover.snapshot.difference import Action


@dataclass(slots=True)
class Report:
    """What the story came to: counted from the history of what was live, and by the reader outside."""

    companies: int = 0
    postings: int = 0
    cut_over: int = 0
    reverted: int = 0
    applications: int = 0
    gaps: int = 0
    duplicates: int = 0
    applications_lost: int = 0
    polls: int = 0
    slowest_read_ms: int = 0

    @property
    def status(self) -> int:
        """0 if nothing disappeared, doubled or was lost."""
        return 1 if self.gaps or self.duplicates or self.applications_lost or not self.polls else 0

    def as_dict(self) -> dict[str, int]:
        """The report as it is printed."""
        return asdict(self)


def _tell(sentence: str) -> None:
    typer.echo(f"  {sentence}")


async def play(stage: Stage) -> Report:
    """Play it; one line a step. Raises StoryStopped where a step does not come out as it must."""
    report = Report(companies=len(stage.actors))
    _tell(f"{len(stage.actors)} employers are on the board, each fed by its old source.")
    async with _watched(stage) as watch:
        await _moves_by_itself(stage)
        await _moved_by_a_push(stage)
        await _applied_for(stage, report)
        await _already_moved(stage)
        await _held_by_the_guard(stage)
        await _needs_a_person(stage, watch.reader)
        await _there_and_back(stage)
    await _count(stage, report, watch.findings)
    return report


@asynccontextmanager
async def _watched(stage: Stage) -> AsyncIterator[Watch]:
    """A reader polls the public pages for the length of the block, and sees each posting at least once before."""
    watch = Watch(Reader(stage.url, [str(actor.company) for actor in stage.actors.values()]))
    await asyncio.to_thread(watch.__enter__)
    try:
        await _polled(watch)
        yield watch
        await _polled(watch)
    finally:
        await asyncio.to_thread(watch.__exit__, None, None, None)


async def _polled(watch: Watch) -> None:
    """Wait for a poll that began after now."""
    polls = watch.findings.polls
    while watch.findings.polls < polls + 2:  # noqa: ASYNC110  it polls in another thread
        await asyncio.sleep(0.02)


async def _moves_by_itself(stage: Stage) -> None:
    await stage.activate("quillfeather")
    it = await stage.until("quillfeather", State.CUT_OVER)
    _tell(f"{it.name}: all {it.counts['paired']} jobs matched; it cut over by itself.")


async def _moved_by_a_push(stage: Stage) -> None:
    await stage.activate("fernsluice")
    it = await stage.until("fernsluice", State.CUT_OVER)
    _tell(f"{it.name}: its ATS pushed everything; {it.counts['paired']} pairs, cut over.")


async def _applied_for(stage: Stage, report: Report) -> None:
    """A candidate applies on the board; the application is in the ATS, and the candidate hears of it."""
    actor = stage.actors["fernsluice"]
    _expect(actor.pushing is not None, f"{actor.name}: its ATS must push")
    with Candidate(stage.url) as candidate:
        applied = await asyncio.to_thread(candidate.apply, actor.company, "Ada", "Example")
        _expect(bool(applied.page), f"{actor.name}: the application was not taken: {applied.answer}")
        report.applications += 1
        _tell(f"{actor.name}: a candidate applied on the board.")
        arrived, sent = stage.sites.world.applications, time.monotonic()
        await _until(lambda: bool(arrived), f"{actor.name}: the application did not arrive in the ATS in time")
        seconds = time.monotonic() - sent
        url = str(arrived[0]["url"]) if arrived else ""
        held = await asyncio.to_thread(actor.pushing.fetch, url) if actor.pushing else {}
        whole = held.get("applicant", {}).get("last_name") == "Example" and held["files"] == [b"%PDF-"]
        report.applications_lost += not whole
        _tell(f"{actor.name}: the application is in the ATS after {seconds:.1f} s, with its résumé.")
        heard = actor.pushing is not None and await asyncio.to_thread(actor.pushing.look_at, url)
        _expect(heard, f"{actor.name}: the board must hear that the application was looked at")
        words = await asyncio.to_thread(candidate.looks, applied)
        _expect("Viewed" in words, f"{actor.name}: the candidate must see it, and saw {words}")
        _tell(f"{actor.name}: the employer looked at it; the candidate's page says so.")
        await hired_or_not(stage, actor, candidate, applied, str(arrived[0]["application"]))


async def _until(there: Callable[[], bool], otherwise: str) -> None:
    for _ in range(500):
        if there():
            return
        await asyncio.sleep(0.05)
    raise StoryStopped(otherwise)


async def _already_moved(stage: Stage) -> None:
    await stage.activate("owlight")
    it = await stage.until("owlight", State.CUT_OVER)
    _tell(f"{it.name}: cut over; the old source is kept for the way back.")


async def _held_by_the_guard(stage: Stage) -> None:
    name = stage.actors["crumbwell"].name
    stage.sites.world.truncate("crumbwell")
    (cut_off,) = await stage.read("crumbwell", Lane.LEGACY)
    _expect(cut_off.verdict.action is Action.TAKE_WITHOUT_CLOSING, f"{name}: a cut-off feed must not close anything")
    _tell(f"{name}: its feed broke off after {len(cut_off.reading.jobs)} jobs; nothing was closed.")
    stage.sites.world.shrink("crumbwell")
    (shrunk,) = await stage.read("crumbwell", Lane.LEGACY)
    _expect(shrunk.verdict.action is Action.HOLD, f"{name}: a feed that shrank must be held")
    _tell(f"{name}: {shrunk.verdict.sentence.split('. ')[0]}. Held: nothing was closed.")
    stage.sites.world.mend("crumbwell")
    await stage.read("crumbwell", Lane.LEGACY)
    await stage.activate("crumbwell")
    await stage.until("crumbwell", State.CUT_OVER)
    _tell(f"{name}: the feed was mended; every job matched and it cut over.")


async def _needs_a_person(stage: Stage, reader: Reader) -> None:
    """Review, fix in the ATS, confirm what is left, resolve."""
    actor = stage.actors["tidewrack"]
    await stage.activate("tidewrack")
    it = await stage.until("tidewrack", State.MATCHING)
    _tell(f"{it.name}: {it.counts['paired']} of {it.counts['legacy']} jobs matched; {it.blockers[0]['sentence']}")
    done = stage.sites.world.fix_in_ats("tidewrack")
    await stage.read("tidewrack", Lane.ATS)
    it = await stage.until("tidewrack", State.MATCHING)
    _tell(f"{it.name}: the employer made {len(done)} changes in its ATS; {it.counts['paired']} match now.")
    async with stage.program.db.company(actor.company) as conn:
        suggested = await matches.review_page(conn, actor.company, ["review"])
    for row in suggested[:1]:
        pair = (row["legacy_job_id"], row["ats_job_id"])
        await acts.decide_pair(stage.program.flow, actor.company, *pair, "confirmed", who=WHO)
        _tell(f"{it.name}: a person confirmed “{row['legacy_title']}” as “{row['ats_title']}”.")
    await stage.until("tidewrack", State.MATCHING)
    await _resolve(stage, reader)


async def _resolve(stage: Stage, reader: Reader) -> None:
    actor = stage.actors["tidewrack"]
    preview = (await acts.preview(stage.program.flow, actor.company)).preview
    for line in preview.closing:
        reader.allow_close(f"/jobs/{public_id(actor.company, line.posting_id)}")
    outcome = await acts.resolve(stage.program.flow, actor.company, seen=preview.digest, who=WHO)
    _expect(isinstance(outcome, Moved), f"{actor.name}: resolve answered {outcome}")
    await stage.until("tidewrack", State.CUT_OVER)
    _tell(
        f"{actor.name}: resolved; {len(preview.closing)} closed, {len(preview.opening)} opened, {preview.kept} stayed."
    )


async def _there_and_back(stage: Stage) -> None:
    actor = stage.actors["quillfeather"]
    before, wrapped = await _addresses(stage, actor.company), await _promoted(stage, actor.company)
    preview = (await acts.preview(stage.program.flow, actor.company)).preview
    outcome = await acts.revert(stage.program.flow, actor.company, seen=preview.digest, who=WHO)
    _expect(isinstance(outcome, Moved), f"{actor.name}: revert answered {outcome}")
    await stage.until("quillfeather", State.MATCHING, State.READY)
    _expect(await _addresses(stage, actor.company) == before, f"{actor.name}: a revert must keep every address")
    _expect(await _promoted(stage, actor.company) == wrapped, f"{actor.name}: a revert must move no paid slot")
    _tell(f"{actor.name}: reverted; the same {len(before)} postings at the same addresses, and it is held.")
    await acts.hold(stage.program.flow, actor.company, held=False, who=WHO, why="Let go again.")
    await stage.until("quillfeather", State.CUT_OVER)
    _expect(await _addresses(stage, actor.company) == before, f"{actor.name}: a cut-over must keep every address")
    _expect(await _promoted(stage, actor.company) == wrapped, f"{actor.name}: a cut-over must move no paid slot")
    _tell(f"{actor.name}: let go, and cut over again; the {len(wrapped)} postings in paid slots never noticed.")


async def _promoted(stage: Stage, company: int) -> set[tuple[int, int]]:
    rows = await live.page(stage.program.db, company_id=company, before=live.NEWEST, size=1_000)
    return await contracts.promoted(stage.program.db, rows)


async def _addresses(stage: Stage, company: int) -> list[int]:
    rows = await live.page(stage.program.db, company_id=company, before=live.NEWEST, size=1_000)
    return [row["posting_id"] for row in rows]


def _expect(held: bool, otherwise: str) -> None:
    if not held:
        raise StoryStopped(otherwise)


async def _count(stage: Stage, report: Report, seen: Findings) -> None:
    """Gaps and duplicates from both witnesses: the recorded history, and the reader outside."""
    for actor in stage.actors.values():
        report.postings += len(await _addresses(stage, actor.company))
        told = await verify(stage.program.db, actor.company)
        report.cut_over += told.cut_over
        report.reverted += told.reverted
        report.gaps += told.gaps
        report.duplicates += told.duplicates
    report.gaps += len(seen.gaps) + seen.unread
    report.duplicates += len(seen.duplicates)
    report.polls, report.slowest_read_ms = seen.polls, round(seen.slowest * 1_000)
    for sentence in [*(gap.sentence for gap in seen.gaps), *(twice.sentence for twice in seen.duplicates)]:
        _tell(f"WRONG: {sentence}")
