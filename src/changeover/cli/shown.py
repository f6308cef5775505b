"""How a command's result and its messages are printed: JSON, tables, sentences."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import orjson
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

# A cell of a table is cut here, so that a title of a megabyte does not fill the screen.
_LONGEST = 300
_WIDEST = 10_000
# What a name or a file could do to a terminal.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def say(sentence: str) -> None:
    """A message to the person: stderr."""
    typer.echo(_CONTROL.sub(" ", sentence), err=True)


def tell(sentence: str) -> None:
    """A result for a person: a line on stdout."""
    typer.echo(_CONTROL.sub(" ", sentence))


def show(value: Any) -> None:
    """A result for a program: JSON on stdout. Ids are text, since JavaScript cannot hold 63 bits."""
    typer.echo(orjson.dumps(plain(value), option=orjson.OPT_INDENT_2).decode())


def answer(value: Any, sentence: str, *, json: bool) -> None:
    """The result of a command: the value for a program, or the sentence for a person."""
    show(value) if json else tell(sentence)


def listed(rows: Any, columns: Sequence[str], lines: Iterable[Sequence[object]], *, json: bool) -> None:
    """What a command lists: ``rows`` for a program, or ``lines``, one for each of them, as a table for a person."""
    show(rows) if json else table(columns, lines)


def plain(value: Any) -> Any:
    """A value as JSON can say it; whole numbers above 2**53 become text."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return plain({field.name: getattr(value, field.name) for field in dataclasses.fields(value)})
    if isinstance(value, dict):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 2**53:
        return str(value)
    if isinstance(value, Path):
        return str(value)
    return value


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], file: IO[str] | None = None) -> None:
    """A result for a person: a table on stdout or in ``file``. Off a terminal no row is wrapped and none coloured.

    Whole numbers are ids or counts: they are never broken in two.
    """
    console = Console(file=file, markup=False, emoji=False, highlight=False)
    drawn = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        # Text, since a title may hold [brackets] that rich would take for its own.
        drawn.add_row(*(Text(_cell(cell), overflow="fold") for cell in row))
        for column, cell in zip(drawn.columns, row, strict=True):
            column.no_wrap = column.no_wrap or isinstance(cell, int)
    if not console.is_terminal:
        console.width = max(
            console.width, console.measure(drawn, options=console.options.update(width=_WIDEST)).maximum
        )
    console.print(drawn)


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
    text = "" if value is None else _CONTROL.sub(" ", str(value))
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
