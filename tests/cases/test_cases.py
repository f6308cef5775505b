"""Every directory beside this file is a case: inputs, and what is expected after each of its steps."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest

from cases.words import Stage, job, names
from changeover import flow as runs
from changeover.cutover import move_feed
from changeover.job import Lane
from changeover.match import store as matches
from changeover.migration import store as migrations
from changeover.postings import live
from changeover.postings.history import verify
from changeover.snapshot import store as snapshots
from changeover.sources.source import Completeness
from program import World
from promises import broken

CASES = sorted(path.parent for path in Path(__file__).parent.glob("*/expect.toml"))
KEYS = {
    "tell",
    "gone",
    "pages",
    "partial",
    "broken",
    "meanwhile",
    "before_flip",
    "during",
    "at_once",
    "do",
    "expect",
    "why",
}
EXPECTED = {
    *("state", "held", "live", "shows", "outcome", "blockers", "reading", "lone", "pending", "paired"),
    *("event", "quiet"),
}


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
async def test_case(case: Path, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    told = tomllib.loads((case / "expect.toml").read_text())
    given = tomllib.loads((case / "jobs.toml").read_text()) if (case / "jobs.toml").exists() else {}
    await world.employ(push=told.get("push", False))
    stage = Stage(world, given)
    for number, step in enumerate(told["step"], 1):
        where = f"{case.name}, step {number}: {step.get('why') or step.get('do') or step}"
        assert step.keys() <= KEYS, f"{where}: unknown words {step.keys() - KEYS}"
        stage.outcomes.clear()
        stage.events_before = await _newest_revision(stage)
        await _play(stage, step, monkeypatch, where)
        await _compare(stage, step.get("expect", {}), where)


async def _play(stage: Stage, step: Mapping[str, Any], monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    _tell(stage, step)
    for lane, lines in step.get("meanwhile", {}).items():
        stage.world.meanwhile[f"test:{lane}:{stage.world.company}"] = partial(_each, stage, lines)
    if "before_flip" in step:
        _before_flip(stage, step["before_flip"], monkeypatch)
    if "during" in step:
        await _frozen(stage, step["during"], step["do"])
    elif "at_once" in step:
        await asyncio.gather(*(stage.do(line) for line in step["at_once"]))
    else:
        for line in step.get("do", []):
            await stage.do(line)
            await _notice(stage)
            assert broken(stage.world.db.address.owner) == [], f"{where}, after '{line}'"
    await _notice(stage)
    assert broken(stage.world.db.address.owner) == [], where
    assert (await verify(stage.world.db, stage.world.company)).broken == [], where
    monkeypatch.undo()


async def _newest_revision(stage: Stage) -> int:
    async with stage.world.db.company(stage.world.company) as conn:
        return (await migrations.company(conn, stage.world.company)).revision


async def _each(stage: Stage, lines: list[str]) -> None:
    for line in lines:
        await stage.do(line)


def _tell(stage: Stage, step: Mapping[str, Any]) -> None:
    """What the sources say from now on."""
    for lane, told in step.get("tell", {}).items():
        in_part = lane in step.get("partial", [])
        completeness = Completeness.PARTIAL if in_part else Completeness.COMPLETE
        stage.world.tell(
            Lane(lane),
            *(job(name, stage.given) for name in names(told)),
            completeness=completeness,
            kind="career_site" if lane in step.get("pages", []) else "test",
            gone=names(step.get("gone", [])),
        )
    for lane in step.get("broken", []):
        stage.world.break_source(Lane(lane))


def _before_flip(stage: Stage, lines: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Have something happen after the last match and before the flip's transaction begins."""

    async def later(*args: Any, **more: Any) -> object:
        monkeypatch.undo()
        await _each(stage, lines)
        return await move_feed(*args, **more)

    monkeypatch.setattr(runs, "move_feed", later)


