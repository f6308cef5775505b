"""A database of its own with one large company in it, and the moves that are measured on it."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import psycopg

from changeover.cutover import Moved, Terms, move_feed
from changeover.database.connection import Address, Database
from changeover.database.embedded import discard, ensure_running
from changeover.database.revise import revise
from changeover.database.upgrade import make_database, upgrade
from changeover.ids import new_ids
from changeover.migration import store as migrations
from changeover.migration.readiness import Patience
from changeover.migration.state import Move
from changeover.postings.live import rehearse

TERMS = Terms(Patience(fresh_max=timedelta(days=1)), way_back=timedelta(days=14))
_ROWS = Path(__file__).with_name("large_company.sql")


@dataclass(frozen=True, slots=True)
class LargeCompany:
    """Where it is, and the ids of its postings: ``base + 4 * g + 1`` for g from 1 to ``size``."""

    address: Address
    company_id: int
    base: int
    size: int


@contextlib.contextmanager
def own_server(*, durable: bool = True) -> Iterator[Address]:
    """An upgraded database on a server of its own, which is deleted at the end."""
    data = Path(tempfile.mkdtemp(prefix="changeover-bench-"))
    data.chmod(0o711)
    try:
        server = ensure_running(data, None, durable=durable)
        address = Address(server.conninfo("bench", "postgres"), login_by_role=True)
        make_database(address.owner)
        upgrade(address)
        yield address
    finally:
        discard(data)
        (data / ".lock").unlink(missing_ok=True)
        data.rmdir()


@contextlib.contextmanager
def large_company(size: int, *, durable: bool = True) -> Iterator[LargeCompany]:
    """A company of so many postings on a server of its own."""
    with own_server(durable=durable) as address:
        made = LargeCompany(address, new_ids(), new_ids(), size)
        _fill(made)
        yield made


def beside(company: LargeCompany, size: int) -> LargeCompany:
    """Another company on the same server, of so many postings."""
    made = LargeCompany(company.address, new_ids(), new_ids.many(4 * size + 4)[0], size)
    _fill(made)
    return made


def _fill(made: LargeCompany) -> None:
    text = _ROWS.read_text()
    for name, value in (("company", made.company_id), ("base", made.base), ("n", made.size)):
        text = text.replace(f":{name}", str(value))
    with psycopg.connect(made.address.owner, autocommit=True) as conn:
        for statement in text.split(";\n"):
            conn.execute(statement.encode())
        conn.execute("vacuum analyze")
        conn.execute("checkpoint")


async def cut_over(db: Database, company_id: int) -> float:
    """One cut-over, readiness checked again in the transaction; the seconds it took."""
    began = time.perf_counter()
    done = await move_feed(db, company_id, Move.CUT_OVER, who="bench", why="", terms=TERMS)
    took = time.perf_counter() - began
    assert isinstance(done, Moved), done
    return took


async def revert(db: Database, company_id: int) -> float:
    """One revert to what was seen, the preview computed again in the transaction; the seconds it took."""
    async with db.company(company_id) as conn:
        seen = (await rehearse(conn, company_id)).digest
    began = time.perf_counter()
    done = await move_feed(db, company_id, Move.REVERT, who="bench", why="", terms=TERMS, seen=seen)
    took = time.perf_counter() - began
    assert isinstance(done, Moved), done
    await _ready_again(db, company_id)
    return took


async def _ready_again(db: Database, company_id: int) -> None:
    async with revise(db, company_id, kind="become_ready", who="bench", why="") as change:
        await migrations.hold(change, held=False, why="")
        assert await migrations.move(change, Move.BECOME_READY) is None


async def flip(db: Database, company_id: int) -> float:
    """The flip alone, there and back: the revision, the guarded update and the revision's row, nothing checked.

    The seconds of one way.
    """
    began = time.perf_counter()
    for move in (Move.CUT_OVER, Move.REVERT):
        async with revise(
            db, company_id, kind="cut_over" if move is Move.CUT_OVER else "reverted", who="bench", why=""
        ) as it:
            assert await migrations.move(it, move) is None
    took = (time.perf_counter() - began) / 2
    await _ready_again(db, company_id)
    return took


async def update_each(company: LargeCompany, feed: str) -> float:
    """The peer: one UPDATE of the feed of every posting, in one transaction; the seconds it took."""
    began = time.perf_counter()
    async with await psycopg.AsyncConnection.connect(company.address.owner) as conn:
        await conn.execute(
            "update changeover.bench_feeder set feed = %s where company_id = %s", (feed, company.company_id)
        )
    return time.perf_counter() - began
