"""The commands source read and source reparse: a company's sources are read now, each reading judged."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from changeover import flow as runs
from changeover.app import Program
from changeover.cli.session import (
    WHO,
    CompanyArgument,
    DatabaseOption,
    DataOption,
    JsonOption,
    Stop,
    company_id,
    with_program,
)
from changeover.cli.shown import say, show, table
from changeover.cli.source_rows import SourceOption, sources_of
from changeover.flow import Taken
from changeover.refusal import Refusal
from changeover.snapshot.difference import Action
from changeover.snapshot.store import SourceRow

_BECAME = {
    Action.TAKE: "taken",
    Action.TAKE_WITHOUT_CLOSING: "taken, nothing closed",
    Action.HOLD: "held",
    Action.FAIL: "failed",
}


def source_read(
    company: CompanyArgument,
    source: SourceOption = None,
    json: JsonOption = False,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Read a company's sources now, and go as far as that leads.

    Example: changeover source read "Ferrous & Sons"
    """
    taken, _ = _taken(runs.read_source, company, source, database, data, busy="Reading the sources")
    _shown(taken, json=json)
    if not taken:
        raise Stop("Nothing was read: this company has no source that is read; those that push are not.")
    _end([it.verdict.action for _, it in taken])


def source_reparse(
    company: CompanyArgument,
    source: SourceOption = None,
    json: JsonOption = False,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Read a company's sources again from what they answered last, without asking them: a mapping was corrected, say.

    Each is judged as any reading. It makes nothing fresher, and the next reading is when it was.

    Example: changeover source reparse "Ferrous & Sons" --source https://example.com/jobs.xml
    """
    taken, refused = _taken(runs.reparse_source, company, source, database, data, busy="Reading what is kept")
    for row, refusal in refused:
        say(f"{row.location}: {refusal}")
    _shown(taken, json=json)
    if not taken:
        raise Stop("Nothing was done: nothing is kept that could be read again. `changeover source read` reads anew.")
    _end([it.verdict.action for _, it in taken])


def _taken(
    act: Callable[..., Awaitable[Taken | Refusal]],
    company: str,
    source: str | None,
    database: str | None,
    data: Path | None,
    *,
    busy: str,
) -> tuple[list[tuple[SourceRow, Taken]], list[tuple[SourceRow, Refusal]]]:
    """What became of each source that is read: its reading, or why there was none."""

    async def work(program: Program) -> list[tuple[SourceRow, Taken | Refusal]]:
        cid = await company_id(program, company)
        rows = [row for row in await sources_of(program, cid, source) if row.pulled and row.active]
        outcomes = [(row, await act(program.flow, cid, row.source_id, who=WHO)) for row in rows]
        await runs.run(program.flow, cid)
        return outcomes

    outcomes = with_program(work, database=database, data=data, busy=busy)
    taken = [(row, it) for row, it in outcomes if isinstance(it, Taken)]
    return taken, [(row, it) for row, it in outcomes if isinstance(it, Refusal)]


def _shown(taken: list[tuple[SourceRow, Taken]], *, json: bool) -> None:
    rows = [_row(row, it) for row, it in taken]
    if json:
        show(rows)
    elif rows:
        columns = ("location", "reading", "jobs", "appeared", "changed", "vanished", "became", "why")
        table(columns, [[*list(row.values())[1:8], row["sentence"]] for row in rows])


def _row(row: SourceRow, it: Taken) -> dict[str, object]:
    return {
        "source": row.source_id,
        "location": row.location,
        "completeness": it.reading.completeness,
        "jobs": it.reading.count,
        "appeared": it.diff.appeared_count if it.diff else 0,
        "changed": len(it.diff.changed) if it.diff else 0,
        "vanished": len(it.diff.vanished) if it.diff else 0,
        "became": _BECAME[it.verdict.action],
        "verdict": it.verdict.action,
        "code": it.verdict.code,
        "sentence": it.verdict.sentence,
        "problems": [{"code": problem.code, "sentence": problem.sentence} for problem in it.reading.problems],
    }


def _end(actions: list[Action]) -> None:
    if all(action is Action.FAIL for action in actions):
        raise Stop("Nothing could be read; the postings stay as they are.")
    if any(action is not Action.TAKE for action in actions):
        raise Stop("Not every reading was whole and believed; what was not closed nothing.", 1)
