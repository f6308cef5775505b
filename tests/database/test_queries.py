"""Every named query is one that the migrated schema understands, as the role that runs it."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.rows import DictRow, dict_row
from psycopg.sql import SQL, Identifier

import changeover
from changeover.database.connection import APP, BOARD, OPERATOR, Address
from changeover.database.embedded import Server
from changeover.database.queries import Queries
from program import fresh_database

ROOT = Path(changeover.__file__).parent
# Run as the board; everything else is a company's own, or says that it is the operator's.
BOARDS = {("live", name) for name in ("of_company", "posting", "known_as")} | {
    ("search", name)
    for name in (
        "meaning",
        "some",
        "look_up_words",
        "walk_by_age",
        "by_age",
        "look_up_each",
        "promoted",
        "boundaries",
        "oldest",
    )
}
# Statements that are carried out, not prepared.
_PREPARED = re.compile(r"(select|insert|update|delete|with)\b", re.IGNORECASE)
_BEFORE = ("stage",)


def _files() -> dict[str, Queries]:
    """The queries of each file, by the module that reads it."""
    found = {}
    for module in pkgutil.walk_packages(changeover.__path__, "changeover."):
        if ".revisions" in module.name or module.name.endswith("__main__"):
            continue
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, Queries):
                found[module.name] = value
    return found


FILES = _files()
EVERY = [(module, name) for module, queries in FILES.items() for name in queries.all()]


def role(module: str, name: str) -> str:
    path = _path(module)
    told = re.search(rf"^-- name: {name}\(.*\n((?:--.*\n)*)", path.read_text(), flags=re.MULTILINE)
    assert told, f"{path.name} has no query {name}"
    if "Operator's view" in told[1]:
        return OPERATOR
    if "Board's view" in told[1]:
        return BOARD
    return BOARD if (path.stem, name) in BOARDS else APP


def _path(module: str) -> Path:
    return ROOT.joinpath(*module.split(".")[1:]).with_suffix(".sql")


def prepared(text: str) -> str:
    """The query as a statement to prepare, its parameters numbered and of whatever type the server infers."""
    order: list[str] = []

    def number(match: re.Match[str]) -> str:
        if match[1] not in order:
            order.append(match[1])
        return f"${order.index(match[1]) + 1}"

    numbered = re.sub(r"%\((\w+)\)s", number, text)
    # Where a parameter is a column of an answer nothing says that it is a number; the stores pass one.
    types = f"({', '.join('bigint' if each in ('company', 'revision') else 'unknown' for each in order)})"
    return f"prepare probe{types if order else ''} as {numbered.replace('%%', '%')}"


@pytest.fixture(scope="module")
def connections(migrated: Address) -> Iterator[dict[str, psycopg.Connection[DictRow]]]:
    made = {each: psycopg.connect(migrated.of(each), row_factory=dict_row) for each in (APP, OPERATOR, BOARD)}
    yield made
    for conn in made.values():
        conn.close()


def test_every_file_of_queries_is_read_by_a_module_of_its_name() -> None:
    files = {path for path in ROOT.rglob("*.sql") if "revisions" not in path.parts}
    assert {_path(module) for module in FILES} == files


@pytest.mark.parametrize(("module", "name"), EVERY, ids=lambda part: part.rpartition("changeover.")[2])
def test_the_schema_understands(module: str, name: str, connections: dict[str, psycopg.Connection[DictRow]]) -> None:
    conn, queries = connections[role(module, name)], FILES[module].all()
    text = queries[name]
    try:
        for before in _BEFORE:
            if before in queries:
                _carry_out(conn, queries[before])
        if _PREPARED.match(text.lstrip()):
            conn.execute(prepared(text))
            conn.execute("deallocate probe")
        elif name not in _BEFORE:
            _carry_out(conn, text)
    finally:
        conn.rollback()


@pytest.fixture(scope="module")
def newer(server: Server, _template: None) -> Iterator[dict[str, psycopg.Connection[DictRow]]]:
    """The same schema, upgraded by a later version: every table has a column that this one does not know."""
    with fresh_database(server) as address:
        with psycopg.connect(address.owner) as conn:
            for (table,) in conn.execute(
                "select relname from pg_class where relnamespace = 'changeover'::regnamespace and relkind = 'r'"
            ).fetchall():
                conn.execute(SQL("alter table changeover.{} add column newer int").format(Identifier(table)))
        made = {each: psycopg.connect(address.of(each), row_factory=dict_row) for each in (APP, OPERATOR, BOARD)}
        yield made
        for each in made.values():
            each.close()


@pytest.mark.parametrize(("module", "name"), EVERY, ids=lambda part: part.rpartition("changeover.")[2])
def test_a_column_that_a_later_version_added_is_not_told_to(
    module: str, name: str, newer: dict[str, psycopg.Connection[DictRow]]
) -> None:
    """Name the columns: `select *` breaks the programs that run while another upgrades."""
    conn, text = newer[role(module, name)], FILES[module].all()[name]
    told = []
    if _PREPARED.match(text.lstrip()) and not any(each in FILES[module].all() for each in _BEFORE):
        try:
            conn.execute(prepared(text))
            result = conn.pgconn.describe_prepared(b"probe")
            told = [result.fname(n) for n in range(result.nfields)]
        finally:
            conn.rollback()
        conn.execute("deallocate all")
    assert b"newer" not in told


def _carry_out(conn: psycopg.Connection[DictRow], text: str) -> None:
    conn.execute(text, dict.fromkeys(re.findall(r"%\((\w+)\)s", text), 1))
