"""What is live, defined once: pages, feeds and rehearsals read the one view through this."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from changeover.database.connection import Connection, Database, expect_many
from changeover.database.queries import beside

queries = beside(__file__, "live")

# Above every id: where the newest page begins.
NEWEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Line:
    """One posting that a flip of the feed would close or open, with the job that would show."""

    posting_id: int
    job_id: int
    source_job_id: str
    title: str
    location: str
    employer_job_id: str


@dataclass(frozen=True, slots=True)
class Preview:
    """Exactly what flipping a company's feed now would do. ``kept`` postings stay, same id, same URL.

    ``digest`` names this preview: an act agreed to on it is done only while it still holds.
    """

    closing: Sequence[Line]
    opening: Sequence[Line]
    kept: int

    @property
    def digest(self) -> str:
        """32 hex digits over every posting that would close or open and the job behind it."""
        told = "\n".join(
            f"{sign}{line.posting_id}:{line.job_id}"
            for sign, lines in (("-", self.closing), ("+", self.opening))
            for line in sorted(lines, key=lambda line: line.posting_id)
        )
        return hashlib.sha256(told.encode()).hexdigest()[:32]


async def rehearse(conn: Connection, company_id: int) -> Preview:
    """The difference of what is live under the two values of the company's feed; nothing is changed.

    One pass over the company's open jobs; the lines are only those that would close or open.
    """
    await expect_many(conn)
    cursor = await conn.execute(queries.rehearse, {"company": company_id})
    closing: list[Line] = []
    opening: list[Line] = []
    for row in await cursor.fetchall():
        leaves = row.pop("leaves")
        (closing if leaves else opening).append(Line(**row))
    kept = await (await conn.execute(queries.kept, {"company": company_id})).fetchone()
    return Preview(closing, opening, kept["kept"] if kept else 0)


async def reworded(conn: Connection, company_id: int, *, after: int = 0, size: int) -> list[dict[str, Any]]:
    """Postings that stay and would say another title or place after a flip, by posting: what both sides say."""
    at = {"company": company_id, "after": after, "size": size}
    return await (await conn.execute(queries.reworded, at)).fetchall()


@dataclass(frozen=True, slots=True)
class Found:
    """What a posting's address answers: its row if it is live, or where it redirects, or that it has closed."""

    row: dict[str, Any] | None
    alias_of: int | None
    existed: bool


async def look_up(db: Database, company_id: int, posting_id: int) -> Found:
    """A posting by its address; an alias answers with the posting it was merged into."""
    at = {"company": company_id, "posting": posting_id}
    if rows := await db.board_by_key(queries.posting, at):
        return Found(rows[0], None, True)
    known = await db.board_by_key(queries.known_as, at)
    return Found(None, known[0]["alias_of"] if known else None, bool(known))


async def page(db: Database, *, company_id: int, before: int, size: int) -> list[dict[str, Any]]:
    """Up to ``size`` live postings of a company that are older than ``before``, newest first.

    Pages go by an id that never changes, so a cut-over between two pages shows nothing twice.
    """
    return await db.board_by_key(queries.of_company, {"company": company_id, "before": before, "size": size})
