"""changeover labels: what people said of pairs, written down so that weights can be learned from it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from changeover.cli.output import Out, check_writable, written
from changeover.cli.session import DatabaseOption, DataOption, Stop, company_id, every_company, with_program
from changeover.cli.shown import say
from changeover.wording import plural

if TYPE_CHECKING:
    from changeover.app import Program
    from changeover.match.labels import Record


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("labels")(labels)


def labels(
    company: Annotated[str | None, typer.Argument(help="Only this company, by id or exact name.")] = None,
    output: Annotated[Path | None, typer.Option(help="Write to this file; stdout otherwise.")] = None,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """The pairs that people confirmed and rejected, as labels to train with.

    One line of JSON for each pair and for each job beside it; no candidate is in it. Exit status: 0; 1 if nobody has
    confirmed or rejected anything.

    Example: changeover labels --output labels.jsonl
    """
    check_writable(output)

    async def work(program: Program) -> int:
        chosen = (
            [await company_id(program, company)] if company else [c.company_id for c in await every_company(program)]
        )
        with written(output) as out:
            out.write(line({"kind": KIND, "version": 1}))
            return sum([await _write(program, each, out) for each in chosen])

    from changeover.match.labels import KIND, line

    pairs = with_program(work, database=database, data=data)
    if not pairs:
        raise Stop("Nobody has confirmed or rejected a pair yet, so there is nothing to learn from.", 1)
    say(f"{plural(pairs, 'pair')} confirmed or rejected" + (f", written to {output}." if output else "."))


async def _write(program: Program, company: int, out: Out) -> int:
    """One company's labels; how many pairs. A company without any is left out."""
    from changeover.match import store
    from changeover.match.labels import line

    async with program.db.company(company) as conn:
        pairs = await store.judged_pairs(conn, company)
        if not pairs:
            return 0
        group = str(company)
        async for job in store.judged_jobs(conn, company):
            told: Record = {"group": group, **{name: value for name, value in job.items() if value is not None}}
            out.write(line(told))
        for pair in pairs:
            out.write(line({"group": group, **pair}))
    return len(pairs)
