"""Our own records as JSONL, JSON and CSV: read, and written so that they read back the same."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, NamedTuple

import orjson

from changeover.job import Job
from changeover.sources.identity import settle
from changeover.sources.json_text import tolerant
from changeover.sources.origins import Tally
from changeover.sources.places import country, place
from changeover.sources.presets import FIELDS as ALIASES
from changeover.sources.presets import IDS
from changeover.sources.record import FIELDS, job_of
from changeover.sources.record_action import acts, closing, ended, words
from changeover.sources.source import Completeness, Problem, Reading, as_changes, failed
from changeover.sources.spreadsheet import guarded, unguarded
from changeover.sources.text import MAX_FIELD
from changeover.sources.xml_records import plain
from changeover.wording import plural

KIND = "records"
_SHOWN = 10
_NO_IDS = (
    "Of {} none has an id that is known, so no job could be followed and none was read; give each an id, or say with "
    "`changeover source map` which of its fields it is."
)
_PROGRAM = re.compile(
    r"\s*(?:/\*.*?\*/\s*)?(?:(?:var|let|const)\s|(?:window|self|globalThis)[.\[]|[\w$.]+\s*[=(]\s*[\[{])"
)
_EXCEL_MARK = "\ufeff"
_EXCEL_FIRST_LINE = re.compile(r"sep=.\r?\n")
_HEAD, _ROWS_ABOVE = 1 << 16, 10
# A row of our own behind the last: it is found again unless a quotation mark before it never closed.
_END = "\x1eend\x1e"
_NEVER_CLOSED = Problem(
    "CUT_OFF",
    "A quotation mark in this CSV is never closed, so that all that follows it is one cell and jobs may be missing; "
    "save it again as CSV.",
)


def jsonl(job: Job) -> bytes:
    """The job as one line of JSON, with its line end."""
    return orjson.dumps(job.as_record(), option=orjson.OPT_APPEND_NEWLINE)


def csv_text(jobs: Iterable[Job]) -> Iterator[str]:
    """The jobs as lines of CSV, every cell quoted and guarded; a list or object in a cell is JSON text."""
    records = [job.as_record() for job in jobs]
    columns = [*FIELDS, *sorted({name for record in records for name in record} - set(FIELDS))]
    for cells in (columns, *([_cell(record.get(name)) for name in columns] for record in records)):
        line = io.StringIO()
        csv.writer(line, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow([guarded(cell) for cell in cells])
        yield line.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


class Table(NamedTuple):
    """A CSV's header and rows, and why there may be more of them than were read."""

    header: list[str]
    rows: list[list[str]]
    doubts: list[Problem]


def table(text: str) -> Table:
    """A CSV with a header, which may stand below a title; ``,``, ``;``, tab or ``|`` part its cells. Never raises."""
    csv.field_size_limit(4 * MAX_FIELD)
    text = _EXCEL_FIRST_LINE.sub("", text.lstrip(_EXCEL_MARK)).replace("\0", "")
    header, told, doubts = list[str](), list[list[str]](), list[Problem]()
    try:
        separator, above = _header_at(text)
        rows = csv.reader(io.StringIO(f"{text}\n{_END}", newline=""), delimiter=separator)
        header = [unguarded(cell).strip() for cell in next(islice(rows, above, None), [])]
        told.extend(row for row in rows if any(cell.strip() for cell in row))
        doubts = [] if told and told.pop() == [_END] else [_NEVER_CLOSED]
    except csv.Error as error:
        doubts = [Problem("BAD_CSV", f"The CSV cannot be read further ({error}); save it again as CSV in UTF-8.")]
    return Table(header, told, doubts)


def read_csv(text: str) -> Reading:
    """The reading of a CSV of our own form, or one whose columns have the names of other sources."""
    header, rows, doubts = table(text)
    names = _columns(header)
    if doubts and doubts != [_NEVER_CLOSED]:
        return failed(KIND, doubts[0].code, doubts[0].sentence)
    if "id" not in names or "title" not in names:
        return failed(KIND, *_no_columns(header))
    reading = read_records([_located(_row(names, row)) for row in rows], doubts, unreadable=len(doubts))
    called = _called(names, header)
    origins = {
        field: {called.get(place, place): count for place, count in places.items()}
        for field, places in reading.origins.items()
    }
    return replace(reading, origins=origins)


def _header_at(text: str) -> tuple[str, int]:
    """What parts the cells, and how many rows stand above the first that has columns for id and title."""
    start = text[:_HEAD].partition("\n")[0]
    separators = sorted(",;\t|", key=start.count, reverse=True)
    for separator in separators:
        first = islice(csv.reader(io.StringIO(text[:_HEAD], newline=""), delimiter=separator), _ROWS_ABOVE)
        for number, row in enumerate(first):
            if {"id", "title"} <= set(_columns([unguarded(cell).strip() for cell in row])):
                return separator, number
    return separators[0], 0


def _called(names: list[str], header: list[str]) -> dict[str, str]:
    """What the column of each field is called in the file; of a place that is put together, those of its parts."""
    called = {name: cell for name, cell in zip(names, header, strict=True) if name}
    by_name = {plain(cell): cell for cell in header}
    parts = (next((by_name[n] for n in ALIASES[part] if n in by_name), "") for part in ("city", "state", "country"))
    return {"location": ", ".join(filter(None, parts)), **called}


