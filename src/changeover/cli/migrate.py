"""Commands of the migration, from activate by way of review and resolve to revert and verify."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

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
    refuse,
    say,
    show,
    table,
    with_program,
)
from changeover.console.review_csv import review_csv
from changeover.cutover import Moved, Outcome, Stale
from changeover.job import Lane
from changeover.match import store as matches
from changeover.migration import store as migrations
from changeover.migration.state import Move, Refusal, State
from changeover.postings import store as postings
from changeover.postings.live import Preview

LegacyArgument = Annotated[str, typer.Argument(help="The job of the old source: its id there.")]
AtsArgument = Annotated[str, typer.Argument(help="The job of the ATS: its id there.")]
WhyOption = Annotated[str, typer.Option(help="Why, for the history.")]

SENTENCES = {
    State.LEGACY: "Not activated: the old source feeds the board.",
    State.MATCHING: "In migration: the old source feeds the board until every job matches.",
    State.READY: "Every job matched: cutting over by itself, unless held.",
    State.CUT_OVER: "Active: the ATS feeds the board, and the way back is open.",
    State.FINISHED: "Complete: the ATS feeds the board, and the old source is off.",
}


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (
        activate,
        status,
        review,
        rehearse,
        confirm,
        reject,
        hold,
        unhold,
        resolve,
        cancel,
        revert,
    ):
        app.command()(command)


def activate(company: CompanyArgument, database: DatabaseOption = None, data: DataOption = None) -> None:
    """Begin the migration: both sides are read and matched; the board goes on showing the old source.

    Example: changeover activate "Ferrous & Sons"
    """

    async def work(program: Program) -> None:
        cid = await company_id(program, company)
        refuse(await acts.activate(program.flow, cid, who=WHO))
        await runs.read_all(program.flow, cid, Lane)
        await runs.run(program.flow, cid)

    with_program(work, database=database, data=data)
    status(company, database=database, data=data)


def status(
    company: Annotated[str | None, typer.Argument(help="A company's id or name; all of them where left out.")] = None,
    json: JsonOption = False,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """What each company's state is and what it waits for; of one, with every reason.

    Example: changeover status "Ferrous & Sons" --json
    """

    async def work(program: Program) -> list[migrations.Company]:
        async with program.db.operator() as conn:
            if company is None:
                return await migrations.companies(conn, size=10_000)
            cid = await migrations.find(conn, company)
            return [await migrations.company(conn, cid)]

    rows = with_program(work, database=database, data=data)
    if json:
        show(rows if company is None else rows[0])
    elif company is None:
        table(
            ("company", "name", "state", "held", "paired", "waits for"),
            [
                (c.company_id, c.name, c.state, "held" if c.held else "", c.counts.get("paired", 0), _first(c))
                for c in rows
            ],
        )
    else:
        _tell_company(rows[0])
    if any(c.state in (State.MATCHING, State.READY) and (c.blockers or c.held) for c in rows):
        raise Stop("Something needs a person: see the review page or `changeover review`.", 1)


def _first(it: migrations.Company) -> str:
    waits = it.state in (State.MATCHING, State.READY) and it.blockers
    return str(it.blockers[0]["sentence"]) if waits else ""


def _tell_company(it: migrations.Company) -> None:
    typer.echo(f"{it.name} ({it.company_id})")
    typer.echo(SENTENCES[it.state] + (f" Held by {it.held_by}: {it.held_why}" if it.held else ""))
    counts = it.counts
    typer.echo(
        f"{counts.get('legacy', 0):,} jobs of the old source, {counts.get('ats', 0):,} of the ATS, "
        f"{counts.get('paired', 0):,} paired."
    )
    if it.state in (State.MATCHING, State.READY):
        for blocker in it.blockers:
            typer.echo(f"- {blocker['sentence']} {blocker['fix']}")


def review(
    company: CompanyArgument,
    csv: Annotated[
        Path | None, typer.Option("--csv", help="Write the review as CSV to this file; - is stdout.")
    ] = None,
    json: JsonOption = False,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """What did not match, why, and what to change in the ATS.

    Example: changeover review "Ferrous & Sons" --csv review.csv
    """

    async def work(program: Program) -> list[dict[str, Any]]:
        cid = await company_id(program, company)
        async with program.db.company(cid) as conn:
            if csv is not None:
                rows = matches.all_review_rows(conn, cid, ("paired", "review", "legacy_only", "ats_only"))
                text = "".join([line async for line in review_csv(rows)])
                typer.echo(text, nl=False) if str(csv) == "-" else csv.write_text(text, encoding="utf-8", newline="")
            rows = matches.all_review_rows(conn, cid, ("review", "legacy_only", "ats_only"))
            return [row async for row in rows]

    rows = with_program(work, database=database, data=data)
    if json:
        show(rows)
    elif csv is None:
        table(
            ("old source", "title", "ATS", "title", "code", "why", "what to do"),
            [
                (r["legacy_id"], r["legacy_title"], r["ats_id"], r["ats_title"], r["code"], r["reason"], r["fix"])
                for r in rows
            ],
        )
    if rows:
        raise Stop(f"{len(rows)} jobs or pairs need a person.", 1)


def rehearse(
    company: CompanyArgument, json: JsonOption = False, database: DatabaseOption = None, data: DataOption = None
) -> None:
    """Exactly what a cut-over or a revert would do now. Nothing is changed.

    Example: changeover rehearse "Ferrous & Sons"
    """

    async def work(program: Program) -> tuple[acts.Rehearsal, migrations.Company]:
        cid = await company_id(program, company)
        async with program.db.company(cid) as conn:
            it = await migrations.company(conn, cid)
        return await acts.preview(program.flow, cid), it

    rehearsal, it = with_program(work, database=database, data=data)
    if json:
        blockers = it.blockers if it.feed is Lane.LEGACY else []
        show(
            {
                "move": rehearsal.move,
                "digest": rehearsal.preview.digest,
                **_lines(rehearsal.preview),
                "blockers": blockers,
            }
        )
    else:
        _tell_preview(rehearsal.preview)
    if rehearsal.preview.closing:
        raise Stop(f"{len(rehearsal.preview.closing)} postings would close.", 1)


def _lines(preview: Preview) -> dict[str, Any]:
    return {"closing": list(preview.closing), "opening": list(preview.opening), "kept": preview.kept}


def _tell_preview(preview: Preview) -> None:
    typer.echo(f"{preview.kept:,} postings stay, same id, same address.")
    for word, lines in (("would close", preview.closing), ("would open", preview.opening)):
        typer.echo(f"{len(lines):,} {word}.")
        for line in lines[:50]:
            typer.echo(f"  {line.source_job_id}  {line.title}  ({line.location})")
        if len(lines) > 50:
            typer.echo(f"  and {len(lines) - 50:,} more: see --json")


def confirm(
    company: CompanyArgument,
    legacy: LegacyArgument,
    ats: AtsArgument,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Say that two jobs are one opening. It outlives every re-match.

    Example: changeover confirm "Ferrous & Sons" L-104 4711
    """
    _decide(company, legacy, ats, "confirmed", database, data)


