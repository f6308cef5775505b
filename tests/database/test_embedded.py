"""The embedded server comes up, comes back and refuses plainly, whoever runs it and whatever was killed."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from changeover.database import folders
from changeover.database.embedded import Server, discard, ensure_running, stop
from changeover.database.refused import DatabaseRefused

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become another user")

# Run in a process of its own: becomes the user given (0: stays), then runs the lines given.
AS_USER = """
import ctypes, os, signal, sys, time
from pathlib import Path
import psycopg
from changeover.database.embedded import ensure_running, stop
from changeover.database.refused import DatabaseRefused
data, user = Path(sys.argv[1]), int(sys.argv[2])
if user:
    os.setgroups([]), os.setgid(user), os.setuid(user)
def postmaster(server):
    with psycopg.connect(server.conninfo("postgres", "postgres")) as connection:
        return connection.execute("select pid from pg_stat_activity where backend_type = 'checkpointer'").fetchone()
try:
    {lines}
except DatabaseRefused as refused:
    print("refused:", refused.sentence)
"""


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder that every user can pass through, as /var/lib and a home's folders are for its owner."""
    parent = Path(tempfile.mkdtemp(prefix="changeover-test-"))
    parent.chmod(0o711)
    yield parent / "data"
    discard(parent / "data")
    shutil.rmtree(parent)


@pytest.fixture
def private(tmp_path: Path) -> Iterator[Path]:
    """A data folder that only the running user can reach."""
    tmp_path.chmod(0o700)
    yield tmp_path / "data"
    discard(tmp_path / "data")


def begun(data: Path, lines: str, user: int = 0) -> subprocess.Popen[str]:
    script = AS_USER.replace("{lines}", lines)
    command = [sys.executable, "-c", script, str(data), str(user)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def told(process: subprocess.Popen[str]) -> str:
    output, errors = process.communicate(timeout=90)
    assert process.returncode == 0, errors
    return output.strip()


def ask(server: Server, query: str) -> object:
    with psycopg.connect(server.conninfo("postgres", "postgres"), autocommit=True) as connection:
        cursor = connection.execute(query.encode())
        row = cursor.fetchone() if cursor.description else None
    return row[0] if row else None


def postmaster(data: Path) -> int:
    home = folders.settled(data)
    assert home is not None
    return int((home.cluster / "postmaster.pid").read_text().splitlines()[0])


def kill(data: Path) -> None:
    os.kill(postmaster(data), signal.SIGKILL)


class TestItComesUp:
    def test_from_nothing_and_then_is_found_again(self, data: Path) -> None:
        first = ensure_running(data, None)
        started = ask(first, "select pg_postmaster_start_time()")
        assert ensure_running(data, None) == first
        assert ask(first, "select pg_postmaster_start_time()") == started

    def test_durable_and_on_no_network(self, data: Path) -> None:
        server = ensure_running(data, None)
        assert [ask(server, f"show {name}") for name in ("fsync", "full_page_writes", "listen_addresses")] == [
            "on",
            "on",
            "",
        ]
        assert server.socket_dir.stat().st_mode & 0o777 == 0o700

    def test_and_outlives_the_process_that_started_it(self, data: Path) -> None:
        told(begun(data, "ensure_running(data, None)"))
        pid = postmaster(data)
        ensure_running(data, None)
        assert postmaster(data) == pid

    def test_once_when_six_processes_ask_together(self, data: Path) -> None:
        processes = [begun(data, "print(postmaster(ensure_running(data, None)))") for _ in range(6)]
        assert len({told(process) for process in processes}) == 1

    def test_in_a_folder_whose_path_is_too_long_for_a_socket(self, data: Path) -> None:
        deep = data.joinpath(*["a-folder-with-a-long-name, and a space"] * 5)
        server = ensure_running(deep, None)
        assert len(os.fsencode(server.socket_dir / ".s.PGSQL.5432")) < 100
        assert ask(server, "select 1") == 1
        assert ensure_running(deep, None) == server
        discard(deep)
        assert not server.socket_dir.exists()

    def test_after_its_short_socket_folder_was_cleaned_away(self, data: Path) -> None:
        deep = data.joinpath(*["a-folder-with-a-long-name"] * 5)
        server = ensure_running(deep, None)
        stop(deep)
        server.socket_dir.rmdir()
        again = ensure_running(deep, None)
        assert again.socket_dir != server.socket_dir
        assert ask(again, "select 1") == 1
        discard(deep)

    def test_beside_the_dying_server_of_a_deleted_folder(self, data: Path) -> None:
        first = ensure_running(data, None)
        home = folders.settled(data)
        assert home is not None
        with psycopg.connect(first.conninfo("postgres", "postgres")):
            pid = postmaster(data)
            shutil.rmtree(data)
            second = ensure_running(data, None)
        # It may have noticed by itself, on a slow machine, that its folder is gone.
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGQUIT)
        assert second.socket_dir != first.socket_dir
        assert ask(second, "select 1") == 1


