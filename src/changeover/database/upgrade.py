"""Upgrades of the schema: Alembic revisions of plain SQL, run under a lock at start."""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from changeover.database.connection import Address, Connection
from changeover.database.refused import DatabaseRefused
from changeover.database.roles import make_roles

_REVISIONS = Path(__file__).with_name("revisions")
# Any number that no other program uses on this database: "changeov" in ASCII.
_LOCK = 0x6368616E67656F76
# The first with views that obey their caller's walls (security_invoker).
OLDEST = 15


def make_database(owner: str) -> None:
    """Create the database that ``owner`` names, on the same server, where it does not exist."""
    name = conninfo_to_dict(owner)["dbname"]
    with psycopg.connect(owner, dbname="postgres", autocommit=True) as conn:
        found = conn.execute("select 1 from pg_database where datname = %s", (name,)).fetchone()
        if not found:
            try:
                conn.execute(psycopg.sql.SQL("create database {}").format(psycopg.sql.Identifier(str(name))))
            except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
                return


@cache
def head() -> str:
    """The schema revision that this version of the program works with."""
    return max(script.name for script in _REVISIONS.glob("[0-9]*.py")).partition("_")[0]


async def stands_at(conn: Connection) -> str:
    """The schema revision that a database stands at (operator's connection)."""
    row = await (await conn.execute("select version_num from public.alembic_version")).fetchone()
    return str(row["version_num"]) if row else ""


def upgrade(address: Address) -> str:
    """Bring the schema to this version's head, a step at a time; the revision it stands at.

    Several programs may start at once: an advisory lock lets one upgrade and the others wait.
    Raises SchemaTooNew where the database knows a revision that this program does not, DatabaseRefused where its
    server is too old.
    """
    with psycopg.connect(address.owner, autocommit=True) as guard:
        if guard.info.server_version < OLDEST * 10_000:
            raise DatabaseRefused(
                f"The database's server is PostgreSQL {guard.info.server_version // 10_000}; Changeover needs "
                f"{OLDEST} or newer. Upgrade it, or use the embedded one."
            )
        # Asked again and again: one that waits inside the server would keep an index from being made beside it.
        while guard.execute("select pg_try_advisory_lock(%s)", (_LOCK,)).fetchone() == (False,):
            time.sleep(0.1)
        make_roles(guard, login=address.login_by_role)
        if _stood_at(guard) != head():
            # Alembic takes as long to import as all the rest, and there is mostly nothing for it to do.
            from changeover.database.steps import take

            take(address.owner, _REVISIONS, head())
    return head()


def _stood_at(guard: psycopg.Connection[tuple[object, ...]]) -> str:
    """The schema revision before the upgrade; empty for a database without a schema."""
    row = guard.execute("select to_regclass('public.alembic_version')").fetchone()
    if row is None or row[0] is None:
        return ""
    stands = guard.execute("select version_num from public.alembic_version").fetchall()
    return str(stands[0][0]) if len(stands) == 1 else ""
