"""PostgreSQL is killed during a cut-over or a push: what was answered stands, and the run ends by itself."""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

import promises
from changeover import acts
from changeover import flow as runs
from changeover.database import folders
from changeover.database.embedded import Server, discard, ensure_running
from changeover.job import Job, Lane
from changeover.migration import store as migrations
from changeover.migration.state import State
from face import served_face
from killed.pushing import BATCHES, SIZE, client, told_again_changes_nothing
from program import World, new_world, template


@pytest.fixture
def durable() -> Iterator[tuple[Path, Server]]:
    """A server of its own that keeps what it acknowledged, unlike the one that the other tests share."""
    data = Path(tempfile.mkdtemp(prefix="changeover-killed-"))
    data.chmod(0o711)
    try:
        yield data, ensure_running(data, None)
    finally:
        discard(data)


def _kill(data: Path) -> None:
    home = folders.settled(data)
    assert home is not None
    os.kill(int((home.cluster / "postmaster.pid").read_text().splitlines()[0]), signal.SIGKILL)


def _jobs(side: str, count: int) -> list[Job]:
    return [
        Job(id=f"{side}{n}", title=f"Engineer {n}", location="Oslo", employer_job_id=f"R-{n}") for n in range(count)
    ]


async def _state(world: World) -> State:
    async with world.db.company(world.company) as conn:
        return (await migrations.company(conn, world.company)).state


async def _frozen_in_the_flip(world: World, server: Server) -> None:
    """Return while the cut-over's transaction waits for the row that ends it; then the server is killed."""
    dbname = psycopg.conninfo.conninfo_to_dict(world.db.address.owner)["dbname"]
    waiting = (
        "select 1 from pg_stat_activity where datname = %s and wait_event_type = 'Lock' "
        "and query like '%%insert into revision%%'"
    )
    with psycopg.connect(server.conninfo("postgres", "postgres"), autocommit=True) as watch:
        for _ in range(600):
            if watch.execute(waiting, (dbname,)).fetchone():
                return
            await asyncio.sleep(0.05)
    raise AssertionError("the cut-over never came to its last row")


async def test_postgresql_killed_in_the_flip_loses_nothing_and_the_run_ends_by_itself(
    durable: tuple[Path, Server],
) -> None:
    data, server = durable
    template(server)
    async with new_world(server) as world:
        await world.employ()
        world.tell(Lane.LEGACY, *_jobs("L", 12))
        world.tell(Lane.ATS, *_jobs("A", 12))
        await world.read(Lane.LEGACY)
        before = await world.live()
        assert await _ready(world) is State.READY

        blocker = psycopg.connect(world.db.address.owner)
        blocker.execute("lock table changeover.revision in share row exclusive mode")
        run = asyncio.create_task(runs.run(world.flow, world.company))
        await _frozen_in_the_flip(world, server)
        _kill(data)
        with pytest.raises(psycopg.OperationalError):
            await run
        blocker.close()
        ensure_running(data, None)

        assert await world.live() == before
        assert await _state(world) in (State.READY, State.CUT_OVER)
        assert promises.broken(world.db.address.owner) == []
        await runs.run(world.flow, world.company)
        assert await _state(world) is State.CUT_OVER
        assert await world.live() == before
        assert promises.broken(world.db.address.owner) == []


async def _ready(world: World) -> State:
    """Everything matched and held, then let go without a run: the next run is the cut-over."""
    await world.activate()
    await acts.hold(world.flow, world.company, held=True, who="test", why="Not yet.")
    await world.read()
    await acts.hold(world.flow, world.company, held=False, who="test", why="Now.")
    return await _state(world)


async def test_a_push_that_was_answered_stands_after_postgresql_was_killed(durable: tuple[Path, Server]) -> None:
    data, server = durable
    template(server)
    async with new_world(server) as world:
        await world.employ(push=True)
        every, answered = _jobs("A", 500), list[str]()
        pushing = asyncio.create_task(_push_each(world, every, answered))
        async with asyncio.timeout(60):
            while len(answered) < 5:  # noqa: ASYNC110 - it ends with the server's death, not at an event
                await asyncio.sleep(0.001)
        _kill(data)
        with pytest.raises(psycopg.OperationalError):
            await pushing
        ensure_running(data, None)

        stood = await _pushed(world)
        assert set(answered) <= set(stood)
        assert promises.broken(world.db.address.owner) == []
        # Told again, what stood changes nothing.
        async with world.db.company(world.company) as conn:
            before = (await migrations.company(conn, world.company)).revision
        assert await _push_all(world, [job for job in every if job.id in stood]) == before
        assert await _pushed(world) == stood


async def test_what_the_wire_answered_stands_after_postgresql_was_killed(durable: tuple[Path, Server]) -> None:
    data, server = durable
    template(server)
    async with new_world(server) as world:
        it = await client(world)
        async with served_face(world) as face:
            pushing = asyncio.create_task(it.push_until_it_fails(face.url))
            async with asyncio.timeout(60):
                while len(it.answered) <= 3 * SIZE:  # noqa: ASYNC110 - it ends with the server's death, not at an event
                    await asyncio.sleep(0.001)
            _kill(data)
            await pushing
            ensure_running(data, None)
            assert 0 < len(it.answered) < BATCHES * SIZE
            assert it.lacking() == []
            assert promises.broken(world.db.address.owner) == []
            await told_again_changes_nothing(it, face.url)
            assert promises.broken(world.db.address.owner) == []


async def _push_each(world: World, jobs: list[Job], answered: list[str]) -> None:
    for job in jobs:
        await _push_all(world, [job])
        answered.append(job.id)


async def _push_all(world: World, jobs: list[Job]) -> object:
    return await runs.take_push(world.flow, world.company, jobs, (), complete=False, who="test")


async def _pushed(world: World) -> dict[str, int]:
    """The open jobs of the ATS, and the revision at which each opened."""
    async with world.db.company(world.company) as conn:
        rows = await conn.execute("select source_job_id, opened_revision from job where lane = 'ats' and open")
        return {row["source_job_id"]: row["opened_revision"] for row in await rows.fetchall()}
