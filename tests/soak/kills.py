"""Kills at every numbered point, for so long; each visit is added to the table of points, the run to the ledger."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import promises
from changeover.database import folders
from changeover.database.embedded import Server, ensure_running
from killed.killing import Child, Nursery, nursery
from killed.operations import OPERATIONS, Operation, Visit, each_dies, points, visit
from killed.table import Point, add_visits, named, visited
from program import World, new_world
from soak.ledger import Run, add, commit
from soak.server import own_server

# So many children at once, and so many batches on one database, whose promises take longer the more it has seen.
TOGETHER, BATCHES = 10, 8
# Of so many batches one is ended by the death of PostgreSQL.
SERVER = 4


@dataclass
class _Killing:
    data: Path
    server: Server
    chance: random.Random
    until: float
    visits: list[tuple[str, Visit]] = field(default_factory=list)
    kills: int = 0
    points: dict[str, list[str]] = field(default_factory=dict)
    seen: Counter[Point] = field(default_factory=visited)

    async def processes(self, begun: Iterable[Child]) -> None:
        await each_dies(begun)
        self.kills += len(list(begun))

    async def postgresql(self, begun: Iterable[Child]) -> None:
        """kill -9 of the server while every child stands at its point."""
        home = folders.settled(self.data)
        assert home is not None
        os.kill(int((home.cluster / "postmaster.pid").read_text().splitlines()[0]), signal.SIGKILL)
        self.kills += 1
        await each_dies(begun)
        await asyncio.to_thread(ensure_running, self.data, None)

    async def number(self) -> None:
        """Have each operation done once, to know its points."""
        async with nursery() as children, new_world(self.server) as world:
            for name, operation in OPERATIONS.items():
                self.points[name] = await points(world, children, operation)

    def chosen(self) -> Operation:
        """An operation by chance: the more of its points were never visited, the sooner."""
        new = [1 + sum(not self.seen[point] for point in named(*each)) for each in self.points.items()]
        return OPERATIONS[self.chance.choices(list(self.points), new)[0]]

    async def batch(self, world: World, children: Nursery, operation: Operation) -> None:
        """The points of the operation that were visited least so far."""
        each = named(operation.name, self.points[operation.name])
        numbers = self.chance.sample(range(1, len(each) + 1), len(each))
        numbers.sort(key=lambda number: self.seen[each[number - 1]])
        how, kill = self.how()
        numbers = numbers[: 1 if operation.alone else TOGETHER]
        found = await visit(world, children, operation, numbers, kill, lambda: promises.broken(world.db.address.owner))
        self.visits += [(how, one) for one in found]
        self.seen.update(each[number - 1] for number in numbers)

    def how(self) -> tuple[str, Callable[[Iterable[Child]], Awaitable[None]]]:
        if self.chance.randrange(SERVER):
            return "process", self.processes
        return "postgresql", self.postgresql


async def _kill(it: _Killing) -> None:
    await it.number()
    async with AsyncExitStack() as stack:
        children = await stack.enter_async_context(nursery())
        while time.time() < it.until and not any(each.broken for _, each in it.visits):
            async with new_world(it.server) as world:
                for _ in range(BATCHES):
                    if time.time() < it.until:
                        await it.batch(world, children, it.chosen())


def kill(minutes: float, seed: int) -> int:
    """Kill for so long; 1 if a promise was broken."""
    began = time.time()
    with own_server(durable=True) as (data, server):
        it = _Killing(data, server, random.Random(seed), began + 60 * minutes)
        try:
            asyncio.run(_kill(it))
        finally:
            broken = sum(bool(each.broken) for _, each in it.visits)
            add(Run(commit(), began, "kills", str(seed), 0, 0, it.kills, broken))
            add_visits(it.visits, it.points)
    print(f"{it.kills:,} kills, {len(it.visits):,} visits of points, {broken} broken")
    for how, each in it.visits:
        if each.broken:
            print(how, each)
    return bool(broken)
