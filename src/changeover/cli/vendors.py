"""Commands for ATS vendors on the wire and for the events that are sent: vendor, delivery."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from changeover.app import Program
from changeover.apply_connect import store, vendors
from changeover.apply_connect.auth import Application, parse_client_id
from changeover.apply_connect.hooks import add_event_url
from changeover.cli.session import (
    WHO,
    DatabaseOption,
    DataOption,
    JsonOption,
    Stop,
    company_id,
    named,
    or_stop,
    with_program,
)
from changeover.cli.shown import answer, listed, say, tell
from changeover.database.board import BOARD
from changeover.refusal import Refusal
from changeover.sunset.store import launch
from changeover.webhooks import store as webhooks
from changeover.webhooks.keys import keys_of
from changeover.wording import plural

vendor = typer.Typer(help="ATS vendors on the Apply Connect wire.", no_args_is_help=True)
delivery = typer.Typer(help="Events that were sent, and those that could not be.", no_args_is_help=True)
ClientArgument = Annotated[str, typer.Argument(metavar="CLIENT_ID", help="An application's client id.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(vendor, name="vendor")
    app.add_typer(delivery, name="delivery")


@vendor.command("add")
def vendor_add(
    name: Annotated[str, typer.Argument(help="What the vendor is called.")],
    json: JsonOption = False,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Make a vendor with its parent application; the secret is shown once.

    Example: changeover vendor add "Best ATS"
    """
    name = named(name, "a vendor")

    async def work(program: Program) -> dict[str, str]:
        made = await vendors.make(program.db, keys_of(program.settings), name, who=WHO)
        return {"client_id": made.application.client_id, "client_secret": made.secret}

    made = with_program(work, database=database, data=data)
    answer(made, "\n".join(f"{key} {value}" for key, value in made.items()), json=json)
    say("The secret is shown this once. The vendor provisions a child application for each of its customers with it.")


@vendor.command("list")
def vendor_list(json: JsonOption = False, database: DatabaseOption = None, data: DataOption = None) -> None:
    """Every vendor's applications.

    Example: changeover vendor list
    """

    async def work(program: Program) -> list[dict[str, Any]]:
        async with program.db.operator() as conn:
            rows = await store.all_applications(conn)
        return [{"client_id": _application(row).client_id, **row} for row in rows]

    rows = with_program(work, database=database, data=data)
    lines = [(row["client_id"], row["kind"], row["name"]) for row in rows]
    listed(rows, ("client id", "kind", "name"), lines, json=json)


def _application(row: dict[str, Any]) -> Application:
    return Application(row["vendor_id"], row["application_id"], row["kind"], row["name"], row["foreign_id"])


@vendor.command("rotate")
def vendor_rotate(client: ClientArgument, database: DatabaseOption = None, data: DataOption = None) -> None:
    """Give an application a new secret; the one before works for another day.

    Example: changeover vendor rotate an6cjo2zlxkaaa34es5vsxouae
    """

    async def work(program: Program) -> str | Refusal:
        return await vendors.renew(program.db, keys_of(program.settings), client, who=WHO)

    tell(or_stop(with_program(work, database=database, data=data)))
    say("The secret before it works for another day.")


@vendor.command("revoke")
def vendor_revoke(client: ClientArgument, database: DatabaseOption = None, data: DataOption = None) -> None:
    """End an application's secrets and tokens at once; of a vendor's parent those of its customers too.

    Example: changeover vendor revoke an6cjo2zlxkaaa34es5vsxouae
    """

    async def work(program: Program) -> dict[str, Any] | Refusal:
        return await vendors.revoke(program.db, client, who=WHO)

    row = or_stop(with_program(work, database=database, data=data))
    say(f"Done: {row['name']} may do nothing on the wire any more. `vendor rotate` gives it a secret again.")


