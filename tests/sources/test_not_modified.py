"""A source is asked whether it has changed, over real HTTP: what it then says, and for how long it is believed."""

from __future__ import annotations

from dataclasses import replace

from changeover.database.revise import revise
from changeover.flow import read_source
from changeover.job import Lane
from changeover.readings import Flow, Taken
from changeover.settings import Settings
from changeover.snapshot import store as snapshots
from program import World

from .local_server import Asked, LocalServer, Told
from .test_xml_feed import feed, job


async def source_of(world: World, location: str) -> tuple[Flow, int]:
    from changeover.app import source_reader

    await world.employ()
    async with revise(world.db, world.company, kind="source_added", who="test", why="A feed.") as change:
        source = await snapshots.add_source(change, lane=Lane.LEGACY, kind="indeed", location=location)
    return replace(world.flow, read=source_reader(Settings(allow_private_addresses=True))), source


async def test_unchanged_is_whole_and_fresh_and_bounded(world: World, site: LocalServer) -> None:
    jobs = [job(1), job(2)]

    def answer(asked: Asked) -> Told:
        if asked.headers.get("if-none-match") == 'W/"one"':
            return Told(status=304, headers={"ETag": 'W/"one"'})
        return Told(feed(*jobs), headers={"ETag": 'W/"one"', "Content-Type": "application/xml"})

    site.pages["/feed.xml"] = answer
    flow, source = await source_of(world, f"http://127.0.0.1:{site.port}/feed.xml")
    read = [await read_source(flow, world.company, source)]
    jobs.append(job(3))  # told under the old ETag: this server lies
    world.later(hours=1)
    read.append(await read_source(flow, world.company, source))
    assert all(isinstance(taken, Taken) for taken in read)
    assert isinstance(read[1], Taken)
    assert (read[1].verdict.code, read[1].reading.count, read[1].reading.unchanged) == ("NOT_MODIFIED", 2, True)
    async with world.db.company(world.company) as conn:
        row = await snapshots.source(conn, world.company, source)
        missed, like = await snapshots.last_believed(conn, world.company, source)
    assert row is not None
    assert row.whole_now
    assert row.whole_at == world.clock[0]
    # What the next reading is judged by is that of the last one that told anything.
    assert (missed, like and like.jobs) == (frozenset(), 2)

    world.later(hours=24)
    third = await read_source(flow, world.company, source)
    assert isinstance(third, Taken)
    assert not third.reading.unchanged
    assert third.reading.count == 3
    assert ["if-none-match" in asked.headers for asked in site.asked] == [False, True, False]


async def test_after_a_reading_that_was_held_it_is_read_in_full(world: World, site: LocalServer) -> None:
    many = [job(n) for n in range(20)]
    said = [feed(*many)]

    site.pages["/feed.xml"] = lambda _: Told(said[0], headers={"ETag": '"x"'})
    flow, source = await source_of(world, f"http://127.0.0.1:{site.port}/feed.xml")
    await read_source(flow, world.company, source)
    said[0] = feed(*many[:3])
    world.later(hours=1)
    held = await read_source(flow, world.company, source)
    assert isinstance(held, Taken)
    assert held.verdict.action == "hold"
    world.later(hours=1)
    await read_source(flow, world.company, source)
    assert ["if-none-match" in asked.headers for asked in site.asked] == [False, True, False]
