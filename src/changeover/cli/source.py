"""Commands for where a company's jobs come from: source add, list, accept, revoke."""

from __future__ import annotations

from typing import Annotated

import typer

from changeover import acts, adding, vouching
from changeover import flow as runs
from changeover.app import Program, look_at
from changeover.cli.reading import hint, report
from changeover.cli.session import (
    WHO,
    CompanyArgument,
    DatabaseOption,
    DataOption,
    JsonOption,
    Stop,
    company_id,
    or_stop,
    with_program,
)
from changeover.cli.shown import say, show, tell
from changeover.cli.source_map import source_map
from changeover.cli.source_names import source_hand, source_names
from changeover.cli.source_read import source_read, source_reparse
from changeover.cli.source_rows import SourceOption, source_table, sources_of
from changeover.cli.source_tells import FullFromOption, kept, source_tells, source_told
from changeover.cli.sunset import source_end, source_keep
from changeover.consolidated.handing import FEED
from changeover.flow import Taken
from changeover.job import Lane
from changeover.snapshot import store as snapshots
from changeover.snapshot.store import PUSH, SourceRow
from changeover.sources.source import Completeness, Reading

source = typer.Typer(help="Where a company's jobs come from.", no_args_is_help=True)
source.command("read")(source_read)
source.command("reparse")(source_reparse)
source.command("names")(source_names)
source.command("hand")(source_hand)
source.command("map")(source_map)
source.command("tells")(source_tells)
source.command("told")(source_told)
source.command("end")(source_end)
source.command("keep")(source_keep)


def register(app: typer.Typer) -> None:
    """Add the commands of this module and of source_read and source_map."""
    app.add_typer(source, name="source")


