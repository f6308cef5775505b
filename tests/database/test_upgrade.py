"""The schema is upgraded once, whoever starts first, and never by a program that does not know it."""

from __future__ import annotations

import secrets
import subprocess
import sys
from collections.abc import Iterator

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from changeover.database.connection import Address
from changeover.database.embedded import Server
from changeover.database.refused import SchemaTooNew
from changeover.database.upgrade import head, make_database, upgrade

START = """
import sys
from changeover.database.connection import Address
from changeover.database.upgrade import make_database, upgrade
make_database(sys.argv[1])
print(upgrade(Address(sys.argv[1], login_by_role=True)))
"""


@pytest.fixture
def absent(server: Server) -> Iterator[Address]:
    """The address of a database that does not exist yet."""
    name = f"t_{secrets.token_hex(6)}"
    yield Address(server.conninfo(name, "postgres"), login_by_role=True)
    with psycopg.connect(server.conninfo("postgres", "postgres"), autocommit=True) as conn:
        conn.execute(SQL("drop database if exists {} with (force)").format(Identifier(name)))


def stands(address: Address) -> list[str]:
    with psycopg.connect(address.owner) as conn:
        return [row[0] for row in conn.execute("select version_num from public.alembic_version").fetchall()]


def schema(address: Address) -> list[tuple[object, ...]]:
    with psycopg.connect(address.owner) as conn:
        return conn.execute(
            "select c.oid, c.relname, c.relacl::text from pg_class c where c.relnamespace = 'changeover'::regnamespace "
            "order by c.oid"
        ).fetchall()


def test_several_programs_that_start_at_once_upgrade_it_once(absent: Address) -> None:
    started = [
        subprocess.Popen(
            [sys.executable, "-c", START, absent.owner], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    told = [program.communicate(timeout=60) for program in started]

    # A second upgrade of the same database would fail on its first statement: the schema is there.
    assert [(out.strip(), err) for out, err in told] == [(head(), "")] * 4
    assert stands(absent) == [head()]


def test_an_upgrade_of_what_is_upgraded_changes_nothing(migrated: Address) -> None:
    before = schema(migrated)
    assert upgrade(migrated) == head()
    make_database(migrated.owner)
    assert schema(migrated) == before
    assert stands(migrated) == [head()]


def test_a_database_of_a_later_version_is_refused_in_a_sentence_and_left_alone(absent: Address) -> None:
    make_database(absent.owner)
    with psycopg.connect(absent.owner) as conn:
        conn.execute("create table public.alembic_version (version_num varchar(32) primary key)")
        conn.execute("insert into public.alembic_version values ('9999')")

    with pytest.raises(SchemaTooNew) as refused:
        upgrade(absent)

    assert "9999" in refused.value.sentence
    assert refused.value.sentence.endswith(".")
    assert stands(absent) == ["9999"]
    with psycopg.connect(absent.owner) as conn:
        assert conn.execute("select to_regnamespace('changeover')").fetchone() == (None,)


def test_an_upgrade_that_fails_halfway_leaves_nothing_and_can_be_made_again(absent: Address) -> None:
    make_database(absent.owner)
    with psycopg.connect(absent.owner) as conn:
        # In the way of the upgrade's second half.
        conn.execute("create schema background")

    with pytest.raises(Exception, match="background"):
        upgrade(absent)
    with psycopg.connect(absent.owner) as conn:
        assert conn.execute("select to_regnamespace('changeover')").fetchone() == (None,)
        conn.execute("drop schema background")

    assert upgrade(absent) == head()
    assert stands(absent) == [head()]
