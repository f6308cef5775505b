"""Children that are begun, stopped at a word, killed for good, and what they leave behind."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import psycopg
from psycopg.rows import dict_row

from changeover import acts
from changeover import flow as runs
from changeover.job import Lane
from killed.child import job
from killed.receiving import Receiver, receiver
from program import World

# A busy machine is no broken promise.
PATIENCE = 300.0
_NUMBERS = itertools.count(1)


@dataclass
class Child:
    """A process of the program. ``told`` is what it has said and nobody has heard yet."""

    id: str
    pid: int = 0
    told: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue)

    async def tells(self, what: str) -> Any:
        """Wait until the child tells ``what``; what it told before is passed over."""
        while True:
            said = await asyncio.wait_for(self.told.get(), PATIENCE)
            if what in said:
                return said[what]

    async def stops(self) -> str | None:
        """Where the child has stopped; None if it came to its end first."""
        while True:
            said = await asyncio.wait_for(self.told.get(), PATIENCE)
            if "stopped" in said or "done" in said:
                return said.get("stopped")

    def goes_on(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    async def dies(self) -> None:
        """kill -9; returns when the process is no more."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
            while True:
                os.kill(self.pid, 0)
                await asyncio.sleep(0.005)


class Nursery:
    """Where children come from: one process that has loaded the program and forks. ``outside`` is who they send to."""

    def __init__(self, process: asyncio.subprocess.Process, outside: Receiver) -> None:
        self._process = process
        self.outside = outside
        self._children: dict[str, Child] = {}

    async def hear(self) -> None:
        """Hand each child's words to who waits for them."""
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            said = orjson.loads(line)
            child = self._children[said["id"]]
            child.pid = said["pid"]
            child.told.put_nowait(said)

    def begin(self, world: World, act: str, *, stop: int = 0, **order: Any) -> Child:
        """A child that does ``act`` in the world's database, stopped before its word number ``stop``."""
        child = Child(f"child-{os.getpid()}-{next(_NUMBERS)}")
        self._children[child.id] = child
        said = {"legacy": [], "ats": [], "now": world.db.now().isoformat(), "owner": world.db.address.owner}
        assert self._process.stdin is not None
        self._process.stdin.write(orjson.dumps(said | order | {"id": child.id, "act": act, "stop": stop}) + b"\n")
        return child

    async def end(self) -> None:
        """Kill every child that is left, then let the process end."""
        for child in self._children.values():
            if child.pid:
                await child.dies()
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()


@asynccontextmanager
async def nursery() -> AsyncIterator[Nursery]:
    """A nursery of the test run's own."""
    where = os.pathsep.join([str(Path(__file__).parent.parent), os.environ.get("PYTHONPATH", "")])
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "killed.child",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": where},
        limit=2**20,
    )
    async with receiver() as outside:
        made = Nursery(process, outside)
        hearing = asyncio.create_task(made.hear())
        try:
            yield made
        finally:
            await made.end()
            await hearing


def ask(world: World, query: str, *values: object) -> list[dict[str, Any]]:
    """Rows of the world's database, asked as its owner."""
    options = "-c search_path=changeover,background"
    with psycopg.connect(world.db.address.owner, row_factory=dict_row, options=options) as conn:
        return conn.execute(query.encode(), values).fetchall()


async def until(what: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Wait until it is so."""
    async with asyncio.timeout(seconds):
        while not what():  # noqa: ASYNC110 - what is waited for is in another process
            await asyncio.sleep(0.05)


async def forgotten(world: World, children: Iterable[Child]) -> None:
    """Wait until the database has noticed that the children are dead."""
    names = [child.id for child in children]
    await until(
        lambda: not ask(world, "select 1 from pg_stat_activity where application_name = any(%s) limit 1", names)
    )


def stands(world: World, company: int) -> tuple[str, str]:
    """The company's state and what feeds it."""
    (row,) = ask(world, "select state, feed from company where company_id = %s", company)
    return row["state"], row["feed"]


def at_rest(world: World) -> bool:
    """Whether nothing waits to be done."""
    behind = ask(world, "select 1 from company where revision > flowed_revision limit 1")
    return not behind and not ask(world, "select 1 from procrastinate_jobs where status in ('todo', 'doing') limit 1")


def live(world: World, company: int) -> dict[int, str]:
    """What the board shows of the company: titles by posting id."""
    rows = ask(world, "select posting_id, title from public_posting where company_id = %s", company)
    return {row["posting_id"]: row["title"] for row in rows}


async def employ(world: World, legacy: Iterable[int], ats: Iterable[int], *, push: bool = False) -> int:
    """A company in migration whose sources have told these jobs; nothing has been matched or moved yet."""
    await world.employ(push=push)
    world.tell(Lane.LEGACY, *(job(Lane.LEGACY, number) for number in legacy))
    await runs.read_source(world.flow, world.company, world.legacy)
    if push:
        await runs.take_push(world.flow, world.company, [job(Lane.ATS, n) for n in ats], (), complete=True, who="test")
    else:
        world.tell(Lane.ATS, *(job(Lane.ATS, number) for number in ats))
        await runs.read_source(world.flow, world.company, world.ats)
    assert await acts.activate(world.flow, world.company, who="test") is None
    return world.company
