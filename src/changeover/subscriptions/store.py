"""All the SQL of subscriptions: their addresses, their secrets' ids, and how far each has been told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from changeover.database.board import BOARD
from changeover.database.connection import Connection
from changeover.database.queries import beside
from changeover.ids import new_ids

queries = beside(__file__)
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Subscription:
    """Who is told: where, of which events (none named: of all), and up to which place in the stream.

    ``failing_since``: no try has succeeded since; ``off_at``: since when nothing is sent, and why.
    """

    subscription_id: int
    url: str
    events: tuple[str, ...]
    secret_id: int
    older_secret_id: int | None
    older_until: datetime | None
    cursor: str
    created_at: datetime
    failing_since: datetime | None = None
    off_at: datetime | None = None
    off_why: str = ""
    waiting: int = 0
    dead: int = 0

    def wants(self, event: str) -> bool:
        """Whether it is told of an event; ``posting.*`` names every one of postings."""
        return not self.events or event in self.events or f"{event.partition('.')[0]}.*" in self.events


def _made(row: Row) -> Subscription:
    return Subscription(**{**row, "events": tuple(row["events"])})


async def add(conn: Connection, url: str, events: Sequence[str], cursor: str, now: datetime) -> Subscription:
    """Keep a new subscription, which goes on from ``cursor``."""
    made, secret = new_ids.many(2)
    at = {"company": BOARD, "subscription": made, "secret": secret, "now": now}
    await conn.execute(queries.add, {**at, "url": url, "events": list(events), "cursor": cursor})
    return Subscription(made, url, tuple(events), secret, None, None, cursor, now)


async def subscriptions(conn: Connection) -> list[Subscription]:
    """Every subscription, the oldest first, with how many events wait for it or were given up."""
    return [_made(row) for row in await (await conn.execute(queries.subscriptions, {"company": BOARD})).fetchall()]


async def subscription(conn: Connection, subscription_id: int, *, alone: bool = False) -> Subscription | None:
    """One subscription; None if there is none or, with ``alone``, if another transaction has it."""
    query = queries.taken if alone else queries.subscription
    row = await (await conn.execute(query, {"company": BOARD, "subscription": subscription_id})).fetchone()
    return _made(row) if row else None


async def tell(
    conn: Connection, it: Subscription, events: Sequence[tuple[str, str]], cursor: str, now: datetime
) -> None:
    """Put (event, body) pairs into the outbox, and note the place up to which they tell."""
    ids = new_ids.many(len(events))
    rows = [{"delivery_id": one, "event": event, "body": body} for one, (event, body) in zip(ids, events, strict=True)]
    told = {"recipient": str(it.subscription_id), "now": now, "rows": orjson.dumps(rows).decode()}
    await conn.execute(queries.queue, {"company": BOARD, **told})
    at = {"company": BOARD, "subscription": it.subscription_id}
    await conn.execute(queries.moved, {**at, "cursor": cursor})


async def rotate(conn: Connection, subscription_id: int, until: datetime) -> int | None:
    """A new secret's id; what is sent is signed with the one before too, ``until`` then. None: no such subscription."""
    secret = new_ids()
    at = {"company": BOARD, "subscription": subscription_id, "secret": secret, "until": until}
    return secret if await (await conn.execute(queries.rotate, at)).fetchone() else None


async def succeeded(conn: Connection, subscription_id: int) -> None:
    """An event arrived: whatever failed before is over."""
    await conn.execute(queries.succeeded, {"company": BOARD, "subscription": subscription_id})


async def failed(
    conn: Connection, subscription_id: int, why: str, now: datetime, before: datetime, *, at_once: bool
) -> bool:
    """A try failed. Where none has succeeded since ``before``, or ``at_once``, it is off: then True."""
    at = {"company": BOARD, "subscription": subscription_id, "now": now, "before": before}
    row = await (await conn.execute(queries.failed, {**at, "why": why[:500], "at_once": at_once})).fetchone()
    return bool(row and row["off_at"])


async def enable(conn: Connection, subscription_id: int, now: datetime) -> bool:
    """Send there again, first what was given up; False if there is no such subscription."""
    at = {"company": BOARD, "subscription": subscription_id}
    if await (await conn.execute(queries.enable, at)).fetchone() is None:
        return False
    await conn.execute(queries.send_again, {"company": BOARD, "recipient": str(subscription_id), "now": now})
    return True


async def remove(conn: Connection, subscription_id: int) -> bool:
    """Forget a subscription; False if there is none."""
    at = {"company": BOARD, "subscription": subscription_id}
    return await (await conn.execute(queries.remove, at)).fetchone() is not None