def reject(
    company: CompanyArgument,
    legacy: LegacyArgument,
    ats: AtsArgument,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Say that two jobs are not one opening. It outlives every re-match.

    Example: changeover reject "Ferrous & Sons" L-104 4711
    """
    _decide(company, legacy, ats, "rejected", database, data)


def _decide(company: str, legacy: str, ats: str, verdict: str, database: str | None, data: Path | None) -> None:
    async def work(program: Program) -> None:
        cid = await company_id(program, company)
        async with program.db.company(cid) as conn:
            lid = await postings.job_named(conn, cid, Lane.LEGACY, legacy)
            aid = await postings.job_named(conn, cid, Lane.ATS, ats)
        for found, key, side in ((lid, legacy, "old source"), (aid, ats, "ATS")):
            if found is None:
                raise Stop(f"The {side} has no job {key}, or several so called. `changeover review` shows the ids.")
        refuse(await acts.decide_pair(program.flow, cid, lid or 0, aid or 0, verdict, who=WHO))
        await runs.run(program.flow, cid)

    with_program(work, database=database, data=data)
    say(f"{legacy} and {ats} are {verdict}.")


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
    async def work(program: Program) -> None:
        cid = await company_id(program, company)
        refuse(await acts.hold(program.flow, cid, held=held, who=WHO, why=why))
        await runs.run(program.flow, cid)

    with_program(work, database=database, data=data)
    say("The cut-over is held." if held else "The cut-over may go on.")


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

    seen, outcome = with_program(work, database=database, data=data)
    if json:
        show({"done": isinstance(outcome, Moved), "outcome": outcome, **_lines(seen)})
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
            counts = f"{outcome.kept} stay, {outcome.closed} closed, {outcome.opened} opened"
            say(f"Done at revision {outcome.revision}: {counts}.")


def cancel(
    company: CompanyArgument, yes: YesOption = False, database: DatabaseOption = None, data: DataOption = None
) -> None:
    """End the migration before the cut-over; the old source goes on feeding alone.

    Example: changeover cancel "Ferrous & Sons" --yes
    """

    async def work(program: Program) -> None:
        cid = await company_id(program, company)
        if not yes:
            raise Stop("Nothing was done. Add --yes to end the migration; the old source goes on feeding.", 1)
        refuse(await acts.cancel(program.flow, cid, who=WHO))
        await runs.run(program.flow, cid)

    with_program(work, database=database, data=data)
    say("Cancelled: the old source goes on feeding alone.")
