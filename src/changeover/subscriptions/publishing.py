"""Events for subscribers, made of the change stream: stream and webhooks cannot disagree."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

import structlog
from standardwebhooks import Webhook

from changeover.database.board import BOARD
from changeover.database.connection import Connection, Database
from changeover.postings.changes import LivePlace, Moved, follow, here, moves, parse_cursor, record
from changeover.subscriptions import store
from changeover.subscriptions.store import Subscription
from changeover.webhooks import sealed
from changeover.webhooks.keys import Keys, webhook_secret
from changeover.webhooks.outbox import Channel, Outbox, Reply, Target
from changeover.webhooks.signing import body_of

log = structlog.get_logger(__name__)

CHANNEL, PUBLISH = "events", "publish_events"
# How long what is sent is signed with the secret before the newest, too.
GRACE = timedelta(hours=24)
# No try has succeeded for so long: nothing is sent any more until a person enables it.
FAILING = timedelta(days=3)
GONE = 410
_SIZE = 200
# What happened to a company, by what its history calls it.
COMPANY_EVENTS = {
    "activated": "company.activated",
    "become_ready": "company.ready",
    "cut_over": "company.cut_over",
    "resolved": "company.cut_over",
    "reverted": "company.reverted",
    "cancelled": "company.cancelled",
    "finished": "company.finished",
    "reading_held": "company.reading_held",
}


async def subscribe(
    db: Database, keys: Keys, url: str, events: Sequence[str], *, from_now: bool = False
) -> tuple[Subscription, str]:
    """A new subscription and its secret. It begins with all that is live, each as ``posting.opened``.

    ``from_now``: with what comes after this instead.
    """
    place = await here(db)
    cursor = str(place if from_now else LivePlace(place.position))
    async with db.company(BOARD) as conn:
        made = await store.add(conn, url, events, cursor, db.now())
        return made, await _new_secret(conn, db, keys, made.subscription_id, made.secret_id)


async def rotate(db: Database, keys: Keys, subscription_id: int) -> str | None:
    """A new secret; None if there is no such subscription."""
    async with db.company(BOARD) as conn:
        secret = await store.rotate(conn, subscription_id, db.now() + GRACE)
        return await _new_secret(conn, db, keys, subscription_id, secret) if secret else None


async def _new_secret(conn: Connection, db: Database, keys: Keys, subscription_id: int, secret_id: int) -> str:
    return webhook_secret(await sealed.keep(conn, keys, BOARD, BOARD, subscription_id, secret_id, now=db.now()))


async def _secrets(db: Database, keys: Keys, it: Subscription) -> list[str]:
    """What an event is signed with: the newest secret and, for a while, the one before it."""
    ids = [it.secret_id]
    if it.older_secret_id is not None and it.older_until is not None and it.older_until > db.now():
        ids.append(it.older_secret_id)
    async with db.company(BOARD) as conn:
        found = [await sealed.secrets(conn, keys, BOARD, BOARD, it.subscription_id, each, now=db.now()) for each in ids]
    return [webhook_secret(each) for each in chain.from_iterable(found)]


async def publish(db: Database, outbox: Outbox, url: str) -> None:
    """Put into the outbox what no subscriber has been told yet. ``url``: the board's own address."""
    async with db.company(BOARD) as conn:
        ids = [it.subscription_id for it in await store.subscriptions(conn) if it.off_at is None]
    for each in ids:
        while await _page(db, outbox, each, url):
            pass


async def _page(db: Database, outbox: Outbox, subscription_id: int, url: str) -> bool:
    """One page of the stream for one subscriber, told and noted in one transaction; whether there is more."""
    async with db.company(BOARD) as conn:
        it = await store.subscription(conn, subscription_id, alone=True)
        if it is None:
            return False
        after = parse_cursor(it.cursor)
        page = await follow(db, after, _SIZE)
        if str(page.next) == it.cursor:
            return False
        moved = await moves(db, after, page.next, list(COMPANY_EVENTS))
        told = [(f"posting.{entry.kind}", entry.at, record(entry, url)) for entry in page.entries]
        told += [(COMPANY_EVENTS[move.kind], move.at, _company(move)) for move in moved]
        events = [(event, _body(event, at or db.now(), data)) for event, at, data in told if it.wants(event)]
        await store.tell(conn, it, events, str(page.next), db.now())
        if events:
            await outbox.wake(conn, BOARD)
    return page.more


def _company(it: Moved) -> dict[str, Any]:
    return {"company": str(it.company_id), "revision": it.revision, "state": it.state, "feed": it.feed}


def _body(event: str, at: datetime, data: dict[str, Any]) -> str:
    return body_of({"type": event, "timestamp": at.isoformat(), "data": data})


def channel(db: Database, keys: Callable[[], Keys]) -> Channel:
    """How the outbox reaches subscribers: signed as Standard Webhooks says, at the time of each try."""

    async def target(row: dict[str, Any]) -> Target:
        async with db.company(BOARD) as conn:
            it = await store.subscription(conn, int(row["recipient"]))
        if it is None:
            return Target(problem="The subscription was taken back.")
        if it.off_at is not None:
            return Target(problem="The subscription is off, since it kept failing: enable it again.")
        now, nth = db.now(), str(row["delivery_id"])
        found = await _secrets(db, keys(), it)
        if not found:
            return Target(
                problem="The board's key has changed: give the subscription a new secret, then enable it again."
            )
        signed = (Webhook(each).sign(nth, now, row["body"]) for each in found)
        headers = {"webhook-id": nth, "webhook-timestamp": str(int(now.timestamp()))}
        return Target(it.url, {**headers, "webhook-signature": " ".join(signed)})

    async def secrets(_row: dict[str, Any]) -> Sequence[str]:
        return ()

    async def heard(row: dict[str, Any], reply: Reply, problem: str) -> None:
        which, now = int(row["recipient"]), db.now()
        async with db.company(BOARD) as conn:
            if not problem:
                await store.succeeded(conn, which)
            elif await store.failed(conn, which, problem, now, now - FAILING, at_once=reply.status == GONE):
                log.warning("a subscription is off: it kept failing", subscription=which, problem=problem)

    return Channel(target, secrets, lambda _row: "", heard=heard)


async def enable(db: Database, outbox: Outbox | None, subscription_id: int) -> bool:
    """Send to a subscription again: what was given up, then what it has missed. False if there is none."""
    async with db.company(BOARD) as conn:
        there = await store.enable(conn, subscription_id, db.now())
        if there and outbox is not None:
            await outbox.wake(conn, BOARD)
    return there


def register(db: Database, outbox: Outbox, url: str) -> None:
    """Tell the queue when subscribers are told."""

    async def publish_events(timestamp: int) -> None:
        del timestamp
        await publish(db, outbox, url)

    outbox.queue.every("* * * * * */2", PUBLISH, publish_events)
