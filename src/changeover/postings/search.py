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

# Two ways to the newest that match. Fewer than _FEW are taken from the index of words and sorted. Of many, one stands
# near: _NEAR entries of the index of the newest are walked. Where that was not so, up to _MOST are taken and sorted; of
# more than that the newest are walked to, however far they are.
_FEW = 4_000
_NEAR = 30_000
_MOST = 10_000
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


def since(days: int, now: datetime) -> str:
    """The days of age as words of the index: text that is read as a tsquery."""
    if not days:
        return ""
    today = int(now.timestamp()) // _EPOCH_DAY
    # A day more at the young end: an employer ahead of UTC may post tomorrow.
    return " | ".join(f"'posted:{today - back}'" for back in range(-1, min(days, 31)))


def in_place(place: str) -> str:
    """The words of a place as a query: each has to stand in the posting's place."""
    return " & ".join(f"'{word}':C" for word in _WORD.findall(place[:LONGEST])[:10])


async def page(db: Database, search: Search, *, before: int = NEWEST, size: int) -> list[dict[str, Any]]:
    """Up to ``size`` live postings older than ``before`` that match, newest first.

    Pages go by an id that never changes. Words that hold nothing to search for match nothing.
    """
    async with db.board() as conn:
        asked = await _asked(conn, search, db.now())
        if asked is None:
            return []
        return await _found(conn, {**asked, "company": search.company, "before": before, "size": size})


async def promoted(db: Database, search: Search, *, size: int) -> list[dict[str, Any]]:
    """Up to ``size`` promoted postings that match, newest first: of the newest that are promoted, for it is looked
    for on every first page.
    """
    async with db.board() as conn:
        asked = await _asked(conn, search, db.now())
        if asked is None:
            return []
        await conn.execute(queries.look_up_each)
        at = {**asked, "window": _PROMOTED, "size": size}
        return await (await conn.execute(queries.promoted, at)).fetchall()


async def _asked(conn: Connection, search: Search, now: datetime) -> dict[str, str] | None:
    """What was asked, each field as a query of the index of words, empty where nothing was; None where what a person
    wrote holds nothing to search for.
    """
    said = {"words": search.words[:LONGEST], "place": in_place(search.place)}
    meant = dict.fromkeys(said, "")
    if search.words or search.place:
        row = await (await conn.execute(queries.meaning, said)).fetchone() or {}
        meant = {field: row.get(field) or "" for field in said}
        if (search.words and not meant["words"]) or (search.place and not meant["place"]):
            return None
    workplace = f"'workplace:{search.workplace}'" if search.workplace in WORKPLACES else ""
    return {**meant, "workplace": workplace, "days": since(search.since, now)}


async def _found(conn: Connection, at: dict[str, Any]) -> list[dict[str, Any]]:
    if at["company"] is None and await _likely(conn, at) >= _FEW:
        rows = await _walk(conn, at, _NEAR)
        if len(rows) == at["size"]:
            return rows
    await conn.execute(queries.look_up_words)
    rows = await (await conn.execute(queries.some, {**at, "most": _MOST})).fetchall()
    if not rows or rows[0]["found"] < _MOST:
        return rows
    return await _walk(conn, at, None)


async def _likely(conn: Connection, at: dict[str, Any]) -> float:
    row = await (await conn.execute(f"explain (format json) {queries.alike}", at)).fetchone()
    return float(row["QUERY PLAN"][0]["Plan"]["Plan Rows"]) if row else 0.0


async def _walk(conn: Connection, at: dict[str, Any], entries: int | None) -> list[dict[str, Any]]:
    await conn.execute(queries.walk_by_age)
    return await (await conn.execute(queries.by_age, {**at, "entries": entries})).fetchall()


async def boundaries(db: Database, size: int) -> list[int]:
    """After which postings the parts of the sitemap begin, ``size`` live postings each; the first begins at 0."""
    async with db.board() as conn:
        rows = await (await conn.execute(queries.boundaries, {"size": size})).fetchall()
    return [0, *(row["posting_id"] for row in rows)]


async def oldest(db: Database, *, after: int, size: int) -> list[dict[str, Any]]:
    """Up to ``size`` live postings (company_id, posting_id) newer than ``after``, oldest first."""
    async with db.board() as conn:
        return await (await conn.execute(queries.oldest, {"after": after, "size": size})).fetchall()
