"""The command that proves it afterwards: verify."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from changeover.app import Program
from changeover.cli.session import (
    DatabaseOption,
    DataOption,
    JsonOption,
    Stop,
    company_id,
    every_company,
    with_program,
)
from changeover.cli.shown import say, show, table
from changeover.database.board import BOARD
from changeover.database.chain import Chain, chain
from changeover.postings.auditing import audit
from changeover.postings.history import Verified, Window
from changeover.postings.history import verify as verify_company


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(verify)


def verify(
    company: Annotated[str | None, typer.Argument(help="A company's id or name; all of them where left out.")] = None,
    since: Annotated[datetime | None, typer.Option("--from", help="Only what happened from then on, UTC.")] = None,
    until: Annotated[datetime | None, typer.Option("--to", help="Only what happened before then, UTC.")] = None,
    new: Annotated[
        bool, typer.Option("--new", help="Only what is new since the last audit, which this is one of.")
    ] = False,
    json: JsonOption = False,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Check promises 1 to 4 again over all history or the part that is asked for, and that nobody changed a row.

    Example: changeover verify --from 2026-03-01 --to 2026-03-02T12:00:00 --json
    """
    if new and (since or until):
        raise Stop("What is new has no beginning and no end to choose. Leave --new out, or --from and --to.")
    window = Window(since and since.replace(tzinfo=UTC), until and until.replace(tzinfo=UTC))

    async def work(program: Program) -> tuple[list[Verified], list[Chain]]:
        if company:
            ids = [await company_id(program, company)]
        else:
            ids = [it.company_id for it in await every_company(program)]
        boards = [] if company else [await chain(program.db, BOARD)]
        if new:
            audited = [await audit(program.db, cid) for cid in ids]
            return [it.history for it in audited], boards + [it.chain for it in audited]
        # Every link hangs on the one before, so a chain is checked from its beginning whatever part is asked for.
        chains = boards + [await chain(program.db, cid) for cid in ids]
        return [await verify_company(program.db, cid, window) for cid in ids], chains

    found, chains = with_program(work, database=database, data=data, busy="Checking the history")
    totals = {
        "companies": len(found),
        "revisions": sum(v.revisions for v in found),
        "intervals": sum(v.intervals for v in found),
        "cut_over": sum(v.cut_over for v in found),
        "reverted": sum(v.reverted for v in found),
        "live_least": sum(v.least for v in found),
        "live_most": sum(v.most for v in found),
        "gaps": sum(v.gaps for v in found),
        "duplicates": sum(v.duplicates for v in found),
        "broken": sum(len(v.broken) for v in found),
        "links": sum(it.rows for it in chains),
        "unchained": sum(it.unchained for it in chains),
        "broken_links": sum(it.broken_at is not None for it in chains),
    }
    if json:
        show({**totals, "promises": [b for v in found for b in v.broken], "chains": chains})
    else:
        table(("checked", "count"), totals.items())
    for v in found:
        for broken in v.broken[:20]:
            say(f"{v.name}, revision {broken.revision}: promise {broken.promise} ({broken.code}). {broken.sentence}")
    _hold_to_chains(chains)
    if totals["broken"]:
        raise Stop("A promise was broken: see above.", 1)


def _hold_to_chains(chains: list[Chain]) -> None:
    """End the command where a row of a history is not as it was written."""
    broken = [it for it in chains if it.broken_at is not None]
    for it in broken:
        whose = f"company {it.company_id}" if it.company_id else "the board"
        say(f"The history of {whose} was tampered with at revision {it.broken_at}: {it.sentence}")
    if broken:
        raise Stop("The history is not as it was written: see above.", 1)
