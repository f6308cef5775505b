"""A server that was given by URL: its database into one file, and such a file into an empty database."""

from __future__ import annotations

from pathlib import Path

import psycopg

from changeover.database.backup import run
from changeover.database.binaries import choose
from changeover.database.refused import DatabaseRefused
from changeover.database.roles import make_roles


def take(url: str, pg_bin: Path | None, file: Path) -> None:
    """Write the database at ``url`` into a new file, as it is at one moment, by `pg_dump`. Raises DatabaseRefused."""
    file = file.expanduser().absolute()
    if file.exists():
        raise DatabaseRefused(f"{file} is there already, and no backup is written over. Name a new file.")
    if not file.parent.is_dir():
        raise DatabaseRefused(f"There is no folder {file.parent}. Make it, or name a file elsewhere.")
    programs, part = choose(pg_bin, None).folder, file.with_name(f".{file.name}.part")
    part.touch(mode=0o600)
    try:
        run(
            [programs / "pg_dump", "--dbname", url, "--format=custom", "--no-password", "--file", part],
            "The database could not be written into a file",
        )
        part.rename(file)
    finally:
        part.unlink(missing_ok=True)


def restore(url: str, pg_bin: Path | None, file: Path) -> None:
    """Restore such a file into the empty database at ``url``, wholly or not at all. Raises DatabaseRefused."""
    file = file.expanduser().absolute()
    if not file.is_file():
        raise DatabaseRefused(f"There is no file {file}. Name the one that `changeover backup` wrote.")
    with psycopg.connect(url, autocommit=True) as conn:
        used = conn.execute("select to_regnamespace('changeover') is not null").fetchone()
        if used and used[0]:
            raise DatabaseRefused(
                "The database has a board in it, and nothing is restored over what is there. Name an empty one."
            )
        make_roles(conn, login=False)
    run(
        [choose(pg_bin, None).folder / "pg_restore", "--dbname", url, "--single-transaction", "--no-password", file],
        "The file could not be restored",
    )
