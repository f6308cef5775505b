"""Commands for those who are told by webhook: subscription."""

from __future__ import annotations

from typing import Annotated

import typer

from changeover.api.subscriptions import flaw
from changeover.app import Program
from changeover.cli.session import DatabaseOption, DataOption, JsonOption, Stop, with_program
from changeover.cli.shown import answer, listed, say, tell
from changeover.database.board import BOARD
from changeover.subscriptions import publishing, store
from changeover.subscriptions.store import Subscription
from changeover.webhooks.keys import keys_of

subscription = typer.Typer(help="Who is told by webhook of what happens on the board.", no_args_is_help=True)
IdArgument = Annotated[int, typer.Argument(metavar="ID", help="A subscription's id.", min=1, max=2**63 - 1)]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(subscription, name="subscription")


@subscription.command("add")
def subscription_add(
    url: Annotated[str, typer.Argument(help="Where events are sent.")],
    event: Annotated[list[str] | None, typer.Option(help="An event, posting.* or company.*; all otherwise.")] = None,
    from_now: Annotated[bool, typer.Option("--from-now", help="Leave out what is live now.")] = False,
    json: JsonOption = False,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Have events sent to an address, signed by Standard Webhooks; the secret is shown once.

    Example: changeover subscription add https://board.example/hooks --event "posting.*"
    """
    wrong = flaw(url, event or [])
    if wrong is not None:
        raise Stop(f"Nothing was done: {wrong[1]} {wrong[2]}")

    async def work(program: Program) -> dict[str, str]:
        keys = keys_of(program.settings)
        made, secret = await publishing.subscribe(program.db, keys, url, event or [], from_now=from_now)
        return {"id": str(made.subscription_id), "secret": secret}

    made = with_program(work, database=database, data=data)
    answer(made, "\n".join(f"{key} {value}" for key, value in made.items()), json=json)
    say("The secret is shown this once. A worker sends what is live now first, and then what changes.")


@subscription.command("list")
def subscription_list(json: JsonOption = False, database: DatabaseOption = None, data: DataOption = None) -> None:
    """Who is told, of what, and what could not be delivered.

    Example: changeover subscription list
    """

    async def work(program: Program) -> list[Subscription]:
        async with program.db.company(BOARD) as conn:
            return await store.subscriptions(conn)

    found = with_program(work, database=database, data=data)
    rows = [
        {
            "id": str(it.subscription_id),
            "url": it.url,
            "events": list(it.events),
            "off_at": it.off_at.isoformat() if it.off_at else None,
            "why": it.off_why if it.off_at else "",
            "waiting": it.waiting,
            "given_up": it.dead,
        }
        for it in found
    ]
    shown = [[str(row["id"]), it.url, ", ".join(it.events) or "all"] for row, it in zip(rows, found, strict=True)]
    counts = [[str(it.waiting), str(it.dead), f"off: {it.off_why}" if it.off_at else "on"] for it in found]
    columns = ("id", "address", "events", "waiting", "given up", "state")
    listed(rows, columns, [a + b for a, b in zip(shown, counts, strict=True)], json=json)


@subscription.command("rotate")
def subscription_rotate(which: IdArgument, database: DatabaseOption = None, data: DataOption = None) -> None:
    """Give a subscription a new secret; for another day events are signed with the one before too.

    Example: changeover subscription rotate 250784561204989952
    """

    async def work(program: Program) -> str | None:
        return await publishing.rotate(program.db, keys_of(program.settings), which)

    secret = with_program(work, database=database, data=data)
    if secret is None:
        raise Stop(_unknown(which))
    tell(secret)


@subscription.command("enable")
def subscription_enable(which: IdArgument, database: DatabaseOption = None, data: DataOption = None) -> None:
    """Send to a subscription again that is off since it kept failing: what it missed goes there first.

    Example: changeover subscription enable 250784561204989952
    """

    async def work(program: Program) -> bool:
        return await publishing.enable(program.db, program.outbox, which)

    if not with_program(work, database=database, data=data):
        raise Stop(_unknown(which))
    tell("Events are sent there again.")


@subscription.command("remove")
def subscription_remove(which: IdArgument, database: DatabaseOption = None, data: DataOption = None) -> None:
    """Send nothing there any more.

    Example: changeover subscription remove 250784561204989952
    """

    async def work(program: Program) -> bool:
        async with program.db.company(BOARD) as conn:
            return await store.remove(conn, which)

    if not with_program(work, database=database, data=data):
        raise Stop(_unknown(which))
    tell("Nothing is sent there any more.")


def _unknown(which: int) -> str:
    return f"Nothing was done: there is no subscription {which}. `changeover subscription list` shows those there are."
