"""The demo: a board on a database of its own, the invented employers beside it, everything over HTTP."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
import typer

from changeover.app import Program, running, source_reader
from changeover.console.entrance import make_link
from changeover.database import embedded
from changeover.demo.sites import Sites
from changeover.demo.stage import Stage, set_up
from changeover.demo.story import play
from changeover.demo.world import World
from changeover.faces import make_web
from changeover.serving import base_url, console_secret, listen, serving, until_signal, working
from changeover.settings import load


async def play_demo(*, once: bool, port: int, data: Path | None) -> int:
    """Run the demo; ``once`` plays the whole story and ends. The exit status: 0 only if no promise was broken."""
    sock = listen("127.0.0.1", port)
    with _folder(data) as folder, Sites(World()) as sites:
        settings = load(
            data=folder, host="127.0.0.1", allow_private_addresses=True, read_every_minutes=1, fetch_pause_seconds=0.0
        )
        try:
            async with running(settings, source_reader(settings)) as program:
                secret, url = console_secret(folder), base_url(sock)
                async with serving(make_web(program, secret, url), sock), working(program, concurrency=4):
                    return await _on_stage(program, sites, url, secret, once=once)
        finally:
            embedded.stop(settings.data)


async def _on_stage(program: Program, sites: Sites, url: str, secret: bytes, *, once: bool) -> int:
    stage = await set_up(program, sites, url)
    try:
        if once:
            report = await play(stage)
            typer.echo(orjson.dumps(report.as_dict()).decode())
            return report.status
        await stage.everyone_in_place()
        stage.follow_changes()
        _tell_pages(stage, sites, url, secret)
        await until_signal()
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
    typer.echo("\nChange a job in an employer's ATS and watch the console move. Ctrl-C ends the demo.\n")


@contextmanager
def _folder(given: Path | None) -> Iterator[Path]:
    """The folder that was given, or a new one that is deleted afterwards."""
    if given is not None:
        yield given
        return
    made = Path(tempfile.mkdtemp(prefix="changeover-demo-"))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)
