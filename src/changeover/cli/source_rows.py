"""A company's sources as the commands name and print them."""

from __future__ import annotations

from typing import Annotated

import typer

from changeover.app import Program
from changeover.cli.session import pick
from changeover.cli.shown import table
from changeover.snapshot import store as snapshots
from changeover.snapshot.store import SourceRow

SourceOption = Annotated[
    str | None, typer.Option("--source", help="The source's id or exact location, where there are several.")
]


def source_table(rows: list[SourceRow]) -> None:
    """Sources as a table."""
    table(
        ("source", "side", "kind", "location", "state", "tells", "last whole (UTC)", "reading"),
        [
            (
                r.source_id,
                r.lane,
                r.kind,
                r.location,
                r.state,
                "changes" if r.tells_changes else "everything",
                r.whole_at,
                "held" if r.held_reading_id else "",
            )
            for r in rows
        ],
    )


async def sources_of(program: Program, cid: int, wanted: str | None = None) -> list[SourceRow]:
    """A company's sources, or the one that a person named; ends the command where there is none such."""
    async with program.db.company(cid) as conn:
        rows = await snapshots.sources(conn, cid)
    return rows if wanted is None else [_named(rows, wanted)]


def _named(rows: list[SourceRow], word: str) -> SourceRow:
    active = [row for row in rows if row.active or str(row.source_id) == word]
    return pick(active, word, key="source_id", name="location", what="source")
