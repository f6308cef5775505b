"""The review as CSV: the columns of a match, a row per pair or lone job, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any

from changeover.sources.spreadsheet import guarded

COLUMNS = (
    "legacy_id", "ats_id", "score", "decision", "rule", "reason", "code", "fix",
    "legacy_title", "legacy_location", "legacy_company", "legacy_employer_job_id",
    "ats_title", "ats_location", "ats_company", "ats_employer_job_id",
)  # fmt: skip


async def review_csv(rows: AsyncIterator[Mapping[str, Any]]) -> AsyncIterator[str]:
    """Lines of CSV (RFC 4180) from the rows of match/store, one at a time: nothing is held in memory."""
    yield _line(COLUMNS)
    async for row in rows:
        yield _line([_cell(row[name]) for name in COLUMNS])


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4f}"
    return guarded("" if value is None else str(value))


def _line(cells: Iterable[str]) -> str:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(cells)
    return text.getvalue()
