"""Commands for the end of old sources: source end, source keep, company contact."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

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
    pick,
    with_program,
)
from changeover.cli.shown import listed, say, show, table, tell
from changeover.cli.source_rows import sources_of
from changeover.refusal import Refusal
from changeover.sunset import notice, store
from changeover.sunset.outlook import Outlook, look_ahead

SourceArgument = Annotated[str, typer.Argument(help="The source's id or exact location.")]
DayOption = Annotated[datetime, typer.Option("--on", formats=["%Y-%m-%d"], help="The day, as 2027-03-01 (UTC).")]


async def _source(program: Program, cid: int, word: str) -> int:
    row = pick(await sources_of(program, cid), word, key="source_id", name="location", what="source")
    return row.source_id


def source_end(
    company: CompanyArgument,
    source: SourceArgument,
    on: DayOption,
    why: Annotated[str, typer.Option(help="What the employer is told as the reason.")] = "",
    yes: YesOption = False,
    json: JsonOption = False,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Announce that an old source ends on a day: shows what leaves the board then, and does it with --yes.

    Example: changeover source end "Ferrous & Sons" https://example.com/jobs.xml --on 2027-03-01 --yes
    """
    ends_at = on.replace(tzinfo=UTC)

    async def work(program: Program) -> tuple[Outlook, Refusal | None, list[dict[str, Any]]]:
        cid = await company_id(program, company)
        sid = await _source(program, cid, source)
        async with program.db.company(cid) as conn:
            ahead = await look_ahead(conn, cid, sid, ends_at)
            contacts = await store.contacts(conn, cid)
        made = await notice.announce(program.db, cid, sid, ends_at, who=WHO, why=why) if yes else None
        return ahead, made if isinstance(made, Refusal) else None, contacts

    ahead, refusal, contacts = with_program(work, database=database, data=data)
    or_stop(refusal)
    if json:
        show(
            {
                "how": ahead.how,
                "closes": ahead.closes,
                "stays": ahead.stays,
                "opens": ahead.opens,
                "lines": ahead.closing,
            }
        )
    else:
        table(
            ("-", "posting", "title", "location"), [("-", it.posting_id, it.title, it.location) for it in ahead.closing]
        )
        tell(f"On {ends_at:%Y-%m-%d}, as things stand now: {ahead.sentence}")
    if not contacts:
        say("Nobody is told by e-mail: the company has no contact. Add one with `changeover company contact`.")
    say("Announced." if yes else "Nothing was changed. Add --yes to announce it.")


def source_keep(
    company: CompanyArgument, source: SourceArgument, database: DatabaseOption = None, data: DataOption = None
) -> None:
    """Withdraw the announced end of an old source, as long as its day has not come.

    Example: changeover source keep "Ferrous & Sons" https://example.com/jobs.xml
    """

    async def work(program: Program) -> Refusal | None:
        cid = await company_id(program, company)
        return await notice.withdraw(program.db, cid, await _source(program, cid, source), who=WHO)

    or_stop(with_program(work, database=database, data=data))
    say("Withdrawn: the source goes on being read.")


def company_contact(
    company: CompanyArgument,
    email: Annotated[str, typer.Argument(metavar="[EMAIL]", help="An address; without one, those there are.")] = "",
    name: Annotated[str, typer.Option(help="Who reads it.")] = "",
    remove: Annotated[bool, typer.Option("--remove", help="Write there no more.")] = False,
    json: JsonOption = False,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Whom of an employer the board writes to about its migration: shows them, or adds or removes one.

    Example: changeover company contact "Ferrous & Sons" talent@example.org
    """
    if remove and not email:
        raise Stop("Nothing was done: say which address.")

    async def work(program: Program) -> tuple[Refusal | None, list[dict[str, Any]]]:
        cid = await company_id(program, company)
        at = (program.db, cid, email)
        refusal = await notice.set_contact(*at, name=name, write=not remove, who=WHO) if email else None
        async with program.db.company(cid) as conn:
            return refusal, await store.contacts(conn, cid)

    refusal, rows = with_program(work, database=database, data=data)
    or_stop(refusal)
    listed(rows, ("e-mail", "name"), [(row["email"], row["name"]) for row in rows], json=json)
