"""All the SQL of what leaves us: registered addresses and the outbox."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from structlog.contextvars import get_contextvars

from changeover.database.connection import Connection
from changeover.database.queries import beside
from changeover.ids import new_ids

queries = beside(__file__)
Row = dict[str, Any]


async def _all(conn: Connection, query: str, **at: Any) -> list[Row]:
    return await (await conn.execute(query, at)).fetchall()


async def register(
    conn: Connection, tenant: int, channel: str, recipient: str, event: str, url: str, now: datetime
) -> int | None:
    """Register an address; its id, or None if it is registered already. It is checked before anything is sent."""
    at = {"channel": channel, "recipient": recipient, "event": event, "url": url, "now": now}
    rows = await _all(conn, queries.register, company=tenant, webhook=new_ids(), **at)
    return int(rows[0]["webhook_id"]) if rows else None


async def known_urls(conn: Connection, tenant: int, channel: str, recipient: str, event: str) -> dict[str, str]:
    """The addresses registered for one recipient and event, with their states."""
    rows = await _all(conn, queries.known_urls, company=tenant, channel=channel, recipient=recipient, event=event)
    return {row["url"]: row["state"] for row in rows}


async def webhooks(conn: Connection, tenant: int) -> list[Row]:
    """Every address of a tenant."""
    return await _all(conn, queries.webhooks, company=tenant)


async def webhook(conn: Connection, tenant: int, webhook_id: int) -> Row | None:
    """One address."""
    rows = await _all(conn, queries.webhook, company=tenant, webhook=webhook_id)
    return rows[0] if rows else None


async def receivers(conn: Connection, tenant: int, channel: str, recipient: str, event: str) -> list[Row]:
    """The addresses that an event of a recipient may go to, those registered for it alone first."""
    return await _all(conn, queries.receivers, company=tenant, channel=channel, recipient=recipient, event=event)


async def checked(
    conn: Connection, row: Row, *, state: str, failures: int, problem: str, now: datetime, check_at: datetime | None
) -> None:
    """Keep how a check came out."""
    at = {"company": row["company_id"], "webhook": row["webhook_id"], "now": now, "check_at": check_at}
    await conn.execute(queries.checked, {**at, "state": state, "failures": failures, "problem": problem})


async def check_again(conn: Connection, tenant: int, webhook_id: int, now: datetime) -> None:
    """Have an address checked now, though it may be blocked."""
    await conn.execute(queries.again, {"company": tenant, "webhook": webhook_id, "now": now})


async def due_checks(conn: Connection, now: datetime, size: int) -> list[tuple[int, int]]:
    """(tenant, address) of those that are to be checked (operator's connection)."""
    rows = await _all(conn, queries.due_checks, now=now, size=size)
    return [(row["company_id"], row["webhook_id"]) for row in rows]


async def queue(
    conn: Connection,
    company: int,
    channel: str,
    recipient: str,
    event: str,
    body: str,
    now: datetime,
    url: str = "",
    *,
    next_at: datetime | None = None,
) -> int:
    """Put an event into the outbox, in the caller's transaction; its id. ``url``: where to, whatever is registered.

    It is not sent before ``next_at``. The request that is being served is kept with it, for the log.
    """
    delivery_id = new_ids()
    at: Row = {"company": company, "delivery": delivery_id, "channel": channel, "recipient": recipient, "now": now}
    at |= {"next_at": next_at or now, "request": get_contextvars().get("request", "")}
    await conn.execute(queries.queue, {**at, "event": event, "url": url, "body": body})
    return delivery_id


def receiver(row: Row) -> str:
    """Whoever an event goes to, as `due` leaves out those who give no answer."""
    return " ".join((row["channel"], row["recipient"], row["url"]))


async def due(
    conn: Connection,
    company: int,
    now: datetime,
    size: int,
    *,
    mail: bool,
    sent: Sequence[str],
    silent: Collection[str] = (),
) -> list[Row]:
    """A company's events that are to be sent now, the oldest first: by ``mail`` (the channels ``sent``) or otherwise.

    ``silent`` are receivers that are left in peace.
    """
    at = {"company": company, "now": now, "size": size, "mail": mail, "sent": list(sent), "silent": list(silent)}
    return await _all(conn, queries.due, **at)


async def due_companies(conn: Connection, now: datetime, size: int, sent: Sequence[str]) -> list[tuple[int, bool]]:
    """Companies with events that are to be sent now, and whether that is e-mail (operator's connection)."""
    rows = await _all(conn, queries.due_companies, now=now, size=size, sent=list(sent))
    return [(row["company_id"], row["mail"]) for row in rows]


async def tried(
    conn: Connection, row: Row, state: str, now: datetime, *, problem: str = "", next_at: datetime | None = None
) -> None:
    """Keep how an attempt came out."""
    at = {"company": row["company_id"], "delivery": row["delivery_id"], "now": now, "next_at": next_at}
    await conn.execute(queries.tried, {**at, "state": state, "problem": problem[:500]})


async def deliveries(conn: Connection, company: int, state: str, size: int, *, before: int = 2**63 - 1) -> list[Row]:
    """A company's newest events, of one state or (empty) of all, that are older than ``before``."""
    return await _all(conn, queries.deliveries, company=company, state=state, size=size, before=before)


async def replay(conn: Connection, company: int, delivery_id: int, now: datetime) -> int:
    """Send an event again, or (0) all that are dead; how many."""
    return len(await _all(conn, queries.replay, company=company, delivery=delivery_id, now=now))


async def forget(conn: Connection, company: int, before: datetime) -> None:
    """Forget what was delivered before."""
    await conn.execute(queries.forget, {"company": company, "before": before})


async def counts(conn: Connection) -> dict[str, int]:
    """How many events there are in each state (operator's connection)."""
    return {row["state"]: row["deliveries"] for row in await _all(conn, queries.counts)}


async def given_up(conn: Connection, size: int) -> list[Row]:
    """Of whom events could not be delivered, with their company's name and how many (operator's connection)."""
    return await _all(conn, queries.given_up, size=size)
