"""What it costs to match a company again after one job changed, beside matching all of it.

Run: .venv/bin/python bench/rematch.py [--sizes 1000 10000 100000]
The whole of it on a real database: what changed is found, read, matched and kept. Of the company's jobs 85 % are in
pairs by employer job id or by a text of their own, 10 % are reworded and have no id, 5 % are on one side alone. Four
ways: nothing changed; a job that is in such a pair; one that is in none; everything. Prints a table, and last one line
of JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import time
from typing import Any

import psycopg
from large_company import LargeCompany, large_company

from changeover.database.connection import Database
from changeover.database.revise import revise
from changeover.rematch import rematch

ROUNDS = 3
# Of twenty jobs one is without id on both sides and reads alike, two are reworded, one is at the old source alone.
_MADE_UNLIKE = """
update changeover.job set employer_job_id = '' where company_id = %(c)s and (job_id - %(b)s) / 4 %% 20 in (1, 2, 3);
update changeover.job set title = 'Kind ' || title || ' ' || (job_id - %(b)s) / 4 where company_id = %(c)s
  and (job_id - %(b)s) / 4 %% 20 = 1;
update changeover.job set title = 'Lead ' || title || case when lane = 'ats' then ' (remote)' else '' end
where company_id = %(c)s and (job_id - %(b)s) / 4 %% 20 in (2, 3);
update changeover.job set open = false where company_id = %(c)s and lane = 'ats' and (job_id - %(b)s) / 4 %% 20 = 4;
analyze changeover.job;
"""
_RENAME = "update job set title = title || ' now', match_revision = %s where company_id = %s and job_id = %s"
# By what changes: which job of the company, as large_company numbers them.
WAYS = {"nothing": None, "a job in a pair by itself": 20, "a job in none": 22, "everything": None}


async def rename(db: Database, company: LargeCompany, number: int) -> None:
    """One job of the old source is called otherwise."""
    async with revise(db, company.company_id, kind="reading_taken", who="bench", why="") as change:
        job = company.base + 4 * number
        await change.conn.execute(_RENAME, (change.revision, company.company_id, job))


async def measured(company: LargeCompany) -> dict[str, dict[str, float]]:
    """Seconds by the clock, and of this process's processors, of each way; medians."""
    told: dict[str, dict[str, float]] = {}
    async with Database(company.address) as db:
        await rematch(db, company.company_id, anew=True)
        for way, number in WAYS.items():
            rounds = []
            for nth in range(ROUNDS):
                if number is not None:
                    await rename(db, company, number + 20 * nth)
                clock, busy = time.perf_counter(), time.process_time()
                await rematch(db, company.company_id, anew=way == "everything")
                rounds.append((time.perf_counter() - clock, time.process_time() - busy))
            seconds, work = (round(statistics.median(r[at] for r in rounds), 4) for at in (0, 1))
            told[way] = {"seconds": seconds, "processor_seconds": work}
    return told


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="A company matched again after one change, beside matching it whole.")
    parser.add_argument("--sizes", nargs="+", type=int, default=(1_000, 10_000, 100_000))
    given = parser.parse_args()
    print(f"seconds by the clock, and of our processors, medians of {ROUNDS} (load: {os.getloadavg()[0]:.1f})")
    print(f"{'jobs a side':>12}" + "".join(f"{way:>28}" for way in WAYS))
    runs: list[dict[str, Any]] = []
    for jobs in given.sizes:
        with large_company(jobs) as company:
            with psycopg.connect(company.address.owner, autocommit=True) as conn:
                made = {"c": company.company_id, "b": company.base}
                for statement in _MADE_UNLIKE.strip().split(";\n"):
                    conn.execute(statement.removesuffix(";").encode(), made)
            ways = asyncio.run(measured(company))
        runs.append({"jobs": jobs, "ways": ways})
        cells = (f"{ways[way]['seconds']:.3f} / {ways[way]['processor_seconds']:.3f}" for way in WAYS)
        print(f"{jobs:>12,}" + "".join(f"{cell:>28}" for cell in cells), flush=True)
    print(json.dumps({"bench": "rematch", "load": os.getloadavg()[0], "runs": runs}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
