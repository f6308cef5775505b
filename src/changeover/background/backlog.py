"""How the work stands: what waits, for how long, who does it, and what was given up."""

from __future__ import annotations

from dataclasses import dataclass

from changeover.background.queue import STALE
from changeover.database.connection import Connection
from changeover.database.queries import beside

queries = beside(__file__, "backlog")

# An item that has waited so long waits for a worker and not for its turn.
STALLED_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Backlog:
    """Counts of work items, workers and companies; ``oldest_seconds``: how long the oldest item that is due waits."""

    waiting: int
    in_hand: int
    given_up: int
    oldest_seconds: float
    workers: int
    behind: int
    log_not_kept: bool
    database_bytes: int

    @property
    def stalled(self) -> bool:
        """Whether work waits that nobody does."""
        return self.waiting > 0 and (not self.workers or self.oldest_seconds > STALLED_SECONDS)


async def backlog(conn: Connection) -> Backlog:
    """How the work of the whole board stands now (operator's connection)."""
    row = await (await conn.execute(queries.backlog, {"stale": STALE})).fetchone()
    return Backlog(**(row or {}))
