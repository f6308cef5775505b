"""Commands that set a company up: company, source and client."""

from __future__ import annotations

from typing import Annotated

import typer

from changeover import acts
from changeover import flow as runs
from changeover.app import Program, lane_of, look_at
from changeover.cli.session import (
    WHO,
    CompanyArgument,
    DatabaseOption,
    DataOption,
    JsonOption,
    Stop,
    company_id,
    refuse,
    say,
    show,
    table,
    with_program,
)
from changeover.database.revise import create_company, revise
from changeover.flow import Taken
from changeover.job import Lane
from changeover.migration import store as migrations
from changeover.snapshot import store as snapshots
from changeover.snapshot.difference import Action
from changeover.snapshot.store import PUSH, SourceRow
from changeover.sources.source import Completeness

company = typer.Typer(help="Companies on the board.", no_args_is_help=True)
source = typer.Typer(help="Where a company's jobs come from.", no_args_is_help=True)

SourceOption = Annotated[int | None, typer.Option("--source", help="The source's id, where there are several.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(company, name="company")
    app.add_typer(source, name="source")


@company.command("add")
def company_add(
    name: Annotated[str, typer.Argument(help="The company's name.")],
    ats: Annotated[str, typer.Option(help="The ATS it uses, in a word.")] = "",
    json: JsonOption = False,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Make a company.

    Example: changeover company add "Ferrous & Sons" --ats Greenhouse
    """

    async def work(program: Program) -> int:
        return await create_company(program.db, name, ats=ats, who=WHO)

    made = with_program(work, database=database, data=data)
    show({"company": made, "name": name}) if json else typer.echo(made)


@company.command("list")
def company_list(json: JsonOption = False, database: DatabaseOption = None, data: DataOption = None) -> None:
    """Every company with its state.

    Example: changeover company list --json
    """

    async def work(program: Program) -> list[migrations.Company]:
        found: list[migrations.Company] = []
        async with program.db.operator() as conn:
            while page := await migrations.companies(conn, after=found[-1].company_id if found else 0):
                found.extend(page)
        return found

    rows = with_program(work, database=database, data=data)
    if json:
        show(rows)
    else:
        table(("company", "name", "state", "feeds"), [(c.company_id, c.name, c.state, c.feed) for c in rows])


@company.command("show")
def company_show(
    company: CompanyArgument, json: JsonOption = False, database: DatabaseOption = None, data: DataOption = None
) -> None:
    """One company: its sources and its latest history.

    Example: changeover company show "Ferrous & Sons"
    """

    async def work(program: Program) -> tuple[migrations.Company, list[SourceRow], list[dict[str, object]]]:
        cid = await company_id(program, company)
        async with program.db.company(cid) as conn:
            return (
                await migrations.company(conn, cid),
                await snapshots.sources(conn, cid),
                await migrations.events(conn, cid, size=20),
            )

    it, sources, events = with_program(work, database=database, data=data)
    if json:
        show({"company": it, "sources": sources, "events": events})
        return
    typer.echo(f"{it.name} ({it.company_id}): {it.state}, fed by {it.feed}")
    _source_table(sources)
    table(("revision", "when", "what", "why"), [(e["revision"], e["at"], e["kind"], e["why"]) for e in events])


@source.command("add")
def source_add(
    company: CompanyArgument,
    location: Annotated[
        str, typer.Argument(help="A URL, a file, a folder of pages, or `push` for an ATS that pushes.")
    ],
    kind: Annotated[str | None, typer.Option(help="Its kind; otherwise it is read once and recognised.")] = None,
    lane: Annotated[Lane | None, typer.Option(help="legacy or ats; otherwise by its kind.")] = None,
    rank: Annotated[int, typer.Option(help="The source with the higher rank shows.")] = 0,
    every: Annotated[int | None, typer.Option(help="Minutes between two readings.")] = None,
    json: JsonOption = False,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Give a company a source: a career site, an XML feed or an ATS.

    Example: changeover source add "Ferrous & Sons" https://example.com/jobs.xml
    """

    async def work(program: Program) -> tuple[int, str, Lane]:
        cid = await company_id(program, company)
        found = PUSH if location == "push" else kind or await _recognised(program, location)
        side = lane or lane_of(found)
        why = f"{location} was added as a source."
        async with revise(program.db, cid, kind="source_added", who=WHO, why=why) as change:
            made = await snapshots.add_source(
                change,
                lane=side,
                kind=found,
                location=location,
                rank=rank,
                every_minutes=every or program.settings.read_every_minutes,
            )
        return made, found, side

    made, found, side = with_program(work, database=database, data=data)
    if json:
        show({"source": made, "kind": found, "lane": side})
    else:
        say(f"{location}: {found}, on the {side} side.")
        typer.echo(made)


async def _recognised(program: Program, location: str) -> str:
    reading = await look_at(program.settings, location)
    if reading.completeness is Completeness.FAILED:
        why = reading.problems[0].sentence if reading.problems else "Nothing could be read."
        raise Stop(f"{location} was not added: {why}")
    return reading.kind


@source.command("list")
def source_list(
    company: CompanyArgument, json: JsonOption = False, database: DatabaseOption = None, data: DataOption = None
) -> None:
    """A company's sources and when they were last whole.

    Example: changeover source list "Ferrous & Sons"
    """

    async def work(program: Program) -> list[SourceRow]:
        cid = await company_id(program, company)
        async with program.db.company(cid) as conn:
            return await snapshots.sources(conn, cid)

    rows = with_program(work, database=database, data=data)
    if json:
        show(rows)
    else:
        _source_table(rows)
    if any(row.held_reading_id for row in rows):
        raise Stop("A reading is held: look at it, then `changeover source accept`.", 1)


def _source_table(rows: list[SourceRow]) -> None:
    table(
        ("source", "side", "kind", "location", "state", "last whole", "held"),
        [
            (r.source_id, r.lane, r.kind, r.location, r.state, r.whole_at, "held" if r.held_reading_id else "")
            for r in rows
        ],
    )


async def _sources(program: Program, cid: int, wanted: int | None) -> list[SourceRow]:
    async with program.db.company(cid) as conn:
        rows = await snapshots.sources(conn, cid)
    chosen = [row for row in rows if wanted in (None, row.source_id)]
    if not chosen:
        raise Stop("There is no such source. `changeover source list` shows those there are.")
    return chosen


@source.command("read")
def source_read(
    company: CompanyArgument,
    source: SourceOption = None,
    json: JsonOption = False,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Read a company's sources now, and go as far as that leads.

    Example: changeover source read "Ferrous & Sons"
    """

    async def work(program: Program) -> list[tuple[SourceRow, Taken]]:
        cid = await company_id(program, company)
        taken: list[tuple[SourceRow, Taken]] = []
        for row in await _sources(program, cid, source):
            if row.pulled and row.active:
                outcome = await runs.read_source(program.flow, cid, row.source_id, who=WHO)
                if isinstance(outcome, Taken):
                    taken.append((row, outcome))
        await runs.run(program.flow, cid)
        return taken

    taken = with_program(work, database=database, data=data)
    _tell_readings(taken, json=json)


def _tell_readings(taken: list[tuple[SourceRow, Taken]], *, json: bool) -> None:
    rows: list[dict[str, object]] = [
        {
            "source": row.source_id,
            "location": row.location,
            "completeness": t.reading.completeness,
            "jobs": len(t.reading.jobs),
            "verdict": t.verdict.action,
            "code": t.verdict.code,
            "sentence": t.verdict.sentence,
        }
        for row, t in taken
    ]
    if json:
        show(rows)
    else:
        table(
            ("location", "completeness", "jobs", "verdict", "why"),
            [[*list(r.values())[1:5], r["sentence"]] for r in rows],
        )
    actions = [t.verdict.action for _, t in taken]
    if not actions:
        raise Stop("Nothing was read: this company has no source that can be read.")
    if all(a is Action.FAIL for a in actions):
        raise Stop("Nothing could be read; the postings stay as they are.")
    if any(a is not Action.TAKE for a in actions):
        raise Stop("Not every reading was whole and believed: see above.", 1)


@source.command("accept")
def source_accept(
    company: CompanyArgument,
    source: SourceOption = None,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Believe a reading that is held: what it does not show is closed.

    Example: changeover source accept "Ferrous & Sons"
    """

    async def work(program: Program) -> Taken:
        cid = await company_id(program, company)
        held = [row for row in await _sources(program, cid, source) if row.held_reading_id]
        if len(held) != 1:
            raise Stop("No reading is held." if not held else "Several readings are held: name one with --source.")
        outcome = await runs.accept(program.flow, cid, held[0].source_id, who=WHO)
        if not isinstance(outcome, Taken):
            raise Stop(str(outcome))
        await runs.run(program.flow, cid)
        return outcome

    taken = with_program(work, database=database, data=data)
    diff = taken.diff
    if diff is not None:
        say(f"Accepted: {len(diff.appeared)} appeared, {len(diff.changed)} changed, {len(diff.vanished)} closed.")


@source.command("revoke")
def source_revoke(
    company: CompanyArgument,
    source: Annotated[int, typer.Argument(help="The source's id.")],
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Read a source no more. What it fed stays as it is until its company resolves.

    Example: changeover source revoke "Ferrous & Sons" 1234567890
    """

    async def work(program: Program) -> None:
        cid = await company_id(program, company)
        refuse(await acts.revoke_source(program.flow, cid, source, who=WHO))

    with_program(work, database=database, data=data)
    say("Revoked: it is read no more.")
