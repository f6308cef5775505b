"""How long it takes to verify a history of a million rows: what was open, and what stood on which posting, from when.

Run: .venv/bin/python bench/verify.py [--postings 110000] [--revisions 50000]
What `changeover verify` does for one company: its promises over nine rows a posting, and the chain of its revisions,
of which every five hundredth moved the feed. Prints the figures, and last one line of JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import time
from pathlib import Path

import psycopg
from large_company import LargeCompany, large_company

from changeover.database.chain import SAID, chain
from changeover.database.connection import Database
from changeover.postings.history import verify

TARGET_SECONDS = 60.0


_ROWS = Path(__file__).with_name("long_history.sql")


def _lengthen(company: LargeCompany, revisions: int) -> None:
    text = _ROWS.read_text().replace("{said}", SAID.format("t"))
    for name, value in (("company", company.company_id), ("last", revisions)):
        text = text.replace(f":{name}", str(value))
    with psycopg.connect(company.address.owner, autocommit=True) as conn:
        for statement in text.split(";\n"):
            conn.execute(statement.encode())
        conn.execute("vacuum analyze")


async def measure(postings: int, revisions: int) -> dict[str, float]:
    """Seconds by the clock and of this process's processor."""
    with large_company(postings, durable=False) as company:
        _lengthen(company, revisions)
        async with Database(company.address, pool_size=1) as db:
            began, used = time.perf_counter(), time.process_time()
            found = await verify(db, company.company_id)
            links = await chain(db, company.company_id)
            took, used = time.perf_counter() - began, time.process_time() - used
    moves, broken = found.cut_over + found.reverted, len(found.broken) + (links.broken_at is not None)
    rows = found.intervals + links.rows
    return {"rows": rows, "links": links.rows, "moves": moves, "seconds": took, "cpu_seconds": used, "broken": broken}


def main() -> int:
    """Measure, print, and answer 1 if a promise was broken or the target missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postings", type=int, default=110_000)
    parser.add_argument("--revisions", type=int, default=50_000)
    given, load = parser.parse_args(), os.getloadavg()[0]
    # It ends as it began, fed by the old source.
    found = asyncio.run(measure(given.postings, max(given.revisions // 1000, 2) * 1000 + 400))
    kept = not found["broken"] and found["seconds"] < TARGET_SECONDS
    print(f"{found['rows']:,} rows verified in {found['seconds']:.1f} s ({found['cpu_seconds']:.1f} s of processor)")
    print(json.dumps({"bench": "verify", "kept": kept, "load_at_start": load, **found}))
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
