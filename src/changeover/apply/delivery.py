"""Applications for ATSs that push: told that one came, they fetch it with the token they push with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from changeover.apply import store
from changeover.database.connection import Connection
from changeover.webhooks import store as webhooks
from changeover.webhooks.outbox import Channel, Outbox, Target
from changeover.webhooks.signing import body_of

CHANNEL, EVENT = "push", "application.received"


def channel() -> Channel:
    """How the outbox reaches such an ATS. The event holds nothing of the candidate's: it needs no secret."""

    async def target(row: dict[str, Any]) -> Target:
        return Target(row["url"], {"content-type": "application/json", "webhook-id": str(row["delivery_id"])})

    async def secrets(_row: dict[str, Any]) -> Sequence[str]:
        return ()

    return Channel(target, secrets, lambda _row: "")


async def hand_over(outbox: Outbox, url: str, conn: Connection, company_id: int, application_id: int) -> None:
    """Tell the address that the job's form names (``deliver_to``), in the caller's transaction; nobody if none is."""
    row = await store.application(conn, company_id, application_id)
    asked = await store.known_form(conn, company_id, row["posting_id"]) if row else None
    to = asked["form"].get("deliver_to", "") if asked else ""
    if row is None or not to:
        return
    said = {
        "type": EVENT,
        "application": str(application_id),
        "company": str(company_id),
        "job": row["external_job_id"],
        "at": row["applied_at"].isoformat(),
        "url": f"{url.rstrip('/')}/api/v1/companies/{company_id}/applications/{application_id}",
    }
    await webhooks.queue(conn, company_id, CHANNEL, "", EVENT, body_of(said), outbox.db.now(), to)
    await outbox.wake(conn, company_id)
