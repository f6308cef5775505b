"""Our own records as JSONL, JSON and CSV: read, and written so that they read back the same."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

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
_PROGRAM = re.compile(r"\s*(?:(?:var|let|const)\s|(?:window|self|globalThis)[.\[]|[\w$.]+\s*[=(]\s*[\[{])")
_EXCEL_MARK = "\ufeff"


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


def read_csv(text: str) -> Reading:
    """The reading of a CSV with a header; separators ``,``, ``;``, tab and ``|`` are told apart by the header."""
    text = text.lstrip(_EXCEL_MARK)
    header_line = text.partition("\n")[0]
    separator = max(",;\t|", key=header_line.count)
    csv.field_size_limit(4 * MAX_FIELD)
    rows = csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=separator)
    try:
        header = [unguarded(cell).strip() for cell in next(rows, [])]
        names = _columns(header)
        if "id" not in names or "title" not in names:
            return failed(KIND, *_no_columns(header))
        records = [_located(_row(names, row)) for row in rows if any(cell.strip() for cell in row)]
    except csv.Error as error:
        return failed(KIND, "BAD_CSV", f"The CSV cannot be read ({error}); save it again as CSV in UTF-8.")
    reading = read_records(records)
    called = _called(names, header)
    origins = {
        field: {called.get(place, place): count for place, count in places.items()}
        for field, places in reading.origins.items()
    }
    return replace(reading, origins=origins)


def _called(names: list[str], header: list[str]) -> dict[str, str]:
    """What the column of each field is called in the file; of a place that is put together, those of its parts."""
    called = {name: cell for name, cell in zip(names, header, strict=True) if name}
    by_name = {plain(cell.replace(" ", "")): cell for cell in header}
    parts = (next((by_name[n] for n in ALIASES[part] if n in by_name), "") for part in ("city", "state", "country"))
    return {"location": ", ".join(filter(None, parts)), **called}


def _row(names: list[str], row: list[str]) -> dict[str, Any]:
    cells = ((name, unguarded(cell)) for name, cell in zip(names, row, strict=False))
    return {name: _value(name, cell) for name, cell in cells if name and cell}


def _located(record: dict[str, Any]) -> dict[str, Any]:
    """The row with a place made of its city, region and country, where they have columns of their own."""
    if record.get("location"):
        return record
    by_name = {plain(name.replace(" ", "")): str(cell) for name, cell in record.items()}
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
    known = {"id": IDS, **ALIASES}
    for field in FIELDS:
        if field in names:
            continue
        by_name = {plain(cell.replace(" ", "")): at for at, cell in enumerate(header) if not names[at]}
        found = next((by_name[alias] for alias in known.get(field, ()) if alias in by_name), None)
        if found is not None:
            names[found] = field
    return [name or cell for name, cell in zip(names, header, strict=True)]


def _no_columns(header: Sequence[str]) -> tuple[str, str]:
    if header and _PROGRAM.match(header[0]):
        return "NOT_A_JOB_SOURCE", "This is a program around data, not the data; give the JSON itself, or its address."
    if len(header) < 2 or not all(cell.isprintable() for cell in header):
        return (
            "NOT_A_JOB_SOURCE",
            "This is no source of jobs that is known: neither a feed, a page, JSON nor CSV; check the address.",
        )
    if {"legacy_id", "ats_id"} <= {cell.lower() for cell in header}:
        return "NOT_RECORDS", "This CSV is a list of matches, not of jobs; give the jobs of one side."
    shown = ", ".join(header[:8])[:200] or "nothing"
    what = f"A list of jobs needs the columns id and title, but the first line has {shown}"
    return "NOT_RECORDS", f"{what}; add them or check the file."


def read_jsonl(text: str) -> Reading:
    """The reading of one JSON object a line. A broken line is a problem of its own; a cut-off last one a doubt."""
    records: list[Mapping[str, Any]] = []
    broken: list[int] = []
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        value = tolerant(line.rstrip().removesuffix(","))
        if isinstance(value, dict):
            records.append(value)
        else:
            broken.append(number)
    if not records:
        return failed(KIND, "NOT_RECORDS", "No line of this file is a JSON object; give one job a line.")
    doubts: list[Problem] = []
    if broken and broken[-1] == len(lines):
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
    return read_records(records, doubts, notes, unreadable=len(broken))


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
    whole = Completeness.PARTIAL if doubts else Completeness.COMPLETE
    problems = [*doubts, *notes, *closing(len(over)), *settled.problems]
    unread, origins = unreadable + settled.unreadable, tally.found()
    reading = Reading(KIND, settled.jobs, whole, problems, unread, gone=over, origins=origins)
    return as_changes(reading) if acts(map(words, told[:20])) and not doubts else reading


def _looked_at(record: Mapping[str, Any], tally: Tally) -> Job:
    tally.look(record, job_of)
    return job_of(record)
