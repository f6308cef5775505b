"""All the SQL of dry runs: what was asked, how far it is, what was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from psycopg.types.json import Jsonb

from changeover.database.board import BOARD
from changeover.database.connection import Connection
from changeover.database.queries import beside
from changeover.database.revise import CHANNEL
from changeover.ids import new_ids

queries = beside(__file__)


class State(StrEnum):
    """How far a dry run is."""

    WAITING = "waiting"
    READING = "reading"
    MATCHING = "matching"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class DryRun:
    """One dry run. ``legacy`` and ``ats`` are addresses; ``ats`` is empty where none was given.

    ``progress`` and ``found`` are by lane: ``[done, of]``, and what the reading said. ``matched`` is the match, None
    before it. ``made`` is the company that was set up from it.
    """

    dry_run_id: int
    legacy: str
    ats: str
    name: str
    who: str
    created_at: datetime
    state: State
    progress: dict[str, Any]
    found: dict[str, Any]
    matched: dict[str, Any] | None
    made: int | None

    @property
    def running(self) -> bool:
        """True until all is found that there is to find."""
        return self.state is not State.DONE


def _dry_run(row: dict[str, Any]) -> DryRun:
    return DryRun(**{**row, "state": State(row["state"])})


async def add(conn: Connection, *, legacy: str, ats: str, name: str, who: str, now: datetime) -> int:
    """Keep what was asked; its id."""
    made = new_ids()
    asked = {"legacy": legacy, "ats": ats, "name": name, "who": who, "now": now}
    await conn.execute(queries.add, {"company": BOARD, "dry_run": made, **asked})
    return made


async def one(conn: Connection, dry_run_id: int) -> DryRun | None:
    """A dry run, or None."""
    row = await (await conn.execute(queries.one, {"company": BOARD, "dry_run": dry_run_id})).fetchone()
    return _dry_run(row) if row else None


async def newest(conn: Connection, size: int) -> list[DryRun]:
    """The newest dry runs, without what they found."""
    rows = await (await conn.execute(queries.newest, {"company": BOARD, "size": size})).fetchall()
    return [_dry_run(row) for row in rows]


async def tell(
    conn: Connection,
    dry_run_id: int,
    state: State,
    *,
    progress: Mapping[str, Any],
    found: Mapping[str, Any],
    matched: Mapping[str, Any] | None = None,
) -> None:
    """Keep how far it is and what was found; pages that show it are told."""
    kept = {"state": state, "progress": Jsonb(dict(progress)), "found": Jsonb(dict(found))}
    known = Jsonb(dict(matched)) if matched is not None else None
    await conn.execute(queries.tell, {"company": BOARD, "dry_run": dry_run_id, **kept, "matched": known})
    await _notify(conn, dry_run_id)


async def tell_progress(conn: Connection, dry_run_id: int, progress: Mapping[str, Any]) -> None:
    """Keep how far it is alone."""
    at = {"company": BOARD, "dry_run": dry_run_id, "progress": Jsonb(dict(progress))}
    await conn.execute(queries.progress, at)
    await _notify(conn, dry_run_id)


async def _notify(conn: Connection, dry_run_id: int) -> None:
    # Told where companies' revisions are: a page follows one id, and ids are never given twice.
    await conn.execute(queries.notify, {"channel": CHANNEL, "told": f"{dry_run_id}:0"})


async def make(conn: Connection, dry_run_id: int, company_id: int) -> int:
    """Note that this company is made of it; the company that is, if another press was first."""
    at = {"company": BOARD, "dry_run": dry_run_id, "made": company_id}
    row = await (await conn.execute(queries.made, at)).fetchone()
    return int(row["made"]) if row else company_id


async def forget(conn: Connection, before: datetime) -> None:
    """Forget dry runs that were asked for before."""
    await conn.execute(queries.forget, {"company": BOARD, "before": before})
