"""A source read again from what it answered last, without asking it."""

from __future__ import annotations

from changeover.consolidated import handing
from changeover.reading_now import read_begun
from changeover.readings import SYSTEM, Flow, Taken, not_readable
from changeover.refusal import Refusal
from changeover.snapshot import raw
from changeover.snapshot import store as snapshots


async def reparse_source(flow: Flow, company_id: int, source_id: int, *, who: str = SYSTEM) -> Taken | Refusal:
    """Read a source again from what it answered last, without asking it: its mapping was corrected, say.

    It is judged and taken in as any reading, one that began when the source answered: it makes nothing fresher. A
    consolidated feed is handed out again, by the names as they are now.
    """
    async with flow.db.company(company_id) as conn:
        row = await snapshots.source(conn, company_id, source_id)
        if row is None or not row.active or not row.pulled:
            return not_readable(row)
        if row.kind == handing.PART:
            return _PART_OF_FEED
        began = await raw.claim_again(conn, row, row.raw_reading_id) if row.raw_reading_id else None
    if began is None:
        return _NOT_KEPT
    if row.kind == handing.FEED:
        return await handing.hand_out_begun(flow, row, began, who, replay=True)
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
    "or is a folder.",
    "Read the source; to keep larger ones, set raw_snapshot_mb.",
)

_PART_OF_FEED = Refusal(
    "PART_OF_FEED",
    "This source is the company's part of a consolidated feed, and what the feed answered is kept with the feed.",
    "Read the feed again from what is kept, at the company that holds it: every company then gets its part anew.",
)
