"""Several sources of one lane: the matcher finds what two of them tell, and the higher rank shows it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from changeover.database.connection import Database, let_think
from changeover.job import Lane
from changeover.match import store as matches
from changeover.migration import store as migrations
from changeover.postings import lanes, shadows
from changeover.postings import store as postings
from changeover.postings.lanes import Decided, Told

if TYPE_CHECKING:
    import pyarrow as pa

# After this many tries it is decided while the company's writers wait.
_TRIES = 3

Row = Mapping[str, object]


async def decide_shadows(db: Database, company_id: int) -> bool:
    """Decide every undecided job of a company; True if there were any. O(n log n) in the jobs of its lanes.

    The match is made outside of the company's line and kept only if no revision came in between.
    """
    for attempt in range(_TRIES):
        async with db.company(company_id) as conn:
            if not await shadows.undecided(conn, company_id):
                return attempt > 0
            revision = (await migrations.company(conn, company_id)).revision
            told = {lane: await lanes.told(conn, company_id, lane) for lane in Lane}
        found = {lane: await asyncio.to_thread(decide, told[lane]) for lane in Lane}
        if await _keep(db, company_id, revision, told, found, force=attempt == _TRIES - 1):
            return True
    raise AssertionError("the last try keeps what it found")


async def _keep(
    db: Database,
    company_id: int,
    revision: int,
    told: Mapping[Lane, Told],
    found: Mapping[Lane, Decided],
    *,
    force: bool,
) -> bool:
    kept = False
    why = "What several sources of one side tell was told apart."
    async with postings.change_postings(db, company_id, kind="sources_compared", who="changeover", why=why) as change:
        if change.revision != revision + 1:
            if not force:
                raise change.nothing_changed()
            told = {lane: await lanes.told(change.conn, company_id, lane) for lane in Lane}
            await let_think(change.conn)
            found = {lane: await asyncio.to_thread(decide, told[lane]) for lane in Lane}
        for lane in Lane:
            await lanes.decide(change, told[lane], found[lane])
        change.detail |= {
            "alone": sum(len(each.forward) for each in found.values()),
            "together": sum(len(each.behind) + len(each.instead) for each in found.values()),
        }
        kept = True
    return kept


def decide(told: Told) -> Decided:
    """What becomes of a lane's undecided jobs. Only what the matcher pairs without a person is held for one opening.

    Source by source, the highest rank first, each against all that shows by then. One that is equal in rank to the
    source that shows already changes nothing: the address and what it says stay.
    """
    decided = Decided()
    showing = [row for row in told.rows if not row["undecided"]]
    behind = {job: set(sources) for job, sources in told.behind.items()}
    waiting = (row for row in told.rows if row["undecided"])
    for source, rows in groupby(waiting, key=lambda row: row["source_id"]):
        jobs = list(rows)
        others = [row for row in showing if row["source_id"] != source and source not in behind.get(_id(row), ())]
        twin = _pairs(others, jobs)
        by_id = {_id(row): row for row in others}
        for row in jobs:
            shows = twin.get(_id(row))
            if shows is None:
                decided.forward.append(_id(row))
                showing.append(row)
            elif _rank(row) > _rank(by_id[shows]):
                decided.instead[_id(row)] = shows
                showing = [row if each is by_id[shows] else each for each in showing]
            else:
                decided.behind[_id(row)] = shows
                behind.setdefault(shows, set()).add(int(str(source)))
    return decided


def _id(row: Row) -> int:
    return int(str(row["id"]))


def _rank(row: Row) -> int:
    return int(str(row["rank"]))


def _pairs(showing: Sequence[Row], jobs: Sequence[Row]) -> dict[int, int]:
    """Which of the showing jobs is which of ``jobs``: by the latter's ids."""
    if not showing:
        return {}
    # Imported where it is used: most companies have one source a side.
    from changeover.match.pairing import pair

    table = pair(_table(showing), _table(jobs))
    rows = zip(*(table[name].to_pylist() for name in ("legacy_id", "ats_id", "decision")), strict=True)
    return {int(job): int(shows) for shows, job, decision in rows if decision == "paired"}


def _table(rows: Iterable[Row]) -> pa.Table:
    import pyarrow as pa

    told = list(rows)
    return pa.table({name: pa.array([row[name] for row in told], pa.string()) for name in matches.COLUMNS})
