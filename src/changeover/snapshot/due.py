"""When sources are read: which are due, and when each is next."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from changeover.database.connection import Connection
from changeover.database.queries import beside
from changeover.snapshot.store import Began, SourceRow

queries = beside(__file__, "due")

# The part of its schedule by which a source is read sooner, at most.
_JITTER = 0.1


@dataclass(frozen=True, slots=True)
class Due:
    """A source whose time has come, and when that was."""

    company_id: int
    source_id: int
    next_read_at: datetime


async def due_sources(
    conn: Connection, now: datetime, size: int, after: tuple[datetime, int] | None = None
) -> list[Due]:
    """A page of the sources that are due, longest waiting first, behind ``after`` (operator's connection)."""
    since, source_id = after or (None, 0)
    at = {"now": now, "size": size, "since": since, "after": source_id}
    return [Due(**row) for row in await (await conn.execute(queries.due_sources, at)).fetchall()]


def wait_of(row: SourceRow, at_most: timedelta | None = None) -> timedelta:
    """How long a source that is read now waits for its next reading: its schedule, less up to a tenth by chance.

    So sources that were due at once drift apart, and none is read later than it should be.
    """
    stretched = timedelta(minutes=row.every_minutes or 60) * min(2**row.failures, 8)
    wait: timedelta = stretched * (1 - _JITTER * random.random())  # noqa: S311 - nothing is secret
    return wait if at_most is None else min(wait, at_most)


async def claim(conn: Connection, row: SourceRow, now: datetime, revision: int, *, at_most: timedelta | None) -> Began:
    """Begin a reading, and set when the source is read next: by its schedule, or sooner.

    The schedule is stretched up to eightfold while the source fails; it never waits longer than ``at_most``.
    """
    next_read = now + wait_of(row, at_most)
    at = {"company": row.company_id, "source": row.source_id, "next_read": next_read}
    claimed = await (await conn.execute(queries.claim_source, at)).fetchone()
    return Began(now, revision, claimed["begun"] if claimed else 0)
