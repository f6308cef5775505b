"""Jobs a second over the Apply Connect wire, beside a bare loop that writes the same rows to the same tables.

    python bench/push.py [--jobs 20000]

Both sides run in turns on one database: 100 jobs a request, answered after commit. Beside the rates it tells the
processor's time that the server and PostgreSQL took for 100 jobs: that does not change with what else the machine does.
The last line is JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import orjson
import psycopg
import uvloop

from changeover.app import Program, running, source_reader
from changeover.apply_connect import enabling
from changeover.apply_connect.auth import add_child, add_vendor, grant
from changeover.apply_connect.payloads import sample
from changeover.apply_connect.payloads_apps import Key
from changeover.database import embedded
from changeover.database.revise import create_company
from changeover.faces import make_web
from changeover.ids import new_ids
from changeover.serving import base_url, console_secret, listen, serving
from changeover.settings import load_alone
from changeover.webhooks.keys import keys_of

COMPANIES, BATCH, ROUNDS = 8, 100, 3
# Jobs a second that are pushed while one page is watched.
FRESH_RATE = 500
# The tables that a new job is written to, with the columns that are copied.
TABLES = {
    "posting": ("company_id", "posting_id", "origin_job_id", "created_revision"),
    "job": (
        "company_id", "job_id", "lane", "source_id", "source_job_id", "posting_id", "open", "valid", "opened_revision",
        "title", "location", "digest",
    ),
    "job_text": ("company_id", "job_id", "description", "extra"),
    "job_open": ("company_id", "job_id", "lane", "from_revision"),
    "side": ("company_id", "posting_id", "lane", "job_id", "from_revision"),
    "wire_job": (
        "company_id", "external_id", "vendor_id", "application_id", "places", "open", "updated_at", "expires_at",
        "sameness",
    ),
    "wire_task": (
        "company_id", "task_id", "application_id", "external_id", "place", "operation", "revision", "created_at",
    ),
}  # fmt: skip


def bodies(company: int, key: str, batches: int) -> list[bytes]:
    """Batches of new jobs as a client sends them."""
    now = datetime.now(UTC)
    return [
        orjson.dumps(
            {
                "elements": [
                    {
                        **sample(f"{key}-{nth}-{n}", company, "https://ats.example", now),
                        "title": f"Baker {key} {nth} {n}",
                    }
                    for n in range(BATCH)
                ]
            }
        )
        for nth in range(batches)
    ]


async def send(url: str, told: list[tuple[str, int]], key: str, batches: int) -> None:
    """A client process: each company's batches one after another, the companies at once; prints the seconds."""
    async with httpx2.AsyncClient(base_url=url, trust_env=False, timeout=60) as client:

        async def one(token: str, queue: list[bytes]) -> None:
            headers = {"authorization": f"Bearer {token}", "x-restli-method": "batch_create"}
            for body in queue:
                answer = await client.post("/v2/simpleJobPostings", content=body, headers=headers)
                taken = [each.get("status") for each in answer.json()["elements"]]
                assert taken == [202] * BATCH, answer.text[:500]

        made = [(token, bodies(company, key, batches)) for token, company in told]
        began = time.perf_counter()
        await asyncio.gather(*(one(*each) for each in made))
        print(time.perf_counter() - began)


