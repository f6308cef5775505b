"""The dry run behind changeover match: both sides read, matched without a database, and told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import typer
from rich.console import Console

from changeover.cli.engine import How, paired
from changeover.cli.explain import explained
from changeover.cli.match import Format
from changeover.cli.match_formats import Matched, told
from changeover.cli.output import check_writable, written
from changeover.cli.reading import Asked, read_sources, report
from changeover.cli.session import Stop
from changeover.cli.shown import say
from changeover.job import Job
from changeover.match.beside import beside, jobs_table, said
from changeover.match.decisions_csv import read_decisions
from changeover.match.intake import UnusableJobs
from changeover.match.summary import summary
from changeover.settings import load
from changeover.sources.encoding import decode
from changeover.sources.fetch_rules import fetch_rules
from changeover.sources.source import Completeness, Reading
from changeover.wording import plural

_NAMES = ("legacy", "ATS")


@dataclass(frozen=True, slots=True)
class Sides:
    """How both sides are, the legacy one first, and what they are (None is to be recognised)."""

    locations: tuple[str, str]
    kinds: tuple[str | None, str | None]
    allow_private: bool = False


def dry_run(
    sides: Sides,
    by: str,
    decisions: Path | None,
    explain: str | None,
    format_: Format,
    output: Path | None,
    how: How,
) -> int:
    """Read, match and tell; the exit status. Ends the command where a side could not be read at all."""
    check_writable(output)
    if sides.locations == ("-", "-"):
        raise Stop("Only one side can come from standard input; give a file or an address for the other.")
    verdicts = _decisions(decisions)
    readings = _readings(sides)
    _check_groups([reading.jobs for reading in readings], by)
    matched = _match(readings, sides.locations, by, verdicts, how)
    parts = told(matched, format_) if explain is None else explained(matched, explain, json=format_ is Format.JSON)
    with written(output) as out:
        for part in parts:
            out.write(part)
    return _status(matched, explain)


def _decisions(path: Path | None) -> pa.Table | None:
    if path is None:
        return None
    try:
        found = read_decisions(decode(path.read_bytes()))
    except FileNotFoundError:
        raise Stop(f"There is no file {path} with decisions; check its name.") from None
    except OSError as problem:
        raise Stop(f"{path} cannot be read ({problem.strerror}); check it and its rights.") from None
    except UnusableJobs as refused:
        raise Stop(f"{path}: {refused.sentence}") from None
    verdicts: list[str] = found.column("verdict").to_pylist()
    say(f"{path}: {plural(verdicts.count('confirmed'), 'pair')} confirmed, {verdicts.count('rejected'):,} rejected.")
    return found


def _readings(sides: Sides) -> list[Reading]:
    """Both readings, of which both say something; what was read is told."""
    rules = fetch_rules(load(allow_private_addresses=sides.allow_private or None))
    asked = [Asked(*one) for one in zip(sides.locations, sides.kinds, ("Legacy", "ATS"), strict=True)]
    readings = read_sources(asked, rules)
    for one, reading in zip(asked, readings, strict=True):
        for sentence in report(reading):
            say(f"{one.label}: {sentence}")
    if any(_nothing(reading) for reading in readings):
        raise typer.Exit(2)
    return readings


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


def _match(
    readings: Sequence[Reading], locations: tuple[str, str], by: str, verdicts: pa.Table | None, how: How
) -> Matched:
    tables = [jobs_table(reading.jobs, by) for reading in readings]
    _tell_gone(verdicts, tables)
    found = _paired(how, tables[0], tables[1], verdicts)
    return Matched(
        found, tables[0], tables[1], beside(found, *tables), (readings[0], readings[1]), locations, by, how.weights
    )


def _tell_gone(verdicts: pa.Table | None, tables: Sequence[pa.Table]) -> None:
    """Say how many decisions are about jobs that neither side has today."""
    if verdicts is None:
        return
    here = [set(table.column("id").to_pylist()) for table in tables]
    said = zip(verdicts.column("legacy_id").to_pylist(), verdicts.column("ats_id").to_pylist(), strict=True)
    gone = sum(legacy not in here[0] or ats not in here[1] for legacy, ats in said)
    if gone:
        say(f"{gone:,} of the decisions are about jobs that are not here today; they change nothing.")


def _paired(how: How, legacy: pa.Table, ats: pa.Table, verdicts: pa.Table | None) -> pa.Table:
    console = Console(stderr=True)
    try:
        if not console.is_terminal:
            return paired(how, legacy, ats, verdicts)
        with console.status(f"Matching {legacy.num_rows:,} legacy jobs with {ats.num_rows:,} ATS jobs"):
            return paired(how, legacy, ats, verdicts)
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
