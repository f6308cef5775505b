"""Commands for people who sign in: account add, list, reset, role, companies, disable."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from changeover.accounts import people
from changeover.accounts.account import Role
from changeover.accounts.people import Invited
from changeover.app import Program, board_url
from changeover.cli.session import (
    WHO,
    DatabaseOption,
    DataOption,
    JsonOption,
    company_id,
    or_stop,
    with_program,
)
from changeover.cli.shown import answer, listed, say
from changeover.refusal import Refusal
from changeover.serving import serving_at

account = typer.Typer(help="People who sign in to the console.", no_args_is_help=True)

EmailArgument = Annotated[str, typer.Argument(help="The person's e-mail address.")]
CompanyOption = Annotated[
    list[str] | None, typer.Option(help="A company that the person belongs to, by id or exact name; may be repeated.")
]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(account, name="account")


def _tell(program: Program, it: Invited, *, json: bool) -> None:
    settings = program.settings
    home = settings.public_url or serving_at(settings.data) or board_url(settings)
    link = f"{home.rstrip('/')}/invitations/{it.secret}"
    say(f"Give {it.account.name} this link; it works once. It is shown this once, and only its hash is kept.")
    answer({"account": it.account.account_id, "email": it.account.email, "link": link}, link, json=json)


@account.command("add")
def account_add(
    email: EmailArgument,
    role: Annotated[Role, typer.Option(help="What part the person has.")] = Role.EMPLOYER,
    company: CompanyOption = None,
    name: Annotated[str, typer.Option(help="How the person is called in the history.")] = "",
    json: JsonOption = False,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Let a person sign in; prints the one-time link by which they choose a password.

    Example: changeover account add ada@example.org --role employer --company "Ferrous & Sons"
    """

    async def work(program: Program) -> None:
        companies = [await company_id(program, each) for each in company or ()]
        made = await people.add(program.db, email, name, role, companies, who=WHO)
        _tell(program, or_stop(made), json=json)

    with_program(work, database=database, data=data)


@account.command("list")
def account_list(json: JsonOption = False, database: DatabaseOption = None, data: DataOption = None) -> None:
    """The people who may sign in.

    Example: changeover account list
    """

    async def work(program: Program) -> list[dict[str, Any]]:
        return await people.listed(program.db)

    rows = with_program(work, database=database, data=data)
    columns = ("e-mail", "name", "role", "state", "second factor", "companies", "last seen (UTC)")
    lines = [
        (
            row["email"],
            row["name"],
            row["role"],
            row["state"],
            "yes" if row["factor"] else "no",
            " ".join(str(each) for each in row["companies"]) or ("all" if row["role"] == Role.OPERATOR else ""),
            row["seen_at"],
        )
        for row in rows
    ]
    listed(rows, columns, lines, json=json)


@account.command("reset")
def account_reset(
    email: EmailArgument,
    second_factor: Annotated[
        bool, typer.Option("--second-factor", help="Take the second factor away too, for who has lost the phone.")
    ] = False,
    json: JsonOption = False,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """A new one-time link for a person who cannot get in; all their sessions end.

    Example: changeover account reset ada@example.org
    """

    async def work(program: Program) -> None:
        made = await people.reset(program.db, email, factor=second_factor, who=WHO)
        _tell(program, or_stop(made), json=json)

    with_program(work, database=database, data=data)


@account.command("role")
def account_role(
    email: EmailArgument,
    role: Annotated[Role, typer.Argument(help="What part the person has from now on.")],
    company: CompanyOption = None,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Say anew what part a person has; their sessions end. Companies stay as they are where none is named.

    Example: changeover account role ada@example.org recruiter
    """

    async def work(program: Program) -> Refusal | None:
        companies = [await company_id(program, each) for each in company or ()]
        return await people.set_role(program.db, email, role, companies, who=WHO)

    or_stop(with_program(work, database=database, data=data))
    say(f"Done: the person signs in again, as {role}.")


@account.command("companies")
def account_companies(
    email: EmailArgument,
    company: CompanyOption = None,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Say anew which companies an employer or recruiter belongs to.

    Example: changeover account companies ada@example.org --company "Ferrous & Sons" --company "Ferrous Ltd"
    """

    async def work(program: Program) -> Refusal | None:
        companies = [await company_id(program, each) for each in company or ()]
        return await people.set_companies(program.db, email, companies, who=WHO)

    or_stop(with_program(work, database=database, data=data))
    say("Done: it holds from the person's next page on.")


@account.command("disable")
def account_disable(email: EmailArgument, database: DatabaseOption = None, data: DataOption = None) -> None:
    """Let a person sign in no more; their sessions end now. `account reset` lets them in again.

    Example: changeover account disable ada@example.org
    """

    async def work(program: Program) -> Refusal | None:
        return await people.disable(program.db, email, who=WHO)

    or_stop(with_program(work, database=database, data=data))
    say("Done: every session of this account has ended.")
