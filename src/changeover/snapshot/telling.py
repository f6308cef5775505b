"""Whether a source tells changes only, and by what such a source counts as whole."""

from __future__ import annotations

from datetime import timedelta

from changeover.database.queries import beside
from changeover.database.revise import Change
from changeover.snapshot.difference import Action, Verdict
from changeover.snapshot.store import Began, SourceRow
from changeover.sources.source import Reading, Tells, as_changes

queries = beside(__file__, "telling")


def as_told(row: SourceRow, reading: Reading) -> Reading:
    """What a source said, in the light of what is known of it: one that tells changes only has told no more.

    Unless it says itself, of this reading, that it tells everything (a full resync).
    """
    news = row.tells_changes and reading.complete and reading.tells is not Tells.EVERYTHING
    return as_changes(reading) if news else reading


async def set_tells(change: Change, source_id: int, *, changes: bool) -> None:
    """Note whether a source tells changes only. From then on it has to be told that it is whole anew."""
    at = {"company": change.company_id, "source": source_id, "changes": changes}
    await change.conn.execute(queries.set_tells, at)


async def heard(
    change: Change, row: SourceRow, reading: Reading, verdict: Verdict, began: Began, *, within: timedelta
) -> None:
    """Note what a reading of changes, just settled, means for its source: it keeps it whole as of when it began.

    Not where it is the first by which the source says that it tells changes only, nor after longer than ``within``
    without one: what was told in between may be lost. Nor where a reading was held and nobody looked at it before the
    next one was.
    """
    at = {"company": change.company_id, "source": row.source_id}
    if reading.tells is not Tells.CHANGES:
        return
    if not row.tells_changes:
        await set_tells(change, row.source_id, changes=True)
    elif verdict.action is Action.HOLD and row.held_reading_id is not None:
        await change.conn.execute(queries.not_whole, at)
    elif verdict.action is Action.TAKE_WITHOUT_CLOSING:
        whole = {"whole_revision": began.revision, "whole_at": began.at, "since": began.at - within}
        await change.conn.execute(queries.keep_whole, {**at, **whole})


async def told_everything(change: Change, source_id: int) -> bool:
    """A person says that a source of changes has told every open job by its newest reading; False if that says nothing.

    The source counts as whole as of when that reading began.
    """
    at = {"company": change.company_id, "source": source_id}
    return (await change.conn.execute(queries.told_everything, at)).rowcount == 1
