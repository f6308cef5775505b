"""Readers of the board's pages over real HTTP, in processes of their own, and what they saw."""

from __future__ import annotations

import asyncio
import multiprocessing
import random
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.queues import Queue as Channel
from multiprocessing.synchronize import Event

from large_company import LargeCompany

from changeover.app import Program, make_flow, register
from changeover.background.queue import Queue
from changeover.database.connection import Address, Database
from changeover.faces import make_web
from changeover.pacing import pace_interpreter
from changeover.postings.posting import public_id
from changeover.readings import Asked
from changeover.serving import base_url, listen, serving
from changeover.settings import Settings
from changeover.snapshot.store import SourceRow
from changeover.sources.source import Reading

_LINK = re.compile(rb'href="/jobs/\d+-(\d+)"')
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: (\d+)")
# Each reader looks at a posting, at another, then at a page of the list: with a short rest after each, or at a rate.
_REST = 0.004
_PAGE = 50


@dataclass
class Seen:
    """What readers saw: (when, seconds) of each page, and how often a job was missing or twice."""

    reads: list[tuple[float, float]] = field(default_factory=list)
    missing: int = 0
    twice: int = 0

    def between(self, start: float, end: float) -> list[float]:
        """The seconds that each page took which was asked for in a stretch of time, in order."""
        return sorted(took for at, took in self.reads if start <= at < end)

    def meanwhile(self, start: float, end: float) -> list[float]:
        """The seconds that each page took which was waited for at any time of a stretch, in order."""
        return sorted(took for at, took in self.reads if at < end and at + took > start)


@dataclass
class Pace:
    """When one reader asks: so many times a second at fixed times, or (0) when it has rested.

    At a rate, a page's time counts from when it was due, so that a page that makes others wait counts for those too.
    """

    rate: float
    due: float = field(default_factory=time.perf_counter)

    async def next(self) -> float:
        """Wait until it is time to ask; from when on the answer is waited for."""
        if not self.rate:
            await asyncio.sleep(_REST)
            return time.perf_counter()
        self.due += 1 / self.rate
        await asyncio.sleep(max(0.0, self.due - time.perf_counter()))
        return self.due


def serve(address: Address, port: Channel[int], stop: Event) -> None:
    """Serve a database's pages on a port of their own, told on ``port``, until ``stop`` is set."""

    async def serve() -> None:
        pace_interpreter()
        settings = Settings()
        async with Database(address) as db:
            queue = Queue(db)
            await queue.open()
            flow = make_flow(settings, db, queue, _no_source)
            register(flow)
            sock = listen("127.0.0.1", 0)
            web = make_web(Program(settings, db, queue, flow), bytes(32), base_url(sock))
            async with serving(web, sock):
                port.put(sock.getsockname()[1])
                await asyncio.to_thread(stop.wait)

    asyncio.run(serve())


async def _no_source(row: SourceRow, _: Asked) -> Reading:
    raise AssertionError(f"nothing is read here, nor is {row.location}")


def _read(company: LargeCompany, port: int, readers: int, rate: float, stop: Event, seen: Channel[Seen]) -> None:
    async def read() -> Seen:
        found = Seen()
        await (await Browser.opened(port)).get("/jobs")
        seen.put(found)
        began = time.perf_counter()
        # One after another, not all at once.
        paces = [Pace(rate / readers, began + (n / rate if rate else 0)) for n in range(readers)]
        at_work = [(await Browser.opened(port), pace) for pace in paces]
        await asyncio.gather(*(_reader(browser, company, stop, found, pace) for browser, pace in at_work))
        return found

    seen.put(asyncio.run(read()))


@dataclass(frozen=True, slots=True)
class Browser:
    """One connection that is kept: it shares the processors with what is measured, so it does no more than is needed.

    A real client's library took as much of them as our server does for the page.
    """

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @staticmethod
    async def opened(port: int) -> Browser:
        """A connection to a port of this machine."""
        return Browser(*await asyncio.open_connection("127.0.0.1", port))

    async def get(self, path: str) -> tuple[int, bytes]:
        """A page's status and body; raises asyncio.IncompleteReadError where the server hung up."""
        self.writer.write(f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n".encode())
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(head)
        return int(head[9:12]), await self.reader.readexactly(int(length[1]) if length else 0)


async def _reader(browser: Browser, company: LargeCompany, stop: Event, found: Seen, pace: Pace) -> None:
    chance = random.Random()
    while not stop.is_set():
        for _ in range(2):
            number = company.base + 4 * chance.randint(1, company.size) + 1
            status, _body = await _get(browser, f"/jobs/{public_id(company.company_id, number)}", found, pace)
            found.missing += status != 200
        await _list(browser, company, chance.randint(_PAGE, company.size), found, pace)


async def _list(browser: Browser, company: LargeCompany, top: int, found: Seen, pace: Pace) -> None:
    """A page of the list from somewhere in it: its postings are known, so one missing or twice is seen."""
    after = company.base + 4 * top + 2
    _status, body = await _get(browser, f"/jobs?company={company.company_id}&after={after}", found, pace)
    shown = [int(number) for number in _LINK.findall(body)]
    wanted = {company.base + 4 * (top - back) + 1 for back in range(min(_PAGE, top))}
    found.missing += len(wanted - set(shown))
    found.twice += len(shown) - len(set(shown))


async def _get(browser: Browser, path: str, found: Seen, pace: Pace) -> tuple[int, bytes]:
    asked = await pace.next()
    answer = await browser.get(path)
    found.reads.append((asked, time.perf_counter() - asked))
    return answer


@dataclass
class Watching:
    """Readers at work and what serves them, by process; ``seen`` is filled when they have ended.

    Times are of this machine's one monotonic clock.
    """

    server: int
    readers: int
    seen: Seen = field(default_factory=Seen)


@contextmanager
def watching(company: LargeCompany, readers: int, *, rate: float = 0) -> Iterator[Watching]:
    """Serve the company's pages and read them by so many readers, for the length of the block.

    ``rate``: so many pages a second by all of them; each reads as fast as it can where it is 0.
    """
    spawn = multiprocessing.get_context("spawn")
    port: Channel[int] = spawn.Queue()
    told: Channel[Seen] = spawn.Queue()
    stop, enough = spawn.Event(), spawn.Event()
    server = spawn.Process(target=serve, args=(company.address, port, stop), daemon=True)
    server.start()
    reading = spawn.Process(
        target=_read, args=(company, port.get(timeout=60), readers, rate, enough, told), daemon=True
    )
    reading.start()
    told.get(timeout=60)  # the first page has been read
    at_work = Watching(server.pid or 0, reading.pid or 0)
    try:
        yield at_work
    finally:
        enough.set()
        at_work.seen = told.get(timeout=60)
        reading.join()
        stop.set()
        server.join()
