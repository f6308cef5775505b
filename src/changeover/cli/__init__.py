"""The command line: results on stdout, messages on stderr, exit status 0, 1 or 2."""

from __future__ import annotations

import sys
import tempfile
import traceback
from typing import Annotated, NoReturn

import typer

from changeover.cli.on_call import OnCall, group_of
from changeover.cli.session import Stop
from changeover.cli.shown import say

COMMANDS = {
    "match": OnCall("match", "Say which job of one source is which of another, and why; no database needed."),
    "read": OnCall("read", "Read a source and print its jobs in one shape."),
    "train": OnCall("train", "Learn the weights of the match from pairs that are known; no database needed."),
    "demo": OnCall("operate", "A sample board with invented employers, their sites, feeds and ATSs on loopback."),
    "sandbox": OnCall(
        "sandbox", "The Apply Connect wire over HTTPS for an ATS vendor, with everything that its client needs."
    ),
    "serve": OnCall("operate", "The board, the console and the APIs, and a worker beside them."),
    "work": OnCall("operate", "A worker alone, on as many machines as you like."),
    "link": OnCall("upkeep", "A new one-time link into the console of the board that runs on this data folder."),
    "settings": OnCall(
        "upkeep", "Every setting with its value, its default and where it came from; secrets are masked."
    ),
    "db": OnCall("upkeep", "The embedded database."),
    "setup": OnCall(
        "setup",
        "Read an employer's old source and its ATS once, match them, and say what would happen; with --yes, add it.",
    ),
    "company": OnCall("company", "Companies on the board."),
    "source": OnCall("source", "Where a company's jobs come from."),
    "account": OnCall("accounts", "People who sign in to the console."),
    "client": OnCall("clients", "The programs of a company, and what their tokens open."),
    "vendor": OnCall("vendors", "ATS vendors on the Apply Connect wire."),
    "application": OnCall("applications", "Applications, and what candidates are told of them."),
    "candidate": OnCall("candidates", "What is kept of a candidate, at every company: a copy, or erased."),
    "contract": OnCall("contracts", "Contracts: seats, paid slots, and which postings are wrapped into them."),
    "job": OnCall("flags", "Jobs that an ATS told over the Apply Connect wire."),
    "subscription": OnCall("subscriptions", "Who is told by webhook of what happens on the board."),
    "support": OnCall("support", "Cases of support, with their evidence."),
    "delivery": OnCall("vendors", "Events that were sent, and those that could not be."),
    "activate": OnCall(
        "migrate", "Begin the migration: both sides are read and matched; the board goes on showing the old source."
    ),
    "status": OnCall("migrate", "What each company's state is and what it waits for; of one, with every reason."),
    "review": OnCall("review", "What did not match, why, and what to change in the ATS."),
    "confirm": OnCall(
        "review",
        "Say that two jobs are one opening, or pair a whole group of jobs that read the same. "
        "It outlives every re-match.",
    ),
    "reject": OnCall("review", "Say that two jobs are not one opening. It outlives every re-match."),
    "labels": OnCall("labels", "The pairs that people confirmed and rejected, as labels to train with."),
    "rehearse": OnCall("move", "Exactly what a cut-over or a revert would do now. Nothing is changed."),
    "hold": OnCall("migrate", "Hold the cut-over until it is let go."),
    "unhold": OnCall("migrate", "Let a held cut-over go on."),
    "resolve": OnCall("move", "Close the unmatched jobs of the old source and cut over."),
    "cancel": OnCall("migrate", "End the migration before the cut-over; the old source goes on feeding alone."),
    "revert": OnCall("move", "Let the old source feed the board again; the company is held so that it stays so."),
    "export": OnCall("export", "Write every live posting of the board, in the order of ids that never change."),
    "backup": OnCall(
        "backup", "Back up the board while it works: its database, its keys and, from then on, every change."
    ),
    "rekey": OnCall(
        "upkeep",
        "Seal every secret that is kept under the board's newest key, so that the older ones can be dropped.",
    ),
    "restore": OnCall(
        "backup", "Restore a board into an empty data folder, or a file into the empty database of --database."
    ),
    "verify": OnCall(
        "proof",
        "Check promises 1 to 4 again over all history or the part that is asked for, and that nobody changed a row.",
    ),
}

app = typer.Typer(
    name="changeover",
    cls=group_of(COMMANDS),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


# The exit status of a surprise: sysexits.h's EX_SOFTWARE, so that it is none of the three that commands answer with.
SURPRISE = 70


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"changeover {version('changeover')}")
        raise typer.Exit


@app.callback()
def changeover(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Move an employer's job postings from a career site or XML feed to its ATS: no gap, no duplicate."""


def main() -> None:
    """Run one command; whatever stops it is one sentence on stderr and an exit status."""
    try:
        app()
    except Stop as stop:
        _end(str(stop), stop.status)
    except KeyboardInterrupt:
        _end("Stopped.", 130)
    except Exception as problem:
        sentence = _refusal(problem)
        if sentence is not None:
            _end(sentence, 2)
        _end(_surprise(problem), SURPRISE)


def _refusal(problem: Exception) -> str | None:
    """What to tell of an expected refusal; None if it is a surprise."""
    # Imported now, so that a command that meets no problem does not pay for a database's driver.
    from psycopg import OperationalError
    from psycopg.errors import InsufficientPrivilege
    from psycopg_pool import PoolTimeout

    from changeover.database.refused import DatabaseRefused
    from changeover.database.revise import UnknownCompany
    from changeover.settings import SettingsRefused

    if isinstance(problem, DatabaseRefused | UnknownCompany | SettingsRefused):
        return str(problem)
    if isinstance(problem, OperationalError | PoolTimeout):
        return f"The database does not answer: {_first_line(problem)}. Check its address and that it runs."
    if isinstance(problem, InsufficientPrivilege):
        return (
            f"The database refuses: {_first_line(problem)}. Give the login of its URL the rights that "
            "docs/running-the-database.md names."
        )
    if isinstance(problem, UnicodeEncodeError) and problem.reason == "surrogates not allowed":
        return "Nothing was done: a word of the command is not text in UTF-8. Type it anew."
    return None


def _first_line(problem: Exception) -> str:
    return (str(problem).splitlines() or [type(problem).__name__])[0].rstrip(".")


def _surprise(problem: Exception) -> str:
    """Keep the details of what nobody expected in a file, and say where."""
    with tempfile.NamedTemporaryFile("w", prefix="changeover-problem-", suffix=".txt", delete=False) as file:
        traceback.print_exception(problem, file=file)
    return (
        f"Something unexpected went wrong: {type(problem).__name__}: {_first_line(problem)}. What was not finished was "
        f"not done. The details are in {file.name}; they help whoever mends it."
    )


def _end(sentence: str, status: int) -> NoReturn:
    say(sentence)
    sys.exit(status)
