"""changeover read: what a source says, as jobs in one shape, and whether it is whole."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table

from changeover.app import fetch_rules
from changeover.job import Flaw, Job, flaw
from changeover.settings import load
from changeover.sources import registry
from changeover.sources.fetch import FetchRules
from changeover.sources.records import csv_text, jsonl
from changeover.sources.source import Completeness, Reading


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
) -> None:
    """Read a source and print its jobs in one shape.

    Whether the source was whole, and every problem, go to standard error. Exit status: 0 whole; 1 read, but not
    whole or not in full; 2 nothing could be read.

    Example: changeover read https://example.com/jobs.xml --format csv > jobs.csv
    """
    fetch = fetch_rules(load(allow_private_addresses=allow_private or None))
    reading = asyncio.run(_read(source, kind, fetch))
    if reading.completeness is not Completeness.FAILED:
        _print(reading.jobs, format_)
    for sentence in report(reading):
        typer.echo(sentence, err=True)
    raise typer.Exit(status(reading))


def status(reading: Reading) -> int:
    """The exit status: 2 if nothing was read, 1 if something needs a person, else 0."""
    if reading.completeness is Completeness.FAILED:
        return 2
    return 0 if reading.complete and not reading.unreadable else 1


def report(reading: Reading) -> Iterable[str]:
    """The lines for a person: each problem, flawed jobs, and last what was read."""
    for problem in reading.problems:
        yield f"{problem.code}: {problem.sentence}"
    flawed: dict[Flaw, list[str]] = {}
    for job in reading.jobs:
        if found := flaw(job):
            flawed.setdefault(found, []).append(job.id)
    for found, ids in flawed.items():
        shown = ", ".join(ids[:3]) + (f" and {len(ids) - 3} more" if len(ids) > 3 else "")
        yield f"{found.code}: {found.sentence} {found.fix} ({shown})"
    if reading.completeness is Completeness.FAILED:
        return
    known = f" of {reading.claimed}" if reading.claimed is not None else ""
    left_out = f"; {reading.unreadable} records could not be read" if reading.unreadable else ""
    yield f"{reading.kind}: {len(reading.jobs)}{known} jobs, {reading.completeness.value}{left_out}."


async def _read(source: str, kind: str | None, fetch: FetchRules) -> Reading:
    console = Console(stderr=True)
    if not console.is_terminal:
        return await registry.read(source, kind, fetch)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,.0f}"))
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("Reading", total=None)
        return await registry.read(
            source,
            kind,
            fetch,
            progress=lambda done, total: progress.update(task, completed=done, total=total),
        )


def _print(jobs: Iterable[Job], format_: Format) -> None:
    if format_ is Format.TABLE:
        Console().print(_table(jobs))
        return
    lines = (line.encode() for line in csv_text(jobs)) if format_ is Format.CSV else map(jsonl, jobs)
    out = sys.stdout.buffer
    for line in lines:
        out.write(line)
    out.flush()


def _table(jobs: Iterable[Job]) -> Table:
    table = Table("id", "title", "location", "company", "employer job id", "posted", box=None, header_style="bold")
    for job in jobs:
        posted = job.posted_at.date().isoformat() if job.posted_at else ""
        table.add_row(job.id, job.title, job.location, job.company, job.employer_job_id, posted)
    return table
