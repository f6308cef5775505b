"""Upgrades of the schema: Alembic revisions of plain SQL, run under a lock at start."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import psycopg
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import create_engine, pool
from sqlalchemy.engine import Connection as EngineConnection

from changeover.database.connection import Address, Connection
from changeover.database.roles import make_roles

_REVISIONS = Path(__file__).with_name("revisions")
# Any number that no other program uses on this database: "changeov" in ASCII.
_LOCK = 0x6368616E67656F76


class SchemaTooNew(Exception):
    """The database was upgraded by a later version of Changeover than this one."""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_REVISIONS))
    config.set_main_option("version_locations", str(_REVISIONS))
    config.set_main_option("path_separator", "os")
    return config


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
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


async def stands_at(conn: Connection) -> str:
    """The schema revision that a database stands at (operator's connection)."""
    row = await (await conn.execute("select version_num from public.alembic_version")).fetchone()
    return str(row["version_num"]) if row else ""


def upgrade(address: Address) -> str:
    """Bring the schema to this version's head in one transaction; the revision it stands at.

    Several programs may start at once: an advisory lock lets one upgrade and the others wait.
    Raises SchemaTooNew where the database knows a revision that this program does not.
    """
    config = _config()
    scripts = ScriptDirectory.from_config(config)
    head = scripts.get_current_head() or ""
    with psycopg.connect(address.owner, autocommit=True) as guard:
        guard.execute("select pg_advisory_lock(%s)", (_LOCK,))
        make_roles(guard, login=address.login_by_role)
        engine = create_engine(
            "postgresql+psycopg://", creator=lambda: psycopg.connect(address.owner), poolclass=pool.NullPool
        )
        with engine.connect() as connection:
            _run(connection, config, scripts, head)
    return head


def _run(connection: EngineConnection, config: Config, scripts: ScriptDirectory, head: str) -> None:
    with EnvironmentContext(
        config, scripts, fn=lambda current, _context: _steps(scripts, head, current)
    ) as environment:
        environment.configure(connection=connection, transactional_ddl=True)
        with environment.begin_transaction():
            environment.run_migrations()
        connection.commit()


def _steps(scripts: ScriptDirectory, head: str, current: object) -> list[object]:
    known = {script.revision for script in scripts.walk_revisions()}
    stands_at = [current] if isinstance(current, str) else list(current or ())  # type: ignore[call-overload]
    unknown = [name for name in stands_at if name not in known]
    if unknown:
        raise SchemaTooNew(
            f"The database is at schema revision {unknown[0]}, which this version of Changeover does not know. "
            "Start the newer version that wrote it, or restore an older backup."
        )
    return list(scripts._upgrade_revs(head, current))  # type: ignore[arg-type]
