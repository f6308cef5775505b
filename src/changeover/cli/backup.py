"""Commands that carry a board over: backup and restore."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from changeover.cli.session import DatabaseOption, DataOption, JsonOption, Stop
from changeover.cli.shown import answer
from changeover.database import backup as backing_up
from changeover.database import dump
from changeover.database import restore as restoring
from changeover.settings import load


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (backup, restore):
        app.command()(command)


def backup(
    to: Annotated[Path, typer.Argument(help="A folder for backups; with --database, a file.")],
    log: Annotated[
        bool, typer.Option("--log/--no-log", help="Keep the log there from now on, to restore any later moment.")
    ] = True,
    keep: Annotated[int, typer.Option(min=0, help="Keep this many backups, the newest; 0 keeps all.")] = 0,
    json: JsonOption = False,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Back up the board while it works: its database, its keys and, from then on, every change.

    It holds secrets and what candidates sent: keep it where only you can read it, and on another disk.

    Example: changeover backup /mnt/backups/board --keep 7
    """
    chosen = load(database_url=database, data=data)
    if chosen.database_url is not None:
        dump.take(chosen.database_url.get_secret_value(), chosen.pg_bin, to)
        answer({"backup": to}, f"Backed up into {to}, as the database was when it began.", json=json)
        return
    made = backing_up.take(chosen.data, chosen.pg_bin, to, log=log, keep=keep)
    after = " and the log after it" if made.log else "; no log is kept"
    answer(_plain(made), f"Backed up into {made.path}{after}.", json=json)


def restore(
    source: Annotated[Path, typer.Argument(metavar="FROM", help="The folder, or the file, that `backup` was given.")],
    to: Annotated[
        str, typer.Option("--to", help="The moment to restore, as 2026-03-02T09:00Z; the last where left out.")
    ] = "",
    json: JsonOption = False,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Restore a board into an empty data folder, or a file into the empty database of --database.

    Example: changeover restore /mnt/backups/board --to 2026-03-02T09:00Z --data /srv/restored
    """
    moment = _moment(to)
    chosen = load(database_url=database, data=data)
    if chosen.database_url is not None:
        if moment:
            raise Stop("A file holds one moment only: leave --to out. Your server's own tools go back to any other.")
        dump.restore(chosen.database_url.get_secret_value(), chosen.pg_bin, source)
        answer({"restored": source}, "Restored. Check it with `changeover verify`.", json=json)
        return
    made = restoring.restore(source, chosen.data, chosen.pg_bin, moment)
    last = f", with all that was written until {made.last.isoformat(sep=' ', timespec='seconds')}" if made.last else ""
    answer(
        _plain(made),
        f"Restored into {made.data}{last}. Check it with `changeover verify --data {made.data}`.",
        json=json,
    )


def _moment(word: str) -> datetime | None:
    if not word:
        return None
    try:
        told = datetime.fromisoformat(word)
    except ValueError:
        raise Stop(f"{word} is no moment. Write it as 2026-03-02T09:00:30Z.") from None
    return told if told.tzinfo else told.replace(tzinfo=UTC)


def _plain(made: Any) -> dict[str, object]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(made).items()}
