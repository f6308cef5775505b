"""The port over procrastinate: work items queued in the caller's transaction, done at least once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import procrastinate
from procrastinate import exceptions, jobs
from psycopg import AsyncConnection

from changeover.database.connection import Database

Handler = Callable[..., Awaitable[None]]

# A worker says that it lives this often; one that has not for STALE seconds has died with its work items.
HEARTBEAT = 5.0
STALE = 20.0


class Queue:
    """Named handlers, and work items for them. One work item is one company's run, never one posting."""

    def __init__(self, db: Database) -> None:
        self._connector = procrastinate.PsycopgConnector()
        self._app = procrastinate.App(connector=self._connector)
        self._db = db
        self._tasks: dict[str, Any] = {}

    async def open(self) -> None:
        """Share the database's own pool."""
        await self._app.open_async(self._db.app_pool)

    def handler(self, name: str, handle: Handler) -> None:
        """Say who does the work items called ``name``. Handlers may be run more than once."""
        self._tasks[name] = self._app.task(
            name=name,
            retry=procrastinate.RetryStrategy(max_attempts=8, exponential_wait=3),
            pass_context=False,
        )(handle)

    def every(self, cron: str, name: str, handle: Handler) -> None:
        """Run ``handle`` by ``cron`` (six fields: with seconds), once however many workers there are."""
        task = self._app.task(name=name, queueing_lock=name, pass_context=False)(handle)
        self._app.periodic(cron=cron)(task)

    async def enqueue(
        self, conn: AsyncConnection[Any], name: str, *, lock: str, dedupe: str | None = None, **arguments: Any
    ) -> None:
        """Queue a work item in the caller's transaction: committed with it, or not at all.

        ``lock``: work items that share it are done one after another. ``dedupe``: at most one waiting
        item has this key; the savepoint keeps the caller's transaction alive where there is one already.
        """
        deferrer = self._tasks[name].configure(lock=lock, queueing_lock=dedupe, connection=conn)
        try:
            async with conn.transaction():
                await deferrer.defer_async(**arguments)
        except exceptions.AlreadyEnqueued:
            return

    async def work(self, *, concurrency: int = 4, stop: asyncio.Event | None = None) -> None:
        """Do work items until cancelled or ``stop`` is set; items in hand are finished first."""
        await self.rescue()
        worker = asyncio.create_task(
            self._app.run_worker_async(
                concurrency=concurrency,
                install_signal_handlers=False,
                fetch_job_polling_interval=2.0,
                update_heartbeat_interval=HEARTBEAT,
                stalled_worker_timeout=STALE,
                delete_jobs="successful",
                shutdown_graceful_timeout=30,
            )
        )
        if stop is None:
            await worker
            return
        waiter = asyncio.create_task(stop.wait())
        await asyncio.wait({worker, waiter}, return_when=asyncio.FIRST_COMPLETED)
        waiter.cancel()
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)

    async def rescue(self) -> None:
        """Queue again the work items of workers that died. Runs without a lock, or it could stall itself."""
        for orphan in await self._app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALE):
            await self._again(orphan)

    async def _again(self, orphan: jobs.Job) -> None:
        try:
            await self._app.job_manager.retry_job(orphan)
        except exceptions.ConnectorException:
            # The same work waits in the queue already, or another worker rescued it first.
            return
