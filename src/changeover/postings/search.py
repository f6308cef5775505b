"""Searching what is live: words, place, workplace and age as one query of the index of words."""

from __future__ import annotations

import re
from collections.abc import Mapping
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

# Two ways to the newest that match. What matches often stands near: the index of the newest is walked, a stretch of so
# many entries after another, as long as what was found says that this is the shorter way. What matches seldom is taken
# from the index of words and sorted, up to _MOST. Of more than that, none of them near, the newest are walked to.
_STRETCHES = (2_000, 6_000, 60_000)
_MOST = 4_000
# To take a posting by its words costs so many times what an entry of the newest costs that is walked past.
_DEARER = 7
# Promoted postings among which those that match a search are looked for.
_PROMOTED = 200
_WORD = re.compile(r"[^\W_]+")
_HOUR, _EPOCH_DAY = 3_600, 86_400

Terms = Mapping[str, str]
"""What each field of a search asks for, as a query of the index of words; empty where it asks for nothing."""


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


async def meaning(conn: Connection, search: Search, now: datetime) -> Terms | None:
    """What a search asks for; None where what a person wrote holds nothing to search for: then nothing matches."""
    said = {"words": search.words[:LONGEST], "place": in_place(search.place)}
    meant = dict.fromkeys(said, "")
    if search.words or search.place:
        (row,) = await _ask(conn, (queries.meaning, said))
        meant = {field: row[field] or "" for field in said}
        if (search.words and not meant["words"]) or (search.place and not meant["place"]):
            return None
    workplace = f"'workplace:{search.workplace}'" if search.workplace in WORKPLACES else ""
    return {**meant, "workplace": workplace, "days": since(search.since, now)}


async def page(
    conn: Connection, terms: Terms, *, company: int | None = None, before: int = NEWEST, size: int
) -> list[dict[str, Any]]:
    """Up to ``size`` live postings older than ``before`` that match, newest first.

    Pages go by an id that never changes.
    """
    at = {**terms, "company": company, "before": before, "size": size}
    found, whole = ([], False) if company else await _near(conn, at)
    return found if whole else await _anywhere(conn, at)


async def promoted(conn: Connection, terms: Terms, now: datetime, *, size: int) -> list[dict[str, Any]]:
    """Up to ``size`` promoted postings that match, others with each hour: of the newest that are promoted, for it is
    looked for on every first page.
    """
    at = {**terms, "window": _PROMOTED, "turn": str(int(now.timestamp()) // _HOUR), "size": size}
    return await _ask(conn, (queries.look_up_each, None), (queries.promoted, at), prepare=True)


async def _ask(
    conn: Connection, *asked: tuple[str, dict[str, Any] | None], prepare: bool | None = None
) -> list[dict[str, Any]]:
    """What the last of these answers, all in one trip to the server."""
    async with conn.pipeline():
        for text, at in asked:
            cursor = await conn.execute(text, at, prepare=prepare)
    return await cursor.fetchall()


async def _near(conn: Connection, at: dict[str, Any]) -> tuple[list[dict[str, Any]], bool]:
    """Those that stand near, and whether they are all that is asked for: a page of them, or all there are."""
    rows: list[dict[str, Any]] = []
    before, walked, of = at["before"], 0, 0
    for entries in _STRETCHES:
        if walked and not pays(len(rows), walked, max(walked, of), at["size"]):
            break
        found = await _walk(conn, {**at, "before": before, "size": at["size"] - len(rows)}, entries)
        rows += found
        if len(rows) == at["size"] or (found and found[0]["beyond"] is None):
            return rows, True
        if not found:
            break
        before, walked, of = found[0]["beyond"] + 1, walked + entries, found[0]["entries"]
    return rows, False


def pays(found: int, walked: int, of: int, size: int) -> bool:
    """Whether walking on is the shorter way to ``size`` postings, where so many stood in ``walked`` of all entries."""
    # One more than were found: few say little of how many stand beyond.
    often = (found + 1) / walked
    return size / often < _DEARER * of * often


async def _anywhere(conn: Connection, at: dict[str, Any]) -> list[dict[str, Any]]:
    rows = await _ask(conn, (queries.look_up_words, None), (queries.some, {**at, "most": _MOST}))
    if not rows or rows[0]["found"] < _MOST:
        return rows
    return await _walk(conn, at, None)


async def _walk(conn: Connection, at: dict[str, Any], entries: int | None) -> list[dict[str, Any]]:
    return await _ask(conn, (queries.walk_by_age, None), (queries.by_age, {**at, "entries": entries}))


async def boundaries(db: Database, size: int) -> list[int]:
    """After which postings the parts of the sitemap begin, ``size`` live postings each; the first begins at 0."""
    async with db.board() as conn:
        rows = await (await conn.execute(queries.boundaries, {"size": size})).fetchall()
    return [0, *(row["posting_id"] for row in rows)]


async def oldest(db: Database, *, after: int, size: int) -> list[dict[str, Any]]:
    """Up to ``size`` live postings (company_id, posting_id) newer than ``after``, oldest first."""
    async with db.board() as conn:
        return await (await conn.execute(queries.oldest, {"after": after, "size": size})).fetchall()
