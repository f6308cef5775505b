"""Labelled pairs read from text: a view with its whole truth, or what people said on one board."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson
import pyarrow as pa

from changeover.match.intake import FIELDS, UnusableJobs
from changeover.match.training import Board

# The first line of an installation's labels, so that the file says what it is.
KIND = "changeover labels"
VERDICTS = ("confirmed", "rejected")
Record = Mapping[str, Any]


def view(legacy: str, ats: str, truth: str, undecidable: str = "") -> Board:
    """A labelled view: jobs of both sides as JSON lines, the true pairs as CSV, ids nobody can decide as CSV.

    Raises UnusableJobs where a line is no job, or the truth has no columns ``legacy_id`` and ``ats_id``.
    """
    sides = [_table(_records(text, name)) for text, name in ((legacy, "legacy.jsonl"), (ats, "ats.jsonl"))]
    pairs = frozenset((row["legacy_id"], row["ats_id"]) for row in _rows(truth, "truth.csv", "legacy_id", "ats_id"))
    hard = frozenset(row["id"] for row in _rows(undecidable, "undecidable.csv", "id")) if undecidable else frozenset()
    return Board(sides[0], sides[1], pairs, hard)


def installation(text: str) -> Board:
    """The labels that ``changeover labels`` wrote: jobs, and the pairs that a person confirmed or rejected.

    Only those pairs are known, and what follows from one twin a job; of all others nothing is learned.
    Raises UnusableJobs where a line is none of it.
    """
    lines = _records(text, "the labels")
    if next(lines, {}).get("kind") != KIND:
        raise UnusableJobs("NOT_LABELS", f"It does not begin as labels do; write them with `{KIND}`.")
    jobs: dict[str, list[dict[str, Any]]] = {"legacy": [], "ats": []}
    said: dict[str, set[tuple[str, str]]] = {verdict: set() for verdict in VERDICTS}
    for record in lines:
        if record.get("lane") in jobs:
            jobs[record["lane"]].append(record)
        elif record.get("verdict") in said:
            said[record["verdict"]].add((str(record.get("legacy_id")), str(record.get("ats_id"))))
        else:
            raise UnusableJobs("NOT_LABELS", "A line has neither a lane, legacy or ats, nor a verdict; write it anew.")
    tables = _table(jobs["legacy"]), _table(jobs["ats"])
    return Board(*tables, frozenset(said["confirmed"]), frozenset(), frozenset(said["rejected"]))


def line(record: Record) -> str:
    """One line of an installation's labels."""
    return orjson.dumps(dict(record)).decode() + "\n"


def _records(text: str, name: str) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            record = orjson.loads(line)
        except orjson.JSONDecodeError as problem:
            raise UnusableJobs("NOT_LABELS", f"Line {number} of {name} is no JSON ({problem}).") from None
        if not isinstance(record, dict):
            raise UnusableJobs("NOT_LABELS", f"Line {number} of {name} is no object with a job's fields.")
        yield record


def _table(records: Iterable[Mapping[str, Any]]) -> pa.Table:
    """The jobs as text columns; a job without a group is in the group of those without."""
    rows = list(records)
    named = [name for name in FIELDS if name in ("id", "group") or any(name in row for row in rows)]
    told = {name: [_text(row.get(name)) for row in rows] for name in named}
    told["group"] = [group or "" for group in told["group"]]
    return pa.table({name: pa.array(told[name], pa.string()) for name in named})


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _rows(text: str, name: str, *columns: str) -> list[dict[str, str]]:
    rows = csv.DictReader(io.StringIO(text, newline=""))
    missing = [column for column in columns if column not in (rows.fieldnames or ())]
    if missing:
        raise UnusableJobs("NOT_LABELS", f"{name} has no column {missing[0]}.")
    return [{column: row[column] or "" for column in columns} for row in rows]
