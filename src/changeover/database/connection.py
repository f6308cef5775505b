"""Connections by role: a company's own rows, the operator's overview, the board's public view."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from psycopg import AsyncConnection
from psycopg.conninfo import make_conninfo
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool

Connection = AsyncConnection[DictRow]

APP, OPERATOR, BOARD = "changeover_app", "changeover_operator", "changeover_board"
_OPTIONS = "-c search_path=changeover,background -c jit=off -c timezone=UTC"


@dataclass(frozen=True, slots=True)
class Address:
    """Where PostgreSQL is: the owner's connection string, and how a role connects.

    Embedded, each role logs in by itself; by URL, the login takes the role at its start.
    """

    owner: str
    login_by_role: bool

    def of(self, role: str) -> str:
        """The connection string of ``role``."""
        if self.login_by_role:
            return make_conninfo(self.owner, user=role, options=_OPTIONS)
        return make_conninfo(self.owner, options=f"{_OPTIONS} -c role={role}")


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

    def _pool(self, role: str, size: int) -> AsyncConnectionPool[Connection]:
        return AsyncConnectionPool(
            self.address.of(role),
            min_size=1,
            max_size=size,
            open=False,
            timeout=30,
            kwargs={"row_factory": dict_row},
            check=AsyncConnectionPool.check_connection,
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
    async def company(self, company_id: int, *, at_one_moment: bool = False) -> AsyncIterator[Connection]:
        """One transaction that sees and writes the rows of ``company_id`` alone.

        ``at_one_moment``: all its queries see the database as it was at the first.
        """
        async with self._pools[APP].connection() as conn:
            if at_one_moment:
                await conn.execute("set transaction isolation level repeatable read")
            await conn.execute("select set_config('changeover.company', %s, true)", (str(company_id),))
            yield conn

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
