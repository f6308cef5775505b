"""Several sources of one lane: one job of each opening steps forward, the others stay in its shadow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from changeover.database.connection import Connection
from changeover.database.revise import Change
from changeover.job import Lane
from changeover.postings import shadows, store


@dataclass(frozen=True, slots=True)
class Told:
    """A lane's open and undecided jobs: their source, its rank, their posting, and whether each is undecided.

    ``rows`` is what the matcher reads, by job id as text. ``behind``: of which sources a job has one in its shadow.
    """

    rows: Sequence[Mapping[str, object]]
    behind: Mapping[int, set[int]]


@dataclass(slots=True)
class Decided:
    """What becomes of undecided jobs: they speak for themselves, stand behind a job, or take its place."""

    forward: list[int] = field(default_factory=list)
    behind: dict[int, int] = field(default_factory=dict)
    instead: dict[int, int] = field(default_factory=dict)


async def told(conn: Connection, company_id: int, lane: Lane) -> Told:
    """The lane as its sources tell it."""
    at = {"company": company_id, "lane": lane}
    rows = await (await conn.execute(shadows.queries.told, at)).fetchall()
    behind: dict[int, set[int]] = {}
    for row in await (await conn.execute(shadows.queries.taken, at)).fetchall():
        behind.setdefault(row["shadow_of"], set()).add(row["source_id"])
    return Told(rows, behind)


async def decide(change: Change, lane: Told, decided: Decided) -> None:
    """Write what was decided of a lane; a handful of statements, whatever the number."""
    posting = {int(str(row["id"])): int(str(row["posting_id"])) for row in lane.rows}
    await _instead(change, decided.instead, posting)
    await _behind(change, decided.behind, posting)
    await _forward(change, decided.forward, posting)
    change.touched.update([*decided.forward, *decided.behind, *decided.instead, *decided.instead.values()])


async def _forward(change: Change, ids: Sequence[int], posting: Mapping[int, int]) -> None:
    """Each on its own posting; where that has become an alias, on the one that is its own by its history."""
    homes = await store.homes_of_aliases(change, ids)
    await _show(change, ids, [homes.get(each, posting[each]) for each in ids])


async def _show(change: Change, ids: Sequence[int], postings: Sequence[int]) -> None:
    at = {"company": change.company_id, "revision": change.revision, "ids": list(ids), "postings": list(postings)}
    await change.conn.execute(shadows.queries.step_forward, at)


async def _behind(change: Change, behind: Mapping[int, int], posting: Mapping[int, int]) -> None:
    at = {
        "company": change.company_id,
        "revision": change.revision,
        "ids": list(behind),
        "behind": list(behind.values()),
    }
    await change.conn.execute(shadows.queries.step_back, at)
    await store.lead(change, {posting[each]: posting[shows] for each, shows in behind.items()})


async def _instead(change: Change, instead: Mapping[int, int], posting: dict[int, int]) -> None:
    """A source of higher rank tells the opening too: its job shows it from now on, at the same address."""
    at = {
        "company": change.company_id,
        "revision": change.revision,
        "ids": list(instead.values()),
        "behind": list(instead),
    }
    await change.conn.execute(shadows.queries.step_back, at)
    await shadows.pass_on(change, {old: new for new, old in instead.items()})
    await _show(change, list(instead), [posting[old] for old in instead.values()])
    await store.lead(change, {posting[new]: posting[old] for new, old in instead.items()})
    posting.update({new: posting[old] for new, old in instead.items()})
