"""Kinds of sources as people call them."""

from __future__ import annotations

from changeover.snapshot.store import PUSH, SourceRow
from changeover.sources import ats_boards, presets

_NAMES = {
    **{preset.kind: preset.caption for preset in presets.PRESETS},
    **{board.kind: board.caption for board in ats_boards.BOARDS},
    "xml_feed": "XML feed",
    "career_site": "career site",
    "pages": "saved pages",
    "consolidated": "consolidated feed of many companies",
    "consolidated_part": "its part of a consolidated feed",
    PUSH: "pushes its jobs",
}


def kind_name(kind: str) -> str:
    """A kind's name; one that is not known is shown as it is."""
    return _NAMES.get(kind, kind.replace("_", " "))


def kind_names(rows: list[SourceRow]) -> str:
    """The kinds of some sources, each once; of those that are off only where no other is there."""
    chosen = [row for row in rows if row.active] or rows
    return ", ".join(sorted({kind_name(row.kind) for row in chosen}))