@source.command("add")
def source_add(
    company: CompanyArgument,
    location: Annotated[
        str, typer.Argument(help="A URL, a file, a folder of pages, or `push` for an ATS that pushes.")
    ],
    kind: Annotated[
        str | None, typer.Option(help="Its kind, as in `changeover read --help`; otherwise it is read and recognised.")
    ] = None,
    lane: Annotated[Lane | None, typer.Option(help="legacy or ats; otherwise by its kind.")] = None,
    rank: Annotated[int, typer.Option(help="The source with the higher rank shows.")] = 0,
    every: Annotated[int | None, typer.Option(min=1, help="Minutes between two readings.")] = None,
    consent: Annotated[
        str, typer.Option(help="On whose word it is read: who allowed it, and where that is kept.")
    ] = "",
    incremental: Annotated[
        bool, typer.Option("--incremental", help="It tells only what is new, changed or over.")
    ] = False,
    full_from: FullFromOption = None,
    consolidated: Annotated[
        bool, typer.Option("--consolidated", help="A feed of many companies, handed out by their names.")
    ] = False,
    json: JsonOption = False,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Give a company a source: a career site, an XML feed or an ATS.

    Example: changeover source add "Ferrous & Sons" https://example.com/jobs.xml
    """
    where = _where(location, kind, lane)
    full = _full(full_from, where, incremental=incremental and not consolidated)
    if consolidated and (where == "push" or lane is Lane.ATS):
        raise Stop("Nothing was done: a consolidated feed is an old source; an ATS is connected to one company.")

    async def work(program: Program) -> tuple[int, str, Lane, Reading | None]:
        cid = await company_id(program, company)
        await _not_twice(program, cid, where)
        reading = None if where == "push" or kind else await _recognised(program, where)
        told = PUSH if where == "push" else kind or (reading.kind if reading else "")
        side, found = lane or adding.lane_of(told), FEED if consolidated else told
        minutes = every or program.settings.read_every_minutes
        new = adding.NewSource(where, found, side, rank, minutes, consent, incremental and where != "push", full)
        made = or_stop(await adding.add_source(program.flow, cid, new, who=WHO))
        return made, found, side, reading

    made, found, side, reading = with_program(work, database=database, data=data, busy="Reading it once")
    for sentence in report(reading) if reading else ():
        say(sentence)
    if json:
        show({"source": made, "kind": found, "lane": side, "jobs": len(reading.jobs) if reading else None})
    else:
        say(f"Added on the {side} side.")
        tell(str(made))
    if reading and not reading.complete:
        raise Stop("It was added, but this reading of it was not whole.", 1)


def _full(full_from: str | None, where: str, *, incremental: bool) -> str:
    """Where a new source of changes tells every open job; ends the command where none can be told."""
    if not full_from:
        return ""
    if not incremental or where == "push":
        raise Stop(
            "Nothing was done: --full-from goes with --incremental. A consolidated feed is read at one address: add "
            "the list of every open job as the consolidated feed."
        )
    found = kept(full_from)
    or_stop(vouching.unfit_full(found, where))
    return found


def _where(location: str, kind: str | None, lane: Lane | None) -> str:
    """The location as it is kept; ends the command where it, its kind or its side cannot be."""
    if location == "-":
        raise Stop("Nothing was done: standard input cannot be read again later; name a file or an address.")
    or_stop(adding.unfit(location, kind, lane))
    return location if location == "push" else kept(location)


async def _not_twice(program: Program, cid: int, where: str) -> None:
    async with program.db.company(cid) as conn:
        there = [row for row in await snapshots.sources(conn, cid) if row.active and row.location == where]
    if there:
        raise Stop(f"Nothing was done: this company has that source already, as {there[0].source_id}.")


async def _recognised(program: Program, where: str) -> Reading:
    reading = await look_at(program.settings, where)
    if reading.completeness is Completeness.FAILED:
        why = reading.problems[0].sentence if reading.problems else "Nothing could be read."
        raise Stop(f"{where} was not added: {why}{hint(reading)}")
    return reading


@source.command("list")
def source_list(
    company: CompanyArgument, json: JsonOption = False, database: DatabaseOption = None, data: DataOption = None
) -> None:
    """A company's sources and when they were last whole.

    Example: changeover source list "Ferrous & Sons"
    """

    async def work(program: Program) -> list[SourceRow]:
        return await sources_of(program, await company_id(program, company))

    rows = with_program(work, database=database, data=data)
    if json:
        show(rows)
    else:
        source_table(rows)
    if any(row.held_reading_id for row in rows):
        raise Stop("A reading is held: look at it on the company's page, then `changeover source accept`.", 1)


@source.command("accept")
def source_accept(
    company: CompanyArgument,
    source: SourceOption = None,
    json: JsonOption = False,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Believe a reading that is held: what it does not show is closed.

    Example: changeover source accept "Ferrous & Sons"
    """

    async def work(program: Program) -> Taken:
        cid = await company_id(program, company)
        held = [row for row in await sources_of(program, cid, source) if row.held_reading_id]
        if not held:
            raise Stop("Nothing was done: no reading is held. `changeover source list` shows how they stand.")
        if len(held) > 1:
            raise Stop("Nothing was done: several readings are held. Name one with --source.")
        outcome = await runs.accept(program.flow, cid, held[0].source_id, who=WHO)
        if not isinstance(outcome, Taken):
            raise Stop(str(outcome))
        await runs.run(program.flow, cid)
        return outcome

    diff = with_program(work, database=database, data=data, busy="Taking it in").diff
    counts = {
        "appeared": diff.appeared_count if diff else 0,
        "changed": len(diff.changed) if diff else 0,
        "closed": len(diff.vanished) if diff else 0,
    }
    if json:
        show(counts)
    else:
        say(f"Accepted: {', '.join(f'{count:,} {what}' for what, count in counts.items())}.")


@source.command("revoke")
def source_revoke(
    company: CompanyArgument,
    source: Annotated[str, typer.Argument(help="The source's id or exact location.")],
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Read a source no more, at once. What an old one fed stays as told for some days of notice, then it ends.

    Example: changeover source revoke "Ferrous & Sons" https://example.com/jobs.xml
    """

    async def work(program: Program) -> SourceRow:
        cid = await company_id(program, company)
        (row,) = await sources_of(program, cid, source)
        or_stop(await acts.revoke_source(program.flow, cid, row.source_id, who=WHO))
        await runs.run(program.flow, cid)
        return row

    row = with_program(work, database=database, data=data)
    say(f"Revoked: {row.location} is read no more.")
