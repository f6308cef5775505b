"""How long a cut-over and a revert take, and what the board's readers notice of them.

Run: .venv/bin/python bench/cutover.py [--postings 100000 1000000] [--moves 20]
Prints a table for each number of postings, and last one line of JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import statistics
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from large_company import LargeCompany, cut_over, flip, large_company, revert, update_each
from readers import Seen, watching

from changeover.database.connection import Database
from changeover.postings.history import verify

TARGET_MS, TARGET_RATIO = 250.0, 3.0


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured; times in milliseconds, transactions as medians."""

    postings: int
    moves: int
    cut_over_ms: float
    revert_ms: float
    worst_move_ms: float
    flip_ms: float
    update_each_ms: float
    reads_before: int
    reads_during: int
    p50_before_ms: float
    p50_during_ms: float
    p99_before_ms: float
    p99_during_ms: float
    p999_before_ms: float
    p999_during_ms: float
    p999_ratio: float
    missing: int
    twice: int
    broken: int
    load_at_start: float


async def measure(company: LargeCompany, moves: int, seconds: float, readers: int) -> Figures:
    """Move the company there and back, first alone, then under readers."""
    load = os.getloadavg()[0]
    async with Database(company.address, pool_size=4) as db:
        alone = await _alone(db, company, moves)
        seen, spans = await _under_readers(db, company, moves, seconds, readers)
        verified = await verify(db, company.company_id)
    return _figures(company, moves, alone, seen, spans, len(verified.broken), load)


async def _alone(db: Database, company: LargeCompany, moves: int) -> dict[str, list[float]]:
    took: dict[str, list[float]] = {"cut_over": [], "revert": [], "flip": [], "update_each": []}
    for number in range(max(moves // 2, 1)):
        took["cut_over"].append(await cut_over(db, company.company_id))
        took["revert"].append(await revert(db, company.company_id))
        took["flip"].append(await flip(db, company.company_id))
        if number < 3:
            took["update_each"].append(await update_each(company, ("ats", "legacy")[number % 2]))
    return took


async def _under_readers(
    db: Database, company: LargeCompany, moves: int, seconds: float, readers: int
) -> tuple[Seen, list[tuple[float, float]]]:
    """What readers saw, and the two stretches of time: without moves, and with them."""
    with watching(company, readers) as watched:
        await asyncio.sleep(3)
        before = time.perf_counter()
        await asyncio.sleep(seconds)
        during = time.perf_counter()
        for number in range(moves):
            await (cut_over, revert)[number % 2](db, company.company_id)
            await asyncio.sleep(max(0.0, during + (number + 1) * seconds / moves - time.perf_counter()))
        end = time.perf_counter()
    return watched.seen, [(before, during), (during, end)]


def _at(took: list[float], share: float) -> float:
    return took[min(int(len(took) * share), len(took) - 1)] * 1_000 if took else float("nan")


def _figures(
    company: LargeCompany,
    moves: int,
    alone: dict[str, list[float]],
    seen: Seen,
    spans: list[tuple[float, float]],
    broken: int,
    load: float,
) -> Figures:
    before, during = (seen.between(*span) for span in spans)
    median = {name: statistics.median(took) * 1_000 for name, took in alone.items()}
    return Figures(
        postings=company.size,
        moves=moves,
        cut_over_ms=median["cut_over"],
        revert_ms=median["revert"],
        worst_move_ms=max(alone["cut_over"] + alone["revert"]) * 1_000,
        flip_ms=median["flip"],
        update_each_ms=median["update_each"],
        reads_before=len(before),
        reads_during=len(during),
        p50_before_ms=_at(before, 0.5),
        p50_during_ms=_at(during, 0.5),
        p99_before_ms=_at(before, 0.99),
        p99_during_ms=_at(during, 0.99),
        p999_before_ms=_at(before, 0.999),
        p999_during_ms=_at(during, 0.999),
        p999_ratio=_at(during, 0.999) / _at(before, 0.999),
        missing=seen.missing,
        twice=seen.twice,
        broken=broken,
        load_at_start=load,
    )


def _show(f: Figures) -> None:
    rows = [
        ("cut-over, readiness included", f"{f.cut_over_ms:.1f} ms"),
        ("revert, preview included", f"{f.revert_ms:.1f} ms"),
        ("the slowest of these", f"{f.worst_move_ms:.1f} ms"),
        ("the flip alone", f"{f.flip_ms:.1f} ms"),
        ("peer: UPDATE of each posting's feed", f"{f.update_each_ms:.1f} ms"),
        ("pages read before / during the moves", f"{f.reads_before:,} / {f.reads_during:,}"),
        ("a page, p50", f"{f.p50_before_ms:.1f} / {f.p50_during_ms:.1f} ms"),
        ("a page, p99", f"{f.p99_before_ms:.1f} / {f.p99_during_ms:.1f} ms"),
        ("a page, p99.9", f"{f.p999_before_ms:.1f} / {f.p999_during_ms:.1f} ms, {f.p999_ratio:.1f} times"),
        ("jobs missing, jobs twice", f"{f.missing}, {f.twice}"),
        ("promises broken in the history", f"{f.broken}"),
    ]
    print(f"\n{f.postings:,} postings, {f.moves} moves (load of the machine at the start: {f.load_at_start:.1f})")
    for name, value in rows:
        print(f"  {name:<40}{value}")
    sys.stdout.flush()


def main() -> int:
    """Measure, print, and answer 1 if a target was missed or a promise broken."""
    parser = argparse.ArgumentParser(description="What a cut-over costs and what readers notice of it.")
    parser.add_argument("--postings", type=int, nargs="+", default=[100_000])
    parser.add_argument("--moves", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=20.0, help="of reading before the moves, and during them")
    parser.add_argument("--readers", type=int, default=2)
    given = parser.parse_args()
    # Ended from outside, it still stops its server and deletes it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    found = []
    for size in given.postings:
        with large_company(size) as company:
            found.append(asyncio.run(measure(company, given.moves, given.seconds, given.readers)))
        _show(found[-1])
    kept = all(not (f.missing or f.twice or f.broken) and f.p999_ratio <= TARGET_RATIO for f in found)
    fast = all(max(f.cut_over_ms, f.revert_ms) < TARGET_MS for f in found if f.postings <= 100_000)
    print(json.dumps({"bench": Path(__file__).stem, "kept": kept, "fast": fast, "runs": [asdict(f) for f in found]}))
    return 0 if kept and fast else 1


if __name__ == "__main__":
    sys.exit(main())
