"""An upgrade without a pause: the version before goes on serving and working on the new schema, beside the new one."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

import promises
from changeover.database.connection import Address
from changeover.database.embedded import Server
from changeover.database.upgrade import head, make_database, upgrade
from operating.processes import ROOT, Program, ask, wait_for

# The program that others may be running: the last commit before a schema that only expands.
OLDER = "9cdb079d35db3993b0f468c01ecb6dc1b1d7376a"


def git(*words: str) -> subprocess.CompletedProcess[bytes]:
    command = ["git", "-c", "safe.directory=*", "-C", str(ROOT), *words]
    return subprocess.run(command, capture_output=True, check=False)


@pytest.fixture
def older() -> Iterator[Path]:
    """The source of the older program."""
    told = git("archive", OLDER, "src")
    if told.returncode:
        pytest.skip("the history of this clone does not reach back to the older version")
    with tempfile.TemporaryDirectory(prefix="changeover-older-") as folder:
        subprocess.run(["tar", "-x", "-C", folder], input=told.stdout, check=True)
        yield Path(folder) / "src"


@pytest.fixture
def address(server: Server) -> Iterator[Address]:
    name = "t_older_beside_newer"
    address = Address(server.conninfo(name, "postgres"), login_by_role=False)
    make_database(address.owner)
    yield address
    with psycopg.connect(server.conninfo("postgres", "postgres"), autocommit=True) as conn:
        conn.execute(SQL("drop database {} with (force)").format(Identifier(name)))


def stands(address: Address) -> str:
    with psycopg.connect(address.owner) as conn:
        row = conn.execute("select version_num from public.alembic_version").fetchone()
    return str(row[0]) if row else ""


def done(address: Address) -> bool:
    """Whether no work item waits or is in hand, and every company has been run."""
    with psycopg.connect(address.owner, options="-c search_path=changeover,background") as conn:
        row = conn.execute(
            "select not exists (select 1 from procrastinate_jobs where status in ('todo', 'doing')) "
            "and not exists (select 1 from company where revision > flowed_revision)"
        ).fetchone()
    return bool(row and row[0])


def test_the_version_before_serves_and_works_on_the_new_schema_beside_the_new_one(
    older: Path, address: Address, tmp_path: Path
) -> None:
    before = Program(tmp_path, address.owner, older)
    after = Program(tmp_path, address.owner)
    company = before.run("company", "add", "Ferrous & Sons")
    before.run("source", "add", company, "push")
    token = json.loads(before.run("client", "add", company, "--json"))["token"]

    def push(url: str, *numbers: int) -> None:
        jobs = [{"id": f"A{n}", "title": f"Welder {n}", "location": "Oslo, Norway"} for n in numbers]
        status, said, _ = ask(f"{url}/api/v1/companies/{company}/jobs", {"jobs": jobs}, token=token)
        assert status == 200, said
        assert said["taken"] == len(jobs)

    with before.begun("serve", "--no-worker", "--port", "0", until="Ctrl-C") as old:
        with before.begun("work", until="Working"):
            for n in range(8):
                # Often enough that its statements are prepared by the server, whose answers may not change then.
                push(old.url, n)
                assert ask(f"{old.url}/jobs")[0] == 200
            wait_for(lambda: done(address))

            upgrade(address)
            assert stands(address) == head()
            with after.begun("serve", "--no-worker", "--port", "0", until="Ctrl-C") as new:
                for n in range(8, 16):
                    push(old.url, n)
                    push(new.url, n + 100)
                    assert [ask(f"{each.url}/jobs")[0] for each in (old, new)] == [200, 200]
                wait_for(lambda: done(address))
                assert ask(f"{new.url}/readyz")[0] == 200

        with after.begun("work", until="Working"):
            push(old.url, 200)
            wait_for(lambda: done(address))
    with psycopg.connect(address.owner) as conn:
        row = conn.execute("select count(*) from changeover.job where open").fetchone()
    assert row == (25,)
    assert promises.broken(address.owner) == []
    assert json.loads(after.run("verify", "--json"))["broken"] == 0
