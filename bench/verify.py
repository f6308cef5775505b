"""How long it takes to verify a history of a million rows: what was open, and what stood on which posting, from when.

Run: .venv/bin/python bench/verify.py [--postings 200000]
Prints the figures, and last one line of JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import time

from large_company import large_company

from changeover.database.connection import Database
from changeover.postings.history import verify

TARGET_SECONDS = 60.0


async def measure(postings: int) -> dict[str, float]:
    """Seconds by the clock and of this process's processor, for five rows of history a posting."""
    with large_company(postings, durable=False) as company:
        async with Database(company.address, pool_size=1) as db:
            began, used = time.perf_counter(), time.process_time()
            found = await verify(db, company.company_id)
            took, used = time.perf_counter() - began, time.process_time() - used
    return {"rows": found.intervals, "seconds": took, "cpu_seconds": used, "broken": len(found.broken)}


def main() -> int:
    """Measure, print, and answer 1 if a promise was broken or the target missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postings", type=int, default=200_000)
    load = os.getloadavg()[0]
    found = asyncio.run(measure(parser.parse_args().postings))
    kept = not found["broken"] and found["seconds"] < TARGET_SECONDS
    print(f"{found['rows']:,} rows verified in {found['seconds']:.1f} s ({found['cpu_seconds']:.1f} s of processor)")
    print(json.dumps({"bench": "verify", "kept": kept, "load_at_start": load, **found}))
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