class TestItComesBack:
    def test_with_all_it_acknowledged_after_the_server_is_killed(self, data: Path) -> None:
        server = ensure_running(data, None)
        ask(server, "create table kept (n int)")
        for number in range(3):
            ask(server, f"insert into kept values ({number})")
            kill(data)
            server = ensure_running(data, None)
            assert ask(server, "select count(*) from kept") == number + 1

    @pytest.mark.skipif(not sys.platform.startswith("linux"), reason="zombies are made with a call of Linux")
    def test_where_nobody_reaps_the_killed_server(self, data: Path) -> None:
        lines = """
    PR_SET_CHILD_SUBREAPER = 36
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    server = ensure_running(data, None)
    path = data / "database" / "server" / "cluster" / "postmaster.pid"
    pid = path.read_text().split()[0]
    os.kill(int(pid), signal.SIGKILL)
    while ") Z " not in Path(f"/proc/{pid}/stat").read_text(): time.sleep(0.01)
    server = ensure_running(data, None)
    assert ") Z " in Path(f"/proc/{pid}/stat").read_text()
    print(path.read_text().split()[0] != pid and "another server")
"""
        assert told(begun(data, lines.strip())) == "another server"

    def test_after_a_first_start_that_was_cut_off(self, data: Path) -> None:
        ensure_running(data, None)
        stop(data)
        home = folders.settled(data)
        assert home is not None
        home.cluster.rename(home.server / "cluster.new")
        assert ask(ensure_running(data, None), "select 1") == 1

    def test_after_it_was_stopped(self, data: Path) -> None:
        ask(ensure_running(data, None), "create table kept (n int)")
        assert stop(data) is True
        assert stop(data) is False
        assert ask(ensure_running(data, None), "select count(*) from kept") == 0

    def test_though_every_place_is_taken(self, data: Path) -> None:
        server = ensure_running(data, None)
        ask(server, "alter system set max_connections = 4")
        ask(server, "alter system set superuser_reserved_connections = 0")
        ask(server, "alter system set max_wal_senders = 0")
        stop(data)
        ensure_running(data, None)
        taken = [psycopg.connect(server.conninfo("postgres", "postgres")) for _ in range(4)]
        try:
            assert ensure_running(data, None) == server
        finally:
            for connection in taken:
                connection.close()

    def test_stopping_what_was_never_started_stops_nothing(self, data: Path) -> None:
        assert stop(data) is False
        assert not data.exists()


