"""The command line: results on stdout, messages on stderr, exit status 0, 1 or 2."""

from __future__ import annotations

import sys

import typer
from psycopg import OperationalError
from psycopg_pool import PoolTimeout

from changeover.cli import clients, migrate, operate, proof, setup
from changeover.cli import read as read_command
from changeover.cli.session import Stop
from changeover.database.refused import DatabaseRefused
from changeover.database.revise import UnknownCompany
from changeover.database.upgrade import SchemaTooNew
from changeover.settings import SettingsRefused

app = typer.Typer(
    name="changeover",
    help="Move an employer's job postings from a career site or XML feed to its ATS: no gap, no duplicate.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
read_command.register(app)
operate.register(app)
setup.register(app)
clients.register(app)
migrate.register(app)
proof.register(app)


def main() -> None:
    """Run one command; every expected refusal is one sentence on stderr and status 2."""
    try:
        app()
    except Stop as stop:
        _say(str(stop))
        sys.exit(stop.status)
    except (DatabaseRefused, UnknownCompany, SchemaTooNew, SettingsRefused) as refusal:
        _say(str(refusal))
        sys.exit(2)
    except (OperationalError, PoolTimeout) as problem:
        _say(f"The database does not answer: {str(problem).splitlines()[0]}. Check its address and that it runs.")
        sys.exit(2)
    except KeyboardInterrupt:
        _say("Stopped.")
        sys.exit(130)


def _say(sentence: str) -> None:
    typer.echo(sentence, err=True)
