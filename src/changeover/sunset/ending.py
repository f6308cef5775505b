"""The day itself: a source whose end was announced is read no more, and what it fed closes or moves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from changeover.database.connection import Connection, Database
from changeover.database.revise import Change
from changeover.migration.state import State
from changeover.postings import store as postings
from changeover.refusal import Refusal
from changeover.sunset import letters, store
from changeover.sunset.outlook import BEFORE
from changeover.sunset.store import Sunset
from changeover.wording import plural

SYSTEM = "changeover"


async def end_due(db: Database, company_id: int, patience: timedelta) -> None:
    """End the sources whose day has come, and close of what they fed what nothing keeps on the board.

    Before the activation everything closes. In migration a job with a twin in the ATS stays as it was told last, for as
    long as the twin is open. With the last old source the whole company moves (flow.run), and nothing closes before
    that, unless the ATS cannot take over for ``patience``. After the cut-over nobody sees it. Once or many times.
    """
    async with db.company(company_id) as conn:
        if not _due(await store.announced(conn, company_id), db.now()):
            return
    async with postings.change_postings(db, company_id, kind="source_ended", who=SYSTEM, why="") as change:
        due = _due(await store.announced(change.conn, company_id), change.at)
        new = [it for it in due if it.ended_at is None]
        for it in new:
            await store.end(change, it)
        waits = await _waits(change, due, patience)
        closed = 0 if waits else await postings.close_jobs(change, await _closing(change, due))
        kept = [await _keep(change, it, waits, patience) for it in due]
        if not new and not closed and not any(kept):
            raise change.nothing_changed()
        change.why = _why(new, closed, waits=waits)
        change.detail |= {"sources": [str(it.source_id) for it in due], "closed": closed}
        for it in new:
            await letters.queue(change, it, letters.ENDED)


def _due(rows: Sequence[Sunset], now: datetime) -> list[Sunset]:
    return [it for it in rows if it.ends_at <= now and it.settled_at is None]


async def _waits(change: Change, due: Sequence[Sunset], patience: timedelta) -> bool:
    """Whether the company is to move to its ATS as a whole, and the ATS has some time left to be ready for it."""
    if State(change.state) not in BEFORE or await store.feeds_on(change.conn, change.company_id, change.at):
        return False
    return any(change.at < (it.ended_at or change.at) + patience for it in due)


async def _closing(change: Change, due: Sequence[Sunset]) -> list[int]:
    find = store.lone_jobs if State(change.state) in BEFORE else store.open_jobs
    return await find(change.conn, change.company_id, [it.source_id for it in due])


async def _keep(change: Change, it: Sunset, waits: bool, patience: timedelta) -> bool:
    """Note how far the end of one source has come; False where that was known."""
    ended_at = it.ended_at or change.at
    left = await store.any_open(change.conn, change.company_id, it.source_id)
    look_at, settled_at = ended_at + patience if waits else None, None if left else change.at
    if (ended_at, look_at, settled_at) == (it.ended_at, it.look_at, None):
        return False
    await store.ended(change, it, ended_at=ended_at, look_at=look_at, settled_at=settled_at)
    return True


def _why(new: Sequence[Sunset], closed: int, *, waits: bool) -> str:
    told = [f"{it.location} has ended, as announced." for it in new]
    if waits:
        told.append("The company moves to its ATS as soon as that is whole.")
    elif closed:
        told.append(f"{plural(closed, 'job')} of a source that has ended closed.")
    return " ".join(told) or "A source has ended."


async def over(conn: Connection, company_id: int, now: datetime) -> bool:
    """Whether the last old source of a company has ended on a day that was announced: then the ATS takes over."""
    ended = any(it.ended_at is not None for it in await store.announced(conn, company_id))
    return ended and not await store.feeds_on(conn, company_id, now)


async def not_over(change: Change) -> Refusal | None:
    """Why a company may not be moved for want of old sources, asked under its lock."""
    if await over(change.conn, change.company_id, change.at):
        return None
    return Refusal("NOT_ENDED", "Nothing was done: an old source goes on feeding.", "Announce its end first.")
