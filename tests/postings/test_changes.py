"""A board that follows the stream of changes holds exactly what is live, wherever it stops and resumes."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextvars import Context
from dataclasses import dataclass, field

import psycopg
import pytest
from psycopg.types.json import Jsonb

from changeover import acts
from changeover.database.embedded import Server
from changeover.database.revise import revise
from changeover.job import Job, Lane
from changeover.postings.changes import Cursor, Entry, Kind, Place, follow, live_set, parse_cursor
from face import ATS, LEGACY, job
from program import World, fresh_database

_TABLE = "create table held (company_id bigint, posting_id bigint, shown jsonb, primary key (company_id, posting_id))"
_HOLD = """
insert into held values (%s, %s, %s) on conflict (company_id, posting_id) do update set shown = excluded.shown
"""


@dataclass
class Follower:
    """Another board with a database of its own. It knows nothing but what the stream told it."""

    world: World
    conn: psycopg.Connection[tuple[int, int, dict[str, object]]]
    at: Cursor | None = None
    told: list[Entry] = field(default_factory=list)

    async def take(self, size: int) -> bool:
        """One page, kept with its cursor as one transaction would; whether there is more."""
        page = await follow(self.world.db, self.at, size)
        for entry in page.entries:
            key = (entry.company_id, entry.posting_id)
            if entry.kind is Kind.CLOSED:
                self.conn.execute("delete from held where company_id = %s and posting_id = %s", key)
            else:
                assert entry.posting is not None
                self.conn.execute(_HOLD, (*key, Jsonb({"title": entry.posting["title"]})))
        self.told += page.entries
        self.at = parse_cursor(str(page.next))
        assert self.at == page.next
        return page.more

    async def catch_up(self, size: int = 3) -> None:
        """To the end, as soon as no transaction of another test on this server holds the stream back."""
        held = True
        while held:
            held = await self.world.held_back()
            await self.all_that_is_told(size)
            await asyncio.sleep(0.05 if held else 0)

    async def all_that_is_told(self, size: int = 3) -> None:
        while await self.take(size):
            pass

    def holds(self) -> dict[int, str]:
        rows = self.conn.execute("select company_id, posting_id, shown from held").fetchall()
        return {posting: str(shown["title"]) for _, posting, shown in rows}


@pytest.fixture
async def follower(world: World, server: Server) -> AsyncIterator[Follower]:
    with fresh_database(server) as address, psycopg.connect(address.owner, autocommit=True) as conn:
        conn.execute(_TABLE)
        yield Follower(world, conn)


async def employ(world: World) -> None:
    await world.employ()
    world.tell(Lane.LEGACY, *LEGACY)
    world.tell(Lane.ATS, *ATS)
    await world.read(Lane.LEGACY)
    await world.activate()
    await world.read()
    await world.read()


async def resolve(world: World) -> None:
    seen = (await acts.preview(world.flow, world.company)).preview.digest
    await acts.resolve(world.flow, world.company, seen=seen, who="test")
    await world.read()


async def revert(world: World) -> None:
    seen = (await acts.preview(world.flow, world.company)).preview.digest
    await acts.revert(world.flow, world.company, seen=seen, who="test")


class TestAFollower:
    async def test_from_nothing_holds_what_is_live(self, world: World, follower: Follower) -> None:
        await employ(world)
        await follower.catch_up()
        assert follower.holds() == await world.live()
        assert {entry.kind for entry in follower.told} == {Kind.OPENED}

    async def test_is_told_of_nothing_twice(self, world: World, follower: Follower) -> None:
        await employ(world)
        await follower.catch_up()
        follower.told.clear()
        await follower.catch_up()
        assert follower.told == []

    async def test_sees_a_job_open_change_and_close(self, world: World, follower: Follower) -> None:
        await employ(world)
        await follower.catch_up()
        follower.told.clear()
        world.tell(Lane.LEGACY, job("L1", "Early Baker", number="R-1"), *LEGACY[1:4], job("L9", "Miller"))
        await world.read(Lane.LEGACY)
        await follower.catch_up()
        assert sorted((entry.kind, entry.posting and entry.posting["title"]) for entry in follower.told) == [
            (Kind.CHANGED, "Early Baker"),
            (Kind.CLOSED, None),
            (Kind.OPENED, "Miller"),
        ]
        assert follower.holds() == await world.live()

    async def test_of_a_cut_over_sees_pairs_change_and_never_close(self, world: World, follower: Follower) -> None:
        await employ(world)
        await follower.catch_up()
        before = follower.holds()
        follower.told.clear()
        await resolve(world)
        await follower.catch_up(size=2)
        moved = [entry for entry in follower.told if entry.feeder_changed]
        assert len({(entry.company_id, entry.revision) for entry in moved}) == 1
        by_kind = {kind: {entry.posting_id for entry in moved if entry.kind is kind} for kind in Kind}
        assert by_kind[Kind.CLOSED] == set(before) - set(await world.live())
        assert by_kind[Kind.OPENED] == set(await world.live()) - set(before)
        assert len(by_kind[Kind.CHANGED]) == 3
        assert follower.holds() == await world.live()

    async def test_that_stopped_halfway_through_a_cut_over_goes_on(self, world: World, follower: Follower) -> None:
        await employ(world)
        await follower.catch_up()
        await resolve(world)
        await follower.take(1)
        world.tell(Lane.ATS, *ATS[1:])
        await world.read(Lane.ATS)
        await follower.catch_up(1)
        assert follower.holds() == await world.live()

    async def test_of_a_way_back_holds_what_the_old_source_shows(self, world: World, follower: Follower) -> None:
        await employ(world)
        await resolve(world)
        await follower.catch_up()
        held = follower.holds()
        await revert(world)
        await follower.catch_up()
        assert follower.holds() == await world.live() != held


class TestTheStream:
    async def test_skips_no_revision_that_commits_late(self, world: World, follower: Follower) -> None:
        await employ(world)
        slow = world.company
        await follower.catch_up()
        async with revise(world.db, slow, kind="renamed", who="test", why="A slow writer.") as change:
            await change.conn.execute(
                "update job set title = 'Late Baker', told_revision = %s where source_job_id = 'L1'", (change.revision,)
            )
            await asyncio.create_task(employ(world), context=Context())  # by somebody else
            await follower.all_that_is_told()
            assert "Late Baker" not in follower.holds().values()
        await follower.catch_up()
        assert sorted(follower.holds().values()).count("Late Baker") == 1
        async with world.db.board() as conn:
            rows = await (await conn.execute("select posting_id, title from public_posting")).fetchall()
        assert follower.holds() == {row["posting_id"]: row["title"] for row in rows}

    @pytest.mark.parametrize("text", ["", "after-1-2-3", "live-1-2-3-4", "after-1-2-3-99999999999999999999", "9"])
    def test_knows_its_own_cursors(self, text: str) -> None:
        assert parse_cursor(text) is None

    async def test_from_its_very_beginning_comes_to_the_same(self, world: World, follower: Follower) -> None:
        await employ(world)
        await resolve(world)
        follower.at = Place(0)
        await follower.catch_up()
        assert follower.holds() == await world.live()

    async def test_lists_what_stands_once_each(self, world: World) -> None:
        await employ(world)
        rows = [row async for row in live_set(world.db, size=2)]
        assert {row["posting_id"]: row["title"] for row in rows} == await world.live()
        assert len(rows) == len(await world.live())


@pytest.mark.parametrize("seed", range(6))
async def test_after_any_walk_a_follower_that_resumes_anywhere_holds_what_is_live(
    world: World, follower: Follower, seed: int
) -> None:
    chance = random.Random(seed)
    await employ(world)
    openings = {lane: {each.id: each for each in jobs} for lane, jobs in ((Lane.LEGACY, LEGACY), (Lane.ATS, ATS))}
    for step in range(25):
        lane = chance.choice(list(Lane))
        told = openings[lane]
        match chance.randrange(6):
            case 0:
                told[f"N{step}"] = job(f"N{step}", f"Job {step % 7}", number=f"R-{step % 7}")
            case 1 if len(told) > 2:
                told.pop(chance.choice(list(told)))
            case 2 if told:
                key = chance.choice(list(told))
                told[key] = Job(id=key, title=f"{told[key].title} {step}"[:60], location=told[key].location)
            case 3:
                await resolve(world)
            case 4:
                await revert(world)
            case _:
                world.tell(lane, *told.values())
                await world.read(lane)
        for _ in range(chance.randrange(3)):
            await follower.take(chance.randint(1, 4))
    await follower.catch_up(chance.randint(1, 50))
    assert follower.holds() == await world.live()
