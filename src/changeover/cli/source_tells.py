"""The commands source tells and source told: feeds of changes, and by what they count as whole."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from changeover import flow as runs
from changeover import vouching
from changeover.app import Program
from changeover.cli.session import WHO, CompanyArgument, DatabaseOption, DataOption, company_id, or_stop, with_program
from changeover.cli.shown import say
from changeover.cli.source_rows import sources_of

SourceArgument = Annotated[str, typer.Argument(help="The source's id or exact location.")]


FullFromOption = Annotated[
    str | None, typer.Option("--full-from", help="Of a source of changes: the address where it tells every open job.")
]


def kept(location: str) -> str:
    """A location as it is kept: a worker that reads it may have been started in another folder."""
    return location if "://" in location else str(Path(location).expanduser().absolute())


class What(StrEnum):
    """How much a source tells in one reading."""

    CHANGES = "changes"
    EVERYTHING = "everything"


def source_tells(
    company: CompanyArgument,
    source: SourceArgument,
    what: Annotated[What, typer.Argument(help="changes: only what is new, changed or over; or everything.")],
    full_from: FullFromOption = None,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Say whether a source tells changes only: then a job closes where it says so, never because it is left out.

    Example: changeover source tells "Ferrous & Sons" https://example.com/news.xml changes
    """

    async def work(program: Program) -> None:
        cid = await company_id(program, company)
        [row] = await sources_of(program, cid, source)
        changes = what is What.CHANGES
        said = await vouching.set_tells(
            program.flow, cid, row.source_id, changes=changes, full_from=full_from and kept(full_from), who=WHO
        )
        or_stop(said)
        await runs.run(program.flow, cid)

    with_program(work, database=database, data=data)
    if what is What.CHANGES:
        told = "Once it has told every open job, say so: `changeover source told`."
        say(f"It tells changes only. {'Every open job is read from the other address.' if full_from else told}")
    else:
        say("It tells every open job each time, so what a whole reading leaves out closes.")


def source_told(
    company: CompanyArgument, source: SourceArgument, database: DatabaseOption = None, data: DataOption = None
) -> None:
    """Say that a source of changes has told every open job by its newest reading: it counts as whole from there on.

    Example: changeover source told "Ferrous & Sons" https://example.com/news.xml
    """

    async def work(program: Program) -> None:
        cid = await company_id(program, company)
        [row] = await sources_of(program, cid, source)
        or_stop(await vouching.told_everything(program.flow, cid, row.source_id, who=WHO))
        await runs.run(program.flow, cid)

    with_program(work, database=database, data=data)
    say("It counts as whole from its newest reading on, for as long as its changes go on being read.")
