"""What every command that needs the database shares: settings, a program, who is meant."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from changeover.refusal import Refusal

if TYPE_CHECKING:
    from changeover.app import Program
    from changeover.migration.store import Company
    from changeover.sources.registry import Progress

T = TypeVar("T")
Work = Callable[["Program"], Awaitable[T]]

DatabaseOption = Annotated[
    str | None, typer.Option("--database", help="A PostgreSQL server's URL instead of the embedded one.")
]
DataOption = Annotated[Path | None, typer.Option("--data", help="Folder of the embedded database and files.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for a program.")]
CompanyArgument = Annotated[str, typer.Argument(help="The company's id or exact name.")]
YesOption = Annotated[bool, typer.Option("--yes", help="Do it. Without this, only what would happen is shown.")]

WHO = "command line"


class Stop(Exception):
    """A command ends here: a sentence for a person and the exit status."""

    def __init__(self, sentence: str, status: int = 2) -> None:
        super().__init__(sentence)
        self.status = status


def with_program(work: Work[T], *, database: str | None = None, data: Path | None = None, busy: str = "") -> T:
    """Run ``work`` on a program over the settings' database, which is upgraded and, embedded, started first.

    ``busy`` says what takes long, beside a progress bar on a terminal.
    """
    # The whole program is imported by the commands that run it, not by those that only match or print.
    from changeover.app import running, source_reader
    from changeover.settings import load

    settings = load(database_url=database, data=data)

    async def body() -> T:
        with _bar(busy) as progress:
            async with running(settings, source_reader(settings, progress)) as program:
                return await work(replace(program, flow=replace(program.flow, progress=progress)))

    return asyncio.run(body())


@contextmanager
def _bar(busy: str) -> Iterator[Progress | None]:
    """A bar on stderr where that is a terminal, and what moves it."""
    from rich.console import Console
    from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    console = Console(stderr=True)
    if not busy or not console.is_terminal:
        yield None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Bars(*columns, console=console, transient=True) as bars:
        task = bars.add_task(busy, total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total)


async def company_id(program: Program, word: str) -> int:
    """The id of the company that a person named; raises UnknownCompany."""
    from changeover.migration import store as migrations

    async with program.db.operator() as conn:
        return await migrations.find(conn, word)


async def every_company(program: Program) -> list[Company]:
    """All companies, by id."""
    from changeover.migration import store as migrations

    found: list[Company] = []
    async with program.db.operator() as conn:
        while page := await migrations.companies(conn, after=found[-1].company_id if found else 0):
            found.extend(page)
    return found


def named(name: str, what: str) -> str:
    """A new name as it is kept: NFC, single spaces. Ends the command where it is empty, endless or unprintable."""
    from changeover import adding

    kept = adding.named(name, what)
    if not isinstance(kept, str):
        raise Stop(str(kept))
    return kept


def pick(rows: Sequence[T], word: str, *, key: str, name: str, what: str) -> T:
    """The one row whose ``key`` is the number ``word``, or whose ``name`` it is; ends the command otherwise."""

    def said(row: T, field: str) -> str:
        return str(row[field] if isinstance(row, dict) else getattr(row, field))

    found = [row for row in rows if said(row, key) == word] or [row for row in rows if said(row, name) == word]
    if len(found) == 1:
        return found[0]
    if found:
        several = ", ".join(said(row, key) for row in found)
        raise Stop(f"Nothing was done: several are called {word}. Name one by its id: {several}.")
    raise Stop(f"Nothing was done: there is no {what} {word} here. `changeover {what} list` shows those there are.")


def or_stop(outcome: T | Refusal) -> T:
    """What came of an act; ends the command where it was refused: nothing has changed."""
    if isinstance(outcome, Refusal):
        raise Stop(str(outcome))
    return outcome
