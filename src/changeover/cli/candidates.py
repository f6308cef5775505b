"""Commands for candidates' data: candidate export, erase, keep, log."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from changeover.app import Program
from changeover.apply import choices, privacy
from changeover.cli.session import (
    WHO,
    CompanyArgument,
    DatabaseOption,
    DataOption,
    JsonOption,
    Stop,
    YesOption,
    company_id,
    with_program,
)
from changeover.cli.shown import listed, say
from changeover.wording import plural

candidate = typer.Typer(help="What is kept of a candidate, at every company: a copy, or erased.", no_args_is_help=True)
EmailArgument = Annotated[str, typer.Argument(help="The address that the candidate applied with.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(candidate, name="candidate")


@candidate.command("export")
def candidate_export(
    email: EmailArgument,
    output: Annotated[Path, typer.Option("--output", help="The zip to write.")],
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Write everything that is kept of a candidate into a zip: candidate.json, and the files.

    Example: changeover candidate export ada@example.org --output ada.zip
    """

    async def work(program: Program) -> bytes | None:
        return await privacy.export(program.db, email, who=WHO)

    made = with_program(work, database=database, data=data)
    if made is None:
        raise Stop("Nothing is kept of this address, so nothing was written.", 1)
    output.write_bytes(made)
    say(f"Written to {output}.")


@candidate.command("erase")
def candidate_erase(
    email: EmailArgument, yes: YesOption = False, database: DatabaseOption = None, data: DataOption = None
) -> None:
    """Erase everything of a candidate at every company, for good. Shows what there is; acts with --yes.

    Example: changeover candidate erase ada@example.org --yes
    """

    async def work(program: Program) -> int:
        if yes:
            return await privacy.erase(program.db, email, who=WHO)
        return sum(len(ids) for ids in (await privacy.find(program.db, email)).values())

    count = with_program(work, database=database, data=data)
    if yes:
        say(f"{plural(count, 'application')} erased.")
    else:
        say(f"{plural(count, 'application')} would be erased. Nothing was changed. Add --yes to do it.")


@candidate.command("keep")
def candidate_keep(
    company: CompanyArgument,
    days: Annotated[
        int | None, typer.Argument(min=0, max=36_500, help="Days; 0 for ever; the board's own if left out.")
    ] = None,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Say after how many days a company's applications are erased.

    Example: changeover candidate keep "Ferrous & Sons" 180
    """

    async def work(program: Program) -> str:
        return await choices.keep(program.db, await company_id(program, company), days, who=WHO)

    say(with_program(work, database=database, data=data))


@candidate.command("log")
def candidate_log(
    company: CompanyArgument,
    application: Annotated[int, typer.Option(min=0, help="Of this application alone.")] = 0,
    json: JsonOption = False,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Who looked at a company's applications, took them out or erased them.

    Example: changeover candidate log "Ferrous & Sons"
    """

    async def work(program: Program) -> list[dict[str, Any]]:
        cid = await company_id(program, company)
        async with program.db.company(cid) as conn:
            return await privacy.log(conn, cid, application, 1_000)

    rows = with_program(work, database=database, data=data)
    lines = [(r["at"], r["application_id"], r["who"], r["what"]) for r in rows]
    listed(rows, ("when (UTC)", "application", "who", "what"), lines, json=json)
