"""Commands that run until they are stopped: demo, serve, work."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from changeover.accounts import store as accounts
from changeover.api.reference import ahead
from changeover.app import running, source_reader
from changeover.cli.session import DatabaseOption, DataOption, Stop
from changeover.cli.shown import say, tell
from changeover.console.entrance import make_link
from changeover.database.board import BOARD
from changeover.demo.play import play_demo
from changeover.demo.stage import StoryStopped
from changeover.faces import make_web
from changeover.serving import (
    USED_KEYS,
    CannotServe,
    base_url,
    for_ever,
    kept,
    listen,
    ready_until_the_end,
    served_at,
    serving,
    signing_secrets,
    until_stopped,
    working,
)
from changeover.settings import Settings, load
from changeover.sources.address import own_machine

PortOption = Annotated[int | None, typer.Option(min=0, max=65535, help="Port to listen on; 0 picks one.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (demo, serve, work):
        app.command()(command)


def demo(
    once: Annotated[bool, typer.Option("--once", help="Play the whole story without a person, then stop.")] = False,
    port: PortOption = 0,
    data: Annotated[
        Path | None, typer.Option(help="Folder for its database; a new one, deleted after, otherwise.")
    ] = None,
) -> None:
    """A sample board with invented employers, their sites, feeds and ATSs on loopback.

    Example: changeover demo --once
    """
    try:
        status = until_stopped(play_demo(once=once, port=port or 0, data=data))
    except CannotServe as problem:
        raise Stop(str(problem)) from None
    except StoryStopped as problem:
        raise Stop(f"The story stopped: {problem}", 1) from None
    if status is None:
        say(
            "Stopped; the demo's database is gone." if data is None else "Stopped; the demo's database has stopped too."
        )
        raise typer.Exit(130 if once else 0)
    raise typer.Exit(status)


def serve(
    host: Annotated[
        str | None, typer.Option(help="Address to listen on; loopback only until there is an account.")
    ] = None,
    port: PortOption = None,
    no_worker: Annotated[bool, typer.Option("--no-worker", help="Serve only; workers run elsewhere.")] = False,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """The board, the console and the APIs, and a worker beside them.

    Example: changeover serve --port 8000
    """
    chosen = load(host=host, port=port, database_url=database, data=data)
    try:
        until_stopped(_serve(chosen, workers=0 if no_worker else chosen.work_concurrency))
    except CannotServe as problem:
        raise Stop(str(problem)) from None
    say("Stopped; what was in hand is finished.")


async def _serve(chosen: Settings, workers: int) -> None:
    signs_in = bool(chosen.oidc_issuer) or (not own_machine(chosen.host) and await _has_accounts(chosen))
    with listen(chosen.host, chosen.port, anyone_signs_in=signs_in) as sock:
        async with running(chosen, source_reader(chosen)) as program:
            (secret, *older), url = signing_secrets(chosen), base_url(sock)
            web = make_web(program, secret, url, chosen.data / USED_KEYS, older_secrets=older)
            async with kept(chosen), serving(web, sock), working(program, concurrency=workers), ahead(web):
                with served_at(chosen.data, url), ready_until_the_end(web):
                    tell(f"Board:   {url}/jobs")
                    tell(f"Console: {make_link(secret, url, '/')}")
                    say("The link opens the console once; `changeover link` makes another. Ctrl-C stops serving.")
                    await for_ever()


async def _has_accounts(chosen: Settings) -> bool:
    async with running(chosen, source_reader(chosen)) as program, program.db.company(BOARD) as conn:
        return await accounts.any_account(conn)


def work(
    concurrency: Annotated[int | None, typer.Option(min=1, help="Work items at once.")] = None,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """A worker alone, on as many machines as you like.

    Example: changeover work --concurrency 8 --database postgresql://board@db/changeover
    """
    chosen = load(work_concurrency=concurrency, database_url=database, data=data)
    until_stopped(_work(chosen))
    say("Stopped; what was in hand is finished.")


async def _work(chosen: Settings) -> None:
    async with (
        running(chosen, source_reader(chosen)) as program,
        kept(chosen),
        working(program, concurrency=chosen.work_concurrency),
    ):
        say("Working. Stop it with Ctrl-C: work in hand is finished.")
        await for_ever()
