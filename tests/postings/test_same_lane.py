"""A company with several old sources: one posting an opening, never a gap, and the higher rank shows."""

from __future__ import annotations

import random
from dataclasses import dataclass

import pytest

from changeover import acts
from changeover import flow as runs
from changeover.database.revise import revise
from changeover.job import Job, Lane
from changeover.postings import shadows
from changeover.postings.history import verify
from changeover.snapshot import store as snapshots
from changeover.sources.source import Completeness, Reading
from face import job
from program import World

TRADES = ["Baker", "Welder", "Nurse", "Tailor", "Cooper", "Joiner", "Pilot", "Glazier"]


def site(*names: str) -> list[Job]:
    """The career site's words for some openings."""
    return [job(f"S-{name}", name, number=f"R-{TRADES.index(name) + 1}") for name in names]


def feed(*names: str) -> list[Job]:
    """The XML feed's words for them."""
    return [job(f"F-{name}", f"{name} (m/f/d)", number=f"R-{TRADES.index(name) + 1}") for name in names]


@dataclass
class Two:
    """A company whose career site and XML feed tell the same openings; the feed outranks the site."""

    world: World
    second: int

    async def read(self, which: str, jobs: list[Job], *, run: bool = True) -> None:
        where, source = (
            (f"test:legacy:{self.world.company}", self.world.legacy) if which == "site" else ("test:feed", self.second)
        )
        self.world.says[where] = Reading("test", jobs, Completeness.COMPLETE)
        self.world.later(minutes=61)
        await runs.read_source(self.world.flow, self.world.company, source)
        if run:
            await runs.run(self.world.flow, self.world.company)

    async def whole(self) -> None:
        told = await verify(self.world.db, self.world.company)
        assert told.broken == []

    async def waiting(self) -> int:
        async with self.world.db.company(self.world.company) as conn:
            return await shadows.undecided(conn, self.world.company)


@pytest.fixture
async def two(world: World) -> Two:
    await world.employ()
    async with revise(world.db, world.company, kind="source_added", who="test", why="A feed, too.") as change:
        second = await snapshots.add_source(change, lane=Lane.LEGACY, kind="test", location="test:feed", rank=10)
    return Two(world, second)


class TestAnOpeningThatTwoSourcesTell:
    async def test_is_one_posting(self, two: Two) -> None:
        await two.read("site", site("Baker", "Welder"))
        await two.read("feed", feed("Baker", "Nurse"))
        assert sorted((await two.world.live()).values()) == ["Baker (m/f/d)", "Nurse (m/f/d)", "Welder"]
        await two.whole()

    async def test_is_never_shown_twice_not_even_before_the_next_run(self, two: Two) -> None:
        await two.read("site", site("Baker"))
        await two.read("feed", feed("Baker", "Nurse"), run=False)
        assert list((await two.world.live()).values()) == ["Baker"]
        assert await two.waiting() == 2

    async def test_is_shown_by_the_higher_rank_at_the_same_address(self, two: Two) -> None:
        await two.read("site", site("Baker"))
        before = await two.world.live()
        await two.read("feed", feed("Baker"))
        assert await two.world.live() == dict.fromkeys(before, "Baker (m/f/d)")

    async def test_keeps_its_address_when_one_source_drops_it(self, two: Two) -> None:
        await two.read("site", site("Baker", "Welder"))
        before = set(await two.world.live())
        await two.read("feed", feed("Baker", "Welder"))
        await two.read("feed", feed("Welder"), run=False)
        assert set(await two.world.live()) == before
        assert sorted((await two.world.live()).values()) == ["Baker", "Welder (m/f/d)"]
        await two.whole()

    async def test_closes_when_the_last_source_drops_it(self, two: Two) -> None:
        await two.read("site", site("Baker", "Welder"))
        await two.read("feed", feed("Baker", "Welder"))
        await two.read("feed", feed("Welder"))
        await two.read("site", site("Welder"))
        assert list((await two.world.live()).values()) == ["Welder (m/f/d)"]
        await two.whole()

    async def test_told_again_unchanged_changes_nothing(self, two: Two) -> None:
        await two.read("site", site("Baker"))
        await two.read("feed", feed("Baker"))
        before = await two.world.live()
        for _ in range(2):
            await two.read("site", site("Baker"))
            await two.read("feed", feed("Baker"))
        assert await two.world.live() == before
        assert await two.waiting() == 0

    async def test_comes_apart_when_what_is_told_of_it_is_another_opening(self, two: Two) -> None:
        await two.read("site", site("Baker"))
        await two.read("feed", feed("Baker"))
        await two.read("site", [job("S-Baker", "Harbour Pilot", place="Bergen, Norway", number="R-77")])
        assert sorted((await two.world.live()).values()) == ["Baker (m/f/d)", "Harbour Pilot"]
        await two.whole()


class TestAMigrationOfTwoOldSources:
    async def test_cuts_over_when_every_opening_has_its_twin_once(self, two: Two) -> None:
        world = two.world
        await two.read("site", site("Baker", "Welder"))
        await two.read("feed", feed("Baker", "Nurse"))
        before = set(await world.live())
        world.tell(Lane.ATS, *(job(f"A{n}", name, number=f"R-{n + 1}") for n, name in enumerate(TRADES[:3])))
        assert await acts.activate(world.flow, world.company, who="test") is None
        await world.read(Lane.ATS)
        for _ in range(2):
            await two.read("site", site("Baker", "Welder"))
            await two.read("feed", feed("Baker", "Nurse"))
            await world.read(Lane.ATS)
        assert set(await world.live()) == before
        assert sorted((await world.live()).values()) == ["Baker", "Nurse", "Welder"]
        await two.whole()

    async def test_keeps_a_persons_word_when_another_source_takes_the_opening_over(self, two: Two) -> None:
        world = two.world
        await two.read("feed", [job("F-1", "Ship's Cook", number="R-1")])
        await two.read("site", [job("S-1", "Ship's Cook", number="R-1")])
        world.tell(Lane.ATS, job("A-1", "Catering, Vessel 9", place="Bergen, Norway"))
        await acts.activate(world.flow, world.company, who="test")
        await world.read(Lane.ATS)
        async with world.db.company(world.company) as conn:
            rows = await (await conn.execute("select job_id, source_job_id from job")).fetchall()
        ids = {row["source_job_id"]: row["job_id"] for row in rows}
        assert (
            await acts.decide_pair(world.flow, world.company, ids["F-1"], ids["A-1"], "confirmed", who="test") is None
        )
        await two.read("feed", [job("F-2", "Somebody Else", place="Bodø, Norway")])
        async with world.db.company(world.company) as conn:
            said = await (await conn.execute("select legacy_job_id, ats_job_id from decision")).fetchall()
        assert [(row["legacy_job_id"], row["ats_job_id"]) for row in said] == [(ids["S-1"], ids["A-1"])]
        await two.whole()


@pytest.mark.parametrize("seed", range(8))
async def test_whatever_two_sources_tell_each_opening_has_exactly_one_posting(two: Two, seed: int) -> None:
    chance = random.Random(seed)
    told: dict[str, list[str]] = {"site": [], "feed": []}
    for _ in range(14):
        which = chance.choice(["site", "feed"])
        told[which] = sorted(chance.sample(TRADES, chance.randint(3, 8)))
        await two.read(which, (site if which == "site" else feed)(*told[which]))
        live = [title.removesuffix(" (m/f/d)") for title in (await two.world.live()).values()]
        assert sorted(live) == sorted({*told["site"], *told["feed"]})
        assert await two.waiting() == 0
    await two.whole()
