"""Commands that begin, show, hold and end a migration: activate, status, hold, unhold, cancel."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from changeover import acts
from changeover import flow as runs
from changeover.app import Program
from changeover.cli.session import (
    WHO,
    CompanyArgument,
    DatabaseOption,
    DataOption,
    JsonOption,
    Stop,
    YesOption,
    company_id,
    every_company,
    or_stop,
    with_program,
)
from changeover.cli.shown import say, show, table, tell
from changeover.console.sentences import state_sentence
from changeover.job import Lane
from changeover.migration import store as migrations
from changeover.migration.state import Move, State, refuse
from changeover.migration.store import Company
from changeover.snapshot import store as snapshots
from changeover.wording import plural

WhyOption = Annotated[str, typer.Option(help="Why, for the history.")]

_MOST_HELD = 1_000
_BEFORE = (State.MATCHING, State.READY)


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (activate, status, hold, unhold, cancel):
        app.command()(command)


def activate(
    company: CompanyArgument, json: JsonOption = False, database: DatabaseOption = None, data: DataOption = None
) -> None:
    """Begin the migration: both sides are read and matched; the board goes on showing the old source.

    Example: changeover activate "Ferrous & Sons"
    """

    async def work(program: Program) -> Company:
        cid = await company_id(program, company)
        or_stop(await acts.activate(program.flow, cid, who=WHO))
        await runs.read_all(program.flow, cid, Lane)
        await runs.run(program.flow, cid)
        return await _company(program, cid)

    _tell([with_program(work, database=database, data=data, busy="Reading and matching both sides")], True, json)


def status(
    company: Annotated[str | None, typer.Argument(help="A company's id or name; all of them where left out.")] = None,
    json: JsonOption = False,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """What each company's state is and what it waits for; of one, with every reason.

    Ends with 1 while a company waits for a person: a migration for what did not match, a held reading for a word.

    Example: changeover status "Ferrous & Sons" --json
    """

    async def work(program: Program) -> tuple[list[Company], list[str]]:
        if company is None:
            return await every_company(program), await _held_anywhere(program)
        it = await _company(program, await company_id(program, company))
        return [it], await _held(program, it.company_id)

    rows, held = with_program(work, database=database, data=data)
    _tell(rows, company is not None, json, held)


async def _held(program: Program, cid: int) -> list[str]:
    """What is said of each of a company's readings that is held."""
    async with program.db.company(cid) as conn:
        rows = [row for row in await snapshots.sources(conn, cid) if row.active and row.held_reading_id is not None]
        kept = [(row, await snapshots.held_reading(conn, row)) for row in rows]
    return [f"{row.location}: {it['sentence']}" for row, it in kept if it]


async def _held_anywhere(program: Program) -> list[str]:
    async with program.db.operator() as conn:
        rows = await snapshots.held_readings(conn, _MOST_HELD)
    return [f"{row['name']}: {row['location']}" for row in rows]


async def _company(program: Program, cid: int) -> Company:
    async with program.db.company(cid) as conn:
        return await migrations.company(conn, cid)


def _tell(rows: list[Company], one: bool, json: bool, readings: Sequence[str] = ()) -> None:
    if json:
        show(rows[0] if one else rows)
    elif one:
        _tell_one(rows[0])
    else:
        columns = ("company", "name", "state", "old source", "ATS", "paired", "held", "waits for")
        table(columns, [_row(it) for it in rows])
    waiting = [it for it in rows if it.state in _BEFORE and (it.blockers or it.held)]
    if waiting:
        said = "This company needs" if one else f"{plural(len(waiting), 'company needs', 'companies need')}"
        say(f"{said} a person: see the review page or `changeover review`.")
    if readings:
        said = plural(len(readings), "reading is", "readings are")
        say(f"{said} held, and {'wait' if len(readings) > 1 else 'waits'} for a word: `changeover source accept`.")
        for reading in readings:
            say(f"- {reading}")
    if waiting or readings:
        raise typer.Exit(1)


def _row(it: Company) -> tuple[object, ...]:
    waits = it.blockers[0]["sentence"] if it.state in _BEFORE and it.blockers else ""
    counts = (it.counts.get(name, 0) for name in ("legacy", "ats", "paired"))
    return (it.company_id, it.name, it.state, *counts, "held" if it.held else "", waits)


def _tell_one(it: Company) -> None:
    tell(f"{it.name} ({it.company_id})")
    tell(state_sentence(it))
    legacy, ats, paired = (it.counts.get(name, 0) for name in ("legacy", "ats", "paired"))
    tell(f"{plural(legacy, 'job')} of the old source, {ats:,} of the ATS, {paired:,} paired.")
    if it.held:
        tell(f"Held by {it.held_by}: {it.held_why}")
    for blocker in it.blockers if it.state in _BEFORE else ():
        tell(f"- {blocker['sentence']} {blocker['fix']} ({blocker['code']})")


def hold(
    company: CompanyArgument, why: WhyOption = "", database: DatabaseOption = None, data: DataOption = None
) -> None:
    """Hold the cut-over until it is let go.

    Example: changeover hold "Ferrous & Sons" --why "Launch day"
    """
    _hold(company, True, why or "Held from the command line.", database, data)


def unhold(
    company: CompanyArgument, why: WhyOption = "", database: DatabaseOption = None, data: DataOption = None
) -> None:
    """Let a held cut-over go on.

    Example: changeover unhold "Ferrous & Sons"
    """
    _hold(company, False, why or "Let go from the command line.", database, data)


def _hold(company: str, held: bool, why: str, database: str | None, data: Path | None) -> None:
    async def work(program: Program) -> Company:
        cid = await company_id(program, company)
        or_stop(await acts.hold(program.flow, cid, held=held, who=WHO, why=why))
        await runs.run(program.flow, cid)
        return await _company(program, cid)

    it = with_program(work, database=database, data=data)
    say("The cut-over is held." if held else "The cut-over may go on.")
    tell(state_sentence(it))


def cancel(
    company: CompanyArgument, yes: YesOption = False, database: DatabaseOption = None, data: DataOption = None
) -> None:
    """End the migration before the cut-over; the old source goes on feeding alone.

    Example: changeover cancel "Ferrous & Sons" --yes
    """

    async def work(program: Program) -> None:
        cid = await company_id(program, company)
        or_stop(refuse((await _company(program, cid)).state, Move.CANCEL))
        if not yes:
            raise Stop("Nothing was done. Add --yes to end the migration; the old source goes on feeding.", 1)
        or_stop(await acts.cancel(program.flow, cid, who=WHO))
        await runs.run(program.flow, cid)

    with_program(work, database=database, data=data)
    say("Cancelled: the old source goes on feeding alone.")