class TestItRefusesPlainly:
    def test_a_folder_of_another_major_version(self, data: Path) -> None:
        ensure_running(data, None)
        stop(data)
        home = folders.settled(data)
        assert home is not None
        (home.cluster / "PG_VERSION").write_text("12\n")
        with pytest.raises(DatabaseRefused, match=r"made by PostgreSQL 12.*CHANGEOVER_PG_BIN.*--data"):
            ensure_running(data, None)
        assert home.made_by() == 12

    def test_a_folder_that_cannot_be_made(self) -> None:
        with pytest.raises(DatabaseRefused, match=r"cannot be used .*--data or CHANGEOVER_DATA"):
            ensure_running(Path("/proc/changeover"), None)

    def test_a_file_in_the_folders_place(self, tmp_path: Path) -> None:
        (tmp_path / "data").write_text("")
        with pytest.raises(DatabaseRefused, match="cannot be used"):
            ensure_running(tmp_path / "data", None)

    def test_a_path_that_a_shell_would_read(self, data: Path) -> None:
        with pytest.raises(DatabaseRefused, match="has the character"):
            ensure_running(data / "$(true)", None)

    def test_a_folder_of_programs_that_has_none(self, data: Path, tmp_path: Path) -> None:
        with pytest.raises(DatabaseRefused, match="no PostgreSQL 15 or newer"):
            ensure_running(data, tmp_path)

    def test_a_server_that_cannot_start_with_what_it_said(self, data: Path) -> None:
        server = ensure_running(data, None)
        ask(server, "alter system set shared_preload_libraries = 'not_there'")
        stop(data)
        with pytest.raises(DatabaseRefused, match="not_there"):
            ensure_running(data, None)

    def test_a_server_that_hangs_and_still_ends_it(self, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("changeover.database.embedded.RETRY_SECONDS", 0.1)
        ensure_running(data, None)
        pid = postmaster(data)
        os.kill(pid, signal.SIGSTOP)
        with pytest.raises(DatabaseRefused, match=f"process {pid}.*changeover db stop"):
            ensure_running(data, None)
        os.kill(pid, signal.SIGCONT)
        assert stop(data) is True


@as_root
class TestAsRootItRunsAsAnotherUser:
    def test_and_changes_no_folder_above_its_own(self, private: Path) -> None:
        server = ensure_running(private, None)
        home = folders.settled(private)
        assert home is not None
        assert ask(server, "select 1") == 1
        assert private.parent.stat().st_mode & 0o777 == 0o700
        assert home.cluster.stat().st_uid != 0
        assert not home.path.is_relative_to(private)

    def test_a_moved_folder_keeps_its_database(self, private: Path, tmp_path: Path) -> None:
        server = ensure_running(private, None)
        moved = private.rename(tmp_path / "moved")
        assert ensure_running(moved, None).socket_dir == server.socket_dir
        discard(moved)

    def test_a_copied_folder_is_refused(self, private: Path, tmp_path: Path) -> None:
        ensure_running(private, None)
        shutil.copytree(private, tmp_path / "copy")
        with pytest.raises(DatabaseRefused, match="is a copy of"):
            ensure_running(tmp_path / "copy", None)

    def test_a_database_that_is_gone_is_refused_and_not_begun_anew(self, private: Path, tmp_path: Path) -> None:
        ensure_running(private, None)
        stop(private)
        home = folders.settled(private)
        assert home is not None
        away = home.path.rename(home.path.with_name(f"{home.path.name}-away"))
        with pytest.raises(DatabaseRefused, match="which is gone"):
            ensure_running(private, None)
        away.rename(home.path)

    def test_the_owner_of_the_folder_where_it_is_a_users(self, data: Path) -> None:
        data.mkdir()
        os.chown(data, 65534, 65534)
        ensure_running(data, None)
        pid = postmaster(data)
        assert Path(f"/proc/{pid}").stat().st_uid == 65534
        # The user's own start takes root's copy: this project may lie where that user cannot reach it.
        (programs,) = data.glob("database/binaries/*/**/bin")
        again = f"print(stop(data), ensure_running(data, Path({str(programs)!r})).socket_dir)"
        assert told(begun(data, again, user=65534)) == f"True {ensure_running(data, None).socket_dir}"
        assert postmaster(data) != pid
        assert stop(data) is True

    def test_a_normal_user_is_refused_what_root_made(self, data: Path) -> None:
        ensure_running(data, None)
        assert "cannot be used (Permission denied" in told(begun(data, "ensure_running(data, None)", user=54321))

    def test_a_normal_user_without_a_folder_to_write_to_is_told(self, private: Path) -> None:
        private.mkdir()
        assert "Permission denied" in told(begun(private, "ensure_running(data, None)", user=65534))


def test_other_programs_serve_their_own_clusters(data: Path) -> None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if not found:
        pytest.skip("no PostgreSQL of the system's own is installed here")
    server = ensure_running(data, found[-1].parent)
    version = str(ask(server, "show server_version"))
    assert version.split(".")[0] == found[-1].parent.parent.name
    stop(data)
    # The cluster's own major version is looked for among all that is installed.
    assert ask(ensure_running(data, None), "show server_version") == version
