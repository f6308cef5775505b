"""The command source map: an unknown feed's first records, the jobs they would be, the mapping kept."""

from __future__ import annotations

import asyncio
import json as json_text
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from changeover import acts
from changeover.app import Program
from changeover.cli.output import check_writable, written
from changeover.cli.session import WHO, DatabaseOption, DataOption, JsonOption, Stop, company_id, or_stop, with_program
from changeover.cli.shown import say, show, table
from changeover.cli.source_rows import sources_of
from changeover.database.revise import revise
from changeover.job import Job, Lane
from changeover.job import flaw as flaw_of
from changeover.settings import load
from changeover.snapshot import store as snapshots
from changeover.snapshot import telling
from changeover.sources.dates import Order
from changeover.sources.fetch_rules import fetch_rules
from changeover.sources.mapped_feed import look, preview
from changeover.sources.mapping import FieldMapping, Sample, corrected, flaw, from_record, guess, unclear_dates
from changeover.sources.source import Problem
from changeover.sources.terms import BASE_SALARY, EMPLOYMENT_TYPES, in_words
from changeover.sunset.notice import closed_to
from changeover.wording import plural

_SHOWN = 3
_KIND = "xml_feed"


def source_map(
    location: Annotated[str, typer.Argument(help="The feed: a URL, a file, or - for standard input.")],
    set_: Annotated[
        list[str],
        typer.Option("--set", metavar="FIELD=PATH", help="Take a field from this path, or from several, by comma."),
    ] = [],  # noqa: B006 - typer copies it
    record: Annotated[str, typer.Option(help="The records' tag, or in JSON the path of their list.")] = "",
    dates: Annotated[Order | None, typer.Option(help="What 03/04/2026 is.")] = None,
    full: Annotated[
        bool | None, typer.Option("--full/--incremental", help="Whether it always tells every open job.")
    ] = None,
    mapping: Annotated[Path | None, typer.Option(help="Begin with the mapping in this file, not with a guess.")] = None,
    save: Annotated[Path | None, typer.Option(help="Write the mapping to this file.")] = None,
    company: Annotated[
        str | None, typer.Option(help="Keep the mapping with this company's source, which is added if it is new.")
    ] = None,
    forget: Annotated[
        bool, typer.Option("--forget", help="Take the mapping from this company's source: it is recognised again.")
    ] = False,
    lane: Annotated[Lane, typer.Option(help="The side that a new source stands on.")] = Lane.LEGACY,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Also read from loopback and private addresses.")
    ] = False,
    json: JsonOption = False,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Say which field of an unknown feed is which: XML, JSON or CSV.

    Shows the first records, a guess, and the jobs that they would be; nothing is kept without --save or --company.
    Exit status: 0; 1 if a job of the preview has a flaw; 2 if there are no records, or the mapping cannot be used.

    Example: changeover source map https://example.com/export.xml --set title=headline --company "Ferrous & Sons"
    """
    if forget:
        _forget(company, location, database, data)
        return
    check_writable(save)
    begun = _begun(mapping)
    settings = load(allow_private_addresses=allow_private or None)
    sample = asyncio.run(look(location, fetch_rules(settings), record=record or (begun.record if begun else "")))
    if isinstance(sample, Problem):
        raise Stop(f"{sample.code}: {sample.sentence}")
    made = corrected(begun or guess(sample), set_ or (), sample)
    if isinstance(made, Problem):
        raise Stop(f"{made.code}: {made.sentence}")
    made = replace(made, record=sample.record, dates=dates or made.dates, full=made.full if full is None else full)
    jobs = preview(made, sample)
    _tell(sample, made, jobs, json=json)
    if wrong := flaw(made, sample):
        raise Stop(f"{wrong.code}: {wrong.sentence} Set it with --set FIELD=PATH.")
    if save is not None:
        with written(save) as out:
            out.write(json_text.dumps(made.as_record(), indent=2) + "\n")
        say(f"Written to {save}.")
    if company is not None:
        _keep(company, location, made, lane, database, data)
    if flawed := [found for job in jobs if (found := flaw_of(job))]:
        raise Stop(f"{plural(len(flawed), 'job')} of the preview could not be posted: {flawed[0].sentence}", 1)


def _begun(path: Path | None) -> FieldMapping | None:
    if path is None:
        return None
    try:
        found = from_record(json_text.loads(path.read_text(encoding="utf-8")))
    except OSError as problem:
        raise Stop(f"{path} cannot be read ({problem.strerror}); check its name and its rights.") from None
    except ValueError:
        raise Stop(f"{path} is no JSON; write a mapping with --save.") from None
    if isinstance(found, Problem):
        raise Stop(f"{path}: {found.sentence}")
    return found


def _tell(sample: Sample, made: FieldMapping, jobs: list[Job], *, json: bool) -> None:
    if unclear := unclear_dates(made, sample):
        say(f"{unclear.code}: {unclear.sentence} Use --dates day_first or --dates month_first.")
    examples = sample.examples()
    if json:
        told = [{"id": job.id, "title": job.title, "location": job.location, "url": job.url} for job in jobs]
        show({**made.as_record(), "records": sample.others, "paths": examples, "jobs": told})
        return
    of = {path: name for name, paths in made.fields.items() for path in paths}
    say(f"{plural(len(sample.records), 'record')} of {sample.record} looked at.")
    table(("in the feed", "says", "becomes"), [(path, said[:80], of.get(path, "")) for path, said in examples.items()])
    say("")
    table(
        ("id", "title", "location", "company", "posted", "workplace", "employment", "pay", "url"),
        [_row(job) for job in jobs[:_SHOWN]],
    )


def _row(job: Job) -> tuple[object, ...]:
    day = job.posted_at and job.posted_at.date()
    held, paid = ", ".join(job.extra.get(EMPLOYMENT_TYPES, ())), in_words(job.extra.get(BASE_SALARY))
    return (job.id, job.title, job.location, job.company, day, job.workplace_type, held, paid, job.url)


def _forget(company: str | None, location: str, database: str | None, data: Path | None) -> None:
    if company is None:
        raise Stop("Nothing was done: say with --company whose source is to be read without a mapping.")

    async def work(program: Program) -> None:
        cid = await company_id(program, company)
        [row] = await sources_of(program, cid, location)
        if row.mapping is None:
            raise Stop("Nothing was done: this source has no mapping.")
        or_stop(await acts.map_source(program.flow, cid, row.source_id, None, who=WHO))

    with_program(work, database=database, data=data)
    say("Forgotten: the source is recognised by its form again, from its next reading on.")


def _keep(company: str, location: str, made: FieldMapping, lane: Lane, database: str | None, data: Path | None) -> None:
    if location == "-":
        raise Stop("Nothing was kept: standard input cannot be read again later; name a file or an address.")
    where = location if "://" in location else str(Path(location).expanduser().absolute())

    async def work(program: Program) -> int:
        cid = await company_id(program, company)
        async with program.db.company(cid) as conn:
            rows = await snapshots.sources(conn, cid)
        row = next((row for row in rows if row.active and row.location == where), None)
        if row is not None:
            or_stop(await acts.map_source(program.flow, cid, row.source_id, made, who=WHO))
            return row.source_id
        or_stop(await closed_to(program.db, cid) if lane is Lane.LEGACY else None)
        why = f"{where} was added as a source that is read by a mapping."
        async with revise(program.db, cid, kind="source_added", who=WHO, why=why) as change:
            every = program.settings.read_every_minutes
            added = await snapshots.add_source(change, lane=lane, kind=_KIND, location=where, every_minutes=every)
            await snapshots.set_mapping(change, added, made.as_record())
            await telling.set_tells(change, added, changes=not made.full)
        return added

    say(f"Kept with source {with_program(work, database=database, data=data)}: it is read so from now on.")
