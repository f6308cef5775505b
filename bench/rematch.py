"""What it costs to match a company again after one job changed, beside matching all of it.

Run: .venv/bin/python bench/rematch.py [--sizes 1000 10000 100000]
The work of the match alone, without the database: the jobs that rematch.py would take (those in no settled pair, and
the changed one with its twin) against all. Prints a table, and last one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from typing import Any

import polars as pl
import pyarrow as pa
from made_jobs import made

from changeover.match.pairing import pair
from changeover.match.settled import standing

ROUNDS = 3


def company(jobs: int, *, ids: bool) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One company of so many jobs a side."""
    told = made(jobs, 1)
    sides = (side.drop("group", *([] if ids else ["employer_job_id"])) for side in (told.legacy, told.ats))
    legacy, ats = sides
    return legacy, ats


def again(legacy: pl.DataFrame, ats: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    """What is matched after a settled pair's legacy job changed: both sides, and the number of pairs left out."""
    found = pair(legacy.to_arrow(), ats.to_arrow()).select(["legacy_id", "ats_id", "rule", "decision"]).to_pylist()
    told = [(row["legacy_id"], row["ats_id"], row["rule"]) for row in found if row["decision"] == "paired"]
    settled = sorted(standing(_with_ids(legacy), _with_ids(ats), told).settled)[1:]
    gone = [pl.Series([pair_[at] for pair_ in settled], dtype=pl.String) for at in (0, 1)]
    rest = [side.filter(~pl.col("id").is_in(ids.implode())) for side, ids in zip((legacy, ats), gone, strict=True)]
    return rest[0], rest[1], len(settled)


def _with_ids(side: pl.DataFrame) -> pa.Table:
    known = "employer_job_id" in side.columns
    return (side if known else side.with_columns(employer_job_id=pl.lit(None, pl.String))).to_arrow()


def work(legacy: pl.DataFrame, ats: pl.DataFrame, settled: int) -> float:
    """Seconds of the processors for one match."""
    sides = legacy.to_arrow(), ats.to_arrow()
    began = time.process_time()
    pair(*sides, elsewhere={"": (settled, settled)})
    return time.process_time() - began


def measured(jobs: int, *, ids: bool) -> dict[str, Any]:
    """Both ways by turns; medians."""
    legacy, ats = company(jobs, ids=ids)
    rest = again(legacy, ats)
    rounds = [(work(legacy, ats, 0), work(*rest)) for _ in range(ROUNDS)]
    whole, one = (statistics.median(seconds) for seconds in zip(*rounds, strict=True))
    return {
        "jobs": jobs, "ids": ids, "matched_again": rest[0].height + rest[1].height,
        "whole_seconds": round(whole, 4), "again_seconds": round(one, 4),
    }  # fmt: skip


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="A company matched again after one change, beside matching it whole.")
    parser.add_argument("--sizes", nargs="+", type=int, default=(1_000, 10_000, 100_000))
    given = parser.parse_args()
    print(f"seconds of the processors, medians of {ROUNDS} (load of the machine: {os.getloadavg()[0]:.1f})")
    print(f"{'jobs a side':>12} {'ids':>5} {'jobs matched again':>20} {'whole':>9} {'after one change':>18}")
    runs = []
    for jobs in given.sizes:
        for ids in (True, False):
            run = measured(jobs, ids=ids)
            runs.append(run)
            print(
                f"{jobs:>12,} {'most' if ids else 'none':>5} {run['matched_again']:>20,} "
                f"{run['whole_seconds']:>9.3f} {run['again_seconds']:>18.3f}",
                flush=True,
            )
    print(json.dumps({"bench": "rematch", "load": os.getloadavg()[0], "runs": runs}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
