"""The board's own line: what is no company's is written as its next revision, chained by hashes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from psycopg import Rollback
from psycopg.types.json import Jsonb

from changeover.database.connection import Connection, Database
from changeover.database.queries import beside

# In rows that are no company's company_id is this.
BOARD = 0

queries = beside(__file__, "board")


@dataclass(slots=True)
class BoardChange:
    """The board's transaction at its own revision, and what its history will say of it."""

    conn: Connection
    revision: int
    at: datetime
    kind: str
    who: str
    why: str
    detail: dict[str, Any] = field(default_factory=dict)

    def nothing_changed(self) -> Rollback:
        """Raise this to leave no trace: the transaction rolls back and the revision is given back."""
        return Rollback()


@asynccontextmanager
async def revise_board(db: Database, *, kind: str, who: str, why: str) -> AsyncIterator[BoardChange]:
    """A transaction that writes as the board's next revision; taking it puts such writers into one line."""
    # As in `revise`: what changes nothing does so too where the connection is lost.
    with suppress(Rollback):
        async with db.company(BOARD) as conn, conn.transaction():
            row = await (await conn.execute(queries.take, {"company": BOARD})).fetchone()
            change = BoardChange(conn, row["revision"] if row else 0, db.now(), kind, who, why)
            yield change
            said = {"at": change.at, "kind": change.kind, "who": change.who, "why": change.why}
            at = {"company": BOARD, "revision": change.revision, "detail": Jsonb(change.detail)}
            await conn.execute(queries.record, {**at, **said})