@vendor.command("launch")
def vendor_launch(
    client: ClientArgument,
    on: Annotated[
        datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="The day, as 2027-03-01 (UTC).")
    ] = None,
    clear: Annotated[bool, typer.Option("--clear", help="It has no launch.")] = False,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """From a vendor's launch on its customers get no new old source; those they have go on until they are ended.

    Example: changeover vendor launch an6cjo2zlxkaaa34es5vsxouae --on 2027-03-01
    """
    if (on is None) != clear:
        raise Stop("Nothing was done: say the day with --on, or --clear.")

    async def work(program: Program) -> str | None:
        ids = parse_client_id(client)
        if ids is None:
            return None
        async with program.db.company(ids[0]) as conn:
            return await launch(conn, ids[0], on.replace(tzinfo=UTC) if on else None)

    name = with_program(work, database=database, data=data)
    if name is None:
        raise Stop(f"Nothing was done: there is no application {client}. `changeover vendor list` shows all.")
    say(f"{name} has no launch." if on is None else f"{name}'s customers get no new old source from {on:%Y-%m-%d} on.")


@vendor.command("webhook")
def vendor_webhook(
    client: ClientArgument,
    url: Annotated[str, typer.Argument(help="Where events are sent, by https.")],
    event: Annotated[str, typer.Option(help="One event's name; every event otherwise.")] = "",
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Register where a vendor receives events; the address is challenged before anything is sent.

    Example: changeover vendor webhook an6cjo2zlxkaaa34es5vsxouae https://ats.example/events
    """

    async def work(program: Program) -> bool:
        ids = parse_client_id(client)
        if ids is None or program.outbox is None:
            return False
        async with program.db.company(ids[0]) as conn:
            row = await store.application(conn, *ids)
        if row is None or row["kind"] != "parent":
            return False
        parent = Application(ids[0], ids[1], "parent", row["name"])
        await add_event_url(program.outbox, parent, url, event)
        return True

    if not with_program(work, database=database, data=data):
        raise Stop(f"Nothing was done: {client} is no vendor's parent application. See `changeover vendor list`.")
    say(f"{url} is challenged by a worker, and receives events from then on.")


async def _tenant(program: Program, word: str) -> int:
    return BOARD if word == str(BOARD) else await company_id(program, word)


@delivery.command("list")
def delivery_list(
    company: Annotated[str, typer.Argument(help="A company's name or id; 0 for what subscribers were sent.")],
    state: Annotated[str, typer.Option(help="waiting, delivered or dead; all otherwise.")] = "",
    json: JsonOption = False,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """The newest events of a company, or (0) of subscribers, and what became of them.

    Example: changeover delivery list "Ferrous & Sons" --state dead
    """

    async def work(program: Program) -> list[dict[str, Any]]:
        cid = await _tenant(program, company)
        async with program.db.company(cid) as conn:
            return await webhooks.deliveries(conn, cid, state, 100)

    rows = with_program(work, database=database, data=data)
    columns = ("delivery_id", "event", "state", "attempts", "problem")
    listed(rows, ("id", *columns[1:]), [[str(row[name]) for name in columns] for row in rows], json=json)


@delivery.command("replay")
def delivery_replay(
    company: Annotated[str, typer.Argument(help="A company's name or id; 0 for what subscribers were sent.")],
    which: Annotated[int, typer.Argument(metavar="[ID]", help="One event; all that were given up otherwise.")] = 0,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Send an event of a company, or (0) of subscribers, again, or all that were given up.

    Example: changeover delivery replay "Ferrous & Sons"
    """

    async def work(program: Program) -> int:
        cid = await _tenant(program, company)
        async with program.db.company(cid) as conn:
            again = await webhooks.replay(conn, cid, which, program.db.now())
            if again and program.outbox is not None:
                await program.outbox.wake(conn, cid)
        return again

    again = with_program(work, database=database, data=data)
    if which and not again:
        raise Stop(f"Nothing was done: there is no event {which} to send again. See `changeover delivery list`.")
    if not again:
        tell("Nothing to send again: no event was given up. `changeover delivery list` shows what was sent.")
        return
    tell(f"{plural(again, 'event')} to be sent again by a worker.")
