"""Searching what is live: words, place, workplace and age as one query of the index of words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from changeover.database.connection import Connection, Database
from changeover.database.queries import beside
from changeover.postings.live import NEWEST

queries = beside(__file__, "search")

WORKPLACES = ("onsite", "hybrid", "remote")
SINCE = (1, 3, 7, 14, 30)
"""Days of age that may be asked for."""

LONGEST = 200
"""Characters of a search; what is longer is cut."""

# Three ways to the newest that match, by how many do: a frequent word stands among the first _WINDOW postings; up to
# _MOST are taken from the index of words and sorted; what is between is found by walking, for it is never far.
_WINDOW = 1_000
_MOST = 3_000
# Promoted postings among which those that match a search are looked for.
_PROMOTED = 200
_WORD = re.compile(r"[^\W_]+")
_EPOCH_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Search:
    """What a job seeker asks for; empty fields ask for nothing. ``since`` is in days."""

    words: str = ""
    place: str = ""
    workplace: str = ""
    since: int = 0
    company: int | None = None

    @property
    def asks(self) -> bool:
        """True if anything but the company narrows the list."""
        return bool(self.words or self.place or self.workplace or self.since)


def filters(search: Search, now: datetime) -> str:
    """The workplace and the days as words of the index: text that is read as a tsquery."""
    asked = [f"'workplace:{search.workplace}'"] if search.workplace in WORKPLACES else []
    if search.since:
        today = int(now.timestamp()) // _EPOCH_DAY
        # A day more at the young end: an employer ahead of UTC may post tomorrow.
        asked.append("(" + " | ".join(f"'posted:{today - back}'" for back in range(-1, min(search.since, 31))) + ")")
    return " & ".join(asked)


def in_place(place: str) -> str:
    """The words of a place as a query: each has to stand in the posting's place."""
    return " & ".join(f"'{word}':C" for word in _WORD.findall(place[:LONGEST])[:10])


async def page(db: Database, search: Search, *, before: int = NEWEST, size: int) -> list[dict[str, Any]]:
    """Up to ``size`` live postings older than ``before`` that match, newest first.

    Pages go by an id that never changes. Words that hold nothing to search for match nothing.
    """
    async with db.board() as conn:
        wanted = await _wanted(conn, search, db.now())
        if wanted is None:
            return []
        at = {"wanted": wanted, "company": search.company, "before": before, "size": size}
        return await _found(conn, at)


async def promoted(db: Database, search: Search, *, size: int) -> list[dict[str, Any]]:
    """Up to ``size`` promoted postings that match, newest first: of the newest that are promoted, for it is looked
    for on every first page.
    """
    async with db.board() as conn:
        wanted = await _wanted(conn, search, db.now()) if search.asks else ""
        if wanted is None:
            return []
        await conn.execute(queries.look_up_each)
        at = {"wanted": wanted, "window": _PROMOTED, "size": size}
        return await (await conn.execute(queries.promoted, at)).fetchall()


async def _wanted(conn: Connection, search: Search, now: datetime) -> str | None:
    """What was asked as one query; None where words hold nothing to search for."""
    asked = {"words": search.words[:LONGEST], "place": in_place(search.place), "filters": filters(search, now)}
    meaning = await (await conn.execute(queries.meaning, asked)).fetchone()
    lost = search.place and not asked["place"]
    if meaning is None or not meaning["wanted"] or lost or (search.words and not meaning["words"]):
        return None
    return str(meaning["wanted"])


async def _found(conn: Connection, at: dict[str, Any]) -> list[dict[str, Any]]:
    rows = await (await conn.execute(queries.among_newest, {**at, "window": _WINDOW})).fetchall()
    if len(rows) == at["size"]:
        return rows
    await conn.execute(queries.no_whole_scan)
    rows = await (await conn.execute(queries.some, {**at, "most": _MOST})).fetchall()
    if len(rows) < _MOST:
        return sorted(rows, key=lambda row: -row["posting_id"])[: at["size"]]
    await conn.execute(queries.walk_by_age)
    return await (await conn.execute(queries.by_age, at)).fetchall()


async def boundaries(db: Database, size: int) -> list[int]:
    """After which postings the parts of the sitemap begin, ``size`` live postings each; the first begins at 0."""
    async with db.board() as conn:
        rows = await (await conn.execute(queries.boundaries, {"size": size})).fetchall()
    return [0, *(row["posting_id"] for row in rows)]


async def oldest(db: Database, *, after: int, size: int) -> list[dict[str, Any]]:
    """Up to ``size`` live postings (company_id, posting_id) newer than ``after``, oldest first."""
    async with db.board() as conn:
        return await (await conn.execute(queries.oldest, {"after": after, "size": size})).fetchall()
