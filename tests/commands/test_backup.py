"""A board is backed up while it works, and restored as it was at a moment, into an empty place and nowhere else."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

import changeover
from changeover.database import dump, steps
from changeover.database.embedded import Server, discard, ensure_running
from program import fresh_database

from .conftest import Changeover, Outside

# A company as the version with revision 0022 of the schema made one.
_COMPANY = """
with made as (insert into company (company_id, name, created_at, revision) values (7, 'Carried', now(), 1) returning *)
insert into revision (company_id, revision, at, kind, who, why, feed, state)
select company_id, revision, created_at, 'company_added', 'test', 'Carried was added.', feed, state from made
"""


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that every user can pass through, for data folders and for their backups."""
    made = Path(tempfile.mkdtemp(prefix="changeover-backup-"))
    made.chmod(0o711)
    yield made
    for each in made.glob("data*"):
        discard(each)
    shutil.rmtree(made)


def board(place: Path, name: str) -> Changeover:
    return Changeover(place, data=str(place / name))


def hand_over_the_log(data: Path) -> None:
    """As the server does by itself within a minute."""
    with psycopg.connect(ensure_running(data, None).conninfo("postgres", "postgres"), autocommit=True) as conn:
        conn.execute("select pg_switch_wal()")
        for _ in range(600):
            row = conn.execute("select last_archived_wal >= pg_walfile_name(pg_current_wal_lsn() - 1) from "
                               "pg_stat_archiver").fetchone()  # fmt: skip
            if row and row[0]:
                return
            conn.execute("select pg_sleep(0.05)")
    raise AssertionError("the log was never handed over")


def test_a_board_is_restored_as_it_was_at_any_moment(place: Path, outside: Outside) -> None:
    original, backups = board(place, "data"), str(place / "backups")
    feed = outside.feed("/feed.xml", range(4))
    company = original("company", "add", "Ferrous & Sons").out.strip()
    (place / "data" / "secret-key").write_bytes(b"k" * 32)
    original("backup", backups)
    original("source", "add", company, feed)
    original("source", "read", company)
    then, moment = original("export").out, datetime.now(UTC)
    assert then.count("\n") == 4
    outside.feed("/feed.xml", range(1, 6))
    original("source", "read", company)
    now = original("export").out
    assert now != then
    hand_over_the_log(place / "data")

    earlier = board(place, "data-earlier")
    told = earlier("restore", backups, "--to", moment.isoformat(), "--json").json
    assert datetime.fromisoformat(told["last"]) <= moment
    assert earlier("export").out == then
    assert earlier("verify", "--json").json["broken"] == 0
    assert (place / "data-earlier" / "secret-key").read_bytes() == b"k" * 32

    last = board(place, "data-last")
    last("restore", backups)
    assert last("export").out == now
    assert last("verify", "--json").json["broken"] == 0
    assert original("export").out == now


def test_old_backups_and_their_log_are_deleted_and_the_rest_restores(place: Path) -> None:
    original, backups = board(place, "data"), place / "backups"
    for name in ("First", "Second", "Third"):
        original("company", "add", name)
        made = original("backup", str(backups), "--keep", "2", "--json").json
    kept = sorted(each.name for each in backups.iterdir() if each.name != "log")
    assert len(kept) == 2
    assert made["path"].endswith(kept[-1])
    assert not (backups / "log" / "000000010000000000000001.gz").exists()
    restored = board(place, "data-restored")
    restored("restore", str(backups))
    assert "Third" in restored("status").out


def test_nothing_is_restored_over_what_is_there_and_every_refusal_leaves_nothing(place: Path) -> None:
    original, backups, other = board(place, "data"), place / "backups", board(place, "data-other")
    original("company", "add", "Kept")
    made = Path(original("backup", str(backups), "--json").json["path"])
    assert "is not empty" in original("restore", str(backups), status=2).err
    assert "nothing before that" in other("restore", str(backups), "--to", "2020-01-01", status=2).err
    assert "is no moment" in other("restore", str(backups), "--to", "yesterday", status=2).err
    assert "ends before" in other("restore", str(backups), "--to", "2999-01-01", status=2).err
    assert "no whole backup" in other("restore", str(place), status=2).err
    assert "logs of two would mix" in other("backup", str(backups), status=2).err

    about = made / "about.json"
    whole = about.read_text()
    about.write_text(whole.replace('"postgresql": 18', '"postgresql": 9'))
    assert "made by PostgreSQL 9" in other("restore", str(backups), "--data", str(place / "new"), status=2).err
    about.write_text(whole)
    (made / "cluster" / "PG_VERSION").write_text("18 \n")
    assert "is damaged" in other("restore", str(backups), "--data", str(place / "new"), status=2).err
    assert not (place / "new").exists() or not list((place / "new").iterdir())


def test_a_folder_that_cannot_hold_backups_is_refused(place: Path) -> None:
    original = board(place, "data")
    original("company", "add", "Kept")
    (place / "file").touch()
    assert "cannot hold backups" in original("backup", str(place / "file" / "backups"), status=2).err
    assert "cannot take" in original("backup", str(place / "a'b"), status=2).err


@pytest.mark.usefixtures("_template")
def test_a_server_of_ones_own_goes_into_a_file_and_out_of_it(place: Path, server: Server) -> None:
    with fresh_database(server) as address:
        original = Changeover(place, database_url=address.owner, data=str(place / "none"))
        original("company", "add", "Carried")
        original("backup", "board.dump")
        assert "no backup is written over" in original("backup", "board.dump", status=2).err
        assert "board in it" in original("restore", "board.dump", status=2).err
        exported = original("export").out
    name = f"t_{secrets.token_hex(6)}"
    with psycopg.connect(server.conninfo("postgres", "postgres"), autocommit=True) as conn:
        conn.execute(SQL("create database {}").format(Identifier(name)))
        restored = Changeover(place, database_url=server.conninfo(name, "postgres"), data=str(place / "none"))
        restored("restore", "board.dump")
        assert "Carried" in restored("status").out
        assert restored("export").out == exported
        assert restored("verify", "--json").json["broken"] == 0
        conn.execute(SQL("drop database {} with (force)").format(Identifier(name)))


@pytest.mark.usefixtures("_template")
def test_a_backup_of_an_older_version_is_restored_and_upgraded(place: Path, server: Server) -> None:
    older, newer = f"t_{secrets.token_hex(6)}", f"t_{secrets.token_hex(6)}"
    with psycopg.connect(server.conninfo("postgres", "postgres"), autocommit=True) as conn:
        for name in (older, newer):
            conn.execute(SQL("create database {}").format(Identifier(name)))
        url = server.conninfo(older, "postgres")
        steps.take(url, Path(changeover.__file__).parent / "database" / "revisions", "0022")
        with psycopg.connect(url, options="-c search_path=changeover") as old:
            old.execute(_COMPANY)
        dump.take(url, None, place / "board.dump")
        restored = Changeover(place, database_url=server.conninfo(newer, "postgres"), data=str(place / "none"))
        restored("restore", "board.dump")
        assert "Carried" in restored("status").out
        restored("company", "add", "Of today")
        assert restored("verify", "--json").json["broken"] == 0
        for name in (older, newer):
            conn.execute(SQL("drop database {} with (force)").format(Identifier(name)))
