"""changeover match: which job of one source is which of another, without a database."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import pyarrow as pa
import typer
from rich.console import Console

from changeover.cli.explain import explained
from changeover.cli.match_formats import Format, Matched, told
from changeover.cli.output import check_writable, written
from changeover.cli.reading import Asked, read_sources, report
from changeover.cli.session import Stop, say
from changeover.job import Job
from changeover.match.beside import beside, jobs_table, said
from changeover.match.intake import UnusableJobs
from changeover.match.pairing import pair
from changeover.match.summary import summary
from changeover.settings import load
from changeover.sources.fetch_rules import fetch_rules
from changeover.sources.source import Completeness, Reading

_NAMES = ("legacy", "ATS")


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("match")(match)


def match(
    legacy: Annotated[str, typer.Argument(help="The old source: a file, a folder of pages, a URL, or - for stdin.")],
    ats: Annotated[str, typer.Argument(help="The ATS: a file, a folder of pages, a URL, or - for stdin.")],
    by: Annotated[str, typer.Option(help="Match within groups: jobs of both sides with one value in this field.")] = "",
    format_: Annotated[Format, typer.Option("--format", help="How to tell it; html is a report in one file.")] = (
        Format.TABLE
    ),
    output: Annotated[Path | None, typer.Option(help="Write to this file; stdout otherwise.")] = None,
    legacy_kind: Annotated[str | None, typer.Option(help="What the old source is; recognised otherwise.")] = None,
    ats_kind: Annotated[str | None, typer.Option(help="What the ATS's side is; recognised otherwise.")] = None,
    explain: Annotated[
        str | None, typer.Option(metavar="LEGACY_ID", help="Only this job: all evidence, and the next best candidates.")
    ] = None,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Also read from loopback and private addresses.")
    ] = False,
) -> None:
    """Say which job of one source is which of another, and why; no database needed.

    Every pair has a reason, and every job without a twin what to change in the ATS so that it finds one. Exit
    status: 0 every job has its twin; 1 some have none, or a side could not be read in full; 2 a side could not be
    read at all. Kinds are those of `changeover read --help`.

    Example: changeover match old-feed.xml https://boards-api.greenhouse.io/v1/boards/acme/jobs --format csv
    """
    check_writable(output)
    if legacy == ats == "-":
        raise Stop("Only one side can come from standard input; give a file or an address for the other.")
    rules = fetch_rules(load(allow_private_addresses=allow_private or None))
    readings = read_sources((Asked(legacy, legacy_kind, "Legacy"), Asked(ats, ats_kind, "ATS")), rules)
    _tell(readings)
    _check_groups([reading.jobs for reading in readings], by)
    matched = _match(readings, (legacy, ats), by)
    parts = told(matched, format_) if explain is None else explained(matched, explain, json=format_ is Format.JSON)
    with written(output) as out:
        for part in parts:
            out.write(part)
    raise typer.Exit(_status(matched, explain))


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
    """Say which jobs are in no group; ends the command if no job of a side is in one."""
    if not by:
        return
    groups = [[said(job, by) for job in jobs] for jobs in sides]
    for name, jobs, values in zip(_NAMES, sides, groups, strict=True):
        silent = values.count("")
        if jobs and silent == len(jobs):
            fields = sorted({field for job in jobs[:1000] for field in job.as_record()})
            raise Stop(f"No {name} job says {by!r}, so they cannot be grouped by it; choose from {', '.join(fields)}.")
        if silent:
            say(f"{silent:,} {name} jobs do not say {by!r}; they are matched among each other only.")
    alone = len(set(groups[0]) ^ set(groups[1]))
    if alone:
        say(f"{alone:,} of {len(set(groups[0]) | set(groups[1])):,} groups are on one side only.")


def _match(readings: Sequence[Reading], locations: tuple[str, str], by: str) -> Matched:
    tables = [jobs_table(reading.jobs, by) for reading in readings]
    found = _paired(tables[0], tables[1])
    return Matched(found, tables[0], tables[1], beside(found, *tables), (readings[0], readings[1]), locations, by)


def _paired(legacy: pa.Table, ats: pa.Table) -> pa.Table:
    console = Console(stderr=True)
    try:
        if not console.is_terminal:
            return pair(legacy, ats)
        with console.status(f"Matching {legacy.num_rows:,} legacy jobs with {ats.num_rows:,} ATS jobs"):
            return pair(legacy, ats)
    except UnusableJobs as refused:
        raise Stop(f"{refused.code}: {refused.sentence}") from None


def _status(matched: Matched, explain: str | None) -> int:
    """0 if nothing needs a person; where one job is explained, only that one is asked about."""
    if explain is not None:
        return 0 if "paired" in matched.rows.filter(legacy_id=explain).get_column("decision") else 1
    counts = summary(matched.found)
    say(str(counts))
    whole = all(reading.complete and not reading.unreadable for reading in matched.readings)
    return 0 if counts.settled and whole else 1
