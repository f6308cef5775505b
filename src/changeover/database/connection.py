"""Connections by role: a company's own rows, the operator's overview, the board's public view."""

from __future__ import annotations

import asyncio
import select
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from psycopg import AsyncConnection, AsyncCursor
from psycopg.conninfo import make_conninfo
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool

Connection = AsyncConnection[DictRow]
Row = TypeVar("Row")

# So many rows at once are worth asking whether the planner knows what it plans.
MANY = 1_000
# So many of them are looked at or written before others have their turn: a few milliseconds.
TURN = 500
# Tables that grow by whole companies: never analysed, or grown fourfold since (a page is 8 kB).
_UNKNOWN = """
select bool_or(reltuples < 0 or pg_relation_size(oid) > 4 * 8192 * greatest(relpages, 1)) as unknown from pg_class
where oid = any('{job,posting,side,job_open,finding}'::regclass[])
"""

# Whose line, and of which company, this task stands first in.
_HELD: ContextVar[tuple[Database, int] | None] = ContextVar("held", default=None)

APP, OPERATOR, BOARD = "changeover_app", "changeover_operator", "changeover_board"
# Rows found by their keys take less time to fetch than to plan for: one plan does for all, and it goes by the keys'
# index however small the tables were when it was made.
_BY_KEY = "select set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true)"
_OPTIONS = "-c search_path=changeover,background -c jit=off -c timezone=UTC"

# The program's statements meet one job or a million, a rare word or a frequent one: a plan made for the one must not
# serve the other. And no page and no company's transaction waits for helpers: they are not free on a busy machine.
_PROGRAMS_OWN = "-c plan_cache_mode=force_custom_plan -c max_parallel_workers_per_gather=0"

# A process that is frozen or cut off keeps its company's row no longer than this; others go on with the company.
_SILENT = "-c idle_in_transaction_session_timeout=20s -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=5 "
_SILENT += "-c tcp_keepalives_count=3 -c tcp_user_timeout=20000"
# And it finds out by itself: without these a connection that leads nowhere is waited on for a quarter of an hour.
_FINDS_OUT = {"keepalives_idle": 5, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 20_000}


@dataclass(frozen=True, slots=True)
class Address:
    """Where PostgreSQL is: the owner's connection string, and how a role connects.

    Embedded, each role logs in by itself; by URL, the login takes the role at its start.
    """

    owner: str
    login_by_role: bool

    def of(self, role: str) -> str:
        """The connection string of ``role``."""
        options = f"{_OPTIONS} {_SILENT}" + (f" {_PROGRAMS_OWN}" if role in (APP, BOARD) else "")
        if self.login_by_role:
            return make_conninfo(self.owner, user=role, options=options, **_FINDS_OUT)
        return make_conninfo(self.owner, options=f"{options} -c role={role}", **_FINDS_OUT)


async def see_company(conn: Connection, company_id: int) -> None:
    """Have this transaction see and write the rows of ``company_id`` alone."""
    await conn.execute("select set_config('changeover.company', %s, true)", (str(company_id),))


async def let_think(conn: Connection) -> None:
    """Let this transaction stand still for ten minutes while the program works out what it will write."""
    await conn.execute("set local idle_in_transaction_session_timeout = '10min'")


async def expect_many(conn: Connection, rows: int = MANY) -> None:
    """Keep the planner from nested loops in this transaction, if ``rows`` are many and it has no statistics.

    After a first large reading, or a restored backup, it takes a company's rows for one and joins each
    with each: 20,000 jobs took 55 s to pair. With statistics it does better without this.
    """
    if rows < MANY:
        return
    await let_think(conn)
    answer = await (await conn.execute(_UNKNOWN)).fetchone()
    if answer and answer["unknown"]:
        await conn.execute("set local enable_nestloop = off")


async def in_turns(cursor: AsyncCursor[Row]) -> AsyncIterator[list[Row]]:
    """The rows of an answer, some hundreds at a time: what else the process does, its pages above all, goes between."""
    while rows := await cursor.fetchmany(TURN):
        yield rows
        await asyncio.sleep(0)


async def check_by_one_plan(conn: Connection, rows: int) -> None:
    """Have the checks between tables planned once in this transaction, not for each of many ``rows``.

    They took half the time of a large reading. The statements that write must not be prepared meanwhile.
    """
    if rows >= MANY:
        await conn.execute("set local plan_cache_mode = auto")


