"""What leaves the house while it is killed: applications that an ATS is told of, and events for subscribers."""

from __future__ import annotations

import itertools
from typing import Any

from changeover import flow as runs
from changeover.apply import delivery
from changeover.apply import store as applications
from changeover.database.board import BOARD
from changeover.job import Lane
from changeover.refusal import Refusal
from changeover.subscriptions import publishing, store
from killed.child import KEYS, job, outgoing
from killed.killing import ask, employ
from killed.receiving import Receiver
from program import World

HOME = "https://board.example"
_APPLICATIONS = 3
_PATHS = (f"/receiver-{number}" for number in itertools.count(1))


async def applied(world: World, outside: Receiver) -> dict[str, Any]:
    """A company whose ATS is to be told of applications that have come."""
    company = await employ(world, [1], [1], push=True)
    path = next(_PATHS)
    async with runs.pushing(world.flow, company, who="test") as push:
        assert not isinstance(push, Refusal)
        await applications.set_forms(push.change, push.row.source_id, {"A1": {"deliver_to": outside.url + path}})
    (row,) = ask(world, "select posting_id from job where company_id = %s and lane = 'ats'", company)
    async with outgoing(world.flow) as outbox, world.db.company(company) as conn:
        for number in range(_APPLICATIONS):
            who = {"email": f"{number}@example.org"}
            made = await applications.add(conn, company, row["posting_id"], "A1", who, {}, world.db.now())
            await delivery.hand_over(outbox, HOME, conn, company, made)
    return {"company": company, "path": path}


async def subscribed(world: World, outside: Receiver) -> dict[str, Any]:
    """A subscriber, and what has happened since that it has not been told."""
    async with world.db.company(BOARD) as conn:
        for each in await store.subscriptions(conn):
            await store.remove(conn, each.subscription_id)
    path = next(_PATHS)
    made, _ = await publishing.subscribe(world.db, KEYS, outside.url + path, (), from_now=True)
    company = await employ(world, [1, 2], [2])
    # A job that closes, so that the last word on its posting is not its first.
    world.tell(Lane.LEGACY, job(Lane.LEGACY, 2))
    await runs.read_source(world.flow, company, world.legacy)
    return {"company": company, "path": path, "recipient": str(made.subscription_id)}


def none_waits(world: World, order: dict[str, Any]) -> bool:
    """Whether all has been sent: something, and nothing is left."""
    rows = _deliveries(world, order)
    return bool(rows) and {row["state"] for row in rows} == {"delivered"}


async def drain(world: World, order: dict[str, Any]) -> None:
    async with outgoing(world.flow) as outbox:
        await outbox.drain(order["company"])


async def publish(world: World, order: dict[str, Any]) -> None:
    # What the child has put into the outbox is due by its clock, which had gone on.
    world.later(minutes=5)
    async with outgoing(world.flow) as outbox:
        await publishing.publish(world.db, outbox, HOME)
        await outbox.drain(BOARD)


def applications_amiss(world: World, outside: Receiver, order: dict[str, Any]) -> list[str]:
    """Each application is told under one id, once in effect; what is noted as delivered has come."""
    told = [each["application"] for each in outside.told(order["path"])]
    rows = ask(world, "select application_id from application where company_id = %s", order["company"])
    every = {str(row["application_id"]) for row in rows}
    found = _amiss(world, outside, order)
    if len(told) != len(set(told)) or not set(told) <= every:
        found.append(f"of the applications {sorted(every)} came {sorted(told)}")
    if none_waits(world, order) and set(told) != every:
        found.append(f"applications {sorted(every - set(told))} did not come")
    return found


def events_amiss(world: World, outside: Receiver, order: dict[str, Any]) -> list[str]:
    """No change of a posting is told under two ids, and who takes each id once holds what is live."""
    told = outside.told(order["path"])
    postings = [each["data"] for each in told if each["type"].startswith("posting.")]
    changes = [(each["id"], each["revision"]) for each in postings]
    found = _amiss(world, outside, order)
    if len(changes) != len(set(changes)):
        found.append(f"a change was told twice: {sorted(changes)}")
    if none_waits(world, order):
        newest = {each["id"]: each for each in sorted(postings, key=lambda each: each["revision"])}
        held = sorted(each["posting"]["title"] for each in newest.values() if each["posting"])
        rows = ask(world, "select title from public_posting where company_id = %s", order["company"])
        if held != (live := sorted(row["title"] for row in rows)):
            found.append(f"the subscriber holds {held}, and live is {live}")
    return found


def _amiss(world: World, outside: Receiver, order: dict[str, Any]) -> list[str]:
    came = outside.came[order["path"]]
    rows = _deliveries(world, order)
    lost = [row["delivery_id"] for row in rows if row["state"] == "delivered" and str(row["delivery_id"]) not in came]
    dead = [row["delivery_id"] for row in rows if row["state"] == "dead"]
    return (
        outside.otherwise(order["path"]) + [f"{each} never came" for each in lost] + [f"{each} died" for each in dead]
    )


def _deliveries(world: World, order: dict[str, Any]) -> list[dict[str, Any]]:
    of = (BOARD, order["recipient"]) if "recipient" in order else (order["company"], "")
    return ask(world, "select delivery_id, state from delivery where company_id = %s and recipient = %s", *of)
