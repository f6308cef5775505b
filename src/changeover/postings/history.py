"""A company's whole recorded history, read back and held against the promises."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.rows import tuple_row

from changeover.database.connection import Connection, Database, expect_many, in_turns
from changeover.database.queries import beside
from changeover.job import Lane
from changeover.migration import store as migrations
from changeover.postings.promise import OPEN_END, Broken, History, Interval, Step, check, live_at_once

queries = beside(__file__, "history")

_LANES = {str(lane): lane for lane in Lane}


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a history that is checked: from a moment, before another, or after a revision; else all of it."""

    since: datetime | None = None
    until: datetime | None = None
    after: int = 0


_ALL = Window()


@dataclass(frozen=True, slots=True)
class Verified:
    """What a company's history came to. ``broken`` (oldest first) is empty if every promise was kept throughout.

    ``revision``: the last that was looked at. ``least`` and ``most``: how many postings were live at once.
    """

    company_id: int
    name: str
    revision: int
    revisions: int
    intervals: int
    cut_over: int
    reverted: int
    least: int
    most: int
    broken: Sequence[Broken] = ()

    @property
    def gaps(self) -> int:
        """How often a posting was missing that had to be there, or there without its job (promises 1 and 4)."""
        return sum(each.promise in (1, 4) for each in self.broken)

    @property
    def duplicates(self) -> int:
        """How often one opening stood twice (promise 2)."""
        return sum(each.promise == 2 for each in self.broken)


async def verify(db: Database, company_id: int, window: Window = _ALL) -> Verified:
    """Check promises 1 to 4 over what is recorded of a company, and that the record ends with how it stands.

    Nothing is changed. O(n log n) in the intervals that reach into the window, some 100,000 a second. Raises
    UnknownCompany.
    """
    # At one moment: a revision committed between two of these queries would look like a broken promise.
    async with db.company(company_id, at_one_moment=True) as conn:
        await expect_many(conn)
        it = await migrations.company(conn, company_id)
        first, last = await _bounds(conn, company_id, window, it.revision)
        history = await _history(conn, company_id, first, last)
        differing = await _rows(conn, "differs", company_id) if last >= it.revision else []
    broken = await asyncio.to_thread(check, history)
    least, most = await asyncio.to_thread(live_at_once, history)
    kinds = Counter(step.kind for step in history.steps)
    stands = _as_it_stands(it, [history.before, *history.steps]) if last >= it.revision else []
    return Verified(
        company_id=company_id,
        name=it.name,
        revision=last,
        revisions=len(history.steps),
        intervals=len(history.open) + len(history.sides),
        cut_over=kinds["cut_over"] + kinds["resolved"],
        reverted=kinds["reverted"],
        least=least,
        most=most,
        broken=[*broken, *stands, *(_differs(it.revision, *row) for row in differing)],
    )


async def _bounds(conn: Connection, company_id: int, window: Window, revision: int) -> tuple[int, int]:
    """The first and the last revision of a window; up to how the company stands where it has no end."""
    at = {"company": company_id, "since": window.since, "until": window.until}
    row = await (await conn.execute(queries.bounds, at)).fetchone()
    first, last = (row["first"], row["last"]) if row else (None, None)
    return max(first or revision + 1, window.after + 1), revision if window.until is None else last or 0


async def _rows(conn: Connection, query: str, company_id: int, **more: int) -> list[tuple[Any, ...]]:
    async with conn.cursor(row_factory=tuple_row) as cursor:
        await cursor.execute(getattr(queries, query), {"company": company_id, **more})
        return [row async for rows in in_turns(cursor) for row in rows]


async def _history(conn: Connection, company_id: int, first: int, last: int) -> History:
    """The history from the revision before ``first`` to ``last``: of what reaches out of it, the part within."""
    told = await _rows(conn, "steps", company_id, first=first - 1, last=last)
    steps = [Step(number, _LANES[feed], kind) for number, feed, kind in told]
    before = steps.pop(0) if steps and steps[0].revision < first else Step(first - 1, Lane.LEGACY, "")
    return History(
        steps=steps,
        before=before,
        open=await _intervals(conn, "open_intervals", company_id, first, last),
        sides=await _intervals(conn, "side_intervals", company_id, first, last),
        agreed=frozenset((revision, at) for revision, at in await _rows(conn, "agreed", company_id)),
        aliases=dict(await _rows(conn, "aliases", company_id)),
    )


async def _intervals(conn: Connection, query: str, company_id: int, first: int, last: int) -> list[Interval]:
    since, at = max(first - 1, 1), {"company": company_id, "first": first, "last": last}
    async with conn.cursor(row_factory=tuple_row) as cursor:
        await cursor.execute(getattr(queries, query), at)
        return [
            Interval(job, _LANES[lane], max(start, since), end or OPEN_END, *where)
            async for rows in in_turns(cursor)
            for job, lane, start, end, *where in rows
        ]


def _as_it_stands(it: migrations.Company, steps: Sequence[Step]) -> list[Broken]:
    """Promise 3: the company's row says what its last revision says."""
    last = steps[-1] if steps else Step(0, Lane.LEGACY, "")
    if (last.revision, last.feed) == (it.revision, it.feed):
        return []
    return [
        Broken(
            3,
            "FEED_DIFFERS",
            it.revision,
            f"The company stands at revision {it.revision} fed by {it.feed}; its history ends with revision "
            f"{last.revision}, fed by {last.feed}.",
        )
    ]


def _differs(revision: int, job: int, stands: int | None, said: int | None, is_open: bool, feeds: bool) -> Broken:
    """Promise 1 or 2: a job as it stands now is not what its history ends with."""
    says = f"its history ends with posting {said}" if said else "its history says that it is not open"
    if stands is None:
        return Broken(1, "HISTORY_DIFFERS", revision, f"Job {job} is not open, and {says}.")
    if not is_open:
        says = "its history does not say when it opened"
    code = "NOT_IN_HISTORY" if feeds else "HISTORY_DIFFERS"
    return Broken(1, code, revision, f"Job {job} is open and stands on posting {stands}, and {says}.")


@dataclass(frozen=True, slots=True)
class PostingNow:
    """A posting as it stands: its row with ``live`` and what it shows, and the newest jobs of its two sides."""

    row: dict[str, Any]
    sides: Sequence[dict[str, Any]]


async def posting_now(conn: Connection, company_id: int, posting_id: int) -> PostingNow | None:
    """A posting of the company, live, closed or merged into another; None where there never was one."""
    at = {"company": company_id, "posting": posting_id}
    row = await (await conn.execute(queries.posting_now, at)).fetchone()
    if row is None:
        return None
    return PostingNow(row, await (await conn.execute(queries.sides_now, at)).fetchall())


async def shown(conn: Connection, company_id: int, posting_id: int, *, after: int, size: int) -> list[dict[str, Any]]:
    """The intervals in which a posting was live, oldest first, from those that began after revision ``after``."""
    at = {"company": company_id, "posting": posting_id, "after": after, "size": size}
    return await (await conn.execute(queries.shown, at)).fetchall()
