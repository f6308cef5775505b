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

# Two ways to the newest that match. What matches often stands near: the index of the newest is walked, a stretch of
# so many entries after another, each if those before held so many. What matches seldom is taken from the index of words
# and sorted, up to _MOST. Of more than that, none of them near, the newest are walked to, however far they are.
_STRETCHES = ((2_000, 0), (6_000, 1), (60_000, 8))
_MOST = 4_000
# Promoted postings among which those that match a search are looked for.
_PROMOTED = 200
_WORD = re.compile(r"[^\W_]+")
# One word of a query of the index of words, and several that all have to stand.
_TERM = r"'(?:[^']|'')*'(?::[A-D*]+)?"
_ALL_OF = re.compile(rf"{_TERM}(?: & {_TERM})*")
# Conditions that `matches` in search.sql takes.
_CONDITIONS = 8
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
        at = {**asked, "company": search.company, "before": before, "size": size}
        found, whole = ([], False) if search.company else await _near(conn, at)
        return found if whole else await _anywhere(conn, at)


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
    """What was asked, as conditions of the index of words, empty where nothing was; None where what a person wrote
    holds nothing to search for.
    """
    terms: list[str] = []
    if search.words or search.place:
        said = {"words": search.words[:LONGEST], "place": in_place(search.place)}
        (row,) = await (await conn.execute(queries.meaning, said)).fetchall()
        for wrote, meant in ((search.words, row["words"]), (search.place, row["place"])):
            if wrote and not meant:
                return None
            terms += apart(meant) if meant else []
    if search.workplace in WORKPLACES:
        terms.append(f"'workplace:{search.workplace}'")
    terms += filter(None, [since(search.since, now)])
    return conditions(terms)


def apart(query: str) -> list[str]:
    """The words of a query that all have to stand, each as a query of its own; else the query as it is.

    Several conditions of the index cost half of one condition of several words.
    """
    return re.findall(_TERM, query) if _ALL_OF.fullmatch(query) else [query]


def conditions(terms: list[str]) -> dict[str, str]:
    """The terms that all have to match by the names of the conditions; those beyond their number stand in the last."""
    terms = list(dict.fromkeys(terms))
    last = _CONDITIONS - 1
    if len(terms) > _CONDITIONS:
        terms[last:] = [" & ".join(f"({term})" for term in terms[last:])]
    return {f"term{n}": term for n, term in enumerate(terms + [""] * (_CONDITIONS - len(terms)), 1)}


async def _near(conn: Connection, at: dict[str, Any]) -> tuple[list[dict[str, Any]], bool]:
    """Those that stand near, and whether they are all that is asked for: a page of them, or all there are."""
    rows: list[dict[str, Any]] = []
    before = at["before"]
    for entries, enough in _STRETCHES:
        if len(rows) < enough:
            break
        found = await _walk(conn, {**at, "before": before, "size": at["size"] - len(rows)}, entries)
        rows += found
        if len(rows) == at["size"] or (found and found[0]["beyond"] is None):
            return rows, True
        if not found:
            break
        before = found[0]["beyond"] + 1
    return rows, False


async def _anywhere(conn: Connection, at: dict[str, Any]) -> list[dict[str, Any]]:
    await conn.execute(queries.look_up_words)
    rows = await (await conn.execute(queries.some, {**at, "most": _MOST})).fetchall()
    if not rows or rows[0]["found"] < _MOST:
        return rows
    return await _walk(conn, at, None)


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
