"""The command source read: a company's sources are read now, and each reading is judged."""

from __future__ import annotations

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
from changeover.cli.shown import show, table
from changeover.cli.source_rows import SourceOption, sources_of
from changeover.flow import Taken
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

    async def work(program: Program) -> list[tuple[SourceRow, Taken]]:
        cid = await company_id(program, company)
        taken: list[tuple[SourceRow, Taken]] = []
        for row in await sources_of(program, cid, source):
            if row.pulled and row.active:
                outcome = await runs.read_source(program.flow, cid, row.source_id, who=WHO)
                if isinstance(outcome, Taken):
                    taken.append((row, outcome))
        await runs.run(program.flow, cid)
        return taken

    taken = with_program(work, database=database, data=data, busy="Reading the sources")
    rows = [_row(row, it) for row, it in taken]
    if json:
        show(rows)
    elif rows:
        columns = ("location", "reading", "jobs", "appeared", "changed", "vanished", "became", "why")
        table(columns, [[*list(row.values())[1:8], row["sentence"]] for row in rows])
    _end([it.verdict.action for _, it in taken])


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
    if not actions:
        raise Stop("Nothing was read: this company has no source that is read; those that push are not.")
    if all(action is Action.FAIL for action in actions):
        raise Stop("Nothing could be read; the postings stay as they are.")
    if any(action is not Action.TAKE for action in actions):
        raise Stop("Not every reading was whole and believed; what was not closed nothing.", 1)
