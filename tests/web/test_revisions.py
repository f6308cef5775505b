"""Every committed revision reaches every page that follows, once, and none is lost unsaid."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg

from changeover import acts
from changeover.database.revise import create_company, revise
from changeover.web.revisions import Revisions, Told
from face import Face
from program import World


async def change(world: World, times: int = 1) -> None:
    for _ in range(times):
        async with revise(world.db, world.company, kind="options", who="test", why="A change."):
            pass


@asynccontextmanager
async def following(revisions: Revisions, last_id: str = "") -> AsyncIterator[asyncio.Queue[Told]]:
    got: asyncio.Queue[Told] = asyncio.Queue()

    async def run() -> None:
        async for told in revisions.follow(last_id):
            got.put_nowait(told)

    task = asyncio.create_task(run())
    try:
        yield got
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def next_of(got: asyncio.Queue[Told]) -> Told:
    return await asyncio.wait_for(got.get(), 10)


class TestAFollower:
    async def test_is_told_of_each_revision_in_order(self, world: World) -> None:
        world.company = await create_company(world.db, "Ferrous & Sons", who="test")
        revisions = Revisions(world.db)
        async with following(revisions) as one, following(revisions) as two:
            assert (await next_of(one)).company == ""
            assert (await next_of(two)).company == ""
            await change(world, 3)
            for got in (one, two):
                told = [await next_of(got) for _ in range(3)]
                assert [t.company for t in told] == [str(world.company)] * 3
                assert [t.revision for t in told] == [2, 3, 4]
        await asyncio.sleep(0)
        assert revisions.followers == 0

    async def test_that_comes_back_gets_what_it_missed_and_only_that(self, world: World) -> None:
        world.company = await create_company(world.db, "Ferrous & Sons", who="test")
        revisions = Revisions(world.db)
        async with following(revisions) as held_open:
            await next_of(held_open)
            async with following(revisions) as got:
                await change(world)
                seen = await next_of(got)
            await change(world, 2)
            for _ in range(3):
                await next_of(held_open)
            async with following(revisions, seen.id) as got:
                assert [(await next_of(got)).revision for _ in range(2)] == [3, 4]
                await change(world)
                assert (await next_of(got)).revision == 5

    async def test_of_another_process_or_long_ago_looks_at_everything_anew(self, world: World) -> None:
        revisions = Revisions(world.db)
        async with following(revisions) as held_open:
            await next_of(held_open)
            for last_id in ("ffffffff-12", "nonsense", f"{revisions.position}9"):
                async with following(revisions, last_id) as got:
                    assert (await next_of(got)).company == ""

    async def test_looks_at_everything_anew_after_the_database_was_away(self, world: World) -> None:
        world.company = await create_company(world.db, "Ferrous & Sons", who="test")
        revisions = Revisions(world.db)
        async with following(revisions) as got:
            await next_of(got)
            with psycopg.connect(world.db.address.owner, autocommit=True) as conn:
                conn.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity "
                    "where datname = current_database() and query like 'listen %'"
                )
            assert (await next_of(got)).company == ""
            await change(world)
            assert (await next_of(got)).revision == 2

    async def test_too_slow_for_what_comes_is_told_to_look_anew(self, world: World) -> None:
        revisions = Revisions(world.db)
        stream = revisions.follow()
        first = asyncio.ensure_future(anext(stream))
        await asyncio.wait_for(first, 10)
        for number in range(2_000):
            revisions._tell("7", number)
        got = [await anext(stream)]
        while got[-1].revision != 1_999 and got[-1].id != revisions.position:
            got.append(await anext(stream))
        assert any(told.company == "" for told in got)
        assert len(got) <= 500
        await stream.aclose()


class TestTheStream:
    async def test_tells_a_page_and_starts_where_the_page_was_made(self, served: Face) -> None:
        await served.world.employ()
        position = served.web.state.served.revisions.position
        async with served.person.stream("GET", f"/events?after={position}") as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            lines = answer.aiter_lines()
            assert await data(lines) == {"company": "", "revision": 0}
            await acts.set_options(served.world.flow, served.world.company, who="test", none_live=True)
            assert await data(lines) == {"company": str(served.world.company), "revision": 3}

    async def test_is_for_a_session_alone(self, served: Face) -> None:
        assert (await served.stranger.get("/events")).status_code == 401

    async def test_ends_when_the_process_stops(self, served: Face) -> None:
        async with served.person.stream("GET", "/events") as answer:
            lines = answer.aiter_lines()
            await data(lines)
            served.web.state.before_stop()
            async with asyncio.timeout(5):
                async for _ in lines:
                    pass


async def data(lines: AsyncIterator[str]) -> object:
    async with asyncio.timeout(10):
        async for line in lines:
            if line.startswith("data:"):
                return json.loads(line.removeprefix("data:"))
    raise AssertionError("the stream ended")
