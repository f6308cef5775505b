"""The steps of an upgrade: Alembic's part, imported only where there is something to upgrade."""

from __future__ import annotations

from pathlib import Path

import psycopg
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, pool
from sqlalchemy.engine import Connection

from changeover.database.refused import SchemaTooNew


def take(owner: str, revisions: Path, head: str) -> None:
    """Take every step in the folder ``revisions`` that the database of ``owner`` lacks, in one transaction.

    Raises SchemaTooNew where the database knows a revision that this program does not.
    """
    config = Config()
    config.set_main_option("script_location", str(revisions))
    config.set_main_option("version_locations", str(revisions))
    config.set_main_option("path_separator", "os")
    scripts = ScriptDirectory.from_config(config)
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(owner), poolclass=pool.NullPool)
    with engine.connect() as connection:
        _run(connection, config, scripts, head)


def _run(connection: Connection, config: Config, scripts: ScriptDirectory, head: str) -> None:
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
