"""Commands that look after an installation: link, settings, db stop."""

from __future__ import annotations

from typing import Annotated

import typer

from changeover.cli.session import DataOption, JsonOption, Stop
from changeover.cli.shown import answer, listed, say
from changeover.settings import described, load

db = typer.Typer(help="The embedded database.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (link, settings):
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
    from changeover.serving import answers, serving_at, signing_secret

    chosen = load(port=port, data=data)
    given = f"http://{chosen.host}:{chosen.port}"
    url = given if port else chosen.public_url or serving_at(chosen.data) or given
    if url != chosen.public_url and not answers(url):
        raise Stop(f"No board answers at {url}. Start it with `changeover serve`, or say its --port and --data.")
    made = make_link(signing_secret(chosen), url, "/")
    answer({"link": made}, made, json=json)


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