async def _check(conn: Connection) -> None:
    """Whether the server is still there. One that goes away closes the connection: then there is something to read, and
    only then is it asked, for a question is a trip to the server.
    """
    waiting = select.poll()
    waiting.register(conn.fileno(), select.POLLIN)
    if waiting.poll(0):
        await AsyncConnectionPool.check_connection(conn)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Database:
    """The program's connections. Every company transaction sees that company's rows alone.

    ``now`` is the program's clock: the only one, so that a test can move it.
    """

    def __init__(self, address: Address, *, pool_size: int = 8, now: Callable[[], datetime] = _utc_now) -> None:
        self.address = address
        self.now = now
        self._pools = {role: self._pool(role, pool_size) for role in (APP, OPERATOR, BOARD)}
        self._lines: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    def _pool(self, role: str, size: int) -> AsyncConnectionPool[Connection]:
        return AsyncConnectionPool(
            self.address.of(role),
            min_size=1,
            max_size=size,
            open=False,
            timeout=30,
            kwargs={"row_factory": dict_row},
            check=_check,
        )

    async def open(self) -> None:
        """Open the pools; raises psycopg_pool.PoolTimeout if no connection can be had in 30 s."""
        for pool in self._pools.values():
            await pool.open(wait=True, timeout=30)

    async def close(self) -> None:
        """Close every connection."""
        for pool in self._pools.values():
            await pool.close()

    async def __aenter__(self) -> Database:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def app_pool(self) -> AsyncConnectionPool[Any]:
        """The pool of the program's own role, which the queue shares."""
        return self._pools[APP]

    @asynccontextmanager
    async def line(self, company_id: int) -> AsyncIterator[None]:
        """What this process's writers of a company wait for before they ask for its row, and for a connection.

        Of many who wait for a row PostgreSQL wakes several each time that it is given on: eight wrote half as much as
        one after another do, and kept the connections that others needed. Nobody writes to a company while writing to
        another, so nobody waits in a circle: who would raises RuntimeError.
        """
        held = _HELD.get()
        if held is not None and held[0] is self:
            raise RuntimeError(f"company {company_id} was to be written to within a change of company {held[1]}")
        line = self._lines.setdefault(company_id, asyncio.Lock())
        async with line:
            before = _HELD.set((self, company_id))
            try:
                yield
            finally:
                _HELD.reset(before)

    @asynccontextmanager
    async def company(self, company_id: int, *, at_one_moment: bool = False) -> AsyncIterator[Connection]:
        """One transaction that sees and writes the rows of ``company_id`` alone.

        ``at_one_moment``: all its queries see the database as it was at the first.
        """
        async with self._pools[APP].connection() as conn:
            # The beginning of a transaction and its first statements in one trip to the server.
            async with conn.pipeline():
                if at_one_moment:
                    await conn.execute("set transaction isolation level repeatable read")
                await see_company(conn, company_id)
            yield conn

    async def board_by_key(self, query: str, said: Mapping[str, Any]) -> list[DictRow]:
        """What a statement of the board's finds by keys: one trip to the server, and one plan whatever the keys are."""
        async with self._pools[BOARD].connection() as conn:
            await conn.set_autocommit(True)
            try:
                # What stands in a pipeline is one transaction.
                async with conn.pipeline():
                    await conn.execute(_BY_KEY)
                    found = await conn.execute(query, said, prepare=True)
                return await found.fetchall()
            finally:
                if not conn.closed:
                    await conn.set_autocommit(False)

    async def ask(self, company_id: int, query: str, parameters: Mapping[str, Any]) -> list[DictRow]:
        """What one query over the rows of ``company_id`` answers: its whole transaction is one trip to the server."""
        async with self._pools[APP].connection() as conn:
            async with conn.pipeline():
                await see_company(conn, company_id)
                answer = await conn.execute(query, parameters)
                await conn.commit()
            return await answer.fetchall()

    @asynccontextmanager
    async def operator(self) -> AsyncIterator[Connection]:
        """One read-only transaction over every company: the operator's pages and the sweep."""
        async with self._pools[OPERATOR].connection() as conn:
            yield conn

    @asynccontextmanager
    async def board(self) -> AsyncIterator[Connection]:
        """One read-only transaction that sees live postings and nothing else."""
        async with self._pools[BOARD].connection() as conn:
            yield conn