def _row(names: list[str], row: list[str]) -> dict[str, Any]:
    cells = ((name, unguarded(cell)) for name, cell in zip(names, row, strict=False))
    told: dict[str, Any] = {}
    for name, cell in cells:
        if name and cell:
            told.setdefault(name, _value(name, cell))  # of two columns of one name the first
    return told


def _located(record: dict[str, Any]) -> dict[str, Any]:
    """The row with a place made of its city, region and country, where they have columns of their own."""
    if record.get("location"):
        return record
    by_name = {plain(name): str(cell) for name, cell in record.items()}
    parts = [next((by_name[n] for n in ALIASES[part] if by_name.get(n)), "") for part in ("city", "state", "country")]
    told = place(*parts) if parts[0] or parts[1] else country(parts[2])
    return {**record, "location": told} if told else record


def _value(name: str, cell: str) -> Any:
    if name not in FIELDS and cell[:1] in ("[", "{"):
        value = tolerant(cell)
        return cell if value is None else value
    return cell


def _columns(header: list[str]) -> list[str]:
    """The record's field of each column: its own name, or the first that a name of other sources stands for."""
    lower = [cell.lower() for cell in header]
    if "legacy_id" in lower and "ats_id" in lower:
        return []
    names = [cell if cell in FIELDS else "" for cell in lower]
    known = {"id": (*IDS, "requisition", "number", "nr"), **ALIASES}
    for field in FIELDS:
        if field in names:
            continue
        by_name = {plain(cell): at for at, cell in enumerate(header) if not names[at]}
        found = next((by_name[alias] for alias in known.get(field, ()) if alias in by_name), None)
        if found is not None:
            names[found] = field
    return [name or cell for name, cell in zip(names, header, strict=True)]


def _no_columns(header: Sequence[str]) -> tuple[str, str]:
    if header and _PROGRAM.match(header[0]):
        return "NOT_A_JOB_SOURCE", "This is a program around data, not the data; give the JSON itself, or its address."
    if len(header) < 2 or not all(" ".join(cell.split()).isprintable() for cell in header):
        return (
            "NOT_A_JOB_SOURCE",
            "This is no source of jobs that is known: neither a feed, a page, JSON nor CSV; check the address.",
        )
    if {"legacy_id", "ats_id"} <= {cell.lower() for cell in header}:
        return "NOT_RECORDS", "This CSV is a list of matches, not of jobs; give the jobs of one side."
    shown = ", ".join(header[:8])[:200] or "nothing"
    what = f"A list of jobs needs the columns id and title, but the first line has {shown}"
    return "NOT_RECORDS", f"{what}; add them or check the file."


@dataclass(frozen=True, slots=True)
class Lines:
    """The objects of a file of one JSON object a line, what speaks against its end, and lines that are none."""

    records: list[dict[str, Any]]
    doubts: list[Problem]
    notes: list[Problem]
    unreadable: int


def read_jsonl(text: str) -> Reading:
    """The reading of one JSON object a line. A broken line is a problem of its own; a cut-off last one a doubt."""
    return read_lines(lines(text))


def read_lines(read: Lines) -> Reading:
    """The reading of such lines as records of our own form."""
    if not read.records:
        return failed(KIND, "NOT_RECORDS", "No line of this file is a JSON object; give one job a line.")
    return read_records(read.records, read.doubts, read.notes, unreadable=read.unreadable)


def lines(text: str) -> Lines:
    """The objects of one JSON object a line."""
    records: list[dict[str, Any]] = []
    broken: list[int] = []
    every = text.split("\n")
    for number, line in enumerate(every, 1):
        if not line.strip():
            continue
        value = tolerant(line.rstrip().removesuffix(","))
        if isinstance(value, dict):
            records.append(value)
        else:
            broken.append(number)
    doubts: list[Problem] = []
    if broken and broken[-1] == len(every):
        doubts.append(
            Problem("CUT_OFF", "The file ends in the middle of its last line, so jobs may be missing; read it again.")
        )
    notes = [
        Problem("BAD_LINE", f"Line {number} is no JSON object and was left out; correct it.")
        for number in broken[:_SHOWN]
    ]
    if len(broken) > _SHOWN:
        more = plural(len(broken) - _SHOWN, "more line is no JSON object", "more lines are no JSON objects")
        notes.append(Problem("BAD_LINE", f"{more}; correct the source."))
    return Lines(records, doubts, notes, len(broken))


def read_records(
    records: Iterable[Mapping[str, Any]],
    doubts: Sequence[Problem] = (),
    notes: Sequence[Problem] = (),
    *,
    unreadable: int = 0,
) -> Reading:
    """The reading of records already taken apart."""
    told, over, tally = list[Mapping[str, Any]](), list[str](), Tally()
    for record in records:
        if ended(words(record)):
            over.append(job_of(record).id)
        else:
            told.append(record)
    settled = settle(_looked_at(record, tally) for record in told)
    if told and not settled.jobs:
        return failed(KIND, "NO_IDS", f"{_NO_IDS.format(plural(len(told), 'record'))}")
    whole = Completeness.PARTIAL if doubts else Completeness.COMPLETE
    problems = [*doubts, *notes, *closing(len(over)), *settled.problems]
    unread, origins = unreadable + settled.unreadable, tally.found()
    reading = Reading(KIND, settled.jobs, whole, problems, unread, gone=over, origins=origins)
    return as_changes(reading) if acts(map(words, told[:20])) and not doubts else reading


def _looked_at(record: Mapping[str, Any], tally: Tally) -> Job:
    tally.look(record, job_of)
    return job_of(record)
