"""Sources read for a command: with progress on a terminal, and what is told of each reading."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

from changeover.job import Flaw, flaw
from changeover.sources import registry
from changeover.sources.fetch import FetchRules
from changeover.sources.source import Completeness, Reading
from changeover.wording import plural


@dataclass(frozen=True, slots=True)
class Asked:
    """A source to read: where it is, its kind (None is to be recognised), and what its progress is called."""

    location: str
    kind: str | None = None
    label: str = "Reading"


def read_sources(asked: Sequence[Asked], rules: FetchRules) -> list[Reading]:
    """One reading for each source, read side by side; a progress bar each on stderr if that is a terminal."""
    return asyncio.run(_read_all(asked, rules))


async def _read_all(asked: Sequence[Asked], rules: FetchRules) -> list[Reading]:
    console = Console(stderr=True)
    if not console.is_terminal:
        return list(await asyncio.gather(*(registry.read(one.location, one.kind, rules) for one in asked)))
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,.0f}"))
    with Progress(*columns, console=console, transient=True) as progress:
        return list(await asyncio.gather(*(_read(one, rules, progress) for one in asked)))


async def _read(one: Asked, rules: FetchRules, progress: Progress) -> Reading:
    task = progress.add_task(one.label, total=None)
    return await registry.read(
        one.location,
        one.kind,
        rules,
        progress=lambda done, total: progress.update(task, completed=done, total=total),
    )


def hint(reading: Reading) -> str:
    """What helps where a feed was not recognised, or what it has came out as no jobs; empty where nothing is amiss."""
    codes = {problem.code for problem in reading.problems}
    failed = reading.completeness is Completeness.FAILED and codes & {"NOT_A_FEED", "NOT_A_JOB_SOURCE", "BAD_CSV"}
    jobs = reading.jobs[:100]
    untitled = 2 * sum(not job.title for job in jobs) > len(jobs)
    # A feed without jobs may be one whose records have a name of their own.
    unknown = not jobs and (reading.kind == "xml_feed" or reading.unreadable)
    if not (failed or untitled or unknown):
        return ""
    return " If it is a feed of jobs, `changeover source map` shows its records and lets you say which field is which."


def report(reading: Reading) -> Iterable[str]:
    """The lines for a person: each problem, flawed jobs, and last what was read."""
    for problem in reading.problems:
        yield f"{problem.code}: {problem.sentence}"
    if mapping := hint(reading):
        yield mapping.strip()
    flawed: dict[Flaw, list[str]] = {}
    for job in reading.jobs:
        if found := flaw(job):
            flawed.setdefault(found, []).append(job.id)
    for found, ids in flawed.items():
        shown = ", ".join(ids[:3]) + (f" and {len(ids) - 3} more" if len(ids) > 3 else "")
        yield f"{found.code}: {found.sentence} {found.fix} ({shown})"
    if reading.completeness is Completeness.FAILED:
        return
    count = len(reading.jobs)
    known = f"{count:,} of {plural(reading.claimed, 'job')}" if reading.claimed is not None else plural(count, "job")
    left_out = f"; {plural(reading.unreadable, 'record')} could not be read" if reading.unreadable else ""
    yield f"{reading.kind}: {known}, {reading.completeness.value}{left_out}."
