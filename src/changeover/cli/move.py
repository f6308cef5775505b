"""Commands that move the feed, and say first what that would do: rehearse, resolve, revert."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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
    or_stop,
    with_program,
)
from changeover.cli.shown import say, show, tell
from changeover.cutover import Moved, Outcome, Stale
from changeover.job import Lane
from changeover.migration import store as migrations
from changeover.migration.state import Move, State, refuse
from changeover.migration.store import Company
from changeover.postings.live import Preview
from changeover.refusal import Refusal
from changeover.wording import plural

# So many lines a person reads; a program asks for all with --json.
_LINES = 50
_WHAT = {Move.RESOLVE: "cutting over", Move.REVERT: "reverting"}


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (rehearse, resolve, revert):
        app.command()(command)


def rehearse(
    company: CompanyArgument, json: JsonOption = False, database: DatabaseOption = None, data: DataOption = None
) -> None:
    """Exactly what a cut-over or a revert would do now. Nothing is changed.

    Example: changeover rehearse "Ferrous & Sons"
    """

    async def work(program: Program) -> tuple[acts.Rehearsal, Company]:
        cid = await company_id(program, company)
        return await acts.preview(program.flow, cid), await _company(program, cid)

    rehearsal, it = with_program(work, database=database, data=data)
    preview = rehearsal.preview
    blockers = it.blockers if it.state in (State.MATCHING, State.READY) else []
    if json:
        show({"move": rehearsal.move, "digest": preview.digest, **_lines(preview), "blockers": blockers})
    else:
        tell(f"{_WHAT[rehearsal.move].capitalize()} now:")
        _tell_preview(preview)
        for blocker in blockers:
            tell(f"It does not cut over by itself: {blocker['sentence']} {blocker['fix']}")
    if preview.closing or blockers:
        raise Stop("A person is needed before this happens: it closes postings, or waits for something.", 1)


async def _company(program: Program, cid: int) -> Company:
    async with program.db.company(cid) as conn:
        return await migrations.company(conn, cid)


def _lines(preview: Preview) -> dict[str, Any]:
    return {"closing": list(preview.closing), "opening": list(preview.opening), "kept": preview.kept}


def _tell_preview(preview: Preview) -> None:
    tell(f"{plural(preview.kept, 'posting stays', 'postings stay')}: same id, same address.")
    for word, lines in (("would close", preview.closing), ("would open", preview.opening)):
        tell(f"{len(lines):,} {word}.")
        for line in lines[:_LINES]:
            tell(f"  {line.source_job_id}  {line.title}  ({line.location})")
        if len(lines) > _LINES:
            tell(f"  and {len(lines) - _LINES:,} more: --json has all")


def resolve(
    company: CompanyArgument,
    yes: YesOption = False,
    json: JsonOption = False,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Close the unmatched jobs of the old source and cut over.

    Example: changeover resolve "Ferrous & Sons" --yes
    """
    _act(company, Move.RESOLVE, yes, json, database, data)


def revert(
    company: CompanyArgument,
    yes: YesOption = False,
    json: JsonOption = False,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Let the old source feed the board again; the company is held so that it stays so.

    Example: changeover revert "Ferrous & Sons" --yes
    """
    _act(company, Move.REVERT, yes, json, database, data)


def _act(company: str, move: Move, yes: bool, json: bool, database: str | None, data: Path | None) -> None:
    async def work(program: Program) -> tuple[Preview, Outcome | None]:
        cid = await company_id(program, company)
        or_stop(refuse((await _company(program, cid)).state, move))
        # What --yes agrees to is today's preview, so today's sources are read before it is made.
        await runs.read_all(program.flow, cid, Lane)
        await runs.run(program.flow, cid)
        seen = (await acts.preview(program.flow, cid)).preview
        if not yes:
            return seen, None
        act = acts.resolve if move is Move.RESOLVE else acts.revert
        outcome = await act(program.flow, cid, seen=seen.digest, who=WHO)
        await runs.run(program.flow, cid)
        return seen, outcome

    busy = "Reading the sources once more"
    seen, outcome = with_program(work, database=database, data=data, busy=busy)
    if json:
        show({"done": isinstance(outcome, Moved), "outcome": outcome, "digest": seen.digest, **_lines(seen)})
    else:
        _tell_preview(seen)
    _tell_outcome(outcome)


def _tell_outcome(outcome: Outcome | None) -> None:
    match outcome:
        case None:
            raise Stop("Nothing was done. Add --yes to do this.", 1)
        case Refusal():
            raise Stop(str(outcome), 1 if outcome.code in ("RESOLVE_WAITS", "NOT_READY") else 2)
        case Stale():
            raise Stop("Nothing was done: what would happen has changed. Look again, then say --yes.", 1)
        case Moved():
            counts = f"{outcome.kept:,} stay, {outcome.closed:,} closed, {outcome.opened:,} opened"
            say(f"Done at revision {outcome.revision}: {counts}.")
