"""Which jobs are applied for here: the forms that an ATS tells with its jobs, kept and taken away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from changeover.apply import store
from changeover.apply.questions import FormRefused, read_form
from changeover.database.connection import Database
from changeover.database.revise import revise
from changeover.snapshot import store as snapshots
from changeover.wording import plural


async def told(
    db: Database, company_id: int, forms: Mapping[str, Any], without: Sequence[str], *, who: str
) -> dict[str, FormRefused]:
    """Keep the forms of jobs that an ATS pushed, by its own ids, and forget those of jobs told ``without`` one.

    What cannot be used is refused, by job: such a job is applied for at the employer. What is known leaves no trace.
    """
    refused = {key: found for key, said in forms.items() if isinstance(found := read_form(said), FormRefused)}
    kept = {key: said for key, said in forms.items() if key not in refused}
    gone = [*without, *refused]
    async with db.company(company_id) as conn:
        if not kept and not await store.any_form(conn, company_id):
            return refused
    async with revise(db, company_id, kind="apply_forms", who=who, why="") as change:
        rows = await snapshots.sources(change.conn, company_id)
        row = next((each for each in rows if each.kind == snapshots.PUSH and each.active), None)
        if row is None:
            raise change.nothing_changed()
        count = await store.set_forms(change, row.source_id, kept) + await store.drop_forms(change, row.source_id, gone)
        if not count:
            raise change.nothing_changed()
        change.why = f"The ATS changed how {plural(count, 'job is', 'jobs are')} applied for."
    return refused
