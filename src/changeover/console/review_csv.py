"""The review as CSV, in the shape of a match: streamed from the store a row at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from changeover.match.match_csv import header, line


async def review_csv(rows: AsyncIterator[Mapping[str, Any]]) -> AsyncIterator[str]:
    """Lines of CSV from the rows of match/store, one at a time: nothing is held in memory."""
    yield header()
    async for row in rows:
        yield line(row)