async def _frozen(stage: Stage, flip: str, lines: list[str]) -> None:
    """Stop the flip just before its end, do the lines meanwhile, and let all of them go."""
    before = await stage.world.live()
    # The flip's last statement writes the revision's row, which this lock keeps it from.
    with psycopg.connect(stage.world.db.address.owner) as conn:
        conn.execute("lock table changeover.revision in share mode")
        flipping = asyncio.create_task(stage.do(flip))
        await _stuck(conn, 1)
        others = [asyncio.create_task(stage.do(line)) for line in lines]
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(asyncio.gather(*others)), 0.3)
        assert await stage.world.live() == before, "a flip that is not committed was seen"
    await asyncio.gather(flipping, *others)


async def _stuck(conn: psycopg.Connection, count: int) -> None:
    for _ in range(500):
        row = conn.execute("select count(*) from pg_locks where not granted").fetchone()
        if row and row[0] >= count:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("the flip never came to its end")


async def _notice(stage: Stage) -> None:
    """Remember the address at which each job was first seen."""
    for posting, name in (await _shown(stage)).items():
        stage.addresses.setdefault(name, posting)


async def _shown(stage: Stage) -> dict[int, str]:
    """What is live: the source's id of the job by posting."""
    async with stage.world.db.company(stage.world.company) as conn:
        rows = await conn.execute(
            "select l.posting_id, j.source_job_id from live l join job j using (company_id, job_id)"
        )
        return {row["posting_id"]: row["source_job_id"] for row in await rows.fetchall()}


async def _compare(stage: Stage, expect: Mapping[str, Any], where: str) -> None:
    assert expect.keys() <= EXPECTED, f"{where}: cannot expect {expect.keys() - EXPECTED}"
    found = await _found(stage, expect)
    wanted = {key: names(value) if key == "live" else value for key, value in expect.items()}
    if "live" in wanted:
        wanted["live"] = sorted(wanted["live"])
    assert found == wanted, where


async def _found(stage: Stage, expect: Mapping[str, Any]) -> dict[str, Any]:
    world = stage.world
    async with world.db.company(world.company) as conn:
        it = await migrations.company(conn, world.company)
        sources = await snapshots.sources(conn, world.company)
        facts = await migrations.facts(conn, it, sources, world.clock[0], world.flow.terms.patience)
        rows = [
            row async for row in matches.all_review_rows(conn, world.company, ["paired", "legacy_only", "ats_only"])
        ]
        events = [e for e in await migrations.events(conn, world.company) if e["revision"] > stage.events_before]
    shown = await _shown(stage)
    lone = {row["legacy_id"] or row["ats_id"]: row for row in rows if row["decision"] != "paired"}
    every: dict[str, Any] = {
        "state": it.state,
        "held": it.held,
        "live": sorted(shown.values()),
        "outcome": stage.outcomes[0] if len(stage.outcomes) == 1 else sorted(stage.outcomes),
        "blockers": sorted(blocker.code for blocker in facts.blockers),
        "reading": {lane: stage.codes.get(Lane(lane)) for lane in expect.get("reading", {})},
        "lone": sorted(name for name, row in lone.items() if row["rule"] != "pending"),
        "pending": sorted(name for name, row in lone.items() if row["rule"] == "pending"),
        "paired": sorted(f"{row['legacy_id']} {row['ats_id']}" for row in rows if row["decision"] == "paired"),
        "event": expect.get("event") if expect.get("event") in {event["kind"] for event in events} else events,
        "quiet": not events,
        "shows": {name: await _answer(stage, shown, name) for name in expect.get("shows", {})},
    }
    return {key: every[key] for key in expect}


async def _answer(stage: Stage, shown: Mapping[int, str], name: str) -> str:
    """What the address at which ``name`` was first live answers: a job, 'closed', or '-> ' where it redirects."""
    posting = stage.addresses[name]
    found = await live.look_up(stage.world.db, stage.world.company, posting)
    if found.row is not None:
        return shown[posting]
    if found.alias_of is not None:
        return f"-> {shown.get(found.alias_of, 'closed')}"
    return "closed"
