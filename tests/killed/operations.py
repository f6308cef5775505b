"""The operations that are killed at each of their numbered points, and what has to hold after it.

A point is a word to the database (BEGIN and COMMIT too), counted from the operation's beginning: `child` stops
before the word of a number, then the process or PostgreSQL is killed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from changeover import acts
from changeover import flow as runs
from changeover.job import Lane
from killed.child import job
from killed.killing import Child, Nursery, ask, employ, forgotten, stands
from program import World

BOTH: dict[str, Any] = {"legacy": [1, 2, 3], "ats": [1, 2, 3]}
ONE_MORE: dict[str, Any] = {"legacy": [1, 2, 3], "ats": [1, 2, 4]}


@dataclass(frozen=True)
class Operation:
    """What is killed: how a company is made ready for it, what a child does, whether it is done, and doing it again."""

    name: str
    act: str
    ready: Callable[[World], Awaitable[dict[str, Any]]]
    done: Callable[[World, int], bool]
    again: Callable[[World, int, dict[str, Any]], Awaitable[object]]


@dataclass(frozen=True)
class Visit:
    """A kill at a point: what was being said, whether all had been done by then, and what was broken after it."""

    operation: str
    point: int
    said: str
    after: bool
    broken: Sequence[str] = ()


def _tell(world: World, order: dict[str, Any]) -> None:
    for lane in Lane:
        world.tell(lane, *(job(lane, number) for number in order[lane]))


async def _matching(world: World) -> dict[str, Any]:
    return {"company": await employ(world, **BOTH), **BOTH}


async def _unmatched(world: World) -> dict[str, Any]:
    company = await employ(world, **ONE_MORE)
    await runs.run(world.flow, company)
    return {"company": company, "seen": (await acts.preview(world.flow, company)).preview.digest, **ONE_MORE}


async def _moved(world: World) -> dict[str, Any]:
    order = await _matching(world)
    await runs.run(world.flow, order["company"])
    return {**order, "seen": (await acts.preview(world.flow, order["company"])).preview.digest}


async def _changed(world: World) -> dict[str, Any]:
    """A source that has one job more and one less than it was read with."""
    company = await employ(world, **BOTH)
    order = {"company": company, "source": world.legacy, "legacy": [2, 3, 4], "ats": BOTH["ats"]}
    _tell(world, order)
    return order


async def _pushes(world: World) -> dict[str, Any]:
    return {"company": await employ(world, [1], [1], push=True), "legacy": [1], "ats": [2]}


def _open(world: World, company: int, lane: str) -> list[str]:
    rows = ask(world, "select source_job_id from job where company_id = %s and lane = %s and open", company, lane)
    return sorted(row["source_job_id"] for row in rows)


async def _run(world: World, company: int, order: dict[str, Any]) -> None:
    await runs.run(world.flow, company)


async def _read(world: World, company: int, order: dict[str, Any]) -> None:
    await runs.read_source(world.flow, company, order["source"])


async def _push(world: World, company: int, order: dict[str, Any]) -> None:
    jobs = [job("ats", number) for number in order["ats"]]
    await runs.take_push(world.flow, company, jobs, (), complete=False, who="test")


async def _resolve(world: World, company: int, order: dict[str, Any]) -> None:
    seen = (await acts.preview(world.flow, company)).preview.digest
    if stands(world, company)[1] == "legacy":
        await acts.resolve(world.flow, company, seen=seen, who="test")


async def _revert(world: World, company: int, order: dict[str, Any]) -> None:
    seen = (await acts.preview(world.flow, company)).preview.digest
    if stands(world, company)[1] == "ats":
        await acts.revert(world.flow, company, seen=seen, who="test")


OPERATIONS = {
    it.name: it
    for it in (
        Operation("reading", "read", _changed, lambda w, c: _open(w, c, "legacy") == ["L2", "L3", "L4"], _read),
        Operation("push", "push", _pushes, lambda w, c: _open(w, c, "ats") == ["A1", "A2"], _push),
        Operation("run and cut-over", "run", _matching, lambda w, c: stands(w, c) == ("cut_over", "ats"), _run),
        Operation("resolve", "resolve", _unmatched, lambda w, c: stands(w, c) == ("cut_over", "ats"), _resolve),
        Operation("revert", "revert", _moved, lambda w, c: stands(w, c) == ("matching", "legacy"), _revert),
    )
}


async def points(world: World, children: Nursery, operation: Operation) -> list[str]:
    """Every word that the operation says when nobody kills it, in order."""
    child = children.begin(world, operation.act, **await operation.ready(world))
    said: list[str] = await child.tells("said")
    return said


async def visit(
    world: World,
    children: Nursery,
    operation: Operation,
    numbers: Sequence[int],
    kill: Callable[[Iterable[Child]], Awaitable[None]],
    broken: Callable[[], list[str]],
) -> list[Visit]:
    """Kill at these points, each in a company of its own; then all is done again, and has to come out right."""
    orders = [await operation.ready(world) for _ in numbers]
    begun = [
        children.begin(world, operation.act, stop=number, **order)
        for number, order in zip(numbers, orders, strict=True)
    ]
    said = [await child.stops() for child in begun]
    await kill(begun)
    await forgotten(world, begun)
    after = [operation.done(world, order["company"]) for order in orders]
    found = broken()
    for order in orders:
        await operation.again(world, order["company"], order)
    left = [order["company"] for order in orders if not operation.done(world, order["company"])]
    found += [f"{operation.name} was not done again in company {company}" for company in left] + broken()
    return [
        Visit(operation.name, number, where, was, found)
        for number, where, was in zip(numbers, said, after, strict=True)
        if where is not None
    ]


async def each_dies(begun: Iterable[Child]) -> None:
    """kill -9 of every process."""
    for child in begun:
        await child.dies()
