"""Commands that run things: serve, work, demo, link, settings, db stop."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from changeover.app import Program, running, source_reader
from changeover.cli.session import DatabaseOption, DataOption, JsonOption, Stop, say, show, table, with_program
from changeover.console.entrance import make_link
from changeover.database import embedded
from changeover.demo.play import play_demo
from changeover.demo.stage import StoryStopped
from changeover.faces import make_web
from changeover.serving import CannotServe, base_url, console_secret, listen, serving, until_signal, working
from changeover.settings import Settings, described, load

db = typer.Typer(help="The embedded database.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (demo, serve, work, link, settings):
        app.command()(command)
    app.add_typer(db, name="db")


def demo(
    once: Annotated[bool, typer.Option("--once", help="Play the whole story without a person, then stop.")] = False,
    port: Annotated[int, typer.Option(help="Port of the board; 0 picks one.")] = 0,
    data: Annotated[
        Path | None, typer.Option(help="Folder for its database; a new one, deleted after, otherwise.")
    ] = None,
) -> None:
    """A sample board with invented employers, their sites, feeds and ATSs on loopback.

    Example: changeover demo --once
    """
    try:
        status = asyncio.run(play_demo(once=once, port=port, data=data))
    except CannotServe as problem:
        raise Stop(str(problem)) from None
    except StoryStopped as problem:
        raise Stop(f"The story stopped: {problem}", 1) from None
    raise typer.Exit(status)


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; loopback only until sign-in exists.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 picks one.")] = None,
    no_worker: Annotated[bool, typer.Option("--no-worker", help="Serve only; workers run elsewhere.")] = False,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """The board, the console and the APIs, and a worker beside them.

    Example: changeover serve --port 8000
    """
    chosen = load(host=host, port=port, database_url=database, data=data)
    try:
        sock = listen(chosen.host, chosen.port)
    except CannotServe as problem:
        raise Stop(str(problem)) from None

    async def body() -> None:
        async with running(chosen, source_reader(chosen)) as program:
            secret = console_secret(chosen.data)
            url = base_url(sock)
            async with serving(make_web(program, secret, url), sock):
                typer.echo(f"Board:   {url}/jobs")
                typer.echo(f"Console: {make_link(secret, url, '/')}  (opens once; `changeover link` makes another)")
                await _stay(program, chosen, no_worker)

    asyncio.run(body())


async def _stay(program: Program, chosen: Settings, no_worker: bool) -> None:
    if no_worker:
        await until_signal()
        return
    async with working(program, concurrency=chosen.work_concurrency):
        await until_signal()
    say("Stopped; work in hand is finished.")


def work(
    concurrency: Annotated[int | None, typer.Option(help="Work items at once.")] = None,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """A worker alone, on as many machines as you like.

    Example: changeover work --concurrency 8 --database postgresql://board@db/changeover
    """

    async def body(program: Program) -> None:
        async with working(program, concurrency=concurrency or program.settings.work_concurrency):
            say("Working. Stop it with Ctrl-C: work in hand is finished.")
            await until_signal()

    with_program(body, database=database, data=data)


def link(
    port: Annotated[int | None, typer.Option(help="Port that `serve` listens on.")] = None,
    data: DataOption = None,
) -> None:
    """A new one-time link into the console of the board that runs on this data folder.

    Example: changeover link
    """
    chosen = load(port=port, data=data)
    url = chosen.public_url or f"http://{chosen.host}:{chosen.port}"
    typer.echo(make_link(console_secret(chosen.data), url, "/"))


def settings(json: JsonOption = False) -> None:
    """Every setting with its value, its default and where it came from; secrets are masked.

    Example: changeover settings --json
    """
    rows = described(load())
    if json:
        show([row._asdict() for row in rows])
    else:
        table(("setting", "value", "default", "from"), rows)


@db.command("stop")
def db_stop(data: DataOption = None) -> None:
    """Stop the embedded database of a data folder; nothing is lost.

    Example: changeover db stop
    """
    chosen = load(data=data)
    stopped = embedded.stop(chosen.data)
    say("The embedded database has stopped." if stopped else "No embedded database was running there.")


@db.callback()
def _db() -> None:
    """The embedded database."""
