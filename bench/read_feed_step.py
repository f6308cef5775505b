"""One step of read_feed: bare parse, reading alone, or a reading to its commit; run in a process of its own."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, cast

import numpy as np
import psycopg
from lxml import etree

from changeover.app import make_flow, source_reader
from changeover.background.queue import Queue
from changeover.database.connection import Address, Database
from changeover.database.embedded import discard, ensure_running
from changeover.database.revise import create_company, revise
from changeover.database.upgrade import make_database, upgrade
from changeover.flow import read_source
from changeover.job import Job, Lane
from changeover.pacing import pace_interpreter
from changeover.readings import Asked, Taken
from changeover.settings import Settings
from changeover.snapshot import store as snapshots
from changeover.snapshot.store import SourceRow
from changeover.sources import content
from changeover.sources.content import ContentReader
from changeover.sources.parse_process import ParseProcess
from changeover.sources.recognised import Kept, Numbers
from changeover.sources.source import Reading

# Largest resident sizes of a second process of a reading, in MB; begun with none.
_SECOND = [0]


class _Seen(ParseProcess):
    """A second process whose size is noted before it ends."""

    def close(self) -> None:
        if self.process is not None and (status := Path(f"/proc/{self.process.pid}/status")).exists():
            _SECOND.append(int(status.read_text().partition("VmHWM:")[2].split()[0]) // 1024)
        super().close()


content.ParseProcess = _Seen  # type: ignore[attr-defined]


def feed(folder: Path, edition: int = 0) -> Path:
    return next(folder.glob(f"edition{edition}.xml*"))


def opened(path: Path) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(path) if path.suffix == ".gz" else path.open("rb"))


def iterparse(folder: Path) -> int:
    """The peer: every record parsed by lxml and let go, and nothing else."""
    count = 0
    with opened(feed(folder)) as file:
        for _, element in etree.iterparse(file, tag="job"):
            count += 1
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]  # type: ignore[union-attr]
    return count


class _Forgetful:
    """A memory that knows nothing and keeps nothing."""

    kept: Kept | None = None
    keeps = False

    async def meet(self, keys: Sequence[str], ids: Numbers, told: Numbers) -> Numbers:  # noqa: ARG002
        return np.ones(len(keys), dtype="<i8")

    async def keep(self, blocks: Sequence[tuple[int, bytes]]) -> None:
        pass

    async def keep_whole(self, reading: Reading) -> None:
        pass

    async def told(self, _: Sequence[int]) -> Sequence[Job]:
        return []


async def read_only(folder: Path) -> int:
    """All jobs as jobs, kept nowhere."""
    pace_interpreter()
    reader = ContentReader(datetime.now(UTC), memory=_Forgetful())
    try:
        with feed(folder).open("rb") as file:
            while chunk := file.read(1 << 20):
                reader.feed(chunk)
                await reader.take_in()
        return (await reader.whole()).count
    finally:
        await reader.let_go()


def server(folder: Path) -> Address:
    made = ensure_running(folder / "data", None)
    return Address(made.conninfo("bench", "postgres"), login_by_role=True)


async def to_commit(folder: Path, edition: int, first: bool) -> dict[str, float]:
    """A reading of the feed by the program's own way, from its first byte to the commit of its snapshot, and (``live``)
    of all that follows from it. Both are one commit where the source had jobs before.
    """
    place = folder / "feed"
    place.unlink(missing_ok=True)
    place.symlink_to(feed(folder, edition))
    address = server(folder)
    if first:
        make_database(address.owner)
        upgrade(address)
    else:
        settle(address)
    settings = Settings()
    pace_interpreter()
    async with Database(address, pool_size=4) as db:
        queue = Queue(db)
        await queue.open()
        flow = make_flow(settings, db, queue, source_reader(settings))
        from changeover import app

        app.register(flow)
        note = folder / "ids.json"
        if first:
            company = await create_company(db, "Bench", who="bench")
            async with revise(db, company, kind="source_added", who="bench", why="") as change:
                source = await snapshots.add_source(change, lane=Lane.LEGACY, kind="indeed", location=str(place))
            note.write_text(json.dumps([company, source]))
        company, source = json.loads(note.read_text())
        told: dict[str, float] = {}

        async def timed(row: SourceRow, asked: Asked) -> Reading:
            # Where it is the first, its snapshot is committed when this returns (SourceMemory.keep_whole).
            reading = await flow.read(row, asked)
            told.update(seconds=time.perf_counter() - began, cpu=cpu(folder) - used)
            return reading

        began, used = time.perf_counter(), cpu(folder)
        taken = await read_source(replace(flow, read=timed), company, source)
        whole = {"seconds": time.perf_counter() - began, "cpu": cpu(folder) - used}
        assert isinstance(taken, Taken), taken
        assert taken.verdict.action == "take", taken.verdict
        print(taken.verdict, taken.diff and (taken.diff.appeared_count, len(taken.diff.changed)), file=sys.stderr)
    told = {**told, "live": whole["seconds"], "live_cpu": whole["cpu"]} if first else whole
    return {"jobs": taken.reading.count, **{name: round(value, 3) for name, value in told.items()}}


def settle(address: Address) -> None:
    """What PostgreSQL does by itself in the hour between two readings. After it each changed page is logged whole."""
    with psycopg.connect(address.owner, autocommit=True) as conn:
        conn.execute("vacuum analyze")
        conn.execute("checkpoint")


def copy(folder: Path) -> dict[str, float]:
    """The floor that PostgreSQL sets: the same rows out of the tables and by COPY into a bare one."""
    columns = "j.company_id, j.job_id, j.source_job_id, j.title, j.location, j.url, j.digest, t.description, t.extra"
    with psycopg.connect(server(folder).owner) as conn:
        conn.execute("set search_path = changeover")
        conn.execute(
            "create unlogged table if not exists bench_out as select "
            + columns
            + " from job j join job_text t using (company_id, job_id)"
        )
        conn.execute("create table bench_in (like bench_out)")
        conn.execute("alter table bench_in alter description set storage external, set (toast_tuple_target = 8160)")
        conn.commit()
    with psycopg.connect(server(folder).owner) as a, psycopg.connect(server(folder).owner) as b:
        began, used = time.perf_counter(), cpu(folder)
        with (
            a.cursor().copy("copy changeover.bench_out to stdout (format binary)") as out,
            b.cursor().copy("copy changeover.bench_in from stdin (format binary)") as into,
        ):
            for block in out:
                into.write(block)
        b.commit()
        took, used = time.perf_counter() - began, cpu(folder) - used
        row = b.execute("select count(*) from changeover.bench_in").fetchone()
    with psycopg.connect(server(folder).owner) as conn:
        conn.execute("drop table changeover.bench_in, changeover.bench_out")
    return {"jobs": int(row[0]) if row else 0, "seconds": round(took, 3), "cpu": round(used, 3)}


def cpu(folder: Path) -> float:
    """Seconds of processor that this process, its second one and its PostgreSQL have taken, whatever else runs."""
    return sum(os.times()[:4]) + others_cpu(folder)


def others_cpu(folder: Path) -> float:
    """Of the server's processes, also those that have ended, and of a second one of this; 0 where nothing is told."""
    pid = next((path.read_text().split()[0] for path in folder.glob("data/**/postmaster.pid")), "")
    ticks = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            said = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if path.parent.name == pid:
            ticks += sum(map(int, said[11:15]))
        elif said[1] in (pid, str(os.getpid())):
            ticks += sum(map(int, said[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def measured(folder: Path, name: str) -> dict[str, float]:
    began, used = time.perf_counter(), cpu(folder)
    if name in ("first", "again", "changed"):
        found = asyncio.run(to_commit(folder, int(name == "changed"), name == "first"))
    elif name == "copy":
        found = copy(folder)
    else:
        count = iterparse(folder) if name == "iterparse" else asyncio.run(read_only(folder))
        took, used = time.perf_counter() - began, cpu(folder) - used
        found = {"jobs": count, "seconds": round(took, 3), "cpu": round(used, 3)}
    return {**found, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, "second_mb": max(_SECOND)}


if __name__ == "__main__":
    here, what = Path(sys.argv[1]), sys.argv[2]
    if what == "end":
        if (here / "data").exists():
            discard(here / "data")
    else:
        print(json.dumps(measured(here, what)))
