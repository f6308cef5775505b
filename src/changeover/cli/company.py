"""Commands for the companies on the board: company add, list, show."""

from __future__ import annotations

from typing import Annotated

import typer

from changeover.app import Program
from changeover.cli.session import (
    WHO,
    CompanyArgument,
    DatabaseOption,
    DataOption,
    JsonOption,
    Stop,
    company_id,
    every_company,
    named,
    with_program,
)
from changeover.cli.shown import answer, listed, show, table, tell
from changeover.cli.source_rows import source_table
from changeover.cli.sunset import company_contact
from changeover.database.revise import create_company
from changeover.migration import store as migrations
from changeover.snapshot import store as snapshots
from changeover.snapshot.store import SourceRow

company = typer.Typer(help="Companies on the board.", no_args_is_help=True)
company.command("contact")(company_contact)


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(company, name="company")


@company.command("add")
def company_add(
    name: Annotated[str, typer.Argument(help="The company's name.")],
    ats: Annotated[str, typer.Option(help="The ATS it uses, in a word.")] = "",
    namesake: Annotated[bool, typer.Option("--namesake", help="Even if another company has this name.")] = False,
    json: JsonOption = False,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Make a company and print its id.

    Example: changeover company add "Ferrous & Sons" --ats Greenhouse
    """
    name, ats = named(name, "a company"), named(ats, "an ATS") if ats else ""

    async def work(program: Program) -> int:
        async with program.db.operator() as conn:
            others = await migrations.called(conn, name)
        if others and not namesake:
            raise Stop(f"Nothing was done: {name} is here already, as {others[0]}. To add another, say --namesake.")
        return await create_company(program.db, name, ats=ats, who=WHO)

    made = with_program(work, database=database, data=data)
    answer({"company": made, "name": name}, str(made), json=json)


@company.command("list")
def company_list(json: JsonOption = False, database: DatabaseOption = None, data: DataOption = None) -> None:
    """Every company with its state.

    Example: changeover company list --json
    """
    rows = with_program(every_company, database=database, data=data)
    lines = [(c.company_id, c.name, c.ats, c.state, c.feed) for c in rows]
    listed(rows, ("company", "name", "ATS", "state", "fed by"), lines, json=json)


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
    tell(f"{it.name} ({it.company_id}): {it.state}, fed by {it.feed}")
    tell("")
    source_table(sources)
    tell("")
    table(("revision", "when (UTC)", "what", "why"), [(e["revision"], e["at"], e["kind"], e["why"]) for e in events])
