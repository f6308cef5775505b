"""One dry run from addresses to a match: both sides read by the guarded client, then matched."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from changeover.background.queue import Queue
from changeover.database.board import BOARD
from changeover.database.connection import Database
from changeover.dry_run import store
from changeover.dry_run.store import DryRun, State
from changeover.job import Job, flaw
from changeover.match.weights import Weights
from changeover.sources import registry
from changeover.sources.fetch import FetchRules
from changeover.sources.source import Reading
from changeover.wording import plural

if TYPE_CHECKING:
    import polars as pl

WORK = "dry_run"

# A page is told of progress this often at most; an old dry run is of no use to anybody.
_PAUSE_SECONDS = 0.7
_KEPT = timedelta(days=7)
# So much of what was found is kept, to be shown.
_SAMPLE, _PROBLEMS, _ROWS = 6, 6, 12


async def ask(db: Database, queue: Queue, *, legacy: str, ats: str, name: str, who: str) -> int:
    """Keep a dry run and queue it, in one transaction; its id."""
    async with db.company(BOARD) as conn:
        await store.forget(conn, db.now() - _KEPT)
        made = await store.add(conn, legacy=legacy, ats=ats, name=name, who=who, now=db.now())
        await queue.enqueue(conn, WORK, lock=f"dry_run:{made}", dedupe=f"dry_run:{made}", dry_run_id=made)
    return made


def register(db: Database, queue: Queue, rules: FetchRules, weights: Weights | None) -> None:
    """Tell the queue who does dry runs."""

    async def try_out(dry_run_id: int) -> None:
        await carry_out(db, rules, weights, dry_run_id)

    queue.handler(WORK, try_out)


async def carry_out(db: Database, rules: FetchRules, weights: Weights | None, dry_run_id: int) -> None:
    """Do a dry run that was asked for; one that is done already, or forgotten, is left alone."""
    async with db.company(BOARD) as conn:
        it = await store.one(conn, dry_run_id)
    if it is None or not it.running:
        return
    progress: dict[str, list[int | None]] = {}
    async with _telling(db, it, progress):
        readings = dict(await asyncio.gather(*(_read(lane, at, rules, progress) for lane, at in _asked(it))))
    found = {lane: told(reading) for lane, reading in readings.items()}
    async with db.company(BOARD) as conn:
        await store.tell(conn, it.dry_run_id, State.MATCHING, progress=progress, found=found)
    matched = await asyncio.to_thread(match, readings, weights)
    async with db.company(BOARD) as conn:
        await store.tell(conn, it.dry_run_id, State.DONE, progress=progress, found=found, matched=matched)


def _asked(it: DryRun) -> list[tuple[str, str]]:
    return [(lane, address) for lane, address in (("legacy", it.legacy), ("ats", it.ats)) if address]


async def _read(
    lane: str, address: str, rules: FetchRules, progress: dict[str, list[int | None]]
) -> tuple[str, Reading]:
    def far(done: int, of: int | None) -> None:
        progress[lane] = [done, of]

    return lane, await registry.read(address, None, rules, now=datetime.now(UTC), progress=far)


@asynccontextmanager
async def _telling(db: Database, it: DryRun, progress: Mapping[str, Any]) -> AsyncIterator[None]:
    """Keep telling how far it is while the block runs."""

    async def keep_telling() -> None:
        said: dict[str, Any] = {}
        while True:
            if said != progress:
                said = {lane: list(far) for lane, far in progress.items()}
                async with db.company(BOARD) as conn:
                    await store.tell_progress(conn, it.dry_run_id, said)
            await asyncio.sleep(_PAUSE_SECONDS)

    async with db.company(BOARD) as conn:
        await store.tell(conn, it.dry_run_id, State.READING, progress={}, found={})
    teller = asyncio.create_task(keep_telling())
    try:
        yield
    finally:
        teller.cancel()
        await asyncio.gather(teller, return_exceptions=True)


def told(reading: Reading) -> dict[str, Any]:
    """What a reading said, in a few lines: its kind, how many jobs, the first of them, and what is amiss."""
    flaws = Counter(found for job in reading.jobs if (found := flaw(job)))
    problems = [{"code": each.code, "sentence": each.sentence} for each in reading.problems[:_PROBLEMS]]
    problems += [
        {"code": each.code, "sentence": f"{plural(count, 'job')}: {each.sentence} {each.fix}"}
        for each, count in flaws.items()
    ]
    return {
        "kind": reading.kind,
        "jobs": len(reading.jobs),
        "claimed": reading.claimed,
        "completeness": str(reading.completeness),
        "unreadable": reading.unreadable,
        "numbered": sum(1 for job in reading.jobs if job.employer_job_id),
        "problems": problems,
        "sample": [_shown(job) for job in reading.jobs[:_SAMPLE]],
    }


def _shown(job: Job) -> dict[str, str]:
    return {"title": job.title, "location": job.location, "employer_job_id": job.employer_job_id or ""}


def match(readings: Mapping[str, Reading], weights: Weights | None) -> dict[str, Any] | None:
    """The match of both sides in a few numbers, and the first rows that want a person; None where a side is missing."""
    if len(readings) < 2 or not all(reading.jobs for reading in readings.values()):
        return None
    # Imported where it is used: 85 MB that a program which only reads and serves does without.
    from changeover.match.beside import beside, jobs_table
    from changeover.match.intake import UnusableJobs
    from changeover.match.pairing import pair
    from changeover.match.summary import summary

    legacy, ats = (jobs_table(readings[lane].jobs) for lane in ("legacy", "ats"))
    try:
        found = pair(legacy, ats, weights=weights)
    except UnusableJobs as unusable:
        return {"refused": f"{unusable.code}: {unusable.sentence}"}
    counts = summary(found)
    rows = beside(found, legacy, ats)
    return {
        "paired": counts.paired,
        "doubtful": counts.doubtful,
        "suggested": counts.suggested,
        "legacy_only": counts.legacy_only,
        "ats_only": counts.ats_only,
        "settled": counts.settled,
        "rows": [row for decision in ("review", "legacy_only", "ats_only", "paired") for row in _some(rows, decision)],
    }


def _some(rows: pl.DataFrame, decision: str) -> list[dict[str, Any]]:
    columns = ("decision", "legacy_title", "legacy_location", "ats_title", "ats_location", "reason", "fix")
    return rows.filter(rows["decision"] == decision).select(columns).head(_ROWS).to_dicts()
