"""Commands for the programs of a company: client add, scopes, rotate, revoke, origins, list."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from changeover.accounts import clients
from changeover.accounts.scopes import DEFAULT, Scope
from changeover.app import Program
from changeover.cli.session import (
    WHO,
    CompanyArgument,
    DatabaseOption,
    DataOption,
    JsonOption,
    Stop,
    company_id,
    named,
    or_stop,
    pick,
    with_program,
)
from changeover.cli.shown import answer, listed, say
from changeover.refusal import Refusal

ScopeOption = Annotated[list[Scope] | None, typer.Option(help="What its tokens open; may be repeated.")]

client = typer.Typer(help="The programs of a company, and what their tokens open.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(client, name="client")


async def _client(program: Program, cid: int, word: str) -> int:
    async with program.db.company(cid) as conn:
        rows = await clients.clients(conn, cid)
    return int(pick(rows, word, key="client_id", name="name", what="client")["client_id"])


@client.command("add")
def client_add(
    company: CompanyArgument,
    name: Annotated[str, typer.Option(help="What the program is called in the history.")] = "ATS",
    scope: ScopeOption = None,
    json: JsonOption = False,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Let a program push a company's jobs, or what its scopes say; its token is shown once.

    Example: changeover client add "Ferrous & Sons" --name "Our ATS"
    """
    name = named(name, "a client")

    async def work(program: Program) -> str:
        cid = await company_id(program, company)
        return await clients.add_client(program.db, cid, name, who=WHO, scopes=scope or DEFAULT)

    _tell(with_program(work, database=database, data=data), json=json)


@client.command("scopes")
def client_scopes(
    company: CompanyArgument,
    client: Annotated[str, typer.Argument(help="The client's id or exact name.")],
    scope: ScopeOption = None,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Say anew what a program's tokens open.

    Example: changeover client scopes "Ferrous & Sons" "Our ATS" --scope push --scope read
    """

    async def work(program: Program) -> bool:
        cid = await company_id(program, company)
        which = await _client(program, cid, client)
        return await clients.set_scopes(program.db, cid, which, scope or (), who=WHO)

    with_program(work, database=database, data=data)
    say(f"Done: it holds from the next request on. Its tokens open: {', '.join(scope or ()) or 'nothing'}.")


@client.command("rotate")
def client_rotate(
    company: CompanyArgument,
    client: Annotated[str, typer.Argument(help="The client's id or exact name.")],
    json: JsonOption = False,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Give a program a new token; the one before it works for another day.

    Example: changeover client rotate "Ferrous & Sons" "Our ATS"
    """

    async def work(program: Program) -> str | None:
        cid = await company_id(program, company)
        which = await _client(program, cid, client)
        return await clients.rotate(program.db, cid, which, who=WHO)

    token = with_program(work, database=database, data=data)
    if token is None:
        raise Stop("Nothing was done: this client is gone.")
    _tell(token, json=json)


@client.command("revoke")
def client_revoke(
    company: CompanyArgument,
    client: Annotated[str, typer.Argument(help="The client's id or exact name.")],
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """End every token of a program at once. What it pushed stays; `client rotate` gives it a token again.

    Example: changeover client revoke "Ferrous & Sons" "Our ATS"
    """

    async def work(program: Program) -> Refusal | None:
        cid = await company_id(program, company)
        which = await _client(program, cid, client)
        return await clients.revoke(program.db, cid, which, who=WHO)

    or_stop(with_program(work, database=database, data=data))
    say("Done: its tokens open nothing any more.")


@client.command("origins")
def client_origins(
    company: CompanyArgument,
    client: Annotated[str, typer.Argument(help="The client's id or exact name.")],
    origins: Annotated[list[str] | None, typer.Argument(help="As https://ats.example; none: nowhere.")] = None,
    json: JsonOption = False,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Say on which pages a client may show widgets, by their origins, in place of those before.

    Example: changeover client origins "Ferrous & Sons" "Our ATS" https://ats.example
    """

    async def work(program: Program) -> list[str] | Refusal:
        cid = await company_id(program, company)
        which = await _client(program, cid, client)
        return await clients.set_origins(program.db, cid, which, origins or [], who=WHO)

    kept = or_stop(with_program(work, database=database, data=data))
    answer({"origins": kept}, "\n".join(kept) or "Widgets are shown nowhere.", json=json)


def _tell(token: str, *, json: bool) -> None:
    _, _, made, _ = token.split("_", 3)
    say(f"Client {made}. Keep this token now: it is shown once, and only its hash is kept.")
    answer({"client": made, "token": token}, token, json=json)


@client.command("list")
def client_list(
    company: CompanyArgument, json: JsonOption = False, database: DatabaseOption = None, data: DataOption = None
) -> None:
    """The programs of a company, and what their tokens open.

    Example: changeover client list "Ferrous & Sons"
    """

    async def work(program: Program) -> list[dict[str, Any]]:
        cid = await company_id(program, company)
        async with program.db.company(cid) as conn:
            rows = await clients.with_secrets(conn, await clients.clients(conn, cid), program.db.now())
        return [{**row, "secrets": len(row["secrets"])} for row in rows]

    rows = with_program(work, database=database, data=data)
    columns = ("client", "name", "scopes", "widgets on", "tokens", "since (UTC)", "last used (UTC)")
    lines = [
        (
            r["client_id"],
            r["name"],
            " ".join(r["scopes"]),
            ", ".join(r["origins"]),
            r["secrets"],
            r["created_at"],
            r["used_at"],
        )
        for r in rows
    ]
    listed(rows, columns, lines, json=json)
