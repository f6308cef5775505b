"""The review as CSV, in the shape of a match: streamed from the store a row at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from changeover.database.connection import Database
from changeover.match import store as matches
from changeover.match.match_csv import header, line

EVERYTHING = ("paired", "review", "legacy_only", "ats_only")
_ROWS_AT_ONCE = 2_000


async def review_csv(rows: AsyncIterator[Mapping[str, Any]]) -> AsyncIterator[str]:
    """Lines of CSV from the rows of match/store, one at a time: nothing is held in memory."""
    yield header()
    async for row in rows:
        yield line(row)


async def review_file(db: Database, company_id: int) -> AsyncIterator[str]:
    """Every pair and every lone job of a company, in parts of many lines, for a line is too little to send."""
    part: list[str] = []
    async for text in review_csv(_rows(db, company_id)):
        part.append(text)
        if len(part) == _ROWS_AT_ONCE:
            yield "".join(part)
            part.clear()
    yield "".join(part)


async def _rows(db: Database, company_id: int) -> AsyncIterator[dict[str, Any]]:
    """Every finding, each page on a connection of its own: whoever downloads slowly holds none."""
    after = (-1, -1)
    while True:
        async with db.company(company_id) as conn:
            rows = await matches.review_page(conn, company_id, EVERYTHING, after=after, size=_ROWS_AT_ONCE)
        if not rows:
            return
        for row in rows:
            yield row
        after = (rows[-1]["legacy_job_id"], rows[-1]["ats_job_id"])
