"""The wire's receivers: a vendor's addresses for events, a child's for applications."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from changeover.apply_connect import payloads_events
from changeover.apply_connect.auth import Application, signing_secrets
from changeover.apply_connect.offsite import first_failed
from changeover.database.connection import Database
from changeover.web.served import Served
from changeover.webhooks import store
from changeover.webhooks.keys import Keys
from changeover.webhooks.outbox import Channel, Outbox, Target

CHANNEL = "apply_connect"
_MOST_REMEMBERED = 10_000
_UNSIGNED = (
    "The application has no secret to sign with: it was revoked, or the board's key has changed. Give it a new secret, "
    "then send this again."
)


def recipient(vendor_id: int, application_id: int, *, child: bool = False) -> str:
    """Who receives: a vendor's parent for events, a child for the applications of its customer."""
    return f"{vendor_id}:{application_id}{':child' if child else ''}"


def _parsed(text: str) -> tuple[int, int, bool]:
    vendor, application, *child = text.split(":")
    return int(vendor), int(application), bool(child)


def channel(db: Database, keys: Callable[[], Keys], *, offsite: bool = False) -> Channel:
    """How the outbox reaches the wire's receivers.

    ``offsite``: a job whose first application cannot be delivered is applied for at the ATS.
    """

    async def target(row: dict[str, Any]) -> Target:
        vendor_id, application_id, _ = _parsed(row["recipient"])
        async with db.company(vendor_id) as conn:
            rows = await store.receivers(conn, vendor_id, CHANNEL, row["recipient"], row["event"])
        chosen = next((each for each in rows if each["url"] == row["url"] or not row["url"]), None)
        if chosen is None:
            return Target(problem=f"The vendor has registered no address for {row['event']}.")
        if chosen["state"] == "blocked":
            return Target(problem=f"{chosen['url']} is blocked: {chosen['problem']}")
        secrets = await signing_secrets(db, keys(), vendor_id, application_id)
        if not secrets:
            return Target(problem=_UNSIGNED)
        return Target(chosen["url"], payloads_events.signed(secrets[0], row["body"]))

    async def secrets(row: dict[str, Any]) -> Sequence[str]:
        vendor_id, application_id, _ = _parsed(row["recipient"])
        return await signing_secrets(db, keys(), vendor_id, application_id)

    def query(row: dict[str, Any]) -> str:
        _, application_id, child = _parsed(row["recipient"])
        return payloads_events.challenge_query(str(application_id) if child else "")

    return Channel(target, secrets, query, heard=partial(first_failed, db) if offsite else None)


async def register_urls(here: Served, application: Application, urls: set[str]) -> None:
    """Have addresses for applications challenged, where they are new."""
    if not urls or here.outbox is None:
        return
    who, registered = recipient(application.vendor_id, application.application_id, child=True), here.outbox.registered
    if all((who, url) in registered for url in urls):
        return
    async with here.db.company(application.vendor_id) as conn:
        known = await store.known_urls(conn, application.vendor_id, CHANNEL, who, payloads_events.APPLICATION)
        for url in sorted(urls - set(known)):
            await here.outbox.register(conn, application.vendor_id, CHANNEL, who, payloads_events.APPLICATION, url)
    if len(registered) > _MOST_REMEMBERED:
        registered.clear()
    registered.update((who, url) for url in urls)


async def blocked_urls(db: Database, vendor_id: int, application_id: int) -> frozenset[str]:
    """The addresses of a child's to which no application is sent."""
    who = recipient(vendor_id, application_id, child=True)
    async with db.company(vendor_id) as conn:
        known = await store.known_urls(conn, vendor_id, CHANNEL, who, payloads_events.APPLICATION)
    return frozenset(url for url, state in known.items() if state == "blocked")


async def add_event_url(outbox: Outbox, parent: Application, url: str, event: str = "") -> int | None:
    """Register a vendor's address for one event, or (empty) for all; its id, or None if it was there."""
    who = recipient(parent.vendor_id, parent.application_id)
    async with outbox.db.company(parent.vendor_id) as conn:
        return await outbox.register(conn, parent.vendor_id, CHANNEL, who, event, url)
