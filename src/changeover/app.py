"""Wires the parts: settings in, a running program out."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from changeover import flow as runs
from changeover.apply import delivery, notices, privacy
from changeover.apply_connect import hooks
from changeover.apply_connect import work as wire
from changeover.background.queue import Queue
from changeover.consolidated.handing import with_parts
from changeover.courier import PublicCourier
from changeover.cutover import Terms
from changeover.database.board import BOARD
from changeover.database.connection import Address, Database
from changeover.database.embedded import ensure_running
from changeover.database.refused import DatabaseRefused
from changeover.database.upgrade import make_database, upgrade
from changeover.dry_run import trying
from changeover.flow import Flow
from changeover.log import configure
from changeover.mail import SmtpMailer
from changeover.match.weights import UnusableWeights, own_weights
from changeover.migration.readiness import Patience
from changeover.pacing import pace_interpreter
from changeover.postings import auditing
from changeover.readings import Asked, ReadSource
from changeover.settings import Settings, SettingsRefused
from changeover.snapshot.difference import Guard
from changeover.snapshot.store import SourceRow
from changeover.sources import mapped_feed
from changeover.sources.fetch import FetchRules
from changeover.sources.fetch_rules import fetch_rules
from changeover.sources.mapping import from_record
from changeover.sources.registry import Progress, read
from changeover.sources.source import Problem, Reading, failed
from changeover.subscriptions import publishing
from changeover.sunset import letters
from changeover.web import rates
from changeover.webhooks.keys import keys_of
from changeover.webhooks.outbox import Courier, Outbox


@dataclass(frozen=True, slots=True)
class Program:
    """Everything that runs: its settings, its database, its queue, the flow over them, and what leaves the house."""

    settings: Settings
    db: Database
    queue: Queue
    flow: Flow
    outbox: Outbox | None = None


def find_database(settings: Settings) -> Address:
    """Where the database is; the embedded one is started where no URL is set. Raises DatabaseRefused."""
    if settings.database_url is not None:
        url = settings.database_url.get_secret_value()
        try:
            conninfo_to_dict(url)
        except ProgrammingError:
            # Not its own words: they may quote the password.
            raise DatabaseRefused(
                "The database's URL cannot be read. Write it as postgresql://user@host:5432/name."
            ) from None
        return Address(url, login_by_role=False)
    server = ensure_running(settings.data, settings.pg_bin)
    address = Address(server.conninfo("changeover", "postgres"), login_by_role=True)
    make_database(address.owner)
    return address


def make_flow(settings: Settings, db: Database, queue: Queue, read: ReadSource) -> Flow:
    """The flow under the settings' rules. Raises SettingsRefused where the file of weights is none."""
    try:
        weights = own_weights(settings.match_weights) if settings.match_weights else None
    except UnusableWeights as problem:
        raise SettingsRefused(f"{problem} Or leave the setting match_weights out.") from None
    return Flow(
        db=db,
        queue=queue,
        read=read,
        guard=Guard(
            settings.shrink_share,
            settings.shrink_jobs,
            settings.suspect_repeats,
            settings.page_misses,
            timedelta(hours=settings.suspect_hours),
        ),
        terms=Terms(
            Patience(
                settings.fresh_factor,
                timedelta(hours=settings.fresh_hours_max),
                timedelta(minutes=settings.quiet_minutes),
            ),
            timedelta(days=settings.way_back_days),
        ),
        resolve_overdue_hours=settings.resolve_overdue_hours,
        full_read=timedelta(hours=settings.full_read_hours),
        notice=timedelta(days=settings.legacy_notice_days),
        raw_bytes=settings.raw_snapshot_mb * 1_000_000,
        weights=weights,
    )


def make_outbox(settings: Settings, db: Database, queue: Queue, courier: Courier) -> Outbox:
    """The outbox with the channels of this board. The board's key is asked for only when something is signed."""
    channels = {
        hooks.CHANNEL: hooks.channel(db, lambda: keys_of(settings), offsite=settings.offsite_after_failed_delivery),
        delivery.CHANNEL: delivery.channel(),
        publishing.CHANNEL: publishing.channel(db, lambda: keys_of(settings)),
    }
    mailer = SmtpMailer(settings) if settings.smtp_host else None
    channels[letters.CHANNEL] = letters.channel(db, mailer, settings.mail_from, board_url(settings))
    if mailer is not None:
        at = (keys_of(settings), settings.mail_from, board_url(settings))
        channels[notices.CHANNEL] = notices.channel(db, mailer, *at)
    return Outbox(db, queue, courier, channels)


