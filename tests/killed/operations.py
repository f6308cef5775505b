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
from killed import large, outgoing, pushing, rekeying, upgrading
from killed.child import job
from killed.killing import Child, Nursery, ask, employ, forgotten, stands
from killed.receiving import Receiver
from program import World

BOTH: dict[str, Any] = {"legacy": [1, 2, 3], "ats": [1, 2, 3]}
Order = dict[str, Any]
ONE_MORE: dict[str, Any] = {"legacy": [1, 2, 3], "ats": [1, 2, 4]}


@dataclass(frozen=True)
class Operation:
    """What is killed: how a company is made ready for it, what a child does, whether it is done, and doing it again.

    ``amiss`` looks, after a kill and at the end, for what of it is in no state that it may be in; ``checked`` says so
    in words. ``alone``: of such there is one at a time on a board.
    """

    name: str
    act: str
    ready: Callable[[World, Receiver], Awaitable[Order]]
    done: Callable[[World, Order], bool]
    again: Callable[[World, Order], Awaitable[object]]
    checked: str = "every promise holds, and done again it is done."
    amiss: Callable[[World, Receiver, Order], list[str]] = lambda _world, _outside, _order: []
    alone: bool = False


@dataclass(frozen=True)
class Visit:
    """A kill at a point: what was being said, whether all had been done by then, and what was broken after it."""

    operation: str
    point: int
    said: str
    after: bool
    broken: Sequence[str] = ()


def _tell(world: World, order: Order) -> None:
    for lane in Lane:
        world.tell(lane, *(job(lane, number) for number in order[lane]))


async def _matching(world: World, _outside: Receiver) -> Order:
    return {"company": await employ(world, **BOTH), **BOTH}


async def _unmatched(world: World, _outside: Receiver) -> Order:
    company = await employ(world, **ONE_MORE)
    await runs.run(world.flow, company)
    return {"company": company, "seen": (await acts.preview(world.flow, company)).preview.digest, **ONE_MORE}


async def _moved(world: World, outside: Receiver) -> Order:
    order = await _matching(world, outside)
    await runs.run(world.flow, order["company"])
    return {**order, "seen": (await acts.preview(world.flow, order["company"])).preview.digest}


async def _changed(world: World, _outside: Receiver) -> Order:
    """A source that has one job more and one less than it was read with."""
    company = await employ(world, **BOTH)
    order = {"company": company, "source": world.legacy, "legacy": [2, 3, 4], "ats": BOTH["ats"]}
    _tell(world, order)
    return order


async def _pushes(world: World, _outside: Receiver) -> Order:
    return {"company": await employ(world, [1], [1], push=True), "legacy": [1], "ats": [2]}


def _stands(*where: str) -> Callable[[World, Order], bool]:
    return lambda world, order: stands(world, order["company"]) == where


def _open(lane: str, *keys: str) -> Callable[[World, Order], bool]:
    def these(world: World, order: Order) -> bool:
        query = "select source_job_id as key from job where company_id = %s and lane = %s and open order by 1"
        return [row["key"] for row in ask(world, query, order["company"], lane)] == list(keys)

    return these


async def _run(world: World, order: Order) -> None:
    company = order["company"]
    await runs.run(world.flow, company)


async def _read(world: World, order: Order) -> None:
    company = order["company"]
    await runs.read_source(world.flow, company, order["source"])


async def _push(world: World, order: Order) -> None:
    company = order["company"]
    jobs = [job("ats", number) for number in order["ats"]]
    await runs.take_push(world.flow, company, jobs, (), complete=False, who="test")


async def _resolve(world: World, order: Order) -> None:
    company = order["company"]
    seen = (await acts.preview(world.flow, company)).preview.digest
    if stands(world, company)[1] == "legacy":
        await acts.resolve(world.flow, company, seen=seen, who="test")


async def _revert(world: World, order: Order) -> None:
    company = order["company"]
    seen = (await acts.preview(world.flow, company)).preview.digest
    if stands(world, company)[1] == "ats":
        await acts.revert(world.flow, company, seen=seen, who="test")


OPERATIONS = {
    it.name: it
    for it in (
        Operation("reading", "read", _changed, _open("legacy", "L2", "L3", "L4"), _read),
        Operation("first reading of a large feed", "read", large.unread, large.all_open, large.read),
        Operation("push", "push", _pushes, _open("ats", "A1", "A2"), _push),
        Operation("run and cut-over", "run", _matching, _stands("cut_over", "ats"), _run),
        Operation("resolve", "resolve", _unmatched, _stands("cut_over", "ats"), _resolve),
        Operation("revert", "revert", _moved, _stands("matching", "legacy"), _revert),
        Operation(
            "ingest of the wire", "ingest", pushing.told_once, pushing.told_whole, pushing.tell_again,
            "all elements of the batch stand or none, jobs, listings and postings alike, each with its receipt; told "
            "again each ends in exactly one state.",
            pushing.told_amiss,
        ),
        Operation(
            "delivery of applications", "deliver", outgoing.applied, outgoing.none_waits, outgoing.drain,
            "what is noted as delivered has come; at the end each application has come, under one id and with one "
            "body, so that who knows the id takes it once.",
            outgoing.applications_amiss,
        ),
        Operation(
            "publishing and delivery of events", "publish", outgoing.subscribed, outgoing.none_waits,
            outgoing.publish,
            "what is noted as delivered has come; no change is told under two ids; at the end the subscriber, who "
            "takes each id once, holds what is live.",
            outgoing.events_amiss,
            alone=True,
        ),
        Operation(
            "upgrade", "upgrade", upgrading.empty, upgrading.stands_at_head, upgrading.go_on,
            "from an empty database; at the end tables, columns, constraints, valid indexes, views, functions, "
            "policies and rights are those of a database whose upgrade nobody killed.",
            upgrading.schema_amiss,
        ),
        Operation(
            "changing the board's key", "rekey", rekeying.given, rekeying.under_the_newest, rekeying.go_on,
            "at every instant the new key and the one of before open each secret as it was given; at the end the new "
            "one alone does.",
            rekeying.secrets_amiss,
            alone=True,
        ),
    )
}  # fmt: skip


async def points(world: World, children: Nursery, operation: Operation) -> list[str]:
    """Every word that the operation says when nobody kills it, in order."""
    child = children.begin(world, operation.act, **await operation.ready(world, children.outside))
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
    orders = [await operation.ready(world, children.outside) for _ in numbers]
    begun = [
        children.begin(world, operation.act, stop=number, **order)
        for number, order in zip(numbers, orders, strict=True)
    ]

    def amiss() -> list[str]:
        return [each for order in orders for each in operation.amiss(world, children.outside, order)] + broken()

    said = [await child.stops() for child in begun]
    await kill(begun)
    await forgotten(world, begun)
    after = [operation.done(world, order) for order in orders]
    found = amiss()
    for order in orders:
        await operation.again(world, order)
    left = [order for order in orders if not operation.done(world, order)]
    found += [f"{operation.name} was not done again: {order}" for order in left] + amiss()
    return [
        Visit(operation.name, number, where, was, found)
        for number, where, was in zip(numbers, said, after, strict=True)
        if where is not None
    ]


async def each_dies(begun: Iterable[Child]) -> None:
    """kill -9 of every process."""
    for child in begun:
        await child.dies()
