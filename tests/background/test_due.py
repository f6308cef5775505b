"""Sources are read when they are due: all of them, each once, and not all at the same time for ever."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from changeover import acts
from changeover import flow as runs
from changeover.database.revise import create_company, revise
from changeover.job import Job, Lane
from changeover.snapshot import store as snapshots
from changeover.snapshot.due import wait_of
from program import World


def waiting(world: World, task: str = runs.READ_DUE) -> int:
    """Readings that are queued."""
    with psycopg.connect(world.db.address.owner) as conn:
        query = "select count(*) from background.procrastinate_jobs where task_name = %s and status = 'todo'"
        row = conn.execute(query, (task,)).fetchone()
    return int(row[0]) if row else 0


async def source(world: World) -> snapshots.SourceRow:
    async with world.db.company(world.company) as conn:
        row = await snapshots.source(conn, world.company, world.legacy)
    assert row is not None
    return row


async def test_all_that_are_due_are_queued_however_many_one_page_holds(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "_PAGE", 2)
    for number in range(5):
        company = await create_company(world.db, f"Employer {number}", who="test")
        async with revise(world.db, company, kind="source_added", who="test", why="") as change:
            await snapshots.add_source(change, lane=Lane.LEGACY, kind="test", location=f"test:{number}")
    for _ in range(2):  # what waits already is not queued again, nor does it keep others out
        await runs.sweep(world.flow)
        assert waiting(world) == 5


async def test_what_was_due_and_has_been_read_since_is_not_read_again(world: World) -> None:
    await world.employ()
    world.tell(Lane.LEGACY, Job("1", "Engineer"))
    await runs.read_due(world.flow, world.company, world.legacy)
    await runs.read_due(world.flow, world.company, world.legacy)
    assert (await source(world)).begun == 1
    world.later(hours=1)
    await runs.read_due(world.flow, world.company, world.legacy)
    assert (await source(world)).begun == 2


async def test_what_a_person_asks_for_is_read_whether_it_is_due_or_not(world: World) -> None:
    await world.employ()
    world.tell(Lane.LEGACY, Job("1", "Engineer"))
    for times in (1, 2):
        await runs.read_source(world.flow, world.company, world.legacy)
        assert (await source(world)).begun == times


async def test_what_a_person_asks_for_goes_before_all_that_is_only_due_also_its_own(world: World) -> None:
    await world.employ()
    for lane in Lane:
        world.tell(lane, Job("1", "Engineer"))
    order: list[Lane] = []

    async def noted(lane: Lane) -> None:
        order.append(lane)

    for lane in Lane:
        world.meanwhile[f"test:{lane}:{world.company}"] = partial(noted, lane)
    await runs.sweep(world.flow)
    for asked in (world.ats, world.ats, world.legacy):  # pressed twice, read once
        assert await acts.read_soon(world.flow, world.company, asked) is None
    assert (waiting(world), waiting(world, runs.READ)) == (1, 2)
    stop = asyncio.Event()
    worker = asyncio.create_task(world.flow.queue.work(concurrency=1, stop=stop))
    while waiting(world) or len(order) < 2:  # noqa: ASYNC110  the worker tells nobody
        await asyncio.sleep(0.05)
    stop.set()
    await worker
    assert order == [Lane.ATS, Lane.LEGACY]
    assert (await source(world)).begun == 1  # what was due has been read, so it is not read again


async def test_sources_that_were_due_at_once_drift_apart_and_none_is_read_late(world: World) -> None:
    await world.employ()
    row = await source(world)
    waits = [wait_of(row) for _ in range(50)]
    assert len(set(waits)) > 1
    assert all(timedelta(minutes=54) <= wait <= timedelta(minutes=60) for wait in waits)


@given(at_most=st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=9)), failures=st.integers(0, 100))
def test_a_wait_is_never_longer_than_it_may_be(at_most: timedelta, failures: int) -> None:
    row = snapshots.SourceRow(
        1, 1, Lane.LEGACY, "test", "test:1", 0, 60, "active", None, None, failures, 0, 0, None, None, False, None, None,
        None,  # type: ignore[arg-type]
    )  # fmt: skip
    assert timedelta(0) <= wait_of(row, at_most) <= min(at_most, timedelta(hours=8))
