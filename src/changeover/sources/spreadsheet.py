"""Cells that are safe to open in a spreadsheet, and the same cells as they were when they come back."""

from __future__ import annotations

import re
from collections.abc import Callable

# What a spreadsheet takes for a formula or a command, also in its full-width form, at the start of a line or after
# white space there; a tab at the start moves what follows into the next cell.
_DANGEROUS = re.compile(r"(?:[\s\u00a0]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n\x0b\x0c])")
_GUARDED = re.compile(r"'+(?:[\s\u00a0]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n\x0b\x0c])")
# Most cells have nothing of the kind anywhere, which one look tells.
_SUSPECT = re.compile(r"[=+\-@\uff1d\uff0b\uff0d\uff20\t\r\n\x0b\x0c]")
_LINES = re.compile(r"(\r\n|\r|\n)")


def guarded(cell: str) -> str:
    """The cell with ``'`` before every line that a spreadsheet would run, or that already looks guarded."""
    return _each_line(cell, lambda text: f"'{text}" if _DANGEROUS.match(text) or _GUARDED.match(text) else text)


def unguarded(cell: str) -> str:
    """The cell as it was before ``guarded``; an apostrophe that guards nothing stays."""
    return _each_line(cell, lambda text: text[1:] if _GUARDED.match(text) else text)


def _each_line(cell: str, change: Callable[[str], str]) -> str:
    if not _SUSPECT.search(cell):
        return cell
    parts = _LINES.split(cell)
    parts[::2] = [change(text) for text in parts[::2]]
    return "".join(parts)
