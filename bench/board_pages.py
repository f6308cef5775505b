"""Readers of the whole board's pages over real HTTP: what they look for, and how long each page took."""

from __future__ import annotations

import asyncio
import multiprocessing
import random
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.queues import Queue as Channel

import httpx2
from readers import serve

from changeover.database.connection import Address

_WORDS = ("brant", "corente", "denista", "filoryo", "garive", "helalo", "nurse", "engineer", "driver", "manager")
_PLACES = ("oslo", "london", "graz", "france", "austin tx")
# A reader rests between two pages: a person reads.
_REST = 0.5


@dataclass
class Looked:
    """Seconds of each page by what was looked for, and how many did not answer 200."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failed: int = 0

    def searches(self) -> list[float]:
        """The seconds of every search."""
        return self.times.get("all searches") or [float("nan")]


def _asks(chance: random.Random, base: int, postings: int) -> tuple[str, str]:
    """A kind of page and its address; searches are two thirds of what people look at."""
    one, two = chance.choice(_WORDS), chance.choice(_WORDS)
    nth = chance.randint(1, postings)
    company = 1 + nth % max(postings // 100, 1)
    kinds = (
        ("search: one word", f"/jobs?q={one}"),
        ("search: two words", f"/jobs?q={one}+{two}"),
        ("search: word and place", f"/jobs?q={one}&place={chance.choice(_PLACES)}"),
        ("search: all filters", f"/jobs?q={one}&place={chance.choice(_PLACES)}&workplace=remote&since=7"),
        ("search: employer's number", f"/jobs?q=R-{nth}"),
        ("search: finds nothing", f"/jobs?q=nurse+driver+{one}"),
        ("newest", "/jobs"),
        ("of a company", f"/jobs?company={company}"),
        ("job", f"/jobs/{company}-{base + 3 * nth}"),
    )
    return chance.choice(kinds)


async def _reader(client: httpx2.AsyncClient, ask: tuple[int, int], until: list[float], looked: Looked) -> None:
    chance = random.Random()
    await asyncio.sleep(chance.random() * _REST)
    while not until:
        kind, path = _asks(chance, *ask)
        began = time.perf_counter()
        answer = await client.get(path)
        took = time.perf_counter() - began
        looked.failed += answer.status_code != 200
        for each in (kind, "all searches" if kind.startswith("search") else "all other pages"):
            looked.times[each].append(took)
        await asyncio.sleep(_REST * 2 * chance.random())


def _look(base_url: str, ask: tuple[int, int], readers: int, stop: object, told: Channel[Looked]) -> None:
    async def look() -> Looked:
        looked, until = Looked(defaultdict(list)), list[float]()
        async with httpx2.AsyncClient(base_url=base_url, timeout=60, trust_env=False) as client:
            waiting = asyncio.gather(*(_reader(client, ask, until, looked) for _ in range(readers)))
            await asyncio.to_thread(stop.wait)  # type: ignore[attr-defined]
            until.append(1.0)
            await waiting
        return Looked(dict(looked.times), looked.failed)

    told.put(asyncio.run(look()))


@dataclass
class Looking:
    """Readers at work; ``looked`` is filled when they have ended."""

    looked: Looked = field(default_factory=Looked)


@contextmanager
def looking(address: Address, base: int, postings: int, readers: int) -> Iterator[Looking]:
    """Serve the board and read it by so many readers at once, for the length of the block."""
    spawn = multiprocessing.get_context("spawn")
    port: Channel[int] = spawn.Queue()
    told: Channel[Looked] = spawn.Queue()
    stop, enough = spawn.Event(), spawn.Event()
    server = spawn.Process(target=serve, args=(address, port, stop))
    server.start()
    url = f"http://127.0.0.1:{port.get(timeout=60)}"
    # The first page of a process loads what the others use.
    with httpx2.Client(base_url=url, timeout=60, trust_env=False) as client:
        client.get("/jobs?q=nurse")
        client.get(f"/jobs/2-{base + 3}")
    reading = spawn.Process(target=_look, args=(url, (base, postings), readers, enough, told))
    reading.start()
    at_work = Looking()
    try:
        yield at_work
    finally:
        enough.set()
        at_work.looked = told.get(timeout=120)
        reading.join()
        stop.set()
        server.join()
