"""The only module that wires: settings in, a running program out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from changeover import flow as runs
from changeover.background.queue import Queue
from changeover.cutover import Terms
from changeover.database.connection import Address, Database
from changeover.database.embedded import ensure_running
from changeover.database.upgrade import make_database, upgrade
from changeover.flow import Flow
from changeover.migration.readiness import Patience
from changeover.settings import Settings
from changeover.snapshot.difference import Guard
from changeover.snapshot.store import SourceRow
from changeover.sources.source import Reading

ReadSource = Callable[[SourceRow], Awaitable[Reading]]


@dataclass(frozen=True, slots=True)
class Program:
    """Everything that runs: its settings, its database, its queue and the flow over them."""

    settings: Settings
    db: Database
    queue: Queue
    flow: Flow


def find_database(settings: Settings) -> Address:
    """Where the database is; the embedded one is started where no URL is set. Raises DatabaseRefused."""
    if settings.database_url is not None:
        return Address(settings.database_url.get_secret_value(), login_by_role=False)
    server = ensure_running(settings.data, settings.pg_bin)
    address = Address(server.conninfo("changeover", "postgres"), login_by_role=True)
    make_database(address.owner)
    return address


def make_flow(settings: Settings, db: Database, queue: Queue, read: ReadSource) -> Flow:
    """The flow under the settings' rules."""
    return Flow(
        db=db,
        queue=queue,
        read=read,
        guard=Guard(settings.shrink_share, settings.shrink_jobs, settings.suspect_repeats),
        terms=Terms(
            Patience(
                settings.fresh_factor,
                timedelta(hours=settings.fresh_hours_max),
                timedelta(minutes=settings.quiet_minutes),
            ),
            timedelta(days=settings.way_back_days),
        ),
        resolve_overdue_hours=settings.resolve_overdue_hours,
    )


def register(flow: Flow) -> None:
    """Tell the queue who does which work item, and what runs by the clock."""

    async def run_company(company_id: int) -> None:
        await runs.run(flow, company_id)

    async def read_source(company_id: int, source_id: int) -> None:
        await runs.read_source(flow, company_id, source_id)

    async def sweep(timestamp: int) -> None:
        del timestamp
        await runs.sweep(flow)

    async def rescue(timestamp: int) -> None:
        del timestamp
        await flow.queue.rescue()

    flow.queue.handler(runs.RUN, run_company)
    flow.queue.handler(runs.READ, read_source)
    flow.queue.every("* * * * * */10", "sweep", sweep)
    flow.queue.every("* * * * * */10", "rescue", rescue)


@asynccontextmanager
async def running(settings: Settings, read: ReadSource) -> AsyncIterator[Program]:
    """A program over an upgraded database. It does no work items until its queue is told to."""
    address = find_database(settings)
    upgrade(address)
    async with Database(address) as db:
        queue = Queue(db)
        await queue.open()
        flow = make_flow(settings, db, queue, read)
        register(flow)
        yield Program(settings, db, queue, flow)
