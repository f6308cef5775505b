"""All the SQL of subscriptions: their addresses, their secrets' ids, and how far each has been told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from changeover.database.connection import Connection
from changeover.database.queries import beside
from changeover.ids import new_ids
from changeover.subscriptions import BOARD

queries = beside(__file__)
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Subscription:
    """Who is told: where, of which events (none named: of all), and up to which place in the stream."""

    subscription_id: int
    url: str
    events: tuple[str, ...]
    secret_id: int
    older_secret_id: int | None
    older_until: datetime | None
    cursor: str
    created_at: datetime
    waiting: int = 0
    dead: int = 0

    def wants(self, event: str) -> bool:
        """Whether it is told of an event; ``posting.*`` names every one of postings."""
        return not self.events or event in self.events or f"{event.partition('.')[0]}.*" in self.events


def _made(row: Row) -> Subscription:
    told = {name: value for name, value in row.items() if name != "company_id"}
    return Subscription(**{**told, "events": tuple(row["events"])})


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


async def remove(conn: Connection, subscription_id: int) -> bool:
    """Forget a subscription; False if there is none."""
    at = {"company": BOARD, "subscription": subscription_id}
    return await (await conn.execute(queries.remove, at)).fetchone() is not None
