"""The employer's word on a vendor's wish to be its ATS: enabled, it may push and the migration begins."""

from __future__ import annotations

from changeover import acts
from changeover.apply_connect import payloads_events, store
from changeover.apply_connect.auth import Application
from changeover.apply_connect.hooks import CHANNEL, recipient
from changeover.apply_connect.payloads_apps import Key
from changeover.apply_connect.store import Integration
from changeover.database.connection import Connection
from changeover.database.revise import Change, revise
from changeover.flow import Flow
from changeover.job import Lane
from changeover.refusal import Refusal
from changeover.snapshot import store as snapshots
from changeover.web.served import Served
from changeover.webhooks import store as webhooks
from changeover.webhooks.outbox import Outbox

_UNKNOWN = Refusal("UNKNOWN_REQUEST", "There is no such request here.", "Load the page again.")


async def ask(here: Served, application: Application, key: Key, name: str) -> Integration | None:
    """Keep a vendor's wish to be a company's ATS; None if there is no such company.

    Which child speaks for the company is known where a child asks, where the company's number is the child's foreign
    id, or where one child speaks for nobody yet; or else the first child that calls is the one.
    """
    async with here.db.company(application.vendor_id) as conn:
        child = await _child(conn, application, key.company_id)
    made: Integration | None = None
    async with here.db.company(key.company_id) as conn:
        known = await store.company_name(conn, key.company_id)
        if known is not None:
            at = {"company": key.company_id, "vendor": application.vendor_id, "kind": key.kind}
            wanted = {**at, "tenant": key.tenant, "provider": key.provider}
            made = await store.ask(conn, wanted, child, name or application.name, here.db.now())
    if made is not None and made.application_id is not None:
        async with here.db.company(application.vendor_id) as conn:
            await store.link(conn, application.vendor_id, made.application_id, key.company_id)
    return made


async def _child(conn: Connection, application: Application, company_id: int) -> int | None:
    if not application.parent:
        return application.application_id
    linked = await store.linked(conn, application.vendor_id, company_id)
    if linked:
        return linked[0]
    for foreign in (str(company_id), f"urn:li:organization:{company_id}"):
        named = await store.children(conn, application.vendor_id, foreign)
        if named:
            return int(named[0]["application_id"])
    return await store.only_child(conn, application.vendor_id)


async def enable(flow: Flow, outbox: Outbox | None, company_id: int, request: int, *, who: str) -> Refusal | None:
    """The employer says yes: the vendor's child may push, every open job is asked for, and the migration begins.

    Where the migration cannot begin the refusal says why, and the integration is enabled all the same.
    """
    refusal: Refusal | None = None
    async with revise(flow.db, company_id, kind="integration_enabled", who=who, why="") as change:
        it = await store.decide(change.conn, company_id, request, "enabled", None, change.at)
        if it is None:
            refusal = _UNKNOWN
            raise change.nothing_changed()
        change.why = f"{it.name} may push this company's jobs."
        if it.feeds:
            await _push_source(change)
        await _tell(outbox, change, it)
    if refusal is None and it is not None and it.feeds:
        kept = await acts.activate(flow, company_id, who=who)
        refusal = kept and Refusal(kept.code, f"Enabled; but: {kept.sentence}", kept.fix)
        await ask_again(flow, outbox, company_id, why="The integration was enabled.")
    return refusal


async def _push_source(change: Change) -> None:
    """The push lane, made where the company has none."""
    rows = await snapshots.sources(change.conn, change.company_id)
    if not any(row.active and row.kind == snapshots.PUSH for row in rows):
        await snapshots.add_source(
            change, lane=Lane.ATS, kind=snapshots.PUSH, location="Apply Connect", every_minutes=None
        )


async def disable(flow: Flow, outbox: Outbox | None, company_id: int, request: int, *, who: str) -> Refusal | None:
    """The employer says no, or no more: the vendor's child may not push; what it pushed stays as it is."""
    refusal: Refusal | None = None
    async with revise(flow.db, company_id, kind="integration_disabled", who=who, why="") as change:
        it = await store.decide(change.conn, company_id, request, "disabled", None, change.at)
        if it is None:
            refusal = _UNKNOWN
            raise change.nothing_changed()
        change.why = f"{it.name} may push this company's jobs no more."
        await _tell(outbox, change, it)
    return refusal


async def _tell(outbox: Outbox | None, change: Change, it: Integration) -> None:
    """Tell the vendor of the employer's word, in the same transaction."""
    if outbox is not None:
        body = payloads_events.integration_changed(it)
        await _queue(outbox, change, it, payloads_events.INTEGRATION, body)


async def _queue(outbox: Outbox, change: Change, it: Integration, event: str, body: str) -> None:
    parent = await parent_of(outbox, it.vendor_id)
    if parent is not None:
        who = recipient(it.vendor_id, parent)
        await webhooks.queue(change.conn, change.company_id, CHANNEL, who, event, body, change.at)
        await outbox.wake(change.conn, change.company_id)


async def parent_of(outbox: Outbox, vendor_id: int) -> int | None:
    """A vendor's parent application."""
    async with outbox.db.operator() as conn:
        rows = await store.all_applications(conn)
    return next(
        (row["application_id"] for row in rows if row["vendor_id"] == vendor_id and row["kind"] == "parent"), None
    )


async def ask_again(flow: Flow, outbox: Outbox | None, company_id: int, *, why: str) -> bool:
    """Ask the ATS for every open job, in one transaction with the note of it; False where no ATS pushes."""
    asked = False
    async with revise(flow.db, company_id, kind="resync_asked", who="changeover", why="") as change:
        it = await enabled(change.conn, company_id)
        if it is None or outbox is None:
            raise change.nothing_changed()
        change.why = f"{why} The ATS was asked to send every open job again within 30 minutes."
        await store.resync(change.conn, it, "asked", change.at)
        await _queue(outbox, change, it, payloads_events.RESYNC, payloads_events.resync(it))
        asked = True
    return asked


async def enabled(conn: Connection, company_id: int) -> Integration | None:
    """The integration over which a company's jobs come, or None."""
    found = await store.integrations(conn, company_id)
    return next((it for it in found if it.feeds and it.state == "enabled"), None)
