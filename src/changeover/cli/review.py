"""Commands for what did not match, and a person's word on it: review, confirm, reject."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from changeover import acts
from changeover import flow as runs
from changeover.app import Program
from changeover.cli.output import check_writable, written
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
from changeover.cli.shown import say, show, table
from changeover.job import Lane
from changeover.match import store as matches
from changeover.match.in_order import Order
from changeover.postings import store as postings
from changeover.web.review_csv import review_csv
from changeover.wording import plural

LegacyArgument = Annotated[str, typer.Argument(help="The job of the old source: its id there.")]
AtsArgument = Annotated[str, typer.Argument(help="The job of the ATS: its id there.")]

_ALL = ("paired", "review", "legacy_only", "ats_only")
_LEFT = _ALL[1:]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (review, confirm, reject):
        app.command()(command)


def review(
    company: CompanyArgument,
    csv: Annotated[
        Path | None, typer.Option("--csv", help="Write the review, pairs included, as CSV to this file; - is stdout.")
    ] = None,
    json: JsonOption = False,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """What did not match, why, and what to change in the ATS.

    Example: changeover review "Ferrous & Sons" --csv review.csv
    """
    to_file = csv if csv and str(csv) != "-" else None
    check_writable(to_file)

    async def work(program: Program) -> list[dict[str, Any]]:
        cid = await company_id(program, company)
        async with program.db.company(cid) as conn:
            if csv is not None:
                with written(to_file) as out:
                    async for line in review_csv(matches.all_review_rows(conn, cid, _ALL)):
                        out.write(line)
            return [row async for row in matches.all_review_rows(conn, cid, _LEFT)]

    rows = with_program(work, database=database, data=data)
    if to_file:
        say(f"Written to {to_file}.")
    if json:
        show([{**row, **{key: row[key] or None for key in ("legacy_job_id", "ats_job_id")}} for row in rows])
    elif csv is None:
        _table(rows)
    if rows:
        raise Stop(f"{plural(len(rows), 'job or pair needs', 'jobs or pairs need')} a person.", 1)
    say("Nothing is left to review.")


def _table(rows: list[dict[str, Any]]) -> None:
    columns = ("old source", "title", "ATS", "title", "code", "why", "what to do")
    keys = ("legacy_id", "legacy_title", "ats_id", "ats_title", "code", "reason", "fix")
    if rows:
        table(columns, [[row[key] for key in keys] for row in rows])


def confirm(
    company: CompanyArgument,
    legacy: LegacyArgument,
    ats: Annotated[str | None, typer.Argument(help="The job of the ATS: its id there.")] = None,
    group: Annotated[
        Order | None, typer.Option("--group", help="Instead: pair all jobs that read the same as it, in this order.")
    ] = None,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Say that two jobs are one opening, or pair a whole group of jobs that read the same. It outlives every re-match.

    Example: changeover confirm "Ferrous & Sons" L-104 4711
    """
    if (ats is None) == (group is None):
        raise Stop("Name a job of the ATS, or say --group ids or --group dates to pair all that read the same.")
    if group is not None:
        _pair_group(company, legacy, group, database, data)
    elif ats is not None:
        _decide(company, legacy, ats, "confirmed", database, data)


def _pair_group(company: str, legacy: str, by: Order, database: str | None, data: Path | None) -> None:
    async def work(program: Program) -> int:
        cid = await company_id(program, company)
        async with program.db.company(cid) as conn:
            twins = await matches.group_named(conn, cid, legacy)
        if twins is None:
            raise Stop(f"No job reads the same as {legacy}, or several jobs are so called. See `changeover review`.")
        count = or_stop(await acts.pair_group(program.flow, cid, twins, by, who=WHO))
        await runs.run(program.flow, cid)
        return count

    count = with_program(work, database=database, data=data)
    say(f"Kept: {plural(count, 'pair')}, in the order of their {'ids' if by is Order.IDS else 'posting dates'}.")


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
        or_stop(await acts.decide_pair(program.flow, cid, lid or 0, aid or 0, verdict, who=WHO))
        await runs.run(program.flow, cid)

    with_program(work, database=database, data=data)
    are = "are one opening" if verdict == "confirmed" else "are not one opening"
    say(f"Kept: {legacy} and {ats} {are}.")
