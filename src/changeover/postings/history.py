"""Verify: what was live at every revision, recomputed from the recorded history."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from changeover.database.connection import Connection, Database
from changeover.job import Lane
from changeover.migration import store as migrations
from changeover.postings.promise import OPEN_END, Broken, History, Interval, Step, check


@dataclass(frozen=True, slots=True)
class Verified:
    """What a company's history came to. ``broken`` is empty if every promise was kept throughout."""

    company_id: int
    name: str
    revisions: int
    intervals: int
    cut_over: int
    reverted: int
    broken: Sequence[Broken] = field(default_factory=tuple)

    @property
    def gaps(self) -> int:
        """How often a posting was missing that had to be there, or there without its job (promises 1 and 4)."""
        return sum(b.promise in (1, 4) for b in self.broken)

    @property
    def duplicates(self) -> int:
        """How often one opening stood twice (promise 2)."""
        return sum(b.promise == 2 for b in self.broken)


async def verify(db: Database, company_id: int) -> Verified:
    """Check promises 1 to 4 over all of a company's history. O(n log n) in its intervals; nothing is changed."""
    # At one moment: a revision committed between two of these queries would look like a broken promise.
    async with db.company(company_id, at_one_moment=True) as conn:
        it = await migrations.company(conn, company_id)
        history = await _history(conn, company_id)
        differs = await _differs(conn, company_id)
    kinds = Counter(step.kind for step in history.steps)
    broken = [*check(history), *([_says_otherwise(it.revision, differs)] if differs else [])]
    return Verified(
        company_id=company_id,
        name=it.name,
        revisions=len(history.steps),
        intervals=len(history.open) + len(history.sides),
        cut_over=kinds["cut_over"] + kinds["resolved"],
        reverted=kinds["reverted"],
        broken=broken,
    )


def _says_otherwise(revision: int, jobs: int) -> Broken:
    return Broken(
        1, "HISTORY_DIFFERS", revision, f"{jobs} jobs stand otherwise than the last revision of their history says."
    )


async def _history(conn: Connection, company_id: int) -> History:
    at, queries = {"company": company_id}, migrations.queries
    steps = await (await conn.execute(queries.steps, at)).fetchall()
    opened = await (await conn.execute(queries.open_intervals, at)).fetchall()
    sides = await (await conn.execute(queries.side_intervals, at)).fetchall()
    agreed = await (await conn.execute(queries.agreed, at)).fetchall()
    aliases = await (await conn.execute(queries.aliases, at)).fetchall()
    return History(
        steps=[Step(row["revision"], Lane(row["feed"]), row["kind"]) for row in steps],
        open=[Interval(r["job_id"], Lane(r["lane"]), r["from_revision"], r["to_revision"] or OPEN_END) for r in opened],
        sides=[
            Interval(r["job_id"], Lane(r["lane"]), r["from_revision"], r["to_revision"] or OPEN_END, r["posting_id"])
            for r in sides
        ],
        agreed=frozenset((row["revision"], row["posting_id"]) for row in agreed),
        aliases={row["posting_id"]: row["alias_of"] for row in aliases},
    )


async def _differs(conn: Connection, company_id: int) -> int:
    row = await (await conn.execute(migrations.queries.history_differs, {"company": company_id})).fetchone()
    return int(row["jobs"]) if row else 0
