"""All the SQL of consolidated feeds: the employers' names in them, and whom their jobs are handed to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from changeover.consolidated.names import NAMELESS, Employer, key
from changeover.database.connection import Connection, Database
from changeover.database.queries import beside
from changeover.database.revise import Change

queries = beside(__file__)

BY_NAME = "same name"


@dataclass(frozen=True, slots=True)
class Name:
    """An employer's name in a feed; empty: of the jobs that name none.

    ``handed_to`` is None while its jobs wait, or if a person left them out.
    ``said_by``: empty while nobody has spoken of it, ``BY_NAME`` if a company here has the very name.
    """

    key: str
    name: str
    handed_to: int | None
    said_by: str
    jobs: int
    seen_at: datetime

    @property
    def shown(self) -> str:
        """The name, or in words that the jobs have none."""
        return shown(self.name)

    @property
    def waits(self) -> bool:
        """Whether its jobs wait for a person's word."""
        return self.handed_to is None and not self.said_by


def shown(name: str) -> str:
    """An employer's name as a person reads it, also where the feed names none."""
    return name if key(name) != NAMELESS else "(no name)"


async def names(conn: Connection, company_id: int, source_id: int) -> list[Name]:
    """Every name that the feed ever told: those that wait first, then by how many jobs they have."""
    rows = await (await conn.execute(queries.names, {"company": company_id, "source": source_id})).fetchall()
    return [Name(**row) for row in rows]


async def companies_called(db: Database, keys: Sequence[str], besides: int) -> dict[str, int]:
    """The one company of each of these names, where there is just one and it is not ``besides``."""
    async with db.operator() as conn:
        rows = await (await conn.execute(queries.companies_called, {"keys": list(keys)})).fetchall()
    return {key(row["key"]): row["company_id"] for row in rows if row["company_id"] != besides}


async def note(change: Change, source_id: int, told: Mapping[str, Employer], same: Mapping[str, int]) -> None:
    """Note the names of a reading and their counts; a name that nobody has spoken of goes to ``same``'s company."""
    at = {"company": change.company_id, "source": source_id}
    keys = list(told)
    await change.conn.execute(queries.told_no_more, {**at, "keys": keys})
    named = {
        "keys": keys,
        "names": [told[each].name for each in keys],
        "jobs": [len(told[each].jobs) for each in keys],
        "handed": [same.get(each) for each in keys],
    }
    await change.conn.execute(queries.note, {**at, **named, "who": BY_NAME, "now": change.at})


async def hand(change: Change, source_id: int, name: str, handed_to: int | None, who: str) -> bool:
    """Keep a person's word on a name; False if the feed never told it."""
    at = {"company": change.company_id, "source": source_id, "key": key(name)}
    return (await change.conn.execute(queries.hand, {**at, "handed_to": handed_to, "who": who})).rowcount == 1


async def open_under(conn: Connection, company_id: int, source_id: int, name: str) -> list[int]:
    """The open jobs that a part of a feed has under a name."""
    cursor = await conn.execute(queries.open_under, {"company": company_id, "source": source_id})
    return [row["job_id"] for row in await cursor.fetchall() if key(row["company_name"]) == key(name)]
