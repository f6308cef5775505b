"""Results on stdout, the rest on stderr; for a pipe, a terminal and a reader that leaves early."""

from __future__ import annotations

import os
import pty
import subprocess

import psycopg
import pytest

from .conftest import COMMAND, Changeover, Outside


@pytest.fixture(scope="module")
def company(changeover: Changeover) -> str:
    return changeover("company", "add", "A name that is longer than a narrow terminal is wide " * 3).out.strip()


def test_a_table_in_a_pipe_is_never_cut(changeover: Changeover, company: str) -> None:
    for columns in ("20", "80"):
        [line] = [line for line in changeover("status", COLUMNS=columns).out.splitlines() if company in line]
        assert line.startswith(company)
        assert line.count("narrow terminal") == 3
    assert "\x1b" not in changeover("company", "list", FORCE_COLOR="", NO_COLOR="1").out


def test_on_a_terminal_an_id_is_never_broken_in_two(changeover: Changeover, company: str) -> None:
    told = on_a_terminal(changeover, "company", "list", columns="60")
    assert any(line.strip("\r").startswith(company) for line in told.splitlines())


def test_on_a_terminal_long_work_shows_that_it_goes_on(changeover: Changeover, company: str, outside: Outside) -> None:
    where = outside.feed("/jobs.xml", range(3))
    assert "Reading it once" in on_a_terminal(changeover, "source", "add", company, where)
    assert "Reading the sources" not in changeover("source", "read", company).err


def on_a_terminal(changeover: Changeover, *words: str, columns: str = "100") -> str:
    """Everything that a command writes to a terminal."""
    try:
        ours, its = pty.openpty()
    except OSError:
        pytest.skip("this machine has no terminal to give")
    env = changeover.env | {"TERM": "xterm", "COLUMNS": columns}
    with subprocess.Popen([COMMAND, *words], cwd=changeover.folder, env=env, stdin=its, stdout=its, stderr=its):
        os.close(its)
        told = b""
        try:
            while part := os.read(ours, 65536):
                told += part
        except OSError:
            pass  # how Linux says that nobody writes any more
    os.close(ours)
    return told.decode()


def test_a_reader_that_leaves_early_is_no_trouble(changeover: Changeover, company: str) -> None:
    del company
    line = f"{COMMAND} settings --json | head -n 1"
    done = subprocess.run(line, shell=True, cwd=changeover.folder, env=changeover.env, capture_output=True, check=False)
    assert (done.stdout, done.stderr) == (b"[\n", b"")


def test_words_that_are_not_text_are_refused(changeover: Changeover) -> None:
    assert "not text in UTF-8" in changeover("status", os.fsdecode(b"\xff"), status=2).err


def test_a_database_that_cannot_be_reached_is_one_sentence(changeover: Changeover) -> None:
    for url in ("postgresql://secret-word@127.0.0.1:1/x", "secret-word in a url", "postgresql://h:secret-word/x"):
        ended = changeover("status", "--database", url, status=2)
        assert ended.err.count("\n") == 1
        assert "Check" in ended.err or "Write it as" in ended.err
    assert "secret-word" not in changeover("status", "--database", "secret-word in a url", status=2).err


def test_a_surprise_is_a_sentence_and_a_file_with_the_details(changeover: Changeover) -> None:
    made = changeover("company", "add", "Surprised").out.strip()
    with psycopg.connect(changeover.env["CHANGEOVER_DATABASE_URL"], autocommit=True) as conn:
        conn.execute("alter table changeover.source rename to elsewhere")
        try:
            ended = changeover.process("source", "list", made, status=70, TMPDIR=str(changeover.folder))
        finally:
            conn.execute("alter table changeover.elsewhere rename to source")
    [details] = changeover.folder.glob("changeover-problem-*.txt")
    assert str(details) in ended.err
    assert ended.err.count("\n") == 1
    assert "Traceback" in details.read_text()
