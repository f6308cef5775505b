"""An ATS that is down for a simulated day under many applications, while the workers that deliver are killed.

Run: .venv/bin/python bench/outage.py [--applications 10000] [--companies 20] [--workers 3]
The clock is simulated and moves on by the published schedule; everything else is real: PostgreSQL with durability, HTTP
on loopback, worker processes that are ended by kill -9. For half of the day the receiver refuses connections, for the
other half it answers 503; then it is well again. An application is one event, so nothing of it can be overtaken;
applications of one candidate may be, for each has a schedule of its own: how many were is printed. The exit status is 1
where an application is missing or is twice in effect.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import multiprocessing
import os
import random
import signal
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing.process import BaseProcess
from multiprocessing.sharedctypes import Synchronized

import psycopg
import structlog
from large_company import own_server

from changeover.app import make_outbox
from changeover.apply import delivery
from changeover.apply import store as applications
from changeover.background import queue as background
from changeover.courier import PublicCourier
from changeover.database.connection import Address, Database
from changeover.settings import Settings
from changeover.webhooks import store as webhooks
from changeover.webhooks.outbox import SCHEDULE
from changeover.webhooks.signing import body_of

BEGIN = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
DOWN = timedelta(hours=24)
# A candidate applies at a company for as many jobs.
_EACH = 4
_COMPANY = """
insert into changeover.company (company_id, name, revision, created_at) values (%(c)s, %(name)s, 1, now());
insert into changeover.posting (company_id, posting_id, origin_job_id, created_revision) values (%(c)s, 1, 1, 1);
"""
_LEFT = "select state, count(*) from changeover.delivery group by state"
_DUE = "select count(*) from changeover.delivery where state = 'waiting' and next_at <= %s"


@dataclass
class Receiver:
    """The ATS: ``came`` are the applications by delivery, in the order in which they were taken."""

    port: int = 0
    well: bool = False
    refused: int = 0
    posts: int = 0
    came: dict[str, tuple[str, int]] = field(default_factory=dict)
    twice: int = 0
    order: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection: requests one after another."""
        with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = [line.partition(b":") for line in head.split(b"\r\n")]
                headers = {name.strip().lower(): value.strip() for name, _, value in lines}
                body = await reader.readexactly(int(headers.get(b"content-length", b"0")))
                status = self._take(headers[b"webhook-id"].decode(), body)
                writer.write(b"HTTP/1.1 %s\r\ncontent-length: 0\r\n\r\n" % status)
                await writer.drain()
        writer.close()

    def _take(self, number: str, body: bytes) -> bytes:
        self.posts += 1
        if not self.well:
            self.refused += 1
            return b"503 Unavailable"
        if number in self.came:
            # The receiver recognises it by its id, so it has no effect.
            self.twice += 1
            return b"200 OK"
        said = json.loads(body)
        self.came[number] = (said["candidate"], said["nth"])
        self.order[said["candidate"]].append(said["nth"])
        return b"200 OK"


def work(address: Address, clock: Synchronized[float]) -> None:
    """A worker that delivers by the simulated clock until it is killed."""
    # Dead workers are known by real seconds, which are few here.
    background.HEARTBEAT, background.STALE = 0.5, 2.0
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))

    async def run() -> None:
        now = lambda: BEGIN + timedelta(seconds=clock.value)  # noqa: E731
        courier = PublicCourier(allow_private=True, user_agent="bench")
        async with Database(address, now=now) as db, courier:
            queue = background.Queue(db)
            await queue.open()
            outbox = make_outbox(Settings(), db, queue, courier)
            outbox.register_work()

            async def sweep() -> None:
                while True:
                    await asyncio.sleep(0.5)
                    with suppress(psycopg.OperationalError):
                        await outbox.sweep()
                        await queue.rescue()

            await asyncio.gather(queue.work(concurrency=4), sweep())

    asyncio.run(run())


@asynccontextmanager
async def receiving(receiver: Receiver) -> AsyncIterator[None]:
    """The receiver takes connections for the length of the block."""
    server = await asyncio.start_server(receiver.answer, "127.0.0.1", receiver.port)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield
    finally:
        server.close()


async def apply(db: Database, count: int, companies: int, url: str) -> None:
    """So many applications, each with its event in the transaction that keeps it."""
    for nth in range(count):
        company, candidate = 1 + nth % companies, nth // companies // _EACH
        async with db.company(company) as conn, conn.transaction():
            made = await applications.add(conn, company, 1, "", {}, {}, db.now())
            said = {"application": str(made), "candidate": f"{company}-{candidate}", "nth": nth}
            at = (conn, company, delivery.CHANNEL, "", delivery.EVENT, body_of(said), db.now())
            await webhooks.queue(*at, url)


