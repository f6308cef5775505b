"""A real program on a real database of its own, whose sources say what the test tells them to."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import psycopg
from psycopg.sql import SQL, Identifier

from changeover import acts, app
from changeover import flow as runs
from changeover.background.queue import Queue
from changeover.database.connection import Address, Database
from changeover.database.embedded import Server
from changeover.database.revise import create_company, revise
from changeover.database.upgrade import make_database, upgrade
from changeover.flow import Flow
from changeover.job import Job, Lane
from changeover.readings import Asked
from changeover.settings import Settings
from changeover.snapshot import store as snapshots
from changeover.snapshot.store import PUSH, SourceRow
from changeover.sources.source import Completeness, Reading, Tells, failed

TEMPLATE = "changeover_template"


_BEHIND = "select max(position) >= pg_snapshot_xmin(pg_current_snapshot())::text::bigint as behind from revision"


@contextmanager
def _alone_with_the_template(server: Server) -> Iterator[psycopg.Connection]:
    """A database cannot be copied while another worker of the run is upgrading it."""
    with psycopg.connect(server.conninfo("postgres", "postgres"), autocommit=True) as conn:
        conn.execute("select pg_advisory_lock(1)")
        yield conn


def template(server: Server) -> None:
    """Upgrade the template database once; every test's database is a copy of it."""
    address = Address(server.conninfo(TEMPLATE, "postgres"), login_by_role=True)
    with _alone_with_the_template(server):
        make_database(address.owner)
        upgrade(address)


@dataclass
class World:
    """A program and what its sources say. ``clock`` moves only when a test moves it.

    ``meanwhile``: what happens, once, between what a source said (by its location) and its being taken in.
    """

    db: Database
    flow: Flow
    clock: list[datetime]
    says: dict[str, Reading] = field(default_factory=dict)
    meanwhile: dict[str, Callable[[], Awaitable[object]]] = field(default_factory=dict)
    company: int = 0
    legacy: int = 0
    ats: int = 0

    def tell(
        self,
        lane: Lane,
        *jobs: Job,
        completeness: Completeness = Completeness.COMPLETE,
        kind: str = "test",
        gone: Sequence[str] = (),
        tells: Tells = Tells.UNSAID,
    ) -> None:
        """What the lane's source says from now on; ``gone`` are jobs that are said to be over."""
        self.says[f"test:{lane}:{self.company}"] = Reading(kind, jobs, completeness, gone=gone, tells=tells)

    def break_source(self, lane: Lane) -> None:
        """The lane's source cannot be read from now on."""
        self.says[f"test:{lane}:{self.company}"] = failed("test", "UNREACHABLE", "The source did not answer.")

    def later(self, **by: float) -> None:
        """Move the clock."""
        self.clock[0] += timedelta(**by)

    async def employ(self, *, push: bool = False) -> None:
        """A new company with a legacy source and an ATS."""
        self.company = await create_company(self.db, "Ferrous & Sons", ats="Testing ATS", who="test")
        async with revise(self.db, self.company, kind="source_added", who="test", why="Sources.") as change:
            self.legacy = await snapshots.add_source(
                change, lane=Lane.LEGACY, kind="test", location=f"test:legacy:{self.company}"
            )
            self.ats = await snapshots.add_source(
                change, lane=Lane.ATS, kind=PUSH if push else "test", location=f"test:ats:{self.company}"
            )

    async def read(self, *lanes: Lane) -> None:
        """Read the lanes' sources, then run the company."""
        for lane in lanes or tuple(Lane):
            self.later(seconds=1)
            await runs.read_source(self.flow, self.company, self.legacy if lane is Lane.LEGACY else self.ats)
        await runs.run(self.flow, self.company)

    async def activate(self) -> None:
        """Activate and run."""
        assert await acts.activate(self.flow, self.company, who="test") is None
        await runs.run(self.flow, self.company)

    async def live(self) -> dict[int, str]:
        """What the board shows of the company: titles by posting id."""
        async with self.db.board() as conn:
            cursor = await conn.execute(
                "select posting_id, title from public_posting where company_id = %s", (self.company,)
            )
            return {row["posting_id"]: row["title"] for row in await cursor.fetchall()}

    async def held_back(self) -> bool:
        """Whether a transaction of another test on this server holds back the stream of what changed.

        Asked before a page of it: what was held back until just now is told by the page after.
        """
        async with self.db.operator() as conn:
            row = await (await conn.execute(_BEHIND)).fetchone()
        assert row
        return bool(row["behind"])


@contextmanager
def fresh_database(server: Server, source: str = TEMPLATE) -> Iterator[Address]:
    """A copy of a database that nobody is connected to (the upgraded one, unless told), dropped at the end."""
    name = f"t_{secrets.token_hex(6)}"
    with _alone_with_the_template(server) as conn:
        conn.execute(SQL("create database {} template {}").format(Identifier(name), Identifier(source)))
    yield Address(server.conninfo(name, "postgres"), login_by_role=True)
    with psycopg.connect(server.conninfo("postgres", "postgres"), autocommit=True) as conn:
        conn.execute(SQL("drop database {} with (force)").format(Identifier(name)))


@asynccontextmanager
async def new_world(server: Server) -> AsyncIterator[World]:
    """A world on a fresh copy of the template database."""
    with fresh_database(server) as address:
        async with world_on(address) as world:
            yield world


@asynccontextmanager
async def world_on(address: Address) -> AsyncIterator[World]:
    clock = [datetime(2026, 3, 2, 9, 0, tzinfo=UTC)]
    async with Database(address, pool_size=4, now=lambda: clock[0]) as db:
        queue = Queue(db)
        await queue.open()
        says: dict[str, Reading] = {}
        meanwhile: dict[str, Callable[[], Awaitable[object]]] = {}

        async def read(row: SourceRow, _: Asked) -> Reading:
            reading = says[row.location]
            if row.location in meanwhile:
                await meanwhile.pop(row.location)()
            return reading

        flow = app.make_flow(Settings(), db, queue, read)
        app.register(flow)
        yield World(db, flow, clock, says, meanwhile)
