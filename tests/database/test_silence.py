"""A process that stops in the midst of what it says holds up nobody for long, and one that is only slow is let be."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import psycopg
import pytest

from changeover.database.connection import Address, Database
from changeover.database.revise import Change, revise
from changeover.database.silence import take_back
from program import World

SOON = timedelta(milliseconds=300)


@asynccontextmanager
async def midway(db: Database, company_id: int) -> AsyncIterator[Change]:
    """A change that has said part of a pipeline, and has its answer."""
    async with (
        revise(db, company_id, kind="tried", who="test", why="") as change,
        change.conn.pipeline(),
    ):
        await say(change)
        yield change


async def say(change: Change) -> None:
    """One more statement of the pipeline."""
    await (await change.conn.execute("select 1")).fetchone()


async def taken(db: Database, company_id: int) -> int:
    """The next revision, once it can be had."""
    async with revise(db, company_id, kind="tried", who="test", why="") as change:
        pass
    return change.revision


async def ended_while_others_wait(frozen: Database, other: Database, company_id: int) -> None:
    async with midway(frozen, company_id) as change:
        waits = asyncio.create_task(taken(other, company_id))
        while not await take_back(other, silent=SOON, look=0.1):
            assert not waits.done()
        assert await waits == change.revision


@pytest.mark.parametrize("by_url", [False, True], ids=["embedded", "by URL"])
async def test_who_stops_within_a_pipeline_loses_its_row_to_those_who_wait(world: World, by_url: bool) -> None:
    await world.employ()
    address = Address(world.db.address.owner, login_by_role=not by_url)
    async with Database(address, pool_size=2) as frozen, Database(address, pool_size=2) as other:
        with pytest.raises(psycopg.OperationalError):
            await ended_while_others_wait(frozen, other, world.company)


async def test_nobody_is_ended_for_whom_nobody_waits(world: World) -> None:
    await world.employ()
    async with midway(world.db, world.company):
        await asyncio.sleep(0.5)
        assert await take_back(world.db, silent=SOON, look=0.1) == 0


async def test_nobody_is_ended_who_speaks_again(world: World) -> None:
    await world.employ()
    async with Database(world.db.address, pool_size=2) as other:
        async with midway(world.db, world.company) as change:
            waits = asyncio.create_task(taken(other, world.company))
            await asyncio.sleep(0.6)
            looked = asyncio.create_task(take_back(other, silent=SOON, look=0.5))
            await asyncio.sleep(0.2)
            await say(change)
            assert await looked == 0
        assert await waits == change.revision + 1