def board_url(settings: Settings) -> str:
    """Under which address the world reaches the board, without a trailing slash."""
    return (settings.public_url or f"http://{settings.host}:{settings.port}").rstrip("/")


def register(flow: Flow, outbox: Outbox | None = None, settings: Settings | None = None) -> None:
    """Tell the queue who does which work item, and what runs by the clock."""

    async def run_company(company_id: int) -> None:
        await runs.run(flow, company_id)
        if outbox is not None and settings is not None:
            await wire.after_run(flow, outbox, company_id, board_url(settings), timedelta(days=settings.support_days))

    async def read_source(company_id: int, source_id: int) -> None:
        await runs.read_source(flow, company_id, source_id)

    async def sweep(timestamp: int) -> None:
        del timestamp
        await runs.sweep(flow)

    async def rescue(timestamp: int) -> None:
        del timestamp
        await flow.queue.rescue()

    async def tidy(timestamp: int) -> None:
        del timestamp
        await flow.queue.tidy()
        await rates.forget(flow.db, BOARD)

    async def keep_no_longer(timestamp: int) -> None:
        del timestamp
        await privacy.keep_no_longer(flow.db, settings.retention_days if settings else 0)

    flow.queue.handler(runs.RUN, run_company)
    # Somebody waits for what was asked for; nobody for what is only due.
    flow.queue.handler(runs.READ, read_source, priority=1)
    flow.queue.handler(runs.READ_DUE, partial(runs.read_due, flow), priority=-1)

    flow.queue.every("* * * * * */10", "sweep", sweep)
    flow.queue.every("* * * * * */10", "rescue", rescue)
    flow.queue.every("17 * * * * 0", "tidy", tidy)
    auditing.register(flow.db, flow.queue)
    flow.queue.every("23 3 * * * 0", "keep_no_longer", keep_no_longer)
    if outbox is not None:
        wire.register(flow, outbox)
    if outbox is not None and settings is not None:
        publishing.register(flow.db, outbox, board_url(settings))


@asynccontextmanager
async def running(settings: Settings, read: ReadSource, *, trusted: str = "") -> AsyncIterator[Program]:
    """A program over an upgraded database. It does no work items until its queue is told to.

    ``trusted``: a file of certificates that receivers may show beside those that the system trusts.
    """
    pace_interpreter()
    configure(settings.log_format, settings.log_level)
    address = await asyncio.to_thread(find_database, settings)
    await asyncio.to_thread(upgrade, address)
    private = settings.allow_private_addresses
    async with (
        Database(address) as db,
        PublicCourier(allow_private=private, trusted=trusted, user_agent=settings.signature) as courier,
    ):
        queue = Queue(db)
        await queue.open()
        flow, outbox = make_flow(settings, db, queue, with_parts(db, read)), make_outbox(settings, db, queue, courier)
        register(flow, outbox, settings)
        trying.register(db, queue, fetch_rules(settings), flow.weights)
        # What stands now stands as long as the process: looking through it for garbage stops everything for 0.15 s.
        gc.freeze()
        yield Program(settings, db, queue, flow, outbox)


def source_reader(settings: Settings, progress: Progress | None = None) -> ReadSource:
    """How a source is read under these settings; ``progress`` is told how far each reading is."""
    rules = fetch_rules(settings)

    async def read_source(row: SourceRow, asked: Asked) -> Reading:
        if row.mapping is not None:
            return await _by_mapping(row, rules, progress, asked)
        return await read(
            row.location,
            row.kind,
            now=datetime.now(UTC),
            rules=rules,
            progress=progress,
            memory=asked.memory,
            validators=asked.validators,
            raw=asked.raw,
        )

    return read_source


async def _by_mapping(row: SourceRow, rules: FetchRules, progress: Progress | None, asked: Asked) -> Reading:
    mapping = from_record(row.mapping)
    if isinstance(mapping, Problem):
        return failed(row.kind, mapping.code, mapping.sentence)
    return await mapped_feed.read(row.location, mapping, rules, progress=progress, raw=asked.raw)


async def look_at(settings: Settings, location: str) -> Reading:
    """Read a location once to see what it is; a failed reading says why it is no job source."""
    return await read(location, now=datetime.now(UTC), rules=fetch_rules(settings))
