"""changeover read: what a source says, as jobs in one shape, and whether it is whole."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated

import typer

from changeover.cli.reading import Asked, read_sources, report
from changeover.cli.session import Stop
from changeover.cli.shown import say, table
from changeover.job import Job
from changeover.settings import load
from changeover.sources import registry
from changeover.sources.fetch_rules import fetch_rules
from changeover.sources.origins import ONE_JOB, sentences
from changeover.sources.records import csv_text, jsonl
from changeover.sources.source import Completeness, Reading
from changeover.sources.text import line


class Format(StrEnum):
    """How jobs are printed."""

    JSONL = "jsonl"
    CSV = "csv"
    TABLE = "table"


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("read")(read)


def read(
    source: Annotated[str, typer.Argument(help="A file, a folder of saved pages, a URL, or - for standard input.")],
    kind: Annotated[
        str | None,
        typer.Option(help=f"What the source is, if it is not to be recognised: {', '.join(registry.kinds())}."),
    ] = None,
    format_: Annotated[Format, typer.Option("--format", help="How to print the jobs.")] = Format.JSONL,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Also read from loopback and private addresses.")
    ] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Instead of the jobs, where in the source each of their fields stood.")
    ] = False,
    job: Annotated[str, typer.Option(help="With --explain: of this job alone, by its id.")] = "",
) -> None:
    """Read a source and print its jobs in one shape.

    Whether the source was whole, and every problem, go to standard error. Exit status: 0 whole; 1 read, but not
    whole or not in full; 2 nothing could be read.

    Example: changeover read https://example.com/jobs.xml --format csv > jobs.csv
    """
    rules = fetch_rules(load(allow_private_addresses=allow_private or None))
    watched = ONE_JOB.set(job)
    [reading] = read_sources([Asked(source, kind)], rules)
    ONE_JOB.reset(watched)
    if explain:
        _explain(reading, job)
    elif reading.completeness is not Completeness.FAILED:
        _print(reading.jobs, format_)
    for sentence in report(reading):
        say(sentence)
    raise typer.Exit(_status(reading))


def _status(reading: Reading) -> int:
    """The exit status: 2 if nothing was read, 1 if something needs a person, else 0."""
    if reading.completeness is Completeness.FAILED:
        return 2
    return 0 if reading.complete and not reading.unreadable else 1


def _print(jobs: Iterable[Job], format_: Format) -> None:
    if format_ is Format.TABLE:
        _table(jobs)
        return
    lines = (line.encode() for line in csv_text(jobs)) if format_ is Format.CSV else map(jsonl, jobs)
    out = sys.stdout.buffer
    for each in lines:
        out.write(each)
    out.flush()


def _table(jobs: Iterable[Job]) -> None:
    columns = ("id", "title", "location", "company", "employer job id", "posted")
    rows = ((job.id, job.title, job.location, job.company, job.employer_job_id, _day(job)) for job in jobs)
    table(columns, rows)


def _explain(reading: Reading, one: str) -> None:
    """A line a field: where it stood, and what the first job that has it says there, or the one that is asked for."""
    shown = [job for job in reading.jobs if job.id == one] if one else reading.jobs[:50]
    if one and not shown:
        raise Stop(f"This source has no job {one}; `changeover read` without --explain lists the ids.")
    records = [job.as_record() for job in reversed(shown)]
    first = {name: line(str(told)) for record in records for name, told in record.items() if told}
    rows = [(name, place, first.get(name, "")[:80]) for name, place in sentences(reading.origins)]
    table(("field", "taken from", "for example"), rows)


def _day(job: Job) -> str:
    return job.posted_at.date().isoformat() if job.posted_at else ""
