"""The sandbox for ATS vendors: the wire over HTTPS on this machine, and what each request did wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import orjson
import typer

from changeover.cli.session import JsonOption, Stop
from changeover.cli.shown import say, tell
from changeover.sandbox.play import environment, play_sandbox
from changeover.sandbox.stand import NotReady, Ready
from changeover.serving import CannotServe, until_stopped


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(sandbox)


def sandbox(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 picks one.")] = 0,
    json: JsonOption = False,
    data: Annotated[
        Path | None, typer.Option(help="Folder that keeps the sandbox; a new one, deleted after, otherwise.")
    ] = None,
) -> None:
    """The Apply Connect wire over HTTPS for an ATS vendor, with everything that its client needs.

    Example: changeover sandbox --port 8443
    """

    def ready(it: Ready, proxy: int, public: Path) -> None:
        if json:
            tell(orjson.dumps(it.as_dict()).decode())
        else:
            tell(f"The wire is served at {it.url}\n")
        for line in environment(it, proxy, public):
            say(line)
        say(f"\nEvents that are sent: {it.url}/sandbox/events. Each request is shown below; Ctrl-C ends the sandbox.\n")

    try:
        until_stopped(play_sandbox(port=port, data=data, ready=ready, tell=say))
    except (CannotServe, NotReady) as problem:
        raise Stop(str(problem)) from None
    say("Stopped." if data else "Stopped; the sandbox's database is gone.")
