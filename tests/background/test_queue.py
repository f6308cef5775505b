"""Work items are done at least once: a dead worker's are rescued, a failing one gives its lock back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import psycopg
import pytest

from changeover.background import queue as queues
from changeover.background.queue import Queue
from program import World

LOCK = {"lock": "c:1:migrate", "dedupe": "run:1"}


async def enqueue(queue: Queue, world: World, *, number: int) -> None:
    async with world.db.app_pool.connection() as conn:
        await queue.enqueue(conn, "item", lock=LOCK["lock"], dedupe=LOCK["dedupe"], number=number)


async def doing(world: World, handle: Callable[..., Awaitable[None]]) -> Queue:
    queue = Queue(world.db)
    await queue.open()
    queue.handler("item", handle)
    return queue


async def worked(queue: Queue, done: Callable[[], bool], seconds: float = 30) -> None:
    """Work until it is done."""
    stop = asyncio.Event()
    worker = asyncio.create_task(queue.work(concurrency=2, stop=stop))
    try:
        async with asyncio.timeout(seconds):
            while not done():  # noqa: ASYNC110  the queue tells nobody that an item has ended
                await asyncio.sleep(0.05)
    finally:
        stop.set()
        await worker


def items(world: World) -> dict[str, int]:
    with psycopg.connect(world.db.address.owner) as conn:
        return dict(conn.execute("select status::text, count(*) from background.procrastinate_jobs group by 1"))


def orphan(world: World) -> None:
    """The item that waits is in the hands of a worker that has died."""
    with psycopg.connect(world.db.address.owner, options="-c search_path=background") as conn:
        conn.execute("update procrastinate_jobs set status = 'doing', worker_id = null where status = 'todo'")


async def test_what_waits_already_is_not_queued_again(world: World) -> None:
    done: list[int] = []

    async def handle(number: int) -> None:
        done.append(number)

    queue = await doing(world, handle)
    await enqueue(queue, world, number=1)
    await enqueue(queue, world, number=2)
    assert items(world) == {"todo": 1}
    await worked(queue, lambda: bool(done))
    assert done == [1]


async def test_what_is_rolled_back_was_never_queued(world: World) -> None:
    async def handle() -> None:
        raise AssertionError

    queue = await doing(world, handle)
    async with world.db.app_pool.connection() as conn, conn.transaction(force_rollback=True):
        await queue.enqueue(conn, "item", **LOCK)
    assert items(world) == {}


async def test_a_dead_workers_item_is_done_by_another(world: World) -> None:
    done: list[int] = []

    async def handle(number: int) -> None:
        done.append(number)

    queue = await doing(world, handle)
    await enqueue(queue, world, number=1)
    orphan(world)
    await worked(queue, lambda: bool(done))
    assert done == [1]


async def test_a_dead_workers_item_does_not_keep_its_lock_from_the_same_work_that_waits(world: World) -> None:
    done: list[int] = []

    async def handle(number: int) -> None:
        done.append(number)

    queue = await doing(world, handle)
    await enqueue(queue, world, number=1)
    orphan(world)
    await enqueue(queue, world, number=2)
    assert items(world) == {"doing": 1, "todo": 1}
    await worked(queue, lambda: bool(done))
    assert done == [2]


async def test_an_item_that_fails_is_tried_again_and_then_gives_its_lock_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queues, "_PAUSE", 0.01)
    tried: list[int] = []
    queue: Queue

    async def handle(number: int) -> None:
        tried.append(number)
        if number == 1:
            if len(tried) == 1:
                # The same work is asked for meanwhile, as every change of a company does.
                await enqueue(queue, world, number=2)
            raise RuntimeError("a fault of ours")

    queue = await doing(world, handle)
    await enqueue(queue, world, number=1)
    await worked(queue, lambda: 2 in tried)
    assert tried == [1, 1, 1, 2]


async def test_a_worker_outlives_its_connections(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queues, "_PAUSE", 0.01)
    done: list[int] = []

    async def handle(number: int) -> None:
        done.append(number)

    queue = await doing(world, handle)
    stop = asyncio.Event()
    worker = asyncio.create_task(queue.work(concurrency=2, stop=stop))
    try:
        await asyncio.sleep(1)
        with psycopg.connect(world.db.address.owner, autocommit=True) as conn:
            conn.execute(
                "select pg_terminate_backend(pid, 10000) from pg_stat_activity "
                "where datname = current_database() and pid <> pg_backend_pid()"
            )
        await enqueue(queue, world, number=1)
        async with asyncio.timeout(60):
            while not done:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
    finally:
        stop.set()
        await worker
    assert done == [1]
