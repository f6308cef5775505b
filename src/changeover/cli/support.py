"""Commands for cases of support: support list, open, show, write, propose, close, causes."""

from __future__ import annotations

from typing import Annotated, Any, Literal

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
    or_stop,
    with_program,
)
from changeover.cli.shown import listed, say, show, tell
from changeover.refusal import Refusal
from changeover.support import cases, store

support = typer.Typer(help="Cases of support, with their evidence.", no_args_is_help=True)
CaseArgument = Annotated[int, typer.Argument(min=1, help="The case's id.")]
AsOption = Annotated[Literal["employer", "operator"], typer.Option("--as", help="Whose word it is.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(support, name="support")


@support.command("list")
def support_list(json: JsonOption = False, database: DatabaseOption = None, data: DataOption = None) -> None:
    """Every company's open cases, the oldest first.

    Example: changeover support list
    """

    async def work(program: Program) -> list[dict[str, Any]]:
        async with program.db.operator() as conn:
            return await store.open_cases(conn)

    rows = with_program(work, database=database, data=data)
    columns = ("company", "name", "case", "about", "opened (UTC)", "wrote last")
    names = ("company_id", "name", "case_id", "code", "opened_at", "last_side")
    listed(rows, columns, [[row[name] for name in names] for row in rows], json=json)


@support.command("open")
def support_open(
    company: CompanyArgument,
    words: Annotated[str, typer.Argument(help="What is the matter.")] = "",
    code: Annotated[str, typer.Option(help="One of the wire's MIGRATION codes; everything where left out.")] = "",
    side: AsOption = "employer",
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Open a case with the evidence as it stands now, and print its id.

    Example: changeover support open "Ferrous & Sons" "Three jobs find no twin."
    """

    async def work(program: Program) -> int | Refusal:
        cid = await company_id(program, company)
        return await cases.open_case(program.db, cid, code, words, side=side, who=WHO)

    tell(str(or_stop(with_program(work, database=database, data=data))))


@support.command("show")
def support_show(
    company: CompanyArgument,
    case: CaseArgument,
    json: JsonOption = False,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """One case: what was written, what was proposed, and the evidence (with --json).

    Example: changeover support show "Ferrous & Sons" 250784561204989952 --json
    """

    async def work(program: Program) -> tuple[dict[str, Any] | None, list[dict[str, Any]], list[dict[str, Any]]]:
        cid = await company_id(program, company)
        async with program.db.company(cid) as conn:
            at = (conn, cid, case)
            return await store.case(*at), await store.messages(*at), await store.proposals(*at)

    row, messages, proposals = with_program(work, database=database, data=data)
    if row is None:
        raise Stop("This company has no such case. `changeover support list` shows those that are open.")
    if json:
        show({"case": row, "messages": messages, "proposals": proposals})
        return
    tell(f"Case {row['case_id']}, {row['code'] or 'everything that did not match'}: {row['cause'] or 'open'}")
    for each in messages:
        tell(f"{each['at']:%Y-%m-%d %H:%M} {each['side']}: {each['words']}")
    for each in proposals:
        tell(f"Proposed: {each['legacy_id']} is {each['ats_id']} ({each['said'] or 'no word yet'})")


@support.command("write")
def support_write(
    company: CompanyArgument,
    case: CaseArgument,
    words: Annotated[str, typer.Argument(help="The message.")],
    side: AsOption = "operator",
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Write in a case.

    Example: changeover support write "Ferrous & Sons" 250784561204989952 "Give both the same Employer Job ID."
    """

    async def work(program: Program) -> Refusal | None:
        cid = await company_id(program, company)
        return await cases.write(program.db, cid, case, words, side=side, who=WHO)

    or_stop(with_program(work, database=database, data=data))
    say("Sent.")


@support.command("propose")
def support_propose(
    company: CompanyArgument,
    case: CaseArgument,
    legacy: Annotated[str, typer.Argument(help="The old source's job, by its id.")],
    ats: Annotated[str, typer.Argument(help="The ATS's job, by its id.")],
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Propose that two jobs are one opening; the employer confirms it in the case.

    Example: changeover support propose "Ferrous & Sons" 250784561204989952 L-104 A-7
    """

    async def work(program: Program) -> Refusal | None:
        cid = await company_id(program, company)
        return await cases.propose(program.db, cid, case, legacy, ats, who=WHO)

    or_stop(with_program(work, database=database, data=data))
    say("Proposed.")


@support.command("close")
def support_close(
    company: CompanyArgument,
    case: CaseArgument,
    cause: Annotated[str, typer.Argument(help=f"Why it was needed: {', '.join(cases.CAUSES)}.")],
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Close a case with the cause that it is counted by.

    Example: changeover support close "Ferrous & Sons" 250784561204989952 mended_in_ats
    """

    async def work(program: Program) -> Refusal | None:
        cid = await company_id(program, company)
        return await cases.close(program.db, cid, case, cause, who=WHO)

    or_stop(with_program(work, database=database, data=data))
    say("Closed.")


@support.command("causes")
def support_causes(json: JsonOption = False, database: DatabaseOption = None, data: DataOption = None) -> None:
    """How many cases were closed with each cause.

    Example: changeover support causes
    """

    async def work(program: Program) -> dict[str, int]:
        async with program.db.operator() as conn:
            return await store.causes(conn)

    found = with_program(work, database=database, data=data)
    lines = [(count, cases.CAUSES[name]) for name, count in found.items()]
    listed(found, ("cases", "cause"), lines, json=json)
