"""changeover export: the live set as JSONL, as an XML feed or as a sitemap."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from changeover.app import Program, board_url
from changeover.cli.output import check_writable, written
from changeover.cli.session import DatabaseOption, DataOption, Stop, with_program
from changeover.cli.shown import say
from changeover.postings.changes import live_set
from changeover.postings.written import FRAMES, SITEMAP_MOST, one
from changeover.wording import plural


class Format(StrEnum):
    """How the live set is written."""

    JSONL = "jsonl"
    XML = "xml"
    SITEMAP = "sitemap"


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(export)


def export(
    format_: Annotated[Format, typer.Option("--format", help="How to write the postings.")] = Format.JSONL,
    output: Annotated[Path | None, typer.Option(help="A file instead of standard output.")] = None,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Write every live posting of the board, in the order of ids that never change.

    JSONL has the records that `read` prints, XML is a feed of Indeed's form; `read` takes both. Two exports of the
    same live set are the same, byte for byte. Addresses begin with the setting public_url, or with where the board is
    served.

    Example: changeover export --format xml --output jobs.xml
    """
    # Kept from loading with every command: it takes longer than most of them.
    from changeover.serving import serving_at

    check_writable(output)

    async def work(program: Program) -> int:
        at = program.settings
        home = (at.public_url or serving_at(at.data) or board_url(at)).rstrip("/")
        if not at.public_url:
            say(f"The addresses begin with {home}; set public_url to where the world reaches the board.")
        head, tail = FRAMES[format_]
        count = 0
        with written(output) as out:
            out.write(head)
            async for row in live_set(program.db):
                out.write(one(row, home, format_))
                count += 1
            out.write(tail)
        return count

    count = with_program(work, database=database, data=data, busy="Writing the live set")
    say(f"{plural(count, 'live posting')} written.")
    if format_ is Format.SITEMAP and count > SITEMAP_MOST:
        raise Stop(
            f"A sitemap may list {SITEMAP_MOST:,} pages and this one lists {count:,}: search engines will not read it. "
            "Give them the address of the board's own /sitemap.xml, which is in parts.",
            1,
        )
