"""Cut-overs and reverts under page reads and pushes: gaps, duplicates, and what readers notice of the moves.

Run: .venv/bin/python bench/no_gap.py [--postings 20000] [--moves 50] [--reads 200] [--pushes 200] [--seconds 60]
Prints a table, and last one line of JSON. A read is a posting's page or a page of the list, over real HTTP; a push is
one job of an ATS that says something new, written as one revision of its company: the one that is moved and others by
turns, for what one company is told is one line, which a commit for each job bounds. Both are asked for at
fixed times and count from when they were due: a stall counts for all that it holds up. Stretches without moves and with
them take turns. A machine that does not bear the load that was asked for has shown nothing, and the bench says so; what
each part took of the processors says why.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import cycle

import psycopg
from large_company import LargeCompany, beside, cut_over, large_company, revert
from push import of_process, postmaster, processor
from readers import Pace, Seen, Watching, watching

from changeover.app import make_flow, register
from changeover.background.queue import Queue
from changeover.database.connection import Database
from changeover.flow import Flow, take_push
from changeover.job import Job
from changeover.pacing import pace_interpreter
from changeover.postings.history import verify
from changeover.readings import Asked
from changeover.settings import Settings
from changeover.snapshot.store import SourceRow
from changeover.sources.source import Reading

TARGET_RATIO = 3.0
# So many readers and pushers share the rates; and this part of a rate has to be reached.
READERS, PUSHERS, REACHED = 16, 8, 0.95
# Postings of each company beside the one that is moved.
BESIDE = 5_000


@dataclass(frozen=True, slots=True)
class Asking:
    """The load that is asked for: reads and pushes a second, for so many seconds without moves and with them, in turns.

    ``rounds``: of how many turns each.
    """

    reads: float
    pushes: float
    seconds: float
    moves: int
    rounds: int
    companies: int


@dataclass
class Moves:
    """A company moved there and back: the seconds of each transaction, and from when to when each move took."""

    company: LargeCompany
    took: list[float] = field(default_factory=list)
    inside: list[tuple[float, float]] = field(default_factory=list)

    async def move(self, db: Database) -> None:
        """The next move."""
        began = time.perf_counter()
        self.took.append(await (cut_over, revert)[len(self.took) % 2](db, self.company.company_id))
        self.inside.append((began, time.perf_counter()))


async def _no_source(row: SourceRow, _: Asked) -> Reading:
    raise AssertionError(f"nothing is read here, nor is {row.location}")


def _pushes_from_now_on(company: LargeCompany) -> None:
    with psycopg.connect(company.address.owner, autocommit=True) as conn:
        conn.execute("update changeover.source set kind = 'ats_push' where lane = 'ats'")


async def _push(flow: Flow, told: Sequence[LargeCompany], pace: Pace, stop: asyncio.Event, pushed: Seen) -> None:
    """Tell of one job after another, of one company after another."""
    for company in cycle(told):
        if stop.is_set():
            return
        g = random.randint(1, company.size)
        due = await pace.next()
        job = Job(f"A{g}", f"Engineer told {len(pushed.reads)} times", "Oslo, Norway", "", f"R-{g}")
        await take_push(flow, company.company_id, [job], (), complete=False, who="bench")
        pushed.reads.append((due, time.perf_counter() - due))


@dataclass
class Stretch:
    """A part of the load's time: with moves or without, from when to when, and what each part took of the processors.

    ``took``: seconds of the processors by part.
    """

    moves: bool
    start: float
    end: float = 0
    took: dict[str, float] = field(default_factory=dict)


async def measure(company: LargeCompany, asked: Asking) -> dict[str, float]:
    """Reads and pushes, in turns without moves and with them: what disturbs the machine disturbs both."""
    pace_interpreter()
    told = [company, *(beside(company, BESIDE) for _ in range(asked.companies - 1))]
    _pushes_from_now_on(company)
    pushed, moved = Seen(), Moves(company)
    async with Database(company.address, pool_size=PUSHERS + 1) as db:
        queue = Queue(db)
        await queue.open()
        flow = make_flow(Settings(), db, queue, _no_source)
        register(flow)
        stop = asyncio.Event()
        with watching(company, READERS, rate=asked.reads) as watched:
            now = time.perf_counter()
            paces = [Pace(asked.pushes / PUSHERS, now + n / asked.pushes) for n in range(PUSHERS)]
            in_turn = [told[n % len(told) :] + told[: n % len(told)] for n in range(PUSHERS)]
            pushing = [
                asyncio.create_task(_push(flow, its, pace, stop, pushed))
                for its, pace in zip(in_turn, paces, strict=True)
            ]
            await asyncio.sleep(3)
            parts = _parts(company, watched)
            stretches = [await _stretch(db, moved, asked, parts, moves=bool(n % 2)) for n in range(2 * asked.rounds)]
            stop.set()
            await asyncio.gather(*pushing)
        broken = len((await verify(db, company.company_id)).broken)
    return {
        "postings": company.size, "companies": asked.companies, "moves": len(moved.inside), "broken": broken,
        **_told(watched.seen, pushed, moved, stretches),
    }  # fmt: skip


def _parts(company: LargeCompany, watched: Watching) -> dict[str, Callable[[], float]]:
    """What shares the processors, and how many seconds it has taken of them by now."""
    database = postmaster(company.address.owner)
    return {
        "server": lambda: of_process(watched.server),
        "readers": lambda: of_process(watched.readers),
        "pushes_and_moves": time.process_time,
        "postgresql": lambda: processor(database),
    }


async def _stretch(
    db: Database, moved: Moves, asked: Asking, parts: dict[str, Callable[[], float]], *, moves: bool
) -> Stretch:
    """One turn, and its share of the moves spread over it."""
    before = {name: part() for name, part in parts.items()}
    it, seconds = Stretch(moves, time.perf_counter()), asked.seconds / asked.rounds
    for number in range(asked.moves // asked.rounds if moves else 0):
        await moved.move(db)
        due = it.start + (number + 1) * seconds / (asked.moves // asked.rounds)
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
    await asyncio.sleep(max(0.0, it.start + seconds - time.perf_counter()))
    it.end, it.took = time.perf_counter(), {name: part() - before[name] for name, part in parts.items()}
    return it


def _told(seen: Seen, pushed: Seen, moved: Moves, stretches: Sequence[Stretch]) -> dict[str, float]:
    alone, with_moves = (_those(seen, stretches, moves=moves) for moves in (False, True))
    pushed_alone, pushed_with = (_those(pushed, stretches, moves=moves) for moves in (False, True))
    start, end = stretches[0].start, stretches[-1].end
    return {
        "reads_a_second": _rate(seen, start, end), "pushes_a_second": _rate(pushed, start, end),
        "gaps": seen.missing, "duplicates": seen.twice,
        "slowest_move_ms": max(moved.took) * 1e3,
        "slowest_in_a_move_ms": max(s for span in moved.inside for s in seen.meanwhile(*span) or [0.0]) * 1e3,
        "slowest_before_ms": _at(alone, 1),
        "p50_before_ms": _at(alone, 0.5), "p50_with_moves_ms": _at(with_moves, 0.5),
        "p999_before_ms": _at(alone, 0.999), "p999_with_moves_ms": _at(with_moves, 0.999),
        "p999_ratio": _at(with_moves, 0.999) / _at(alone, 0.999),
        "slowest_push_before_ms": _at(pushed_alone, 1), "slowest_push_with_moves_ms": _at(pushed_with, 1),
        **{f"processors_of_{name}": sum(each.took[name] for each in stretches) / (end - start)
           for name in stretches[0].took},
    }  # fmt: skip


def _those(done: Seen, stretches: Sequence[Stretch], *, moves: bool) -> list[float]:
    """The seconds that each took which was due in the stretches with moves, or in those without, in order."""
    return sorted(took for each in stretches if each.moves is moves for took in done.between(each.start, each.end))


def _rate(done: Seen, start: float, end: float) -> float:
    """How many a second were done in a stretch of time, whenever they were due."""
    return sum(start <= at + took < end for at, took in done.reads) / (end - start)


def _at(took: list[float], share: float) -> float:
    return took[min(int(len(took) * share), len(took) - 1)] * 1e3 if took else math.nan


def main() -> int:
    """Measure, print; 1 if a posting was missing or twice, a promise broken, or the ratio or the load missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postings", type=int, default=20_000)
    parser.add_argument("--moves", type=int, default=50)
    parser.add_argument("--reads", type=float, default=200)
    parser.add_argument("--pushes", type=float, default=200)
    parser.add_argument("--seconds", type=float, default=60, help="without moves, and as many with them")
    parser.add_argument("--rounds", type=int, default=5, help="turns in which both are taken")
    parser.add_argument(
        "--companies", type=int, default=4, help="whose ATSs push by turns, the one that is moved first"
    )
    given = parser.parse_args()
    asked = Asking(given.reads, given.pushes, given.seconds, given.moves, given.rounds, given.companies)
    # Ended from outside, it still stops its server and deletes it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    load = os.getloadavg()[0]
    with large_company(given.postings) as company:
        found = asyncio.run(measure(company, asked))
    wanted = {"reads_a_second": given.reads, "pushes_a_second": given.pushes}
    short = [f"{found[name]:,.0f} of {rate:,.0f} {name.replace('_', ' ')}" for name, rate in wanted.items()
             if found[name] < REACHED * rate]  # fmt: skip
    sound = not (found["gaps"] or found["duplicates"] or found["broken"])
    kept = sound and not short and found["p999_ratio"] <= TARGET_RATIO
    for name, value in found.items():
        print(f"  {name.replace('_', ' '):<32}{value:,.2f}")
    if short:
        print("The load was not reached:", "; ".join(short))
    print(json.dumps({"bench": "no_gap", "kept": kept, "load_at_start": load, **found}))
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
