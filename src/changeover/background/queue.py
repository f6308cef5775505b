"""The port over procrastinate: work items queued in the caller's transaction, done at least once."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import procrastinate
import psycopg
import structlog
from procrastinate import exceptions, jobs
from psycopg import AsyncConnection
from structlog.contextvars import bind_contextvars, clear_contextvars

from changeover.database.connection import Database

Handler = Callable[..., Awaitable[None]]

# A worker says that it lives this often; one that has not for STALE seconds has died with its work items.
HEARTBEAT = 5.0
STALE = 15.0
# A work item that fails is tried again at once and soon given up: it keeps its lock from all that come after it.
# What it was to do is still on record, and the sweep or the source's schedule asks for it again.
_TRIES, _PAUSE = 3, 1.0
# Between two attempts to be a worker again, after the database has gone away.
_AGAIN = 1.0
# Work items that were given up are kept this long, to be looked at.
_KEEP_HOURS = 72

_WAITS = "select 1 from background.procrastinate_jobs where queueing_lock = %s and status = 'todo'"

_IN_HAND = """
select queueing_lock from background.procrastinate_jobs
where queueing_lock = any(%s) and status in ('todo', 'doing')
"""

log = structlog.get_logger(__name__)


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

    def handler(self, name: str, handle: Handler, *, priority: int = 0) -> None:
        """Say who does the work items called ``name``. Handlers may be run more than once.

        Those of a higher ``priority`` are done first, however many others wait, also behind the same lock.
        """
        self._tasks[name] = self._app.task(name=name, pass_context=False, priority=priority)(_tried(name, handle))

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
        # Asked first, for each refusal by the unique index is an error in the server's log.
        if dedupe and await self.waits(conn, dedupe):
            return
        deferrer = self._tasks[name].configure(lock=lock, queueing_lock=dedupe, connection=conn)
        try:
            async with conn.transaction():
                await deferrer.defer_async(**arguments)
        except exceptions.AlreadyEnqueued:
            return
        log.info("work was queued", work=name, **arguments)

    async def waits(self, conn: AsyncConnection[Any], key: str) -> bool:
        """Whether a work item under this key waits to be done."""
        return await (await conn.execute(_WAITS, (key,))).fetchone() is not None

    async def in_hand(self, conn: AsyncConnection[Any], keys: Sequence[str]) -> set[str]:
        """Those of the keys under which a work item waits or is being done."""
        rows = await (await conn.execute(_IN_HAND, (list(keys),))).fetchall()
        return {row["queueing_lock"] for row in rows}

    async def work(self, *, concurrency: int = 4, stop: asyncio.Event | None = None) -> None:
        """Do work items until cancelled or ``stop`` is set; items in hand are finished first.

        A worker outlives its database: while that is away it tries to be a worker again every second.
        """
        stop = stop or asyncio.Event()
        while not stop.is_set():
            worker = asyncio.create_task(self._work_once(concurrency))
            waiter = asyncio.create_task(stop.wait())
            try:
                await asyncio.wait({worker, waiter}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                waiter.cancel()
                worker.cancel()
                (ended,) = await asyncio.gather(worker, return_exceptions=True)
            if not stop.is_set():
                if isinstance(ended, Exception) and not _away(ended):
                    raise ended
                log.warning("the worker lost its database and tries again", problem=repr(ended))
                await asyncio.sleep(_AGAIN)

    async def _work_once(self, concurrency: int) -> None:
        """Be one worker until cancelled, or until the database goes away."""
        await self.rescue()
        await self._app.run_worker_async(
            concurrency=concurrency,
            install_signal_handlers=False,
            fetch_job_polling_interval=2.0,
            update_heartbeat_interval=HEARTBEAT,
            stalled_worker_timeout=STALE,
            delete_jobs="successful",
            shutdown_graceful_timeout=30,
        )

    async def rescue(self) -> None:
        """Queue again the work items of workers that died. Runs without a lock, or it could stall itself."""
        for orphan in await self._app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALE):
            # Where it fails now, another worker has rescued the work item first.
            with contextlib.suppress(exceptions.ConnectorException):
                await self._again(orphan)

    async def _again(self, orphan: jobs.Job) -> None:
        try:
            await self._app.job_manager.retry_job(orphan)
        except exceptions.UniqueViolation:
            # The same work waits in the queue already, and would wait for ever for the orphan's lock.
            await self._app.job_manager.finish_job(orphan, jobs.Status.ABORTED, delete_job=True)

    async def tidy(self) -> None:
        """Forget the work items that were given up some days ago."""
        await self._app.job_manager.delete_old_jobs(_KEEP_HOURS, include_failed=True, include_aborted=True)


def _tried(name: str, handle: Handler) -> Handler:
    """``handle``, tried again where it fails.

    Not by the queue's own retry: that makes the work item wait again under its key, which fails where the same work
    waits already, and then leaves it in hand, with its lock, until the worker ends.
    """

    async def handler(**arguments: Any) -> None:
        # A worker's loop may have begun while a request was served: its name is not this work's.
        clear_contextvars()
        bind_contextvars(work=name, **arguments)
        for left in range(_TRIES - 1, -1, -1):
            try:
                await handle(**arguments)
            except Exception:
                if not left:
                    raise
                log.warning("a work item failed and is tried again", exc_info=True)
                await asyncio.sleep(_PAUSE)
            else:
                log.info("work was done")
                return

    return handler


def _away(problem: Exception) -> bool:
    """Whether the database could not be reached, as against a fault of ours."""
    return isinstance(problem, exceptions.ConnectorException | psycopg.OperationalError)
