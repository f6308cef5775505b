"""Commands that look after an installation: link, rekey, settings, db stop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from changeover.cli.session import DatabaseOption, DataOption, JsonOption, Stop, with_program
from changeover.cli.shown import answer, listed, say
from changeover.settings import described, load

if TYPE_CHECKING:
    from changeover.app import Program
    from changeover.webhooks.sealed import Resealed

db = typer.Typer(help="The embedded database.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (link, rekey, settings):
        app.command()(command)
    app.add_typer(db, name="db")


def link(
    port: Annotated[int | None, typer.Option(help="Port that `serve` listens on, where several do.")] = None,
    json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """A new one-time link into the console of the board that runs on this data folder.

    Example: changeover link
    """
    from changeover.console.entrance import make_link
    from changeover.serving import answers, serving_at, signing_secrets

    chosen = load(port=port, data=data)
    given = f"http://{chosen.host}:{chosen.port}"
    url = given if port else chosen.public_url or serving_at(chosen.data) or given
    if url != chosen.public_url and not answers(url):
        raise Stop(f"No board answers at {url}. Start it with `changeover serve`, or say its --port and --data.")
    made = make_link(signing_secrets(chosen)[0], url, "/")
    answer({"link": made}, made, json=json)


def rekey(json: JsonOption = False, database: DatabaseOption = None, data: DataOption = None) -> None:
    """Seal every secret that is kept under the board's newest key, so that the older ones can be dropped.

    It may run while the board does, and be stopped and run again: what is sealed already stays.
    Example: changeover rekey
    """
    from changeover.webhooks.keys import keys_of
    from changeover.webhooks.sealed import seal_anew

    async def work(program: Program) -> tuple[Resealed, int]:
        keys = keys_of(program.settings)
        made = await seal_anew(program.db, keys, lambda so_far: say(f"{so_far.sealed} sealed …"))
        return made, len(keys.ids) - 1

    made, older = with_program(work, database=database, data=data)
    said = f"Sealed under the newest key: {made.sealed}. Nothing is kept under another."
    if older:
        said += " Once no mailed link needs them, take older_secret_keys away."
    if made.closed:
        said = (
            f"Sealed under the newest key: {made.sealed}. No key that was given opens {made.closed}: name the keys "
            "before in older_secret_keys and run this again, or give these clients, subscriptions and people new ones."
        )
    answer({"sealed": made.sealed, "closed": made.closed, "older_keys": older}, said, json=json)
    if made.closed:
        raise typer.Exit(1)


def settings(json: JsonOption = False) -> None:
    """Every setting with its value, its default and where it came from; secrets are masked.

    Example: changeover settings --json
    """
    rows = described(load())
    listed([row._asdict() for row in rows], ("setting", "value", "default", "from"), rows, json=json)


@db.command("stop")
def db_stop(data: DataOption = None) -> None:
    """Stop the embedded database of a data folder; nothing is lost.

    Example: changeover db stop
    """
    from changeover.database import embedded

    stopped = embedded.stop(load(data=data).data)
    say("The embedded database has stopped." if stopped else "No embedded database was running there.")
