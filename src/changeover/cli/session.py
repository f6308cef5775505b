"""What every command that needs the database shares: settings, a running program, output."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any, TypeVar

import orjson
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from changeover.app import Program
    from changeover.migration.state import Refusal

T = TypeVar("T")

DatabaseOption = Annotated[
    str | None, typer.Option("--database", help="A PostgreSQL server's URL instead of the embedded one.")
]
DataOption = Annotated[Path | None, typer.Option("--data", help="Folder of the embedded database and files.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for a program.")]
CompanyArgument = Annotated[str, typer.Argument(help="The company's id or exact name.")]
YesOption = Annotated[bool, typer.Option("--yes", help="Do it. Without this, only what would happen is shown.")]

WHO = "command line"
# A cell of a table is cut here, so that a title of a megabyte does not fill the screen.
_LONGEST = 300
_WIDEST = 10_000


class Stop(Exception):
    """A command ends here: a sentence for a person and the exit status."""

    def __init__(self, sentence: str, status: int = 2) -> None:
        super().__init__(sentence)
        self.status = status


def with_program(
    work: Callable[[Program], Awaitable[T]], *, database: str | None = None, data: Path | None = None
) -> T:
    """Run ``work`` on a program over the settings' database, which is upgraded and, embedded, started first."""
    # The whole program is imported by the commands that run it, not by those that only match or print.
    from changeover.app import running, source_reader
    from changeover.settings import load

    settings = load(database_url=database, data=data)

    async def body() -> T:
        async with running(settings, source_reader(settings)) as program:
            return await work(program)

    return asyncio.run(body())


async def company_id(program: Program, word: str) -> int:
    """The id of the company that a person named; raises UnknownCompany."""
    from changeover.migration import store as migrations

    async with program.db.operator() as conn:
        return await migrations.find(conn, word)


def refuse(refusal: Refusal | None) -> None:
    """End the command if something was refused: nothing has changed."""
    if refusal is not None:
        raise Stop(str(refusal))


def say(sentence: str) -> None:
    """A message to the person: stderr."""
    typer.echo(sentence, err=True)


def show(value: Any) -> None:
    """A result for a program: JSON on stdout. Ids are text, since JavaScript cannot hold 63 bits."""
    typer.echo(orjson.dumps(plain(value), option=orjson.OPT_INDENT_2).decode())


def plain(value: Any) -> Any:
    """A value as JSON can say it; whole numbers above 2**53 become text."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return plain(dataclasses.asdict(value))
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
    """A result for a person: a table on stdout or in ``file``. Off a terminal no row is wrapped and none coloured."""
    console = Console(file=file, markup=False, emoji=False, highlight=False)
    drawn = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        # Text, since a title may hold [brackets] that rich would take for its own.
        drawn.add_row(*(Text(_cell(cell), overflow="fold") for cell in row))
    if not console.is_terminal:
        console.width = max(
            console.width, console.measure(drawn, options=console.options.update(width=_WIDEST)).maximum
        )
    console.print(drawn)


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
