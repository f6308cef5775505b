"""Random walks: whatever sources say and people do, in whatever order, no promise is broken after any step."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from changeover import acts
from changeover import flow as runs
from changeover.contracts.wrapping import Kind, Rule
from changeover.database.revise import revise
from changeover.job import Job, Lane
from changeover.migration import store as migrations
from changeover.migration.state import State
from changeover.postings.history import verify
from changeover.rematch import rematch
from changeover.snapshot import store as snapshots
from changeover.sources.source import Completeness
from changeover.sunset import notice
from contracts.slots_world import contract
from program import World
from promises import broken

TRADES = ["Baker", "Welder", "Nurse", "Tailor", "Cooper", "Joiner", "Pilot", "Glazier", "Weaver", "Brewer"]
PLACES = ["Oslo, Norway", "Bergen, Norway", "Lyon, France"]
NUMBERS = range(24)
_MATCHED = (State.MATCHING, State.READY, State.CUT_OVER)
_FOUND = """select legacy_job_id, ats_job_id, decision, score, rule, reason, code, fix, evidence::text, twins
from finding where company_id = %s order by legacy_job_id, ats_job_id"""
_OPEN = "select job_id from job where company_id = %s and lane = %s and open order by job_id"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        first, walks = metafunc.config.getoption("walk_seed"), metafunc.config.getoption("walks")
        metafunc.parametrize("seed", range(first, first + walks))


@dataclass
class Walker:
    """One company's sources and people. ``open``: what its sources have, by lane and number."""

    world: World
    chance: random.Random
    push: bool = False
    open: dict[Lane, dict[int, Job]] = field(default_factory=lambda: {lane: {} for lane in Lane})
    seen: str = "0" * 32

    async def begin(self) -> None:
        await self.world.employ(push=self.push)
        for number in self.chance.sample(NUMBERS, 12):
            for lane in Lane:
                self.open[lane][number] = self.job(lane, number)
        await self.read_both()
        # Paid slots that are always full: whatever moves, none is given twice, and none moves with the feed.
        await contract(self.world, 3, Rule(Kind.ALL), Rule(Kind.TITLE, "Baker", 5))
        await self.activate()

    def job(self, lane: Lane, number: int) -> Job:
        """The twins of a number share a title and a place, and often the employer's id; few cannot be posted."""
        titled = self.chance.random() > 0.05
        known = self.chance.random() < 0.6
        return Job(
            id=f"{lane[0].upper()}{number}",
            title=f"{TRADES[number % len(TRADES)]} {number % 4}" if titled else "",
            location=PLACES[number % len(PLACES)],
            employer_job_id=f"R-{number:04d}" if known else "",
        )

    # What sources do.

    async def open_or_close(self) -> None:
        for number in self.chance.sample(NUMBERS, self.chance.choice([1, 1, 2, 5])):
            for lane in self.chance.choice([[Lane.LEGACY], [Lane.ATS], list(Lane)]):
                if self.open[lane].pop(number, None) is None:
                    self.open[lane][number] = self.job(lane, number)

    async def rename(self) -> None:
        lane = self.chance.choice([Lane.ATS, Lane.ATS, Lane.LEGACY])
        if self.open[lane]:
            number = self.chance.choice(sorted(self.open[lane]))
            title = f"{self.chance.choice(['Senior', 'Night', 'Chief'])} {self.chance.choice(TRADES)}"
            self.open[lane][number] = replace(self.open[lane][number], title=title)

    async def read_whole(self) -> None:
        lane = self.chance.choice(list(Lane))
        self.world.tell(lane, *self.open[lane].values())
        await self.read(lane)

    async def read_both(self) -> None:
        for lane in Lane:
            self.world.tell(lane, *self.open[lane].values())
            await self.read(lane)

    async def read_in_part(self) -> None:
        lane, told = self.some()
        self.world.tell(lane, *told, completeness=Completeness.PARTIAL)
        await self.read(lane)

    async def read_shrunken(self) -> None:
        lane, told = self.some()
        self.world.tell(lane, *told)
        await self.read(lane)

    async def read_nothing(self) -> None:
        lane = self.chance.choice(list(Lane))
        if self.chance.random() < 0.5:
            self.world.break_source(lane)
        else:
            self.world.tell(lane)
        await self.read(lane)

    def some(self) -> tuple[Lane, list[Job]]:
        lane = self.chance.choice(list(Lane))
        told = list(self.open[lane].values())
        return lane, self.chance.sample(told, self.chance.randint(0, len(told)))

    async def read(self, lane: Lane) -> None:
        if lane is Lane.ATS and self.push:
            await self.push_some()
        else:
            source = self.world.legacy if lane is Lane.LEGACY else self.world.ats
            await runs.read_source(self.world.flow, self.world.company, source)

    async def push_some(self) -> None:
        told = [job for job in self.open[Lane.ATS].values() if self.chance.random() < 0.7]
        gone = [f"A{n}" for n in NUMBERS if n not in self.open[Lane.ATS] and self.chance.random() < 0.8]
        complete = self.chance.random() < 0.5
        await runs.take_push(self.world.flow, self.world.company, told, gone, complete=complete, who="ats")

    async def end_old_source(self) -> None:
        """Its end is announced, withdrawn, or comes at once; where it has ended, the employer finds another one."""
        world = self.world
        async with world.db.company(world.company) as conn:
            row = await snapshots.source(conn, world.company, world.legacy)
        assert row is not None
        at = (world.db, world.company, world.legacy)
        if row.active and self.chance.random() < 0.6:
            await notice.announce(*at, world.db.now() + timedelta(days=self.chance.choice([0.5, 2, 9])), who="operator")
        elif row.active and self.chance.random() < 0.5:
            await acts.revoke_source(world.flow, world.company, world.legacy, who="operator")
        elif await notice.withdraw(*at, who="operator") and not row.active:
            await self.find_another()

    async def find_another(self) -> None:
        async with revise(self.world.db, self.world.company, kind="source_added", who="test", why="Another.") as change:
            self.world.legacy = await snapshots.add_source(
                change, lane=Lane.LEGACY, kind="test", location=f"test:legacy:{self.world.company}"
            )

    # What people do.

    async def look(self) -> None:
        self.seen = (await acts.preview(self.world.flow, self.world.company)).preview.digest

    async def settled(self) -> None:
        """Mostly what people wait for before they press: sources in order, and the newest preview."""
        if self.chance.random() < 0.7:
            await self.read_both()
            await self.run()
        if self.chance.random() < 0.8:
            await self.look()

    async def resolve(self) -> None:
        await self.settled()
        await acts.resolve(self.world.flow, self.world.company, seen=self.seen, who="employer")

    async def revert(self) -> None:
        await self.settled()
        await acts.revert(self.world.flow, self.world.company, seen=self.seen, who="employer")

    async def activate(self) -> None:
        await acts.activate(self.world.flow, self.world.company, who="operator")

    async def cancel(self) -> None:
        await acts.cancel(self.world.flow, self.world.company, who="operator")

    async def hold(self) -> None:
        held = self.chance.random() < 0.3
        await acts.hold(self.world.flow, self.world.company, held=held, who="operator", why="Because.")

    async def decide(self) -> None:
        sides = [await self.ids(lane) for lane in (Lane.LEGACY, Lane.ATS)]
        if all(sides):
            legacy, ats = (self.chance.choice(side) for side in sides)
            verdict = self.chance.choice(["confirmed", "rejected", "undecided"])
            if verdict == "undecided":
                await acts.undecide_pair(self.world.flow, self.world.company, legacy, ats, who="employer")
            else:
                await acts.decide_pair(self.world.flow, self.world.company, legacy, ats, verdict, who="employer")

    async def accept(self) -> None:
        source = self.chance.choice([self.world.legacy, self.world.ats])
        await runs.accept(self.world.flow, self.world.company, source, who="operator")

    async def allow(self) -> None:
        ats_only, none_live = self.chance.random() < 0.5, self.chance.random() < 0.3
        await acts.set_options(
            self.world.flow, self.world.company, who="operator", ats_only_holds=ats_only, none_live=none_live
        )

    async def run(self) -> None:
        await runs.run(self.world.flow, self.world.company)

    async def match_anew(self) -> None:
        """What has been found of changes alone, one after another, is what matching everything finds."""
        await self.run()
        if await self.state() in _MATCHED:
            found = await self.findings()
            await rematch(self.world.db, self.world.company, anew=True)
            assert await self.findings() == found

    async def findings(self) -> list[tuple[object, ...]]:
        """What is found of the jobs. After the cut-over a pair is kept, whatever first made it: why is not compared."""
        kept = await self.state() is State.CUT_OVER
        async with self.world.db.company(self.world.company) as conn:
            rows = await (await conn.execute(_FOUND, (self.world.company,))).fetchall()
        return [tuple(row.values())[: 3 if kept and row["decision"] == "paired" else None] for row in rows]

    async def at_once(self) -> None:
        """Two or three things together: readings, people and runs race for the company's line."""
        together = self.chance.sample([name for name in _STEPS if name not in ("at_once", "wait", "match_anew")], 3)
        await asyncio.gather(*(self.step(name) for name in together))

    async def wait(self) -> None:
        self.world.later(minutes=self.chance.choice([1, 31, 61, 61, 130, 26 * 60, 15 * 24 * 60]))

    async def ids(self, lane: Lane) -> list[int]:
        async with self.world.db.company(self.world.company) as conn:
            cursor = await conn.execute(_OPEN, (self.world.company, lane))
            return [row["job_id"] for row in await cursor.fetchall()]

    async def state(self) -> State:
        async with self.world.db.company(self.world.company) as conn:
            return (await migrations.company(conn, self.world.company)).state

    async def step(self, name: str) -> None:
        act: Callable[[], Awaitable[None]] = getattr(self, name)
        await act()


