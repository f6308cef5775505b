"""What becomes of many sources that are due at once: read by two workers, none left out, none read twice.

Run: .venv/bin/python bench/schedule.py [--sources 10000] [--workers 2] [--kill]
Each source is an employer's own feed of three jobs, served on loopback by this process, which is also the witness: it
notes each request. The workers are `changeover work`, on a PostgreSQL of their own; with --kill one of them is killed
in the middle and its place taken by another. All share the machine, so what a reading takes of the processors says more
than the seconds: from the first reading on, with all that the workers do beside it, and the auditor's rounds. Prints
figures, and last one line of JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import psycopg
from large_company import own_server
from push import of_process, postmaster, processor

from changeover.database.connection import Address

_ROWS = """
set search_path = changeover;
insert into company (company_id, name, revision, flowed_revision, created_at)
select n, 'Employer ' || n, 1, 1, now() from generate_series(1, {n}) n;
insert into revision (company_id, revision, at, kind, who, why, feed, state)
select n, 1, now(), 'company_added', 'bench', '', 'legacy', 'legacy' from generate_series(1, {n}) n;
insert into source (company_id, source_id, lane, kind, location, every_minutes, next_read_at, created_at)
select n, n, 'legacy', 'indeed', 'http://127.0.0.1:{port}/' || n || '.xml', 1440, now(), now()
from generate_series(1, {n}) n;
analyze;
"""
_JOB = (
    "<job><title>{title} {n}</title><referencenumber>{n}-{k}</referencenumber><company>Employer {n}</company>"
    "<city>Oslo</city><country>NO</country><url>https://jobs.example.com/{n}/{k}</url>"
    "<date>2026-03-20</date><description><![CDATA[<p>What the work is.</p>]]></description></job>"
)
_TITLES = ("Nurse", "Driver", "Developer")
# Every so often it is asked how far they are; so long without a reading means that they are stuck.
_LOOK, _STUCK = 1.0, 120.0


@dataclass
class Witness:
    """Serves the feeds, and notes when each was asked for, how often, and whether twice at once."""

    asked: Counter[str] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    at_once: int = 0
    _open: set[str] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request, one answer. robots.txt is not there."""
        head = await reader.readuntil(b"\r\n\r\n")
        path = head.split(b" ")[1].decode()
        found = path.endswith(".xml")
        if found:
            self.asked[path] += 1
            self.times.append(time.time())
            self.at_once += path in self._open
            self._open.add(path)
            await asyncio.sleep(0.02)  # as far as an employer's server is away
        body = self._feed(path.strip("/").removesuffix(".xml")) if found else b""
        status = b"200 OK" if found else b"404 Not Found"
        writer.write(b"HTTP/1.1 %s\r\nContent-Type: text/xml\r\nConnection: close\r\n" % status)
        writer.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        await writer.drain()
        writer.close()
        self._open.discard(path)

    @staticmethod
    def _feed(number: str) -> bytes:
        jobs = (_JOB.format(n=number, k=k, title=title) for k, title in enumerate(_TITLES))
        return f'<?xml version="1.0" encoding="utf-8"?><source>{"".join(jobs)}</source>'.encode()


async def worker(address: Address) -> asyncio.subprocess.Process:
    """A worker as an operator starts it, but that it may ask this machine."""
    told = {"CHANGEOVER_DATABASE_URL": address.owner, "CHANGEOVER_ALLOW_PRIVATE_ADDRESSES": "true"}
    code = "from changeover.cli import main; main()"
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, "work", env=os.environ | told, stdout=asyncio.subprocess.DEVNULL
    )


@dataclass
class Took:
    """What it took: seconds from when the sources were due, and of the processors from the ``first`` readings on."""

    seconds: float = 0
    first: int = 0
    workers: float = 0
    database: float = 0

    def each(self, took: float, readings: int) -> float:
        """Milliseconds of the processors for each reading after the first ones."""
        return round(1_000 * took / max(1, readings - self.first), 1)


async def read_by(address: Address, count: int, workers: int, *, kill: bool) -> Took:
    """Have all sources read."""
    began, moved, seen, told = time.time(), time.time(), 0, Took()
    parent, before = postmaster(address.owner), (0.0, 0.0)
    hands = [await worker(address) for _ in range(workers)]
    try:
        while (done := settled(address)) < count:
            if done != seen:
                if not seen:
                    told.first, before = done, (ours(hands), processor(parent))
                seen, moved = done, time.time()
            if time.time() - moved > _STUCK:
                break
            if kill and done > count // 3:
                kill = False
                hands[0].send_signal(signal.SIGKILL)
                await hands[0].wait()
                hands[0] = await worker(address)
            await asyncio.sleep(_LOOK)
        told.seconds = time.time() - began
        told.workers, told.database = ours(hands) - before[0], processor(parent) - before[1]
        return told
    finally:
        for hand in hands:
            hand.terminate()
        for hand in hands:
            await hand.wait()


def ours(hands: list[asyncio.subprocess.Process]) -> float:
    """The processor seconds of the workers by now."""
    return sum(of_process(hand.pid) for hand in hands)


def settled(address: Address) -> int:
    """How many sources have been read whole."""
    with psycopg.connect(address.owner) as conn:
        row = conn.execute("select count(*) from changeover.source where settled > 0 and whole_now").fetchone()
    return int(row[0]) if row else 0


def spread(address: Address) -> float:
    """Over how many minutes the sources, due at once this time, are due next."""
    with psycopg.connect(address.owner) as conn:
        row = conn.execute(
            "select extract(epoch from max(next_read_at) - min(next_read_at)) / 60 from changeover.source"
        ).fetchone()
    return float(row[0]) if row else 0.0


async def measured(count: int, workers: int, *, kill: bool) -> dict[str, Any]:
    """All of it: the rows, the witness, the workers, the figures."""
    witness = Witness()
    server = await asyncio.start_server(witness.serve, "127.0.0.1", 0, backlog=1024)
    port = server.sockets[0].getsockname()[1]
    with own_server() as address:
        with psycopg.connect(address.owner, autocommit=True) as conn:
            for statement in _ROWS.format(n=count, port=port).split(";\n"):
                conn.execute(statement.encode())
        due = time.time()
        took = await read_by(address, count, workers, kill=kill)
        with psycopg.connect(address.owner) as conn:
            twice = conn.execute(
                "select count(*) from (select from changeover.reading group by source_id having count(*) > 1) doubled"
            ).fetchone()
        told = {
            "sources": count,
            "workers": workers,
            "killed": int(kill),
            "load": round(os.getloadavg()[0], 1),
            "seconds": round(took.seconds, 1),
            "readings_per_second": round(settled(address) / took.seconds, 1),
            "workers_ms_a_reading": took.each(took.workers, settled(address)),
            "postgresql_ms_a_reading": took.each(took.database, settled(address)),
            "first_asked_seconds": round(min(witness.times) - due, 1),
            "longest_wait_seconds": round(max(witness.times) - due, 1),
            "starved": count - settled(address),
            "doubled": int(twice[0]) if twice else 0,
            "asked_twice": sum(times > 1 for times in witness.asked.values()),
            "read_at_once": witness.at_once,
            "next_due_spread_minutes": round(spread(address), 1),
        }
    server.close()
    return told


def main() -> None:
    """Measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--kill", action="store_true", help="Kill a worker in the middle.")
    chosen = parser.parse_args()
    told = asyncio.run(measured(chosen.sources, chosen.workers, kill=chosen.kill))
    for name, value in told.items():
        print(f"{name.replace('_', ' '):<26}{value:>10,}")
    print(json.dumps(told))


if __name__ == "__main__":
    main()
