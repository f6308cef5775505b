"""The command that proves it afterwards: verify."""

from __future__ import annotations

from typing import Annotated

import typer

from changeover.app import Program
from changeover.cli.session import (
    DatabaseOption,
    DataOption,
    JsonOption,
    Stop,
    company_id,
    every_company,
    with_program,
)
from changeover.cli.shown import say, show, table
from changeover.postings.history import Verified
from changeover.postings.history import verify as verify_company


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(verify)


def verify(
    company: Annotated[str | None, typer.Argument(help="A company's id or name; all of them where left out.")] = None,
    json: JsonOption = False,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Check promises 1 to 4 again over the whole recorded history.

    Example: changeover verify --json
    """

    async def work(program: Program) -> list[Verified]:
        if company:
            ids = [await company_id(program, company)]
        else:
            ids = [it.company_id for it in await every_company(program)]
        return [await verify_company(program.db, cid) for cid in ids]

    found = with_program(work, database=database, data=data, busy="Checking the history")
    totals = {
        "companies": len(found),
        "revisions": sum(v.revisions for v in found),
        "intervals": sum(v.intervals for v in found),
        "cut_over": sum(v.cut_over for v in found),
        "reverted": sum(v.reverted for v in found),
        "gaps": sum(v.gaps for v in found),
        "duplicates": sum(v.duplicates for v in found),
        "broken": sum(len(v.broken) for v in found),
    }
    if json:
        show({**totals, "promises": [b for v in found for b in v.broken]})
    else:
        table(("checked", "count"), totals.items())
    for v in found:
        for broken in v.broken[:20]:
            say(f"{v.name}, revision {broken.revision}: promise {broken.promise} ({broken.code}). {broken.sentence}")
    if totals["broken"]:
        raise Stop("A promise was broken: see above.", 1)
