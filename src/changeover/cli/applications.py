"""Commands for applications: application list, notices, accept, cancel."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from changeover.app import Program
from changeover.apply import choices, store
from changeover.apply.lifecycle import HELD
from changeover.cli.session import (
    WHO,
    CompanyArgument,
    DatabaseOption,
    DataOption,
    JsonOption,
    Stop,
    company_id,
    with_program,
)
from changeover.cli.shown import listed, say

application = typer.Typer(help="Applications, and what candidates are told of them.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(application, name="application")


@application.command("list")
def application_list(
    company: CompanyArgument, json: JsonOption = False, database: DatabaseOption = None, data: DataOption = None
) -> None:
    """The newest applications to a company and what became of them, without a word of the candidates'.

    Example: changeover application list "Ferrous & Sons"
    """

    async def work(program: Program) -> list[dict[str, Any]]:
        cid = await company_id(program, company)
        async with program.db.company(cid) as conn:
            return await store.told_of(conn, cid, 100)

    rows = with_program(work, database=database, data=data)
    columns = ("application", "job", "applied (UTC)", "what became of it")
    said = [[each["action"] for each in row["actions"] if not each["cancelled_at"]] for row in rows]
    told = zip(rows, said, strict=True)
    lines = [(r["application_id"], r["title"], r["applied_at"], ", ".join(acts)) for r, acts in told]
    listed(rows, columns, lines, json=json)


@application.command("notices")
def application_notices(
    company: CompanyArgument,
    off: Annotated[bool, typer.Option("--off", help="Tell them no more.")] = False,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Say that the employer agrees: candidates are told what becomes of their applications.

    Example: changeover application notices "Ferrous & Sons"
    """

    async def work(program: Program) -> str:
        cid = await company_id(program, company)
        return await choices.tell_candidates(program.db, cid, on=not off, who=WHO)

    say(with_program(work, database=database, data=data))


@application.command("accept")
def application_accept(
    company: CompanyArgument,
    off: Annotated[bool, typer.Option("--off", help="Lead candidates to the employer's own site.")] = False,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Take applications on the board, where an ATS job has a form; --off leads candidates to the employer.

    Example: changeover application accept "Ferrous & Sons" --off
    """

    async def work(program: Program) -> str:
        cid = await company_id(program, company)
        return await choices.take_here(program.db, cid, on=not off, who=WHO)

    say(with_program(work, database=database, data=data))


@application.command("cancel")
def application_cancel(
    company: CompanyArgument,
    application: Annotated[int, typer.Argument(min=1, help="The application's id.")],
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Take a rejection back that the candidate has not seen yet.

    Example: changeover application cancel "Ferrous & Sons" 250784561204989952
    """

    async def work(program: Program) -> bool:
        cid = await company_id(program, company)
        async with program.db.company(cid) as conn:
            return await store.take_back(conn, cid, application, HELD, program.db.now())

    if not with_program(work, database=database, data=data):
        raise Stop("Nothing was done: the candidate has seen it, or there is no such rejection.")
    say("Taken back: the candidate hears nothing of it.")
