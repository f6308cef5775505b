"""Applications on their way to the ATS: into the outbox in the transaction that receives them."""

from __future__ import annotations

from typing import Any

from changeover.apply import delivery
from changeover.apply import store as applications
from changeover.apply.questions import Form, read_form
from changeover.apply_connect import payloads_applications, payloads_events, store
from changeover.apply_connect.hooks import CHANNEL, recipient
from changeover.database.connection import Connection
from changeover.web.served import HandOver
from changeover.webhooks import store as webhooks
from changeover.webhooks.outbox import Outbox


def hand_over(outbox: Outbox, url: str) -> HandOver:
    """How an application of the board at ``url`` is handed over: its job's address, signed with its client's secret.

    For a job that no client of the wire told, its form may name an address (apply/delivery).
    """

    async def handed(conn: Connection, company_id: int, application_id: int) -> None:
        row = await applications.application(conn, company_id, application_id)
        told = await store.job_of_place(conn, company_id, row["external_job_id"]) if row else None
        asked = await applications.known_form(conn, company_id, row["posting_id"]) if row else None
        if row is None or told is None or asked is None or not told["webhook_url"]:
            await delivery.hand_over(outbox, url, conn, company_id, application_id)
            return
        form = read_form(asked["form"])
        if isinstance(form, Form):
            body = payloads_applications.exported(row, told["external_id"], form, url.rstrip("/"))
            await _queue(outbox, conn, company_id, told, body)

    return handed


async def _queue(outbox: Outbox, conn: Connection, company_id: int, told: dict[str, Any], body: str) -> None:
    who = recipient(told["vendor_id"], told["application_id"], child=True)
    event, at = payloads_events.APPLICATION, outbox.db.now()
    await webhooks.queue(conn, company_id, CHANNEL, who, event, body, at, told["webhook_url"])
    await outbox.wake(conn, company_id)
