"""The command line: results on stdout, messages on stderr, exit status 0, 1 or 2."""

from __future__ import annotations

import sys

import typer

from changeover.cli.on_call import OnCall, group_of
from changeover.cli.session import Stop

COMMANDS = {
    "match": OnCall("match", "Say which job of one source is which of another, and why; no database needed."),
    "read": OnCall("read", "Read a source and print its jobs in one shape."),
    "demo": OnCall("operate", "A sample board with invented employers, their sites, feeds and ATSs on loopback."),
    "serve": OnCall("operate", "The board, the console and the APIs, and a worker beside them."),
    "work": OnCall("operate", "A worker alone, on as many machines as you like."),
    "link": OnCall("operate", "A new one-time link into the console of the board that runs on this data folder."),
    "settings": OnCall(
        "operate", "Every setting with its value, its default and where it came from; secrets are masked."
    ),
    "db": OnCall("operate", "The embedded database."),
    "company": OnCall("setup", "Companies on the board."),
    "source": OnCall("setup", "Where a company's jobs come from."),
    "client": OnCall("clients", "The programs that may push a company's jobs."),
    "activate": OnCall(
        "migrate", "Begin the migration: both sides are read and matched; the board goes on showing the old source."
    ),
    "status": OnCall("migrate", "What each company's state is and what it waits for; of one, with every reason."),
    "review": OnCall("migrate", "What did not match, why, and what to change in the ATS."),
    "confirm": OnCall("migrate", "Say that two jobs are one opening. It outlives every re-match."),
    "reject": OnCall("migrate", "Say that two jobs are not one opening. It outlives every re-match."),
    "rehearse": OnCall("migrate", "Exactly what a cut-over or a revert would do now. Nothing is changed."),
    "hold": OnCall("migrate", "Hold the cut-over until it is let go."),
    "unhold": OnCall("migrate", "Let a held cut-over go on."),
    "resolve": OnCall("migrate", "Close the unmatched jobs of the old source and cut over."),
    "cancel": OnCall("migrate", "End the migration before the cut-over; the old source goes on feeding alone."),
    "revert": OnCall("migrate", "Let the old source feed the board again; the company is held so that it stays so."),
    "verify": OnCall("proof", "Check promises 1 to 4 again over the whole recorded history."),
}

app = typer.Typer(
    name="changeover",
    cls=group_of(COMMANDS),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def changeover() -> None:
    """Move an employer's job postings from a career site or XML feed to its ATS: no gap, no duplicate."""


def main() -> None:
    """Run one command; every expected refusal is one sentence on stderr and status 2."""
    try:
        app()
    except Stop as stop:
        _say(str(stop))
        sys.exit(stop.status)
    except KeyboardInterrupt:
        _say("Stopped.")
        sys.exit(130)
    except Exception as problem:
        sentence = _refusal(problem)
        if sentence is None:
            raise
        _say(sentence)
        sys.exit(2)


def _refusal(problem: Exception) -> str | None:
    """What to tell of an expected refusal; None if it is a surprise."""
    # Imported now, so that a command that meets no problem does not pay for a database's driver.
    from psycopg import OperationalError
    from psycopg_pool import PoolTimeout

    from changeover.database.refused import DatabaseRefused
    from changeover.database.revise import UnknownCompany
    from changeover.settings import SettingsRefused

    if isinstance(problem, DatabaseRefused | UnknownCompany | SettingsRefused):
        return str(problem)
    if isinstance(problem, OperationalError | PoolTimeout):
        return f"The database does not answer: {str(problem).splitlines()[0]}. Check its address and that it runs."
    return None


def _say(sentence: str) -> None:
    typer.echo(sentence, err=True)
