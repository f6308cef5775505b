"""The steps of an upgrade: Alembic's part, imported only where there is something to upgrade."""

from __future__ import annotations

import time
from pathlib import Path

import psycopg
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, pool
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from changeover.database.refused import DatabaseRefused, SchemaTooNew

_LOCK_MILLISECONDS, _TRIES = 2_000, 20


def take(owner: str, revisions: Path, head: str) -> None:
    """Take every step in the folder ``revisions`` that the database of ``owner`` lacks, each in a transaction.

    Others use the tables meanwhile: a step that cannot have its lock at once lets them go on and is tried again.
    Raises SchemaTooNew where the database knows a revision that this program does not, DatabaseRefused where
    something held a table all the time.
    """
    config = Config()
    config.set_main_option("script_location", str(revisions))
    config.set_main_option("version_locations", str(revisions))
    config.set_main_option("path_separator", "os")
    scripts = ScriptDirectory.from_config(config)
    # Who waits for a lock on a table keeps out all that come after it.
    engine = create_engine(
        "postgresql+psycopg://",
        creator=lambda: psycopg.connect(owner, options=f"-c lock_timeout={_LOCK_MILLISECONDS}"),
        poolclass=pool.NullPool,
    )
    for left in range(_TRIES - 1, -1, -1):
        try:
            with engine.connect() as connection:
                _run(connection, config, scripts, head)
                return
        except OperationalError as problem:
            if not isinstance(problem.orig, psycopg.errors.LockNotAvailable):
                raise
            if not left:
                raise DatabaseRefused(
                    "The schema was not upgraded: something has kept a table for itself for a minute. What runs goes "
                    "on as before. End what `select * from pg_stat_activity` shows as long running, and start again."
                ) from None
            time.sleep(1)


def _run(connection: Connection, config: Config, scripts: ScriptDirectory, head: str) -> None:
    with EnvironmentContext(
        config, scripts, fn=lambda current, _context: _steps(scripts, head, current)
    ) as environment:
        environment.configure(connection=connection, transactional_ddl=True, transaction_per_migration=True)
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
