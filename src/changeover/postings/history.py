"""A company's whole recorded history, read back and held against the promises."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from psycopg.rows import tuple_row

from changeover.database.connection import Connection, Database, expect_many
from changeover.database.queries import beside
from changeover.job import Lane
from changeover.migration import store as migrations
from changeover.postings.promise import OPEN_END, Broken, History, Interval, Step, check

queries = beside(__file__, "history")

_LANES = {str(lane): lane for lane in Lane}


@dataclass(frozen=True, slots=True)
class Verified:
    """What a company's history came to. ``broken`` (oldest first) is empty if every promise was kept throughout."""

    company_id: int
    name: str
    revisions: int
    intervals: int
    cut_over: int
    reverted: int
    broken: Sequence[Broken] = ()

    @property
    def gaps(self) -> int:
        """How often a posting was missing that had to be there, or there without its job (promises 1 and 4)."""
        return sum(each.promise in (1, 4) for each in self.broken)

    @property
    def duplicates(self) -> int:
        """How often one opening stood twice (promise 2)."""
        return sum(each.promise == 2 for each in self.broken)


async def verify(db: Database, company_id: int) -> Verified:
    """Check promises 1 to 4 over everything recorded of a company, and that the record ends with how it stands.

    Nothing is changed. O(n log n) in its intervals, some 100,000 a second. Raises UnknownCompany.
    """
    # At one moment: a revision committed between two of these queries would look like a broken promise.
    async with db.company(company_id, at_one_moment=True) as conn:
        await expect_many(conn)
        it = await migrations.company(conn, company_id)
        history = await _history(conn, company_id)
        differing = await _rows(conn, "differs", company_id)
    broken = await asyncio.to_thread(check, history)
    kinds = Counter(step.kind for step in history.steps)
    return Verified(
        company_id=company_id,
        name=it.name,
        revisions=len(history.steps),
        intervals=len(history.open) + len(history.sides),
        cut_over=kinds["cut_over"] + kinds["resolved"],
        reverted=kinds["reverted"],
        broken=[*broken, *_as_it_stands(it, history.steps), *(_differs(it.revision, *row) for row in differing)],
    )


async def _rows(conn: Connection, query: str, company_id: int) -> list[tuple[Any, ...]]:
    async with conn.cursor(row_factory=tuple_row) as cursor:
        await cursor.execute(getattr(queries, query), {"company": company_id})
        return await cursor.fetchall()


async def _history(conn: Connection, company_id: int) -> History:
    steps = [Step(number, _LANES[feed], kind) for number, feed, kind in await _rows(conn, "steps", company_id)]
    opened = await _rows(conn, "open_intervals", company_id)
    sides = await _rows(conn, "side_intervals", company_id)
    return History(
        steps=steps,
        open=[Interval(job, _LANES[lane], start, end or OPEN_END) for job, lane, start, end in opened],
        sides=[Interval(job, _LANES[lane], start, end or OPEN_END, at) for job, lane, start, end, at in sides],
        agreed=frozenset((revision, at) for revision, at in await _rows(conn, "agreed", company_id)),
        aliases=dict(await _rows(conn, "aliases", company_id)),
    )


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
class Standing:
    """A posting as it stands: its row with ``live`` and what it shows, and the newest jobs of its two sides."""

    row: dict[str, Any]
    sides: Sequence[dict[str, Any]]


async def standing(conn: Connection, company_id: int, posting_id: int) -> Standing | None:
    """A posting of the company, live, closed or merged into another; None where there never was one."""
    at = {"company": company_id, "posting": posting_id}
    row = await (await conn.execute(queries.standing, at)).fetchone()
    if row is None:
        return None
    return Standing(row, await (await conn.execute(queries.sides_now, at)).fetchall())


async def shown(conn: Connection, company_id: int, posting_id: int, *, after: int, size: int) -> list[dict[str, Any]]:
    """The intervals in which a posting was live, oldest first, from those that began after revision ``after``."""
    at = {"company": company_id, "posting": posting_id, "after": after, "size": size}
    return await (await conn.execute(queries.shown, at)).fetchall()
