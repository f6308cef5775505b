"""The wire's own rule, if asked for: a job whose first delivery fails is applied for at the ATS."""

from __future__ import annotations

from typing import Any

from changeover.apply import store as applications
from changeover.apply_connect import payloads_applications, payloads_events, store
from changeover.database.connection import Database
from changeover.database.revise import revise
from changeover.snapshot import store as snapshots
from changeover.webhooks.outbox import Reply


async def first_failed(db: Database, row: dict[str, Any], _reply: Reply, problem: str) -> None:
    """What follows the first try of an event: where it carries a job's first application and failed, the job turns.

    The application itself is sent again by the schedule all the same, and nothing of it is lost. The ATS turns the job
    back by telling it again. Told twice it does nothing more.
    """
    if not problem or row["attempts"] or row["event"] != payloads_events.APPLICATION:
        return
    external_id, application_id = payloads_applications.named_in(row["body"])
    async with revise(db, row["company_id"], kind="apply_at_ats", who="changeover", why="") as change:
        places = await store.apply_at_ats(change.conn, row["company_id"], external_id, application_id)
        if not places:
            raise change.nothing_changed()
        change.why = (
            f"The first application for {external_id} could not be delivered ({problem}), so it is applied for at the "
            "ATS until the ATS tells the job again."
        )
        for source in await snapshots.sources(change.conn, row["company_id"]):
            if source.kind == snapshots.PUSH:
                await applications.drop_forms(change, source.source_id, places)
