"""The commands for a consolidated feed: whose names it tells, and whom their jobs are handed to."""

from __future__ import annotations

from typing import Annotated

import typer

from changeover import flow as runs
from changeover.app import Program
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
from changeover.cli.shown import listed, say
from changeover.cli.source_rows import SourceOption, sources_of
from changeover.consolidated import store
from changeover.consolidated.handing import FEED, assign
from changeover.consolidated.store import Name
from changeover.snapshot.store import SourceRow
from changeover.wording import plural


def source_names(
    company: CompanyArgument,
    source: SourceOption = None,
    json: JsonOption = False,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """The employers' names that a consolidated feed tells, and whom their jobs are handed to.

    Ends with 1 while jobs wait for a name to be given a company.

    Example: changeover source names "Harbour Jobs"
    """

    async def work(program: Program) -> list[Name]:
        row = await _feed(program, company, source)
        async with program.db.company(row.company_id) as conn:
            return await store.names(conn, row.company_id, row.source_id)

    found = with_program(work, database=database, data=data)
    lines = [(n.shown, n.jobs, _whom(n), n.said_by) for n in found]
    listed(found, ("name", "jobs", "company", "by"), lines, json=json)
    waiting = [name for name in found if name.waits and name.jobs]
    if waiting:
        jobs = sum(name.jobs for name in waiting)
        names = plural(len(waiting), "name waits", "names wait")
        raise Stop(
            f"{plural(jobs, 'job')} under {names}. Give each name a company: "
            f'changeover source hand "{company}" "{waiting[0].name}" COMPANY',
            1,
        )


def _whom(name: Name) -> str:
    if name.handed_to is not None:
        return str(name.handed_to)
    return "waits" if name.waits else "left out"


def source_hand(
    company: CompanyArgument,
    name: Annotated[str, typer.Argument(help='The employer\'s name as the feed tells it; "" for jobs that name none.')],
    to: Annotated[str | None, typer.Argument(help="The company that its jobs belong to, by id or exact name.")] = None,
    leave_out: Annotated[bool, typer.Option("--leave-out", help="Its jobs belong to no company here.")] = False,
    source: SourceOption = None,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Say which company the jobs under a name of a consolidated feed belong to, and hand them over.

    Example: changeover source hand "Harbour Jobs" "Ferrous & Sons Ltd" "Ferrous & Sons"
    """
    if (to is None) is not leave_out:
        raise Stop("Nothing was done: name the company that the jobs belong to, or say --leave-out.")

    async def work(program: Program) -> None:
        row = await _feed(program, company, source)
        target = None if to is None else await company_id(program, to)
        or_stop(await assign(program.flow, row.company_id, row.source_id, name, target, who=WHO))
        await runs.read_source(program.flow, row.company_id, row.source_id, who=WHO)

    with_program(work, database=database, data=data, busy="Reading the feed")
    say(f"The jobs of {store.shown(name)} {'are left out' if to is None else f'are handed to {to}'} from now on.")


async def _feed(program: Program, company: str, source: str | None) -> SourceRow:
    """The consolidated feed that a person means; ends the command where the company has none or several."""
    rows = await sources_of(program, await company_id(program, company), source)
    feeds = [row for row in rows if row.kind == FEED and row.active]
    if len(feeds) == 1:
        return feeds[0]
    if feeds:
        raise Stop("Nothing was done: this company has several consolidated feeds. Name one with --source.")
    raise Stop("Nothing was done: this company has no consolidated feed. `changeover source add … --consolidated`.")