class Crew:
    """Worker processes; one of them is killed now and then, and another takes its place."""

    def __init__(self, address: Address, clock: Synchronized[float], size: int) -> None:
        self._spawn = multiprocessing.get_context("spawn")
        self._at, self.killed = (address, clock), 0
        self._workers = [self._begin() for _ in range(size)]

    def _begin(self) -> BaseProcess:
        worker = self._spawn.Process(target=work, args=self._at)
        worker.start()
        return worker

    def kill_one(self) -> None:
        """kill -9 of one that is at work, chosen by chance."""
        nth = random.randrange(len(self._workers))
        self._end(self._workers[nth])
        self._workers[nth] = self._begin()
        self.killed += 1

    def _end(self, worker: BaseProcess) -> None:
        os.kill(worker.pid or 0, signal.SIGKILL)
        worker.join()

    def end(self) -> None:
        """The end of all."""
        for worker in self._workers:
            self._end(worker)


async def until_tried(
    address: Address, crew: Crew, clock: Synchronized[float], seconds: float, *, all_due: bool
) -> None:
    """Let the workers work for some real seconds, or until nothing is due; one is killed every few seconds."""
    end, next_kill = time.monotonic() + seconds, time.monotonic() + random.uniform(2, 6)
    with psycopg.connect(address.owner, autocommit=True) as conn:
        while time.monotonic() < end:
            await asyncio.sleep(0.3)
            if time.monotonic() > next_kill:
                crew.kill_one()
                next_kill = time.monotonic() + random.uniform(3, 8)
            now = BEGIN + timedelta(seconds=clock.value)
            row = conn.execute(_DUE, (now,)).fetchone()
            if all_due and row and not row[0]:
                return


async def measure(address: Address, asked: argparse.Namespace) -> dict[str, object]:
    """One outage; what arrived."""
    receiver = Receiver()
    async with receiving(receiver):
        pass
    with psycopg.connect(address.owner, autocommit=True) as conn:
        for company in range(1, asked.companies + 1):
            for statement in _COMPANY.strip().split(";\n"):
                conn.execute(statement.rstrip(";").encode(), {"c": company, "name": f"Employer {company}"})
    clock: Synchronized[float] = multiprocessing.get_context("spawn").Value("d", 0.0)
    async with Database(address, now=lambda: BEGIN) as db:
        await apply(db, asked.applications, asked.companies, f"http://127.0.0.1:{receiver.port}/applications")
    began = time.monotonic()
    crew = Crew(address, clock, asked.workers)
    try:
        await _day(address, crew, clock, receiver, asked.seconds)
    finally:
        crew.end()
    with psycopg.connect(address.owner) as conn:
        left: dict[str, int] = dict(conn.execute(_LEFT).fetchall())
    told = {
        "applications": asked.applications, "delivered": len(receiver.came), "left": left,
        "refused_with_503": receiver.refused, "sent_again": receiver.twice, "kills": crew.killed,
        "candidates_overtaken": sum(each != sorted(each) for each in receiver.order.values()),
        "real_seconds": round(time.monotonic() - began),
    }  # fmt: skip
    return told


async def _day(address: Address, crew: Crew, clock: Synchronized[float], receiver: Receiver, seconds: float) -> None:
    """The day: first nobody listens, then 503, then the receiver is well and the rest of the schedule passes."""
    steps = [wait.total_seconds() + 1 for wait in SCHEDULE]
    for step in [0.0, *steps[:4]]:
        clock.value += step
        await until_tried(address, crew, clock, seconds, all_due=False)
    clock.value = DOWN.total_seconds() / 2
    async with receiving(receiver):
        await until_tried(address, crew, clock, 20 * seconds, all_due=True)
        clock.value = DOWN.total_seconds()
        receiver.well = True
        for step in [0.0, *steps]:
            clock.value += step
            await until_tried(address, crew, clock, 60 * seconds, all_due=True)


def main() -> int:
    """One outage, told as a table and as a line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--applications", type=int, default=10_000)
    parser.add_argument("--companies", type=int, default=20)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=6.0, help="Real seconds for a step while it is down.")
    asked = parser.parse_args()
    with own_server() as address:
        told = asyncio.run(measure(address, asked))
    for name, value in told.items():
        print(f"{name:<18} {value}")
    print(json.dumps(told))
    return 0 if told["delivered"] == asked.applications and told["left"] == {"delivered": asked.applications} else 1


if __name__ == "__main__":
    sys.exit(main())
