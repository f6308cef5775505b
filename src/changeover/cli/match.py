"""changeover match: its words, and no more, so that its help comes at once."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

SourceHelp = "a file, a folder of pages, a URL, or - for stdin."


class Format(StrEnum):
    """How the match is told."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    HTML = "html"


class Engine(StrEnum):
    """Where a match runs."""

    LOCAL = "local"
    SPARK = "spark"


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("match")(match)


def match(
    legacy: Annotated[str, typer.Argument(help=f"The old source: {SourceHelp}")],
    ats: Annotated[str, typer.Argument(help=f"The ATS: {SourceHelp}")],
    by: Annotated[str, typer.Option(help="Match within groups: jobs of both sides with one value in this field.")] = "",
    format_: Annotated[Format, typer.Option("--format", help="How to tell it; html is a report in one file.")] = (
        Format.TABLE
    ),
    output: Annotated[Path | None, typer.Option(help="Write to this file; stdout otherwise.")] = None,
    legacy_kind: Annotated[str | None, typer.Option(help="What the old source is; recognised otherwise.")] = None,
    ats_kind: Annotated[str | None, typer.Option(help="What the ATS's side is; recognised otherwise.")] = None,
    decisions: Annotated[
        Path | None,
        typer.Option(help="A CSV of a match in which a person wrote confirmed or rejected in the column decision."),
    ] = None,
    explain: Annotated[
        str | None, typer.Option(metavar="LEGACY_ID", help="Only this job: all evidence, and the next best candidates.")
    ] = None,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Also read from loopback and private addresses.")
    ] = False,
    engine: Annotated[Engine, typer.Option(help="Where it runs; spark is for a whole board.")] = Engine.LOCAL,
    remote: Annotated[str, typer.Option(help="The Spark that it runs on, as sc://HOST:PORT.")] = "",
    weights: Annotated[
        Path | None, typer.Option(help="Weights that `changeover train` wrote, instead of those it comes with.")
    ] = None,
) -> None:
    """Say which job of one source is which of another, and why; no database needed.

    Every pair has a reason, and every job without a twin what to change in the ATS so that it finds one. Exit
    status: 0 every job has its twin; 1 some have none, or a side could not be read in full; 2 a side could not be
    read at all. Kinds are those of `changeover read --help`.

    Example: changeover match old-feed.xml https://boards-api.greenhouse.io/v1/boards/acme/jobs --format csv
    """
    from changeover.cli.dry_run import Sides, dry_run
    from changeover.cli.engine import How, chosen_weights

    sides = Sides((legacy, ats), (legacy_kind, ats_kind), allow_private=allow_private)
    raise typer.Exit(
        dry_run(sides, by, decisions, explain, format_, output, How(engine, remote, chosen_weights(weights)))
    )
