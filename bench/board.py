"""How long a page of the board takes while many read it, and what ten times the postings cost.

Run: .venv/bin/python bench/board.py [--postings 10000 100000] [--readers 20] [--seconds 20]
The server and its readers are processes of their own, on one machine: all share its processors. Prints a table for
each number of postings, then what the search column adds to writing jobs, and last one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
import time
from pathlib import Path

import psycopg
from board_pages import Looked, looking
from large_company import own_server

from changeover.database.connection import Address
from changeover.ids import new_ids

TARGET_MS = 50.0
_ROWS = Path(__file__).with_name("board.sql")


def fill(address: Address, postings: int) -> int:
    """So many postings in a hundredth as many companies; the id below all of theirs."""
    text, base = _ROWS.read_text(), new_ids()
    for name, value in (("companies", max(postings // 100, 1)), ("base", base), ("n", postings)):
        text = text.replace(f":{name}", str(value))
    with psycopg.connect(address.owner, autocommit=True) as conn:
        for statement in text.split(";\n"):
            conn.execute(statement.encode())
        conn.execute("vacuum analyze")
        conn.execute("checkpoint")
    return base


def figures(looked: Looked, postings: int) -> dict[str, dict[str, float]]:
    """Milliseconds by kind of page."""
    told = {}
    for kind, times in sorted(looked.times.items()):
        ordered = sorted(1_000 * each for each in times)
        told[kind] = {
            "pages": len(ordered),
            "p50_ms": round(statistics.median(ordered), 1),
            "p99_ms": round(ordered[int(len(ordered) * 0.99)], 1),
            "worst_ms": round(ordered[-1], 1),
        }
    print(f"\n{postings:,} live postings, {looked.failed} failed pages, load {os.getloadavg()[0]:.1f}")
    print(f"{'page':<28}{'pages':>8}{'p50 ms':>9}{'p99 ms':>9}{'worst':>9}")
    for kind, row in told.items():
        print(f"{kind:<28}{row['pages']:>8.0f}{row['p50_ms']:>9.1f}{row['p99_ms']:>9.1f}{row['worst_ms']:>9.1f}")
    return told


def measure(postings: int, readers: int, seconds: float) -> dict[str, dict[str, float]]:
    """One board of that size under its readers: all pages together, the searches alone, and one reader alone."""
    with own_server() as address:
        base = fill(address, postings)
        with looking(address, base, postings, 1) as alone:
            time.sleep(seconds)
        with looking(address, base, postings, readers) as looked:
            time.sleep(seconds)
        print(f"\nOne reader alone, searches: p50 {1_000 * statistics.median(alone.looked.searches()):.1f} ms")
        return figures(looked.looked, postings)


def cost_of_writing(jobs: int) -> dict[str, float]:
    """Seconds to write so many jobs with the vector and its index, and without them, in turns; medians of three."""
    took: dict[str, list[float]] = {"with": [], "without": []}
    with own_server() as address, psycopg.connect(address.owner, options="-c search_path=changeover") as conn:
        conn.execute("set session_replication_role = replica")
        conn.execute(
            "create temporary table told as select g, 'Senior ' || md5((g %% 5000)::text) || ' Engineer' as title, "
            "'Oslo, Norway' as place, now() as at from generate_series(1, %s) g",
            (jobs,),
        )
        for turn in range(6):
            which = ("with", "without")[turn % 2]
            conn.execute("truncate job cascade")
            conn.execute("drop index if exists job_search")
            vector = "''"
            if which == "with":
                conn.execute("create index job_search on job using gin (search) where open and valid")
                vector = "searched_by(title, 'Employer', 'R-' || g, place, 'onsite', at)"
            began = time.perf_counter()
            conn.execute(
                "insert into job (company_id, job_id, lane, source_id, source_job_id, posting_id, open, valid, "
                "opened_revision, title, location, posted_at, digest, search) select 1, g, 'legacy', 1, 'L' || g, g, "
                f"true, true, 1, title, place, at, '', {vector} from told order by random()".encode()
            )
            took[which].append(time.perf_counter() - began)
    return {name: round(statistics.median(each), 2) for name, each in took.items()}


def main() -> int:
    """Measure each size in turn; 1 where the largest misses the target."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--postings", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--readers", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--jobs", type=int, default=50_000, help="Jobs that are written to weigh the search column.")
    asked = parser.parse_args()
    random.seed(1)
    told: dict[str, object] = {
        str(postings): measure(postings, asked.readers, asked.seconds) for postings in asked.postings
    }
    writing = cost_of_writing(asked.jobs)
    told["writing_seconds"] = {"jobs": asked.jobs, **writing}
    print(f"\nWriting {asked.jobs:,} jobs: {writing['with']} s with the search column, {writing['without']} s without")
    print(json.dumps({"readers": asked.readers, "cores": os.cpu_count(), **told}))
    last = told[str(asked.postings[-1])]
    assert isinstance(last, dict)
    return 0 if last["all searches"]["p99_ms"] <= TARGET_MS else 1


if __name__ == "__main__":
    sys.exit(main())
