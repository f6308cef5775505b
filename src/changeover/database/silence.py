"""Takes rows back from a process that fell silent in the midst of what it was saying.

PostgreSQL ends a transaction that says nothing between two statements. It does not end one whose process stopped within
a pipeline, or takes its answers no more: such a session counts as at work, for ever, and so do all that wait for it.
"""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta

import structlog
from psycopg import Error

from changeover.database.connection import Database
from changeover.database.meanwhile import meanwhile

log = structlog.get_logger(__name__)

# With the seconds between two looks and those for which one lasts, less than the half minute that is promised.
_SILENT, _EVERY, _LOOK = timedelta(seconds=15), 5.0, 2.0

# A session shows its state to its own login alone, which is not always the role that it took.
_AS_LOGIN = "set local role none"

_SILENT_ONES = """
select pid, state_change from pg_stat_activity
where state = 'active' and wait_event in ('ClientRead', 'ClientWrite')
  and state_change < clock_timestamp() - %(silent)s
  and pid in (
    select unnest(pg_blocking_pids(waits.pid)) from pg_stat_activity waits where waits.wait_event_type = 'Lock'
  )
"""

_END = """
select pg_terminate_backend(pid) from pg_stat_activity
where pid = %s and state_change = %s and state = 'active' and wait_event in ('ClientRead', 'ClientWrite')
"""


def watched_for(db: Database) -> AbstractAsyncContextManager[None]:
    """Take back what silent sessions hold, for the length of the block.

    Not a work item: all that do those may be waiting for the very rows.
    """
    return meanwhile(_watch(db))


async def _watch(db: Database) -> None:
    while True:
        await asyncio.sleep(_EVERY)
        with contextlib.suppress(Error):  # a database that is away is told of by the worker
            await take_back(db)


async def take_back(db: Database, *, silent: timedelta = _SILENT, look: float = _LOOK) -> int:
    """End the sessions for which others wait and that have been silent for so long; how many.

    Two looks, ``look`` seconds apart: a statement that took its time has only now ended in one that speaks again.
    """
    before = await _silent_ones(db, silent)
    if not before:
        return 0
    await asyncio.sleep(look)
    still = before & await _silent_ones(db, silent)
    async with db.app_pool.connection() as conn:
        await conn.execute(_AS_LOGIN)
        for session in still:
            await conn.execute(_END, session)
    for pid, since in still:
        log.warning("a session that had fallen silent was ended, for others waited for it", pid=pid, since=since)
    return len(still)


async def _silent_ones(db: Database, silent: timedelta) -> set[tuple[int, datetime]]:
    async with db.app_pool.connection() as conn:
        await conn.execute(_AS_LOGIN)
        rows = await (await conn.execute(_SILENT_ONES, {"silent": silent})).fetchall()
    return {(row["pid"], row["state_change"]) for row in rows}
