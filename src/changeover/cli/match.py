"""changeover match: which job of one source is which of another, without a database."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import orjson
import pyarrow as pa
import typer

from changeover.cli.output import check_writable, written
from changeover.cli.reading import Asked, read_sources, report
from changeover.cli.session import Stop, say, table
from changeover.job import Job
from changeover.match.beside import jobs_table, rows, said
from changeover.match.match_csv import COLUMNS, header, line
from changeover.match.pairing import pair
from changeover.match.summary import summary
from changeover.settings import load
from changeover.sources.fetch_rules import fetch_rules
from changeover.sources.source import Completeness, Reading

SIDES = ("legacy", "ats")
# A table for a person ends here; the rest is told, and is in the other formats.
_ROWS = 500


class Format(StrEnum):
    """How the match is told."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    HTML = "html"


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("match")(match)


def match(
    legacy: Annotated[str, typer.Argument(help="The old source: a file, a folder of pages, a URL, or - for stdin.")],
    ats: Annotated[str, typer.Argument(help="The ATS: a file, a folder of pages, a URL, or - for stdin.")],
    by: Annotated[
        str, typer.Option(help="Match within groups: the jobs of both sides with one value in this field.")
    ] = "",
    format_: Annotated[
        Format, typer.Option("--format", help="How to tell it; html is a report in one file.")
    ] = Format.TABLE,
    output: Annotated[Path | None, typer.Option(help="Write to this file; stdout otherwise.")] = None,
    legacy_kind: Annotated[str | None, typer.Option(help="What the old source is; recognised otherwise.")] = None,
    ats_kind: Annotated[str | None, typer.Option(help="What the ATS's side is; recognised otherwise.")] = None,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Also read from loopback and private addresses.")
    ] = False,
) -> None:
    """Which job of one source is which of another, and why; no database needed.

    Every pair has a reason, and every job without a twin what to change in the ATS so that it finds one. Exit
    status: 0 every job has its twin; 1 some have none, or a side could not be read in full; 2 a side could not be
    read at all. Kinds are those of `changeover read --help`.

    Example: changeover match old-feed.xml https://boards-api.greenhouse.io/v1/boards/acme/jobs --format csv
    """
    check_writable(output)
    if legacy == ats == "-":
        raise Stop("Only one side can come from standard input; give a file or an address for the other.")
    rules = fetch_rules(load(allow_private_addresses=allow_private or None))
    asked = Asked(legacy, legacy_kind, "Legacy"), Asked(ats, ats_kind, "ATS")
    readings = read_sources(asked, rules)
    _tell(readings)
    sides = [reading.jobs for reading in readings]
    _check_groups(sides, by)
    found = pair(*(jobs_table(jobs, by) for jobs in sides))
    with written(output) as out:
        for part in _told(found, sides, format_, by):
            out.write(part)
    counts = summary(found)
    say(str(counts))
    whole = all(reading.complete and not reading.unreadable for reading in readings)
    raise typer.Exit(0 if counts.settled and whole else 1)


def _tell(readings: Sequence[Reading]) -> None:
    """Say what was read; ends the command if a side could not be read at all."""
    for name, reading in zip(("Legacy", "ATS"), readings, strict=True):
        for sentence in report(reading):
            say(f"{name}: {sentence}")
    if any(_nothing(reading) for reading in readings):
        raise typer.Exit(2)


def _nothing(reading: Reading) -> bool:
    return reading.completeness is Completeness.FAILED or bool(not reading.jobs and reading.unreadable)


def _check_groups(sides: Sequence[Sequence[Job]], by: str) -> None:
    """Say which jobs are in no group; ends the command if none of a side is in one."""
    if not by:
        return
    groups = [[said(job, by) for job in jobs] for jobs in sides]
    for name, jobs, values in zip(("legacy", "ATS"), sides, groups, strict=True):
        silent = values.count("")
        if jobs and silent == len(jobs):
            fields = sorted({field for job in jobs[:1000] for field in job.as_record()})
            raise Stop(f"No {name} job says {by!r}, so they cannot be grouped by it; choose from {', '.join(fields)}.")
        if silent:
            say(f"{silent:,} {name} jobs do not say {by!r}; they are matched among each other only.")
    alone = len(set(groups[0]) ^ set(groups[1]))
    if alone:
        say(f"{alone:,} of {len(set(groups[0]) | set(groups[1])):,} groups are on one side only.")


def _told(found: pa.Table, sides: Sequence[Sequence[Job]], format_: Format, by: str) -> Iterator[str]:
    each = rows(found, *sides)
    if format_ is Format.CSV:
        columns = (*COLUMNS, "group") if by else COLUMNS
        yield header(columns)
        for row in each:
            yield line(row, columns)
    elif format_ is Format.JSON:
        yield from _json(each)
    else:
        yield from _table(list(each), by)


def _json(each: Iterable[dict[str, Any]]) -> Iterator[str]:
    """A JSON array with one record on a line; ``evidence`` is what adds up to the log-odds of ``score``."""
    before = "["
    for row in each:
        yield f"{before}\n{orjson.dumps({**row, 'evidence': orjson.loads(row['evidence'])}).decode()}"
        before = ","
    yield "[]\n" if before == "[" else "\n]\n"


_ORDER = ("review", "legacy_only", "ats_only", "paired")
_WORDS = {"review": "review", "legacy_only": "only legacy", "ats_only": "only ATS", "paired": "paired"}


def _table(each: list[dict[str, Any]], by: str) -> Iterator[str]:
    """What needs a person first; rows beyond a screenful of screens are counted, and are in the other formats."""
    each.sort(key=lambda row: _ORDER.index(row["decision"]))
    columns = [*((by,) if by else ()), "decision", "likely", "legacy", "job", "ATS", "job", "why", "what to do"]
    text = io.StringIO()
    table(columns, (_cells(row, by) for row in each[:_ROWS]), text)
    yield text.getvalue()
    if len(each) > _ROWS:
        yield f"and {len(each) - _ROWS:,} more: --format csv has all, --format html groups them by cause\n"


def _cells(row: dict[str, Any], by: str) -> list[str]:
    likely = f"{100 * row['score']:.1f} %" if row["legacy_id"] and row["ats_id"] else ""
    jobs = [
        cell
        for side in SIDES
        for cell in (row[f"{side}_id"] or "", " · ".join(filter(None, (row[f"{side}_title"], row[f"{side}_location"]))))
    ]
    return [*((row["group"],) if by else ()), _WORDS[row["decision"]], likely, *jobs, row["reason"], row["fix"]]
