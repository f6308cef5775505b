"""The process that is killed: a real program, stopped before whichever word to the database a test names.

Run as a program of its own it loads Changeover once, reads an order a line and forks a child for each: a kill
then costs a fork, not a start. What a child has to tell it writes as lines of JSON.
"""

from __future__ import annotations

import asyncio
import ctypes
import importlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx2
import orjson
import psycopg
import structlog

import large_feeds
from changeover import acts, app
from changeover import flow as runs
from changeover.apply import delivery
from changeover.background import queue as background
from changeover.courier import PublicCourier
from changeover.database.board import BOARD
from changeover.database.connection import Address, Database
from changeover.database.upgrade import upgrade
from changeover.faces import make_web
from changeover.flow import Flow
from changeover.job import Job, Lane
from changeover.match import gazetteer
from changeover.readings import Asked
from changeover.serving import base_url, listen, serving
from changeover.settings import Settings
from changeover.snapshot.store import SourceRow
from changeover.sources.source import Completeness, Reading
from changeover.subscriptions import publishing
from changeover.webhooks import sealed
from changeover.webhooks.keys import Keys
from changeover.webhooks.outbox import DELIVER, Outbox

# What an operation begins with, as module and function: from there on every word to the database is counted.
BEGINNINGS = frozenset(
    {
        "flow.run",
        "flow.read_source",
        # What goes on beside a reading, in tasks of their own.
        "feed_intake.take",
        "source_memory._write",
        "flow.take_push",
        "pushing.take_push",
        "acts.resolve",
        "acts.revert",
        "ingest.ingest",
        "publishing.publish",
        "outbox.drain",
        "upgrade.upgrade",
        "sealed.seal_anew",
    }
)
KEYS = Keys(b"k" * 32)
# Those of a board whose key is being changed, and what it will have in the end.
NEW_KEYS, NEWEST = Keys(b"n" * 32, b"k" * 32), Keys(b"n" * 32)
_DIE_WITH_PARENT = 1


def job(lane: Lane | str, number: int) -> Job:
    """One opening as a lane tells it; both lanes' jobs of one number are one opening."""
    return Job(
        id=f"{lane[0].upper()}{number}",
        title=f"Engineer {number}",
        location="Oslo, Norway",
        employer_job_id=f"R-{number}",
    )


class _Words:
    """Counts what a run says to the database, and stops the process before the word that the order names."""

    def __init__(self, stop: int, tell: Callable[..., None]) -> None:
        self._stop = stop
        self._tell = tell
        self.said: list[str] = []

    def listen(self) -> None:
        """Every statement, BEGIN and COMMIT of every connection passes through `wait`."""
        wait, wait_here = psycopg.AsyncConnection.wait, psycopg.Connection.wait

        async def counted(conn: psycopg.AsyncConnection[Any], *args: Any, **named: Any) -> Any:
            self._count()
            return await wait(conn, *args, **named)

        def counted_here(conn: psycopg.Connection[Any], *args: Any, **named: Any) -> Any:
            self._count()
            return wait_here(conn, *args, **named)

        psycopg.AsyncConnection.wait = counted  # type: ignore[method-assign, assignment]
        psycopg.Connection.wait = counted_here  # type: ignore[method-assign, assignment]

    def _count(self) -> None:
        where = _where()
        if BEGINNINGS.intersection(where):
            self.said.append(" ".join(where))
            if len(self.said) == self._stop:
                self._tell(stopped=self.said[-1])
                os.kill(os.getpid(), signal.SIGSTOP)


def _where() -> list[str]:
    """The program's own functions that are being run, outermost first."""
    found: list[str] = []
    frame = sys._getframe(3)
    while frame is not None:
        package, _, module = str(frame.f_globals.get("__name__")).rpartition(".")
        if frame.f_code.co_name == "check_connection":
            return []  # says nothing that the database would remember
        if package.startswith("changeover"):
            found.append(f"{module}.{frame.f_code.co_name}")
        frame = frame.f_back  # type: ignore[assignment]
    return found[::-1]


@asynccontextmanager
async def program(order: dict[str, Any]) -> AsyncIterator[Flow]:
    """The program over the order's database, at the order's time, with sources that say what the order says.

    Or, where the order says ``fetches``, with sources that are fetched from where they are.
    """
    started = datetime.now(UTC)
    now = datetime.fromisoformat(order["now"])

    async def read(row: SourceRow, _: Asked) -> Reading:
        return Reading("test", [job(row.lane, n) for n in order[row.lane]], Completeness.COMPLETE)

    address = Address(order["owner"], login_by_role=True)
    async with Database(address, pool_size=4, now=lambda: now + (datetime.now(UTC) - started)) as db:
        queue = background.Queue(db)
        await queue.open()
        settings = Settings(allow_private_addresses=True)
        flow = app.make_flow(settings, db, queue, app.source_reader(settings) if order.get("fetches") else read)
        app.register(flow)
        yield flow