_STEPS = {
    "end_old_source": 2,
    "open_or_close": 10,
    "rename": 5,
    "read_whole": 6,
    "read_both": 14,
    "read_in_part": 4,
    "read_shrunken": 4,
    "read_nothing": 3,
    "look": 2,
    "resolve": 5,
    "revert": 6,
    "activate": 6,
    "cancel": 1,
    "hold": 4,
    "decide": 8,
    "accept": 4,
    "allow": 2,
    "run": 8,
    "match_anew": 6,
    "at_once": 8,
    "wait": 8,
}


async def test_no_promise_is_broken_on_a_random_walk(seed: int, world: World, request: pytest.FixtureRequest) -> None:
    chance = random.Random(seed)
    walkers = [Walker(world, chance), Walker(replace(world), chance, push=True)]
    for walker in walkers:
        await walker.begin()
    trail: list[str] = []
    moved = 0
    for _ in range(request.config.getoption("walk_steps")):
        number = chance.randrange(len(walkers))
        walker, other = walkers[number], walkers[1 - number]
        (name,) = chance.choices(list(_STEPS), list(_STEPS.values()))
        before, others = await walker.state(), await other.world.live()
        try:
            world.later(seconds=1)
            await walker.step(name)
            if chance.random() < 0.5:
                await walker.run()
            after = await walker.state()
            trail.append(f"company {number}: {name} ({before} -> {after})")
            moved += State.CUT_OVER in (before, after) and before is not after
            assert broken(world.db.address.owner) == []
            assert await other.world.live() == others, "a step of one company was seen in another"
            assert (await verify(world.db, walker.world.company)).broken == []
        except Exception:
            trail.append(f"company {number}: {name} failed (from {before})")
            print(f"walk with --walk-seed={seed}:", *trail[-40:], sep="\n  ")
            raise
    assert moved, f"seed {seed} never moved a company; the walk proves little"
