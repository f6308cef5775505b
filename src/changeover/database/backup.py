"""Backing up: a checked copy of the embedded server and its keys, and the log from there on."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import orjson
import psycopg

from changeover.database import archive, folders
from changeover.database.binaries import choose
from changeover.database.embedded import Server, configure, ensure_running
from changeover.database.folders import Account, Home
from changeover.database.refused import DatabaseRefused

CLUSTER, FILES, ABOUT = "cluster", "files", "about.json"
# Of the data folder: what belongs to a running program, or is the database itself.
_NOT_KEPT = ("database", folders.POINTER, ".lock", "served-at")


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup. ``ended``: the earliest moment that it can be restored to; ``data``: the folder it is of."""

    path: Path
    ended: datetime
    data: str
    postgresql: int
    changeover: str
    log: bool


def take(data: Path, pg_bin: Path | None, folder: Path, *, log: bool = True, keep: int = 0) -> Backup:
    """Back up the embedded server of ``data`` into a new folder in ``folder`` while everything goes on working.

    ``log``: keep the log there too, from now on, so that every later moment can be restored; without, end that.
    ``keep``: this many backups, the newest, and their log; 0 keeps all. Raises DatabaseRefused.
    """
    folder = archive.fit(folder)
    server = ensure_running(data, pg_bin)
    home = folders.settled(server.data)
    if home is None:
        raise DatabaseRefused(f"The data folder {data} has no database. Nothing was backed up.")
    _make_room(server, home, folder)
    _keep_log(server, home, folder if log else None)
    with _whole(folder) as place:
        programs = home.programs(choose(pg_bin, home.made_by()))
        _copy(server, programs, place / CLUSTER)
        _copy_files(server.data, place / FILES)
        made = Backup(place, datetime.now(UTC), str(server.data), home.made_by() or 0, version("changeover"), log)
        about = {name: value for name, value in asdict(made).items() if name != "path"}
        (place / ABOUT).write_bytes(orjson.dumps(about, option=orjson.OPT_INDENT_2))
    if keep:
        _forget(folder, keep, programs)
    return backups(folder)[-1]


def backups(folder: Path) -> list[Backup]:
    """The whole backups in a folder, the oldest first."""
    found = []
    for about in folder.glob(f"[0-9]*/{ABOUT}"):
        said = orjson.loads(about.read_bytes())
        found.append(Backup(about.parent, **(said | {"ended": datetime.fromisoformat(said["ended"])})))
    return sorted(found, key=lambda each: each.ended)


def _make_room(server: Server, home: Home, folder: Path) -> None:
    """Make the folder and its log's; refuse one that is another board's, cannot be written to or is too small."""
    others = {each.data for each in backups(folder)} - {str(server.data)}
    if others:
        raise DatabaseRefused(
            f"{folder} has the backups of another data folder, {min(others)}, and the logs of two would mix. "
            "Name another folder."
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        log = folder / archive.LOG
        if not log.is_dir():
            log.mkdir(mode=0o700)
            if os.geteuid() == 0:
                folder.chmod(0o711)
                os.chown(log, home.account.uid, home.account.gid)
        if home.account.run(["sh", "-c", 'cd "$1" && test -w .', "-", log], Path("/")).returncode:
            raise PermissionError(0, f"user {home.account.uid}, as whom the server runs, may not write to it", str(log))
    except OSError as problem:
        raise DatabaseRefused(
            f"{folder} cannot hold backups ({problem.strerror}). Name a folder that you and the server may write to."
        ) from problem
    wanted, free = size_of(home.cluster), shutil.disk_usage(folder).free
    if wanted > free:
        raise DatabaseRefused(
            f"The backup needs {wanted // 1_000_000:,} MB and {folder} has {free // 1_000_000:,} MB free. "
            "Make room there, or name a folder on another disk."
        )


def size_of(folder: Path) -> int:
    """The bytes of a folder's files; those that vanish meanwhile count for nothing."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.lstat().st_size
        except OSError:
            continue
    return total


def _keep_log(server: Server, home: Home, folder: Path | None) -> None:
    with psycopg.connect(server.conninfo("postgres", "postgres"), autocommit=True) as conn:
        mode = conn.execute("show archive_mode").fetchone()
        if folder is not None and mode != ("on",):
            raise DatabaseRefused(
                "The database server runs since an older version of Changeover and cannot keep its log. Stop it with "
                "`changeover db stop` and start Changeover again, or back up with --no-log."
            )
        with folders.locked(server.data):
            archive.keep_in(home, folder)
            configure(home)
        conn.execute("select pg_reload_conf()")


@contextmanager
def _whole(folder: Path) -> Iterator[Path]:
    """A new folder for one backup; it gets its name, the moment of its end, when it is whole."""
    part = Path(tempfile.mkdtemp(dir=folder, prefix=".part-"))
    try:
        yield part
        part.rename(folder / datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%S.%fZ"))
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _copy(server: Server, programs: Path, to: Path) -> None:
    """PostgreSQL's own copy of a running server, checked by PostgreSQL's own check."""
    source = server.conninfo("postgres", "postgres")
    run(
        [programs / "pg_basebackup", "-d", source, "-D", to, "-X", "stream", "-c", "fast", "--no-password"],
        "The server could not be copied",
    )
    run([programs / "pg_verifybackup", "--quiet", to], "The copy is not what the server had")


def run(command: list[str | Path], failed: str) -> None:
    """Run one of PostgreSQL's programs as oneself; raises DatabaseRefused with its last line."""
    done = Account(os.geteuid(), os.getegid()).run(command, Path("/"))
    if done.returncode:
        said = (done.stdout.strip().splitlines() or ["it said nothing"])[-1].strip().rstrip(".")
        raise DatabaseRefused(f"{failed}: {said}. Nothing is left of it; mend that and try again.")


def _copy_files(data: Path, to: Path) -> None:
    """The keys and whatever else the program keeps on disk beside its database."""
    shutil.copytree(data, to, ignore=lambda folder, _: _NOT_KEPT if Path(folder) == data else ())
    to.chmod(0o700)


def _forget(folder: Path, keep: int, programs: Path) -> None:
    """Delete all but the newest backups, and the log that only they needed."""
    found = backups(folder)
    for old in found[:-keep]:
        shutil.rmtree(old.path)
    label = (found[-keep:][0].path / CLUSTER / "backup_label").read_text()
    first = label.partition("(file ")[2].partition(")")[0]
    run([programs / "pg_archivecleanup", "-x", ".gz", folder / archive.LOG, first], "The old log was not deleted")
