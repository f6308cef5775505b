"""A match as CSV: its columns, and a line for each pair or lone job, safe to open in a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from changeover.sources.spreadsheet import guarded

COLUMNS = (
    "legacy_id", "ats_id", "score", "decision", "rule", "reason", "code", "fix",
    "legacy_title", "legacy_location", "legacy_company", "legacy_employer_job_id",
    "ats_title", "ats_location", "ats_company", "ats_employer_job_id", "twins",
)  # fmt: skip


def header(columns: Sequence[str] = COLUMNS) -> str:
    """The first line of the CSV (RFC 4180), with its line end."""
    return _line(columns)


def line(row: Mapping[str, object], columns: Sequence[str] = COLUMNS) -> str:
    """One row as a line of CSV; what is missing is an empty cell, a score has four decimals."""
    return _line(_cell(row[name]) for name in columns)


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4f}"
    return guarded("" if value is None else str(value))


def _line(cells: Iterable[str]) -> str:
    quoted = ('"' + cell.replace('"', '""') + '"' for cell in cells)
    return ",".join(quoted) + "\r\n"
