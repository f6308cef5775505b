"""Cut-overs and reverts under page reads and pushes: gaps, duplicates, and what readers notice of the moves.

Run: .venv/bin/python bench/no_gap.py [--postings 20000] [--moves 50] [--reads 200] [--pushes 200] [--seconds 60]
Prints a table, and last one line of JSON. A read is a posting's page or a page of the list, over real HTTP; a push is
one job of the ATS that says something new, written as one revision of the company that is moved. Both are asked for at
fixed times and count from when they were due: a stall counts for all that it holds up. A machine that does not bear
the load that was asked for has shown nothing, and the bench says so.
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

import psycopg
from large_company import LargeCompany, cut_over, large_company, revert
from readers import Pace, Seen, watching

from changeover.app import make_flow, register
from changeover.background.queue import Queue
from changeover.database.connection import Database
from changeover.flow import Flow, take_push
from changeover.job import Job
from changeover.postings.history import verify
from changeover.readings import Asked
from changeover.settings import Settings
from changeover.snapshot.store import SourceRow
from changeover.sources.source import Reading

TARGET_RATIO = 3.0
# So many readers and pushers share the rates; and this part of a rate has to be reached.
READERS, PUSHERS, REACHED = 16, 8, 0.95


async def _no_source(row: SourceRow, _: Asked) -> Reading:
    raise AssertionError(f"nothing is read here, nor is {row.location}")


def _pushes_from_now_on(company: LargeCompany) -> None:
    with psycopg.connect(company.address.owner, autocommit=True) as conn:
        conn.execute("update changeover.source set kind = 'ats_push' where lane = 'ats'")


async def _push(flow: Flow, company: LargeCompany, pace: Pace, stop: asyncio.Event, pushed: Seen) -> None:
    """Tell of one job after another."""
    while not stop.is_set():
        g = random.randint(1, company.size)
        due = await pace.next()
        job = Job(f"A{g}", f"Engineer told {len(pushed.reads)} times", "Oslo, Norway", "", f"R-{g}")
        await take_push(flow, company.company_id, [job], (), complete=False, who="bench")
        pushed.reads.append((due, time.perf_counter() - due))


async def measure(company: LargeCompany, moves: int, seconds: float, reads: float, pushes: float) -> dict[str, float]:
    """Reads and pushes alone for a stretch of time, then with the moves spread over another."""
    _pushes_from_now_on(company)
    pushed, inside, transactions = Seen(), [], []
    async with Database(company.address, pool_size=PUSHERS + 1) as db:
        queue = Queue(db)
        await queue.open()
        flow = make_flow(Settings(), db, queue, _no_source)
        register(flow)
        stop = asyncio.Event()
        with watching(company, READERS, rate=reads) as watched:
            now = time.perf_counter()
            paces = [Pace(pushes / PUSHERS, now + n / pushes) for n in range(PUSHERS)]
            pushing = [asyncio.create_task(_push(flow, company, pace, stop, pushed)) for pace in paces]
            await asyncio.sleep(3)
            before = time.perf_counter()
            await asyncio.sleep(seconds)
            during = time.perf_counter()
            for number in range(moves):
                began = time.perf_counter()
                transactions.append(await (cut_over, revert)[number % 2](db, company.company_id))
                inside.append((began, time.perf_counter()))
                await asyncio.sleep(max(0.0, during + (number + 1) * seconds / moves - time.perf_counter()))
            end = time.perf_counter()
            stop.set()
            await asyncio.gather(*pushing)
        broken = len((await verify(db, company.company_id)).broken)
    seen = watched.seen
    alone, moved = seen.between(before, during), seen.between(during, end)
    return {
        "postings": company.size, "moves": moves, "reads_a_second": _rate(seen, before, end),
        "pushes_a_second": _rate(pushed, before, end), "gaps": seen.missing, "duplicates": seen.twice,
        "broken": broken, "slowest_move_ms": max(transactions) * 1e3,
        "slowest_before_ms": _at(alone, 1),
        "slowest_in_a_move_ms": max(s for span in inside for s in seen.meanwhile(*span) or [0.0]) * 1e3,
        "p999_before_ms": _at(alone, 0.999), "p999_with_moves_ms": _at(moved, 0.999),
        "p999_ratio": _at(moved, 0.999) / _at(alone, 0.999),
        "slowest_push_before_ms": _at(pushed.between(before, during), 1),
        "slowest_push_with_moves_ms": _at(pushed.between(during, end), 1),
    }  # fmt: skip


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
    parser.add_argument("--seconds", type=float, default=60, help="without moves, and again with them")
    given = parser.parse_args()
    # Ended from outside, it still stops its server and deletes it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    load = os.getloadavg()[0]
    with large_company(given.postings) as company:
        found = asyncio.run(measure(company, given.moves, given.seconds, given.reads, given.pushes))
    wanted = {"reads_a_second": given.reads, "pushes_a_second": given.pushes}
    short = [f"{found[name]:,.0f} of {rate:,.0f} {name.replace('_', ' ')}" for name, rate in wanted.items()
             if found[name] < REACHED * rate]  # fmt: skip
    sound = not (found["gaps"] or found["duplicates"] or found["broken"])
    kept = sound and not short and found["p999_ratio"] <= TARGET_RATIO
    for name, value in found.items():
        print(f"  {name.replace('_', ' '):<28}{value:,.1f}")
    if short:
        print("The load was not reached:", "; ".join(short))
    print(json.dumps({"bench": "no_gap", "kept": kept, "load_at_start": load, **found}))
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
