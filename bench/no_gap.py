"""Cut-overs and reverts under page reads and pushes: gaps, duplicates, and what readers notice of the moves.

Run: .venv/bin/python bench/no_gap.py [--postings 20000] [--moves 50] [--reads 200] [--pushes 200] [--seconds 60]
Prints a table, and last one line of JSON. A read is a posting's page or a page of the list, over real HTTP; a push is
one job of the ATS that says something new, written as one revision of the company that is moved.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import sys
import time

import psycopg
from large_company import LargeCompany, cut_over, large_company, revert
from readers import watching

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


async def _no_source(row: SourceRow, _: Asked) -> Reading:
    raise AssertionError(f"nothing is read here, nor is {row.location}")


def _pushes_from_now_on(company: LargeCompany) -> None:
    with psycopg.connect(company.address.owner, autocommit=True) as conn:
        conn.execute("update changeover.source set kind = 'ats_push' where lane = 'ats'")


async def _push(flow: Flow, company: LargeCompany, rate: float, stop: asyncio.Event, took: list[float]) -> None:
    """Tell of one job after another, so many a second where the board keeps up."""
    due = time.perf_counter()
    while not stop.is_set():
        g = random.randint(1, company.size)
        job = Job(f"A{g}", f"Engineer told {len(took)} times", "Oslo, Norway", "", f"R-{g}")
        began = time.perf_counter()
        await take_push(flow, company.company_id, [job], (), complete=False, who="bench")
        took.append(time.perf_counter() - began)
        due += 1 / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))


async def measure(company: LargeCompany, moves: int, seconds: float, reads: float, pushes: float) -> dict[str, float]:
    """Reads and pushes alone for a stretch of time, then with the moves spread over another."""
    _pushes_from_now_on(company)
    took: list[float] = []
    inside: list[tuple[float, float]] = []
    async with Database(company.address, pool_size=8) as db:
        queue = Queue(db)
        await queue.open()
        flow = make_flow(Settings(), db, queue, _no_source)
        register(flow)
        stop = asyncio.Event()
        # A reader rests four milliseconds after each page; so many of them ask for about so many pages.
        with watching(company, max(round(reads / 25), 1)) as watched:
            pushing = [asyncio.create_task(_push(flow, company, pushes / 8, stop, took)) for _ in range(8)]
            await asyncio.sleep(3)
            before = time.perf_counter()
            await asyncio.sleep(seconds)
            during = time.perf_counter()
            for number in range(moves):
                began = time.perf_counter()
                await (cut_over, revert)[number % 2](db, company.company_id)
                inside.append((began, time.perf_counter()))
                await asyncio.sleep(max(0.0, during + (number + 1) * seconds / moves - time.perf_counter()))
            end = time.perf_counter()
            stop.set()
            await asyncio.gather(*pushing)
        broken = len((await verify(db, company.company_id)).broken)
    seen = watched.seen
    alone, moved = seen.between(before, during), seen.between(during, end)
    within = [s for start, stop_at in inside for s in seen.between(start - 0.05, stop_at)]
    return {
        "postings": company.size, "moves": moves, "reads_a_second": len(moved) / (end - during),
        "pushes_a_second": len(took) / (end - before), "gaps": seen.missing, "duplicates": seen.twice,
        "broken": broken, "slowest_before_ms": max(alone) * 1e3,
        "slowest_in_a_move_ms": max(within, default=0.0) * 1e3,
        "p999_before_ms": _at(alone, 0.999), "p999_with_moves_ms": _at(moved, 0.999),
        "p999_ratio": _at(moved, 0.999) / _at(alone, 0.999),
    }  # fmt: skip


def _at(took: list[float], share: float) -> float:
    return took[min(int(len(took) * share), len(took) - 1)] * 1e3


def main() -> int:
    """Measure, print, and answer 1 if a posting was missing or twice, a promise broken or the ratio missed."""
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
    kept = not (found["gaps"] or found["duplicates"] or found["broken"]) and found["p999_ratio"] <= TARGET_RATIO
    for name, value in found.items():
        print(f"  {name.replace('_', ' '):<24}{value:,.1f}")
    print(json.dumps({"bench": "no_gap", "kept": kept, "load_at_start": load, **found}))
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
