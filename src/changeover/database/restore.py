"""Restoring: a backup into an empty data folder, and the log after it up to a moment."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from changeover.database import archive, folders
from changeover.database.backup import CLUSTER, FILES, Backup, backups, run, size_of
from changeover.database.binaries import Binaries, choose
from changeover.database.embedded import Server, configure, discard, start
from changeover.database.folders import Home
from changeover.database.refused import DatabaseRefused

_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Restored:
    """``backup``: what it was restored from; ``last``: the time of the last thing that was written, where known."""

    data: Path
    backup: Path
    last: datetime | None


def restore(folder: Path, data: Path, pg_bin: Path | None, to: datetime | None = None) -> Restored:
    """Restore the newest backup in ``folder`` and its log, to its end or up to ``to``, into the empty folder ``data``.

    The server runs afterwards, at the schema it had then, and keeps no log. What was there already is never written
    over. Raises DatabaseRefused; then nothing is left in ``data``.
    """
    folder, data = archive.fit(folder), data.expanduser().absolute()
    backup = _chosen(folder, to)
    _refuse_what_is_used(data)
    programs = choose(pg_bin, backup.postgresql)
    _refuse_too_small(data, backup)
    run([programs.folder / "pg_verifybackup", "--quiet", backup.path / CLUSTER], f"The backup {backup.path} is damaged")
    try:
        home = _started(backup, data, programs, _recovery(folder, backup, to))
    except BaseException as problem:
        refused = _sentence(problem, folder, to)
        _leave_nothing(data)
        raise refused or problem from None
    return Restored(data, backup.path, _last(Server(home.socket_dir, data)))


def _started(backup: Backup, data: Path, programs: Binaries, options: dict[str, str]) -> Home:
    """Lay the backup into the data folder, have the server replay the log, and leave it running."""
    with folders.locked(data):
        home = folders.settle(data)
        _lay(backup, home)
        for each in (backup.path / FILES).iterdir():
            shutil.copytree(each, data / each.name) if each.is_dir() else shutil.copy2(each, data)
        _give(data, *data.iterdir(), but=home.path)
        start(home, home.programs(programs), recovery=options, patience=_DAY)
        configure(home)
    return home


def _chosen(folder: Path, to: datetime | None) -> Backup:
    found = backups(folder)
    if not found:
        raise DatabaseRefused(
            f"There is no whole backup in {folder}. Name the folder that `changeover backup` was given."
        )
    early = [each for each in found if to is None or each.ended <= to]
    if not early:
        raise DatabaseRefused(
            f"The oldest backup in {folder} ended at {_said(found[0].ended)}: nothing before that can be restored."
        )
    return early[-1]


def _refuse_what_is_used(data: Path) -> None:
    if data.exists() and (not data.is_dir() or any(each.name != ".lock" for each in data.iterdir())):
        raise DatabaseRefused(
            f"{data} is not empty, and nothing is restored over what is there. Name a new folder with --data."
        )


def _refuse_too_small(data: Path, backup: Backup) -> None:
    there = next(each for each in (data, *data.parents) if each.exists())
    wanted, free = size_of(backup.path), shutil.disk_usage(there).free
    if wanted > free:
        raise DatabaseRefused(
            f"The backup has {wanted // 1_000_000:,} MB and {there} has {free // 1_000_000:,} MB free. "
            "Make room there, or name a folder on another disk with --data."
        )


def _lay(backup: Backup, home: Home) -> None:
    """Copy the cluster beside its place and rename it, so that a killed attempt leaves no half of one."""
    part = home.server / "cluster.new"
    shutil.copytree(backup.path / CLUSTER, part, symlinks=True)
    (part / "recovery.signal").touch()
    _give(part, *part.rglob("*"), uid=home.account.uid, gid=home.account.gid)
    part.chmod(0o700)
    part.rename(home.cluster)


def _give(like: Path, *paths: Path, but: Path | None = None, uid: int = -1, gid: int = -1) -> None:
    """Root's copies belong to whom they are for: the user told, or the owner of the folder ``like``."""
    if os.geteuid() != 0:
        return
    owner = like.stat()
    for path in (like, *paths):
        if path != but:
            os.chown(path, uid if uid >= 0 else owner.st_uid, gid if gid >= 0 else owner.st_gid, follow_symlinks=False)


def _recovery(folder: Path, backup: Backup, to: datetime | None) -> dict[str, str]:
    """Without a log the backup's own end is what there is."""
    options = archive.recovery(folder, to.astimezone(UTC).isoformat() if to else "")
    return options if backup.log else {**options, "restore_command": "false"}


def _sentence(problem: BaseException, folder: Path, to: datetime | None) -> DatabaseRefused | None:
    if to and isinstance(problem, DatabaseRefused) and "before configured recovery target" in problem.sentence:
        return DatabaseRefused(
            f"The log in {folder} ends before {_said(to)}, so that moment cannot be restored. Name an earlier one, or "
            "leave --to out to restore all there is."
        )
    return None


def _leave_nothing(data: Path) -> None:
    discard(data)
    for each in data.iterdir():
        shutil.rmtree(each) if each.is_dir() else each.unlink()


def _last(server: Server) -> datetime | None:
    with psycopg.connect(server.conninfo("postgres", "postgres"), autocommit=True) as conn:
        row = conn.execute("select pg_last_xact_replay_timestamp()").fetchone()
    return row[0].astimezone(UTC) if row and row[0] else None


def _said(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(sep=" ", timespec="seconds")
