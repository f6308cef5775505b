"""A source read again from what it answered last, without asking it."""

from __future__ import annotations

from changeover.migration.state import Refusal
from changeover.readings import SYSTEM, Flow, Taken, not_readable, read_begun
from changeover.snapshot import raw
from changeover.snapshot import store as snapshots


async def reparse_source(flow: Flow, company_id: int, source_id: int, *, who: str = SYSTEM) -> Taken | Refusal:
    """Read a source again from what it answered last, without asking it: its mapping was corrected, say.

    It is judged and taken in as any reading, one that began when the source answered: it makes nothing fresher.
    """
    async with flow.db.company(company_id) as conn:
        row = await snapshots.source(conn, company_id, source_id)
        if row is None or not row.active or not row.pulled:
            return not_readable(row)
        began = await raw.claim_again(conn, row, row.raw_reading_id) if row.raw_reading_id else None
    if began is None:
        return _NOT_KEPT
    return await read_begun(flow, row, began, who, replay=True)


def reread(taken: Taken) -> str:
    """What came of it, for a person."""
    if taken.verdict.sentence or taken.diff is None or taken.diff.empty:
        return taken.verdict.sentence or "it says what it said."
    diff = taken.diff
    return f"{diff.appeared_count:,} appeared, {len(diff.changed):,} changed, {len(diff.vanished):,} vanished."


_NOT_KEPT = Refusal(
    "NOT_KEPT",
    "What this source answered last is not kept in full: it was not read yet, is larger than raw_snapshot_mb allows, "
    "or is a folder or a consolidated feed.",
    "Read the source; to keep larger ones, set raw_snapshot_mb.",
)
