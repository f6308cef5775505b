"""All the SQL of sunsets: announced ends of old sources, contacts of employers, launches of vendors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from changeover.database.connection import Connection, expect_many
from changeover.database.queries import beside
from changeover.database.revise import Change
from changeover.ids import new_ids
from changeover.snapshot import store as snapshots

queries = beside(__file__)
Row = dict[str, Any]


async def _all(conn: Connection, query: str, **at: Any) -> list[Row]:
    return await (await conn.execute(query, at)).fetchall()


@dataclass(frozen=True, slots=True)
class Sunset:
    """The announced end of a source, which ``state`` says is still read or not.

    ``ended_at``: it was ended; ``look_at``: when a run looks at it next; ``settled_at``: none of its jobs is open.
    """

    sunset_id: int
    source_id: int
    ends_at: datetime
    why: str
    announced_at: datetime
    announced_by: str
    ended_at: datetime | None
    look_at: datetime | None
    settled_at: datetime | None
    location: str
    kind: str
    state: str


async def announce(change: Change, source_id: int, ends_at: datetime, why: str) -> Sunset:
    """Keep that a source ends then."""
    made = new_ids()
    at = {"company": change.company_id, "sunset": made, "source": source_id, "ends": ends_at}
    await change.conn.execute(queries.announce, {**at, "why": why, "now": change.at, "who": change.who})
    (row,) = await _all(change.conn, queries.sunset, company=change.company_id, sunset=made)
    return Sunset(**row)


async def withdraw(change: Change, it: Sunset) -> None:
    """The source does not end; one that was stopped at once is read again."""
    at = {"company": change.company_id, "now": change.at}
    await change.conn.execute(queries.withdraw, {**at, "sunset": it.sunset_id})
    await change.conn.execute(queries.read_again, {**at, "source": it.source_id})


async def announced(conn: Connection, company: int) -> list[Sunset]:
    """Every sunset of a company that was not withdrawn, the earliest first."""
    return [Sunset(**row) for row in await _all(conn, queries.announced, company=company)]


async def sunset(conn: Connection, company: int, sunset_id: int) -> Sunset | None:
    """One sunset that was not withdrawn, or None."""
    rows = await _all(conn, queries.sunset, company=company, sunset=sunset_id)
    return Sunset(**rows[0]) if rows else None


async def feeds_on(conn: Connection, company: int, by: datetime, *, but: int = 0) -> bool:
    """Whether an old source of the company goes on feeding after ``by``, the source ``but`` left aside."""
    return bool(await _all(conn, queries.feeds_on, company=company, by=by, but=but))


async def fates(conn: Connection, company: int, sources: Sequence[int], size: int) -> list[Row]:
    """Up to ``size`` jobs that sources show: those first that nothing keeps on the board (``twin``, ``heir``)."""
    await expect_many(conn)
    return await _all(conn, queries.fates, company=company, sources=list(sources), size=size)


async def fate_counts(conn: Connection, company: int, sources: Sequence[int]) -> Row:
    """How many jobs that sources show stand ``alone``, have ``twins`` in the ATS, or ``heirs`` at other sources."""
    return (await _all(conn, queries.fate_counts, company=company, sources=list(sources)))[0]


async def ats_only(conn: Connection, company: int) -> int:
    """How many jobs a move to the ATS would open."""
    return int((await _all(conn, queries.ats_only, company=company))[0]["jobs"])


async def open_jobs(conn: Connection, company: int, sources: Sequence[int]) -> list[int]:
    """Every job of sources that is open, shown or not."""
    return [row["job_id"] for row in await _all(conn, queries.open_jobs, company=company, sources=list(sources))]


async def lone_jobs(conn: Connection, company: int, sources: Sequence[int]) -> list[int]:
    """The jobs of ended sources that have no twin in the ATS, and those that another source shows or would show."""
    await expect_many(conn)
    return [row["job_id"] for row in await _all(conn, queries.lone_jobs, company=company, sources=list(sources))]


async def any_open(conn: Connection, company: int, source: int) -> bool:
    """Whether a source has an open job left."""
    return bool(await _all(conn, queries.any_open, company=company, source=source))


async def end(change: Change, it: Sunset) -> None:
    """Read the source no more; what it told is no longer the measure of what is open."""
    await snapshots.revoke(change, it.source_id)
    at = {"company": change.company_id, "source": it.source_id}
    await change.conn.execute(queries.not_whole, at)


async def ended(
    change: Change, it: Sunset, *, ended_at: datetime, look_at: datetime | None, settled_at: datetime | None
) -> None:
    """Keep how far the end of a source has come."""
    at = {"company": change.company_id, "sunset": it.sunset_id, "look": look_at}
    await change.conn.execute(queries.ended, {**at, "ended": ended_at, "settled": settled_at})


async def contacts(conn: Connection, company: int) -> list[Row]:
    """Whom the board writes to: email, name, added_at."""
    return await _all(conn, queries.contacts, company=company)


async def add_contact(change: Change, email: str, name: str) -> None:
    """Write to this address too; one that is there gets the new name."""
    at = {"company": change.company_id, "now": change.at}
    await change.conn.execute(queries.add_contact, {**at, "email": email, "name": name})


async def drop_contact(change: Change, email: str) -> bool:
    """Write to this address no more; False if it was not there."""
    at = {"company": change.company_id, "email": email}
    return (await change.conn.execute(queries.drop_contact, at)).rowcount > 0


async def launched(conn: Connection, company: int, now: datetime) -> Row | None:
    """The vendor (``name``, ``launched_at``) whose launch closed old sources to the company (operator's connection)."""
    rows = await _all(conn, queries.launched, company=company, now=now)
    return rows[0] if rows else None


async def launch(conn: Connection, vendor: int, at: datetime | None) -> str | None:
    """Close old sources to a vendor's customers from then on, or (None) never; its name, None if there is none."""
    rows = await _all(conn, queries.launch, company=vendor, at=at)
    return str(rows[0]["name"]) if rows else None