@asynccontextmanager
async def _served(flow: Flow) -> AsyncIterator[str]:
    """The program's web on loopback: its address."""
    with listen("127.0.0.1", 0) as sock:
        url = base_url(sock)
        async with serving(make_web(app.Program(Settings(), flow.db, flow.queue, flow), b"s" * 32, url), sock):
            yield url


@asynccontextmanager
async def outgoing(flow: Flow) -> AsyncIterator[Outbox]:
    """The outbox for subscribers and for ATSs that are told of applications, over real HTTP."""
    async with PublicCourier(allow_private=True, user_agent="test") as courier:
        channels = {
            publishing.CHANNEL: publishing.channel(flow.db, lambda: KEYS),
            delivery.CHANNEL: delivery.channel(),
        }
        outbox = Outbox(flow.db, flow.queue, courier, channels)
        register_once(outbox)
        yield outbox


def register_once(outbox: Outbox) -> None:
    """Tell the queue who sends, if nobody has: one world sees many outboxes, and the queue takes each name once."""
    if DELIVER not in outbox.queue._tasks:
        outbox.register_work()


async def push_wire(url: str, token: str, elements: Sequence[Any]) -> list[dict[str, Any]]:
    """One batch of the wire; what was answered to each element. Raises httpx2.HTTPError where nothing was."""
    headers = {"authorization": f"Bearer {token}", "x-restli-method": "batch_create"}
    async with httpx2.AsyncClient(base_url=url, trust_env=False, timeout=30) as client:
        answer = await client.post("/v2/simpleJobPostings", json={"elements": elements}, headers=headers)
    answer.raise_for_status()
    answered: list[dict[str, Any]] = answer.json()["elements"]
    return answered


async def _send(flow: Flow, company: int, *, publishes: bool) -> None:
    """Send what a company has in the outbox; ``publishes``: put events into the board's own, and send those."""
    async with outgoing(flow) as outbox:
        if publishes:
            await publishing.publish(flow.db, outbox, "https://board.example")
        await outbox.drain(BOARD if publishes else company)


async def _act(flow: Flow, order: dict[str, Any], tell: Callable[..., None]) -> object:
    company = order.get("company", 0)
    match order["act"]:
        case "run":
            await runs.run(flow, company)
        case "read":
            await runs.read_source(flow, company, order["source"])
        case "deliver" | "publish":
            await _send(flow, company, publishes=order["act"] == "publish")
        case "ingest":
            async with _served(flow) as url:
                tell(acknowledged=await push_wire(url, order["token"], order["elements"]))
        case "resolve" | "revert":
            move = acts.resolve if order["act"] == "resolve" else acts.revert
            return await move(flow, company, seen=order["seen"], who="test")
        case "push":
            for number in order["ats"]:
                said = await runs.take_push(flow, company, [job("ats", number)], (), complete=False, who="test")
                tell(acknowledged=said, number=number)
        case "rekey":
            return await sealed.seal_anew(flow.db, NEW_KEYS, lambda _so_far: None)
        case "serve":
            async with _served(flow) as url:
                tell(url=url)
                await asyncio.Event().wait()
        case _:
            await flow.queue.work()
    return None


async def _live(order: dict[str, Any]) -> None:
    def tell(**what: Any) -> None:
        os.write(1, orjson.dumps({"id": order["id"], "pid": os.getpid(), **what}) + b"\n")

    if order.get("large"):
        large_feeds.small()
    words = _Words(order["stop"], tell)
    words.listen()
    if order["act"] == "upgrade":
        tell(began=True)
        tell(done=upgrade(Address(order["owner"], login_by_role=True)), said=words.said)
        return
    async with program(order) as flow:
        tell(began=True)
        outcome = await _act(flow, order, tell)
        tell(done=repr(outcome), said=words.said)


def _child(order: dict[str, Any]) -> None:
    # Or a stopped child would outlive a run of the tests that is itself killed.
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    os.environ["PGAPPNAME"] = order["id"]
    if stale := order.get("stale"):
        background.HEARTBEAT, background.STALE = stale / 5, stale
    asyncio.run(_live(order))


def warm() -> None:
    """Load what every child would load anew; it starts no thread, which a fork would not take along."""
    importlib.import_module("changeover.match.pairing")
    gazetteer.gazetteer()


def main() -> None:
    """Fork a child for each order, until there are no more."""
    warm()
    # Standard output is for what the children tell.
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin.buffer:
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _child(orjson.loads(line))
            os._exit(0)


if __name__ == "__main__":
    main()
