"""Everybody at once: readings, pushes, runs and people on one company, each on a connection of its own."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import pytest

from changeover import acts
from changeover import flow as runs
from changeover.job import Job, Lane
from changeover.migration import store as migrations
from changeover.migration.state import State
from changeover.postings.history import verify
from changeover.sources.source import Completeness
from program import World
from promises import broken

NUMBERS = range(14)
ACTORS, TURNS = 6, 12


def job(lane: Lane, number: int, version: int) -> Job:
    title = "" if version == 7 else f"Keeper of lock {number % 9}"
    return Job(id=f"{lane}-{number}", title=title, location=f"Lock {version % 3}", employer_job_id=f"R-{number}")


@dataclass
class Crowd:
    """A company and what is done to it; ``done`` counts what came of it."""

    world: World
    chance: random.Random
    done: Counter[str] = field(default_factory=Counter)

    async def actor(self, doings: Sequence[Callable[[], Awaitable[object]]]) -> None:
        for _ in range(TURNS):
            outcome = await self.chance.choice(doings)()
            self.done[getattr(outcome, "code", type(outcome).__name__)] += 1
            self.world.later(minutes=self.chance.choice([0, 1, 20]))

    def tell(self) -> None:
        for lane in Lane:
            kept = [n for n in NUMBERS if self.chance.random() < self.chance.choice([0.7, 1, 1, 1])]
            how = self.chance.choices(list(Completeness), [18, 1, 1])[0]
            jobs = [job(lane, n, self.chance.choice([*[0] * 40, 1, 2, 7])) for n in kept]
            self.world.tell(lane, *jobs, completeness=how)

    async def read(self) -> object:
        self.tell()
        it = self.world
        return await runs.read_source(it.flow, it.company, self.chance.choice([it.legacy, it.ats]))

    async def run(self) -> object:
        await runs.run(self.world.flow, self.world.company)
        return None

    async def accept(self) -> object:
        it = self.world
        return await runs.accept(it.flow, it.company, self.chance.choice([it.legacy, it.ats]), who="operator")

    async def decide(self) -> object:
        it = self.world
        async with it.db.company(it.company) as conn:
            rows = await (await conn.execute("select job_id, lane from job")).fetchall()
        sides = [[row["job_id"] for row in rows if row["lane"] == lane] for lane in Lane]
        if not all(sides):
            return None
        legacy, ats = (self.chance.choice(side) for side in sides)
        verdict = self.chance.choice(["confirmed", "rejected"])
        return await acts.decide_pair(it.flow, it.company, legacy, ats, verdict, who="employer")

    async def move(self) -> object:
        it = self.world
        seen = await acts.preview(it.flow, it.company)
        await asyncio.sleep(self.chance.random() / 50)
        act = acts.revert if seen.move == "revert" else acts.resolve
        return await act(it.flow, it.company, seen=seen.preview.digest, who="employer")

    async def hold(self) -> object:
        held = self.chance.random() < 0.3
        return await acts.hold(self.world.flow, self.world.company, held=held, who="operator", why="Because.")


@pytest.mark.parametrize("seed", range(2))
async def test_whatever_crosses_no_promise_is_broken(world: World, seed: int) -> None:
    await world.employ()
    crowd = Crowd(world, random.Random(seed))
    for lane in Lane:
        world.tell(lane, *(job(lane, n, 0) for n in NUMBERS))
    await world.read(Lane.LEGACY)
    await world.activate()
    await world.read(Lane.ATS)
    busy = [crowd.read, crowd.read, crowd.run, crowd.decide, crowd.accept, crowd.move, crowd.move, crowd.hold]
    over = asyncio.Event()

    async def auditor() -> list[str]:
        found: list[str] = []
        while not over.is_set() and not found:
            found = await asyncio.to_thread(broken, world.db.address.owner)
        return found

    audit = asyncio.create_task(auditor())
    try:
        await asyncio.gather(*(crowd.actor(busy) for _ in range(ACTORS)))
    finally:
        over.set()
    assert await audit == []
    assert broken(world.db.address.owner) == []
    told = await verify(world.db, world.company)
    assert told.broken == []
    assert told.cut_over, crowd.done

    # And then it comes to rest: whole sources, no hold, nothing open with a person.
    for lane in Lane:
        world.tell(lane, *(job(lane, n, 0) for n in NUMBERS))
    await world.read()
    for source in (world.legacy, world.ats):
        await runs.accept(world.flow, world.company, source, who="operator")
    await world.read()
    async with world.db.company(world.company) as conn:
        it = await migrations.company(conn, world.company)
    if it.state is not State.CUT_OVER:
        await crowd.move()
    assert len(await world.live()) == len(NUMBERS)
    assert broken(world.db.address.owner) == []
