"""A person's decisions read back from the CSV of a match in which they were written."""

from __future__ import annotations

import csv
import io

import pyarrow as pa

from changeover.match.intake import UnusableJobs
from changeover.sources.spreadsheet import unguarded
from changeover.sources.text import MAX_FIELD

# What the matcher itself writes is no person's word.
_NOT_SAID = ("", "paired", "review", "legacy_only", "ats_only")
_NEEDED = ("legacy_id", "ats_id", "decision")
_EXCEL_MARK = "\ufeff"


def read_decisions(text: str) -> pa.Table:
    """``legacy_id, ats_id, verdict`` of the rows whose ``decision`` a person made ``confirmed`` or ``rejected``.

    Other columns and other rows may be there or not, in any order; a spreadsheet's separators and guards are known.
    Raises UnusableJobs where a column is missing, or a row says something else or names only one job.
    """
    text = text.lstrip(_EXCEL_MARK)
    separator = max(",;\t|", key=text.partition("\n")[0].count)
    csv.field_size_limit(4 * MAX_FIELD)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator)
    missing = [name for name in _NEEDED if name not in (rows.fieldnames or ())]
    if missing:
        raise UnusableJobs(
            "NOT_DECISIONS",
            f"It has no column {missing[0]}; give the CSV of a match, or one with {', '.join(_NEEDED)}.",
        )
    try:
        said = [found for row in rows if (found := _verdict(row, rows.line_num))]
    except csv.Error as error:
        raise UnusableJobs("BAD_CSV", f"It cannot be read ({error}); save it again as CSV in UTF-8.") from None
    return pa.table({name: pa.array([row[at] for row in said], pa.string()) for at, name in enumerate(_COLUMNS)})


_COLUMNS = ("legacy_id", "ats_id", "verdict")


def _verdict(row: dict[str, str | None], line: int) -> tuple[str, str, str] | None:
    legacy, ats, said = (unguarded(row[name] or "").strip() for name in _NEEDED)
    word = said.lower()
    if word in _NOT_SAID:
        return None
    if word not in ("confirmed", "rejected"):
        shown = said[:60]
        raise UnusableJobs("UNKNOWN_VERDICT", f"Line {line} decides {shown!r}; write confirmed or rejected there.")
    if not legacy or not ats:
        raise UnusableJobs(
            "HALF_A_PAIR", f"Line {line} is {word} but names one job only; write the id of the other too."
        )
    return legacy, ats, word
