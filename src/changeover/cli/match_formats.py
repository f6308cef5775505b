"""A match as a table for a person, as CSV, as JSON, or as a report in one HTML file."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

import orjson
import polars as pl
import pyarrow as pa

from changeover.cli.match import Format
from changeover.cli.shown import table
from changeover.match.match_csv import COLUMNS, header, line
from changeover.match.report import SideRead, percent, report
from changeover.match.weights import Weights
from changeover.sources.source import Reading

# A table for a person ends here; the rest is counted, and is in the other formats.
TABLE_ROWS = 500
_ORDER = ("review", "legacy_only", "ats_only", "paired")
_WORDS = {"review": "review", "legacy_only": "only legacy", "ats_only": "only ATS", "paired": "paired"}
_SLICE = 10_000


@dataclass(frozen=True, slots=True)
class Matched:
    """What was matched and found: ``rows`` is ``found`` with both jobs beside; the rest is as the command was given."""

    found: pa.Table
    legacy: pa.Table
    ats: pa.Table
    rows: pl.DataFrame
    readings: tuple[Reading, Reading]
    locations: tuple[str, str]
    by: str
    weights: Weights | None = None


def told(matched: Matched, format_: Format) -> Iterator[str]:
    """The match in this format, part by part."""
    if format_ is Format.CSV:
        return _csv(matched)
    if format_ is Format.JSON:
        return _json(matched)
    return iter([_html(matched)]) if format_ is Format.HTML else _table(matched)


def _csv(matched: Matched) -> Iterator[str]:
    columns = (*COLUMNS, "group") if matched.by else COLUMNS
    yield header(columns)
    for some in matched.rows.select(columns).iter_slices(_SLICE):
        yield "".join(line(row, columns) for row in some.iter_rows(named=True))


def _json(matched: Matched) -> Iterator[str]:
    """A JSON array with one record on a line; ``evidence`` is what adds up to the log-odds of ``score``."""
    before = "["
    for row in matched.rows.iter_rows(named=True):
        yield f"{before}\n{orjson.dumps({**row, 'evidence': orjson.Fragment(row['evidence'])}).decode()}"
        before = ","
    yield "[]\n" if before == "[" else "\n]\n"


def _html(matched: Matched) -> str:
    sides = tuple(
        SideRead(
            location="standard input" if location == "-" else location,
            kind=reading.kind,
            jobs=len(reading.jobs),
            whole=reading.complete and not reading.unreadable,
            problems=[problem.sentence for problem in reading.problems],
        )
        for location, reading in zip(matched.locations, matched.readings, strict=True)
    )
    style = (files("changeover.web") / "static" / "changeover.css").read_text(encoding="utf-8")
    return report(matched.rows, (sides[0], sides[1]), made=datetime.now(UTC), style=style, by=matched.by)


def _table(matched: Matched) -> Iterator[str]:
    """What needs a person first; what is beyond a person's patience is counted."""
    order = pl.col("decision").replace_strict({name: at for at, name in enumerate(_ORDER)}, return_dtype=pl.Int8)
    first = matched.rows.sort(order, maintain_order=True).head(TABLE_ROWS)
    by = [matched.by] if matched.by else []
    text = io.StringIO()
    columns = [*by, "decision", "likely", "legacy", "job", "ATS", "job", "why", "what to do"]
    table(columns, (_cells(row) for row in first.iter_rows(named=True)), text)
    yield text.getvalue()
    if matched.rows.height > TABLE_ROWS:
        more = matched.rows.height - TABLE_ROWS
        yield f"and {more:,} more: --format csv has them all, --format html groups them by cause\n"


def _cells(row: dict[str, Any]) -> list[str]:
    jobs = [
        cell
        for side in ("legacy", "ats")
        for cell in (row[f"{side}_id"] or "", " · ".join(filter(None, (row[f"{side}_title"], row[f"{side}_location"]))))
    ]
    both = row["legacy_id"] is not None and row["ats_id"] is not None
    likely = percent(row["score"]) if both else ""
    group = [row["group"]] if "group" in row else []
    return [*group, _WORDS[row["decision"]], likely, *jobs, row["reason"], row["fix"]]
