"""How much machine a board takes: memory, the processor's time and the database's bytes, of real processes.

    PYTHONPATH=tests python bench/sizing.py [--jobs 10000]

One company's ATS pushes the jobs, 500 a request, with descriptions of 1,600 characters; then the first page is asked
for 200 times. Memory and processor's time are of `serve --no-worker` and of `work`, without PostgreSQL's. The last line
is JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
import time
from pathlib import Path

import psycopg

from changeover.database.embedded import discard, ensure_running
from operating.processes import Process, Program, ask

ABOUT = "We look for somebody who knows the trade and likes to work in a small team by the water. " * 18
BATCH, PAGES = 500, 200


def memory(process: Process) -> int:
    """Megabytes of the process that are in memory."""
    lines = Path(f"/proc/{process.process.pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) // 1024


def seconds(process: Process) -> float:
    """The processor's time that the process has taken."""
    told = Path(f"/proc/{process.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def push(url: str, company: str, token: str, jobs: int) -> None:
    for first in range(0, jobs, BATCH):
        told = [
            {"id": f"J{n}", "title": f"Welder {n}", "location": "Oslo, Norway", "description": ABOUT}
            for n in range(first, min(first + BATCH, jobs))
        ]
        status, said, _ = ask(f"{url}/api/v1/companies/{company}/jobs", {"jobs": told}, token=token, timeout=300)
        assert status == 200, said


def measure(place: Path, jobs: int) -> dict[str, float]:
    program = Program(place, "")
    company = program.run("company", "add", "Measured")
    program.run("source", "add", company, "push")
    token = json.loads(program.run("client", "add", company, "--json"))["token"]
    with (
        program.begun("serve", "--no-worker", "--port", "0", until="Ctrl-C") as board,
        program.begun("work", until="Working") as worker,
    ):
        time.sleep(3)
        told: dict[str, float] = {"serve_idle_mb": memory(board), "work_idle_mb": memory(worker)}
        before = seconds(board)
        push(board.url, company, token, jobs)
        told["serve_seconds_a_1000_jobs"] = round((seconds(board) - before) / jobs * 1000, 3)
        time.sleep(5)
        told |= {"serve_mb": memory(board), "work_mb": memory(worker)}
        before = seconds(board)
        for _ in range(PAGES):
            ask(f"{board.url}/jobs")
        told["serve_ms_a_page"] = round((seconds(board) - before) / PAGES * 1000, 2)
    with psycopg.connect(ensure_running(place / "data", None).conninfo("changeover", "postgres")) as conn:
        row = conn.execute("select pg_database_size(current_database())").fetchone()
    told["database_mb"] = round((row[0] if row else 0) / 1e6)
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=10_000)
    asked = parser.parse_args()
    place = Path(tempfile.mkdtemp(prefix="changeover-sizing-"))
    place.chmod(0o711)
    try:
        print(json.dumps({"jobs": asked.jobs, **measure(place, asked.jobs)}))
    finally:
        discard(place / "data")
        shutil.rmtree(place)


if __name__ == "__main__":
    main()
