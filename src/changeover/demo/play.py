"""The demo: a board on a database of its own, the invented employers beside it, everything over HTTP."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
import typer

from changeover.api.reference import ahead
from changeover.app import Program, running, source_reader
from changeover.console.entrance import make_link
from changeover.database import embedded
from changeover.database.folders import POINTER
from changeover.database.refused import DatabaseRefused
from changeover.demo.ats import AtsPages
from changeover.demo.loopback import LOOPBACK
from changeover.demo.sites import Sites
from changeover.demo.stage import Stage, set_up
from changeover.demo.story import play
from changeover.demo.world import World
from changeover.faces import make_web
from changeover.serving import USED_KEYS, base_url, console_secret, for_ever, listen, served_at, serving, working
from changeover.settings import Settings, load_alone

# The file that says that a data folder holds a demo's board, and no other.
MARK = "demo-board"


async def play_demo(*, once: bool, port: int, data: Path | None) -> int:
    """Run the demo; ``once`` plays the whole story and ends. The exit status: 0 only if no promise was broken.

    It runs until it is cancelled otherwise. Raises CannotServe, DatabaseRefused and StoryStopped.
    """
    world = World()
    with (
        listen("127.0.0.1", port) as sock,
        _folder(data) as folder,
        world.mailbox,
        Sites(world) as sites,
        AtsPages(world, "fernsluice") as ats,
    ):
        settings = _settings(folder, world)
        try:
            async with running(settings, source_reader(settings)) as program:
                secret, url = console_secret(folder), base_url(sock)
                web = make_web(program, secret, url, folder / USED_KEYS)
                async with serving(web, sock), working(program, concurrency=4), ahead(web):
                    with served_at(folder, url):
                        return await _on_stage(program, sites, ats, url, secret, once=once)
        finally:
            embedded.stop(settings.data)


def _settings(folder: Path, world: World) -> Settings:
    """A board that reads often, mails to the demo's own mail server, holds no rejection back and logs only warnings.

    What is held there waits for a person: read each minute, it would be believed before anybody has looked at it.
    """
    reading = {"allow_private_addresses": True, "fetch_pause_seconds": 0.0}
    reading |= {"read_every_minutes": 1, "suspect_repeats": 0}
    mailing = {"smtp_host": LOOPBACK, "smtp_port": world.mailbox.port, "smtp_security": "none"}
    mailing |= {"mail_from": "jobs@board.example", "log_level": "warning"}
    return load_alone(data=folder, rejection_hold_hours=0, **reading, **mailing)


async def _on_stage(program: Program, sites: Sites, ats: AtsPages, url: str, secret: bytes, *, once: bool) -> int:
    stage = await set_up(program, sites, ats, url)
    try:
        if once:
            report = await play(stage)
            typer.echo(orjson.dumps(report.as_dict()).decode())
            return report.status
        await stage.everyone_in_place()
        stage.follow_changes()
        _tell_pages(stage, sites, url, secret)
        await for_ever()
        return 0
    finally:
        stage.close()


def _tell_pages(stage: Stage, sites: Sites, url: str, secret: bytes) -> None:
    typer.echo("\nA sample board is running. Each console link opens once.\n")
    pages = [("All companies", "/")]
    pages += [(f"{a.name}: review", f"/companies/{a.company}/review") for a in stage.actors.values() if a.has_ats]
    for name, path in pages:
        typer.echo(f"  {name:<38} {make_link(secret, url, path)}")
    typer.echo(f"  {'The board, as job seekers see it':<38} {url}/jobs")
    typer.echo(f"  {'Their own sites and ATSs':<38} {sites.url}/")
    typer.echo(f"  {'An ATS with widgets of this board':<38} {stage.ats.url}/")
    typer.echo(f"  {'E-mail that the board has sent':<38} {sites.url}/mail")
    typer.echo("\nChange a job in an employer's ATS and watch the console move. Ctrl-C ends the demo.\n")


@contextmanager
def _folder(given: Path | None) -> Iterator[Path]:
    """The folder that was given, with what an earlier demo left in it gone, or a new one that is deleted after."""
    if given is not None:
        with _ours(given.expanduser().absolute()) as folder:
            yield folder
        return
    with embedded.passing("changeover-demo-") as made:
        yield made


@contextmanager
def _ours(folder: Path) -> Iterator[Path]:
    """Hold ``folder`` for this demo alone. A board that is no demo's is refused: nothing is written to it."""
    mark = folder / MARK
    try:
        if any((folder / name).exists() for name in ("database", POINTER)) and not mark.exists():
            raise DatabaseRefused(
                f"{folder} holds a board that is no demo's. The demo fills a board with invented employers: "
                "give it a folder of its own with --data."
            )
        folder.mkdir(parents=True, exist_ok=True)
        handle = mark.open("a")
    except OSError as problem:
        raise DatabaseRefused(
            f"{folder} cannot be used ({problem.strerror}). Give a folder that you may write to."
        ) from None
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DatabaseRefused(f"Another demo runs on {folder}. End it first, or give another folder.") from None
        embedded.discard(folder)
        yield folder
