"""Whether a source tells changes only, and by what such a source counts as whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from changeover.database.queries import beside
from changeover.database.revise import Change
from changeover.snapshot.difference import Action, Verdict
from changeover.snapshot.store import Began, SourceRow
from changeover.sources.source import Problem, Reading, Tells, as_changes

queries = beside(__file__, "telling")

_CHANGES_TOO = Problem(
    "CHANGES_THERE_TOO",
    "The address where this source should tell every open job says that it tells changes only, so it was taken as "
    "changes; correct the address.",
)


def as_told(row: SourceRow, reading: Reading) -> Reading:
    """What a source said, in the light of what is known of it: one that tells changes only has told no more.

    Unless it says itself, of this reading, that it tells everything (a full resync).
    """
    news = row.tells_changes and reading.complete and reading.tells is not Tells.EVERYTHING
    return as_changes(reading) if news else reading


def tells_elsewhere(row: SourceRow, at: datetime, *, within: timedelta, full_read: timedelta) -> SourceRow | None:
    """The source as it is read where it tells everything, if it is time for that; None if it is not, or does nowhere.

    It is where the source does not count as whole, or not for longer than ``within``, and a day (``full_read``) after
    it told everything last; not while a reading waits for a person.
    """
    if not row.tells_changes or not row.full_from or row.held_reading_id is not None:
        return None
    whole = row.whole_at is not None and at - row.whole_at <= within
    if whole and row.full_read_at is not None and at - row.full_read_at < full_read:
        return None
    mapping = None if row.mapping is None else {**row.mapping, "full": True}
    return replace(row, location=row.full_from, mapping=mapping)


def as_everything(reading: Reading) -> Reading:
    """What was read where a source tells everything: by a person's word it is every open job, if it is whole.

    Where it says of itself that it tells changes only it is believed, and nobody else.
    """
    if reading.tells is Tells.CHANGES:
        return replace(reading, problems=[_CHANGES_TOO, *reading.problems])
    return replace(reading, tells=Tells.EVERYTHING) if reading.complete else reading


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


async def set_full_from(change: Change, source_id: int, location: str) -> None:
    """Note where a source of changes tells every open job; nowhere if empty."""
    at = {"company": change.company_id, "source": source_id, "full_from": location}
    await change.conn.execute(queries.set_full_from, at)


async def told_everything(change: Change, source_id: int) -> bool:
    """A person says that a source of changes has told every open job by its newest reading; False if that says nothing.

    The source counts as whole as of when that reading began.
    """
    at = {"company": change.company_id, "source": source_id}
    return (await change.conn.execute(queries.told_everything, at)).rowcount == 1
