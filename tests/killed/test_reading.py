"""Sources that are due at once and two workers, one of which is killed: none is left out, none read twice."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import promises
from changeover import flow as runs
from changeover.database.revise import create_company, revise
from changeover.job import Lane
from changeover.snapshot import store as snapshots
from killed import large
from killed.killing import Nursery, ask, forgotten, until
from program import World

SOURCES = 20
# What each of the two workers has in hand at once (Queue.work).
_IN_HAND = 4
_FEED = """<source><job><title>Engineer</title><referencenumber>{path}</referencenumber><city>Oslo</city>
<url>https://jobs.example.com{path}</url><description>Work.</description></job></source>"""


@dataclass
class Employers:
    """Serves every employer's feed once it is allowed to; knows which are being read, and whether one was twice."""

    free: asyncio.Event = field(default_factory=asyncio.Event)
    reading: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    twice_at_once: set[str] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = (await reader.readuntil(b"\r\n\r\n")).split(b" ")[1].decode()
        self.asked[path] += 1
        self.reading[path] += 1
        if self.reading[path] > 1:
            self.twice_at_once.add(path)
        gone, free = asyncio.create_task(reader.read()), asyncio.create_task(self.free.wait())
        await asyncio.wait({gone, free}, return_when=asyncio.FIRST_COMPLETED)
        if free.done():
            body = _FEED.format(path=path).encode()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        self.reading[path] -= 1
        for task in (gone, free):
            task.cancel()
        writer.close()


@asynccontextmanager
async def employers(world: World) -> AsyncIterator[Employers]:
    """So many companies, each with a feed of its own that is due now."""
    made = Employers()
    async with await asyncio.start_server(made.serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        for number in range(SOURCES):
            company = await create_company(world.db, f"Employer {number}", who="test")
            async with revise(world.db, company, kind="source_added", who="test", why="") as change:
                at = f"http://127.0.0.1:{port}/{number}.xml"
                await snapshots.add_source(change, lane=Lane.LEGACY, kind="indeed", location=at)
        yield made


def settled(world: World) -> int:
    return len(ask(world, "select 1 from source where begun = settled and begun > 0 and whole_now"))


async def test_every_source_is_read_once_though_a_worker_dies_over_its_readings(
    world: World, children: Nursery
) -> None:
    async with employers(world) as feeds:
        await runs.sweep(world.flow)
        first, second = (children.begin(world, "work", stale=1.0, fetches=True) for _ in range(2))
        await until(lambda: feeds.reading.total() == 2 * _IN_HAND)
        await first.tells("began")
        await first.dies()
        await forgotten(world, [first])
        await until(lambda: feeds.reading.total() == _IN_HAND)
        assert settled(world) == 0
        lost = sum(feeds.asked.values()) - _IN_HAND
        assert lost == _IN_HAND
        feeds.free.set()
        await asyncio.sleep(1.5)  # the dead one's work items are taken over when it has been silent for so long
        third = children.begin(world, "work", stale=1.0, fetches=True)
        await until(lambda: settled(world) == SOURCES)
        await runs.sweep(world.flow)
        await until(lambda: not ask(world, "select 1 from procrastinate_jobs where status in ('todo', 'doing')"))
        for worker in (second, third):
            await worker.dies()
    assert not feeds.twice_at_once
    assert feeds.asked.total() == SOURCES + lost
    assert ask(world, "select count(*) as n from reading") == [{"n": SOURCES}]


async def test_a_first_large_reading_that_was_kept_is_written_though_its_process_died_and_its_source_is_gone(
    world: World, children: Nursery
) -> None:
    order = await large.unread(world, children.outside)
    said = await children.begin(world, "read", **order).tells("said")
    assert large.all_open(world, order)

    order = await large.unread(world, children.outside)
    parts = [number for number, where in enumerate(said, 1) if where.endswith("writing.write_jobs store.known_of")]
    second = children.begin(world, "read", stop=parts[1], **order)
    assert await second.stops()
    await second.dies()
    await forgotten(world, [second])
    assert 0 < len(ask(world, "select 1 from job where company_id = %s and open", order["company"])) < 40
    (row,) = ask(world, "select location from source where source_id = %s", order["source"])
    os.truncate(row["location"], 0)

    world.later(minutes=61)
    await large.read(world, order)
    assert large.all_open(world, order)
    verdicts = ask(world, "select verdict, jobs from reading where source_id = %s order by reading_id", order["source"])
    assert [(each["verdict"], each["jobs"]) for each in verdicts] == [("taken", 40), ("failed", 0)]
    assert promises.broken(world.db.address.owner) == []