async def fresh(url: str, told: list[tuple[str, int]], batches: int) -> None:
    """A client process: 500 new jobs a second, and beside them one job told anew; prints how long its page took each
    time, from the answer to the page that shows it.
    """
    took: list[float] = []
    async with httpx2.AsyncClient(base_url=url, trust_env=False, timeout=60) as client:

        async def tell(nth: int, body: bytes) -> dict[str, str]:
            headers = {"authorization": f"Bearer {told[nth % len(told)][0]}", "x-restli-method": "batch_create"}
            answer = await client.post("/v2/simpleJobPostings", content=body, headers=headers)
            said: dict[str, str] = answer.json()["elements"][0]
            assert "id" in said, said
            return said

        async def page(title: str, at: str) -> None:
            began = time.perf_counter()
            while title not in (await client.get(at)).text:  # noqa: ASYNC110 - what is waited for is a page
                await asyncio.sleep(0.005)
            took.append(time.perf_counter() - began)

        token, company = told[0]
        job = {**sample("fresh", company, "https://ats.example", datetime.now(UTC)), "title": "Fresh 0"}
        task = (await tell(0, orjson.dumps({"elements": [job]})))["id"]
        headers = {"authorization": f"Bearer {token}"}
        said = (await client.get(f"/v2/simpleJobPostingTasks?ids={task}", headers=headers)).json()["results"][task]
        at = f"/jobs/{company}-{said['jobPosting'].rpartition(':')[2]}"
        made = [bodies(each, "f", 1 + batches // len(told)) for _, each in told]
        beside = []
        for nth in range(batches):
            beside.append(asyncio.create_task(tell(nth, made[nth % len(told)][nth // len(told)])))
            anew = {**job, "title": f"Fresh {nth} anew", "jobPostingOperationType": "UPDATE"}
            pause = asyncio.create_task(asyncio.sleep(BATCH / FRESH_RATE))
            await tell(0, orjson.dumps({"elements": [anew]}))
            await page(anew["title"], at)
            await pause
        await asyncio.gather(*beside)
    print(orjson.dumps(took).decode())


def bare(owner: str, companies: list[tuple[int, int]], batches: int) -> float:
    """The bare loop: the same rows copied in transactions of 100 by one connection; seconds."""
    now = datetime.now(UTC)
    text = sample("x", 1, "https://ats.example", now)["description"]
    with psycopg.connect(owner, options="-c search_path=changeover") as conn:
        began = time.perf_counter()
        for _ in range(batches):
            for company, source in companies:
                ids = new_ids.many(3 * BATCH)
                rows = [(f"bare-{ids[0]}-{n}", ids[3 * n], ids[3 * n + 1], ids[3 * n + 2]) for n in range(BATCH)]
                _write(conn, company, source, rows, text, now)
                conn.commit()
        return time.perf_counter() - began


def _write(
    conn: psycopg.Connection[tuple[object, ...]],
    company: int,
    source: int,
    rows: list[tuple[str, int, int, int]],
    text: str,
    now: datetime,
) -> None:
    values: dict[str, list[tuple[object, ...]]] = {
        "posting": [(company, p, j, 1) for _, j, p, _ in rows],
        "job": [
            (company, j, "ats", source, k, p, True, True, 1, "Baker", "York, England", k.encode())
            for k, j, p, _ in rows
        ],
        "job_text": [(company, j, text, "{}") for _, j, _, _ in rows],
        "job_open": [(company, j, "ats", 1) for _, j, _, _ in rows],
        "side": [(company, p, "ats", j, 1) for _, j, p, _ in rows],
        "wire_job": [(company, k, 1, 1, [k], True, now, now, j) for k, j, _, _ in rows],
        "wire_task": [(company, t, 1, k, k, "CREATE", 1, now) for k, _, _, t in rows],
    }
    for table, columns in TABLES.items():
        with conn.cursor().copy(f"copy {table} ({', '.join(columns)}) from stdin") as copy:
            for row in values[table]:
                copy.write_row(row)


async def connected(program: Program, web: object) -> list[tuple[str, int, int]]:
    """Companies whose vendor may push: a token, the company, its push source."""
    db, keys, found = program.db, keys_of(program.settings), []
    parent = await add_vendor(db, keys, "Bench")
    here = web.state.served  # type: ignore[attr-defined]
    for nth in range(COMPANIES):
        company = await create_company(db, f"Company {nth}", who="bench")
        async with db.company(parent.application.vendor_id) as conn:
            fields = {"foreign_id": str(nth), "name": f"Child {nth}"}
            child = await add_child(conn, db, keys, parent.application.vendor_id, fields)
        it = await enabling.ask(here, child.application, Key(company, "APPLY_CONNECT", "JOBS", "ATS"), "Bench")
        assert it is not None
        await enabling.enable(program.flow, None, company, it.request_id, who="bench")
        async with db.company(company) as conn:
            row = await (await conn.execute("select source_id from source")).fetchone()
        assert row is not None
        token = await grant(db, child.application.client_id, child.secret)
        found.append((token or "", company, row["source_id"]))
    return found


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of the clock, and of the processor in this process and in PostgreSQL's."""

    clock: float
    ours: float
    database: float


def postmaster(owner: str) -> int:
    """The process that PostgreSQL's others come from."""
    with psycopg.connect(owner) as conn:
        # Asked while it still lives.
        return _stat(conn.info.backend_pid)[0]


def _stat(pid: int) -> tuple[int, float, float]:
    """A process's parent, its processor seconds, and those of its children that have ended."""
    said = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    tick = os.sysconf("SC_CLK_TCK")
    mine, ended = ((int(said[n]) + int(said[n + 1])) / tick for n in (11, 13))
    return int(said[1]), mine, ended


def processor(parent: int) -> float:
    """The processor seconds of PostgreSQL by now, those of processes that have ended among them."""
    _, mine, ended = _stat(parent)
    found = mine + ended
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with contextlib.suppress(OSError):
                its_parent, seconds, _ = _stat(int(entry.name))
                found += seconds if its_parent == parent else 0
    return found


def of_process(pid: int) -> float:
    """The processor seconds of a process by now."""
    return _stat(pid)[1]


async def timed(parent: int, work: Callable[[], float]) -> Spent:
    """What a side spends; ``work`` says how many seconds of the clock."""
    before = (time.process_time(), processor(parent))
    clock = await asyncio.to_thread(work)
    # What a process that has ended took is known once its parent has looked after it.
    await asyncio.sleep(0.5)
    return Spent(clock, time.process_time() - before[0], processor(parent) - before[1])


def new_folder() -> Path:
    """A folder that the database's own user may pass through."""
    folder = Path(tempfile.mkdtemp(prefix="changeover-bench-"))
    folder.chmod(0o711)
    return folder


async def main(jobs: int) -> None:
    """Run both sides in turns and print the best of each."""
    batches = max(1, jobs // BATCH // COMPANIES)
    folder = new_folder()
    settings = load_alone(data=folder)
    try:
        with listen("127.0.0.1", 0) as sock:
            async with running(settings, source_reader(settings)) as program:
                url = base_url(sock)
                web = make_web(program, console_secret(folder), url)
                async with serving(web, sock):
                    made = await connected(program, web)
                    wire, loop, parent = [], [], postmaster(program.db.address.owner)
                    pairs = [(company, source) for _, company, source in made]
                    for nth in range(ROUNDS):
                        key = f"r{nth}"
                        wire.append(
                            await timed(parent, lambda: float(client(url, made, key, batches, "--send")))  # noqa: B023
                        )
                        loop.append(await timed(parent, lambda: bare(program.db.address.owner, pairs, batches)))
                    feed_by_ats(program.db.address.owner, made[0][1])
                    watched = await asyncio.to_thread(client, url, made, "", max(20, batches), "--fresh")
                    report(batches * BATCH * COMPANIES, wire, loop, orjson.loads(watched))
    finally:
        embedded.stop(folder)
        embedded.discard(folder)


def feed_by_ats(owner: str, company: int) -> None:
    """Have a company's ATS feed the board from now on, so that what it pushes is seen."""
    with psycopg.connect(owner, options="-c search_path=changeover") as conn:
        conn.execute("update company set feed = 'ats', state = 'cut_over' where company_id = %s", [company])


def client(url: str, made: list[tuple[str, int, int]], key: str, batches: int, what: str) -> str:
    """A client in a process of its own; what it prints."""
    told = orjson.dumps([[token, company] for token, company, _ in made]).decode()
    command = [sys.executable, __file__, what, url, told, key, str(batches)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def report(count: int, wire: list[Spent], loop: list[Spent], watched: list[float]) -> None:
    """The rates for a person, then one line of JSON."""
    best, peer = count / min(it.clock for it in wire), count / min(it.clock for it in loop)
    print(f"over HTTP {best:,.0f} jobs a second; bare loop {peer:,.0f}; ratio {best / peer:.2f}")
    said: dict[str, float] = {"jobs": count, "rounds": ROUNDS, "http_a_second": round(best)}
    said["bare_a_second"] = round(peer)
    for name, spent in (("http", wire), ("bare", loop)):
        ours, database = (min(getattr(it, of) for it in spent) * 100_000 / count for of in ("ours", "database"))
        print(f"{name}: processor {ours:.1f} ms in Python and {database:.1f} ms in PostgreSQL for 100 jobs")
        said |= {f"{name}_python_ms": round(ours, 1), f"{name}_database_ms": round(database, 1)}
    p99 = sorted(watched)[int(len(watched) * 0.99)]
    print(f"a changed page is there {p99:.3f} s after the answer (p99 of {len(watched)}, {FRESH_RATE} jobs a second)")
    print(orjson.dumps({**said, "ratio": round(best / peer, 3), "page_p99": p99, "pages": len(watched)}).decode())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=20_000)
    parser.add_argument("--send", nargs=4)
    parser.add_argument("--fresh", nargs=4)
    given = parser.parse_args()
    if given.fresh:
        asyncio.run(fresh(given.fresh[0], orjson.loads(given.fresh[1]), int(given.fresh[3])))
    elif given.send:
        asyncio.run(send(given.send[0], orjson.loads(given.send[1]), given.send[2], int(given.send[3])))
    else:
        # As `serve` does.
        uvloop.run(main(given.jobs))
