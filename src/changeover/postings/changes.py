"""The live set as a stream: what opened, changed or closed, in an order that can be resumed anywhere."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from changeover.database.connection import Connection, Database
from changeover.database.queries import beside
from changeover.postings.posting import public_id

queries = beside(__file__, "changes")

LAST = 2**63 - 1
# Most revisions touch no posting that is live: so many are looked at for one page.
_REVISIONS = 500
_CURSOR = re.compile(r"(live|after)-(\d{1,19})-(\d{1,19})-(\d{1,19})(?:-(\d{1,19}))?")


class Kind(StrEnum):
    """What a follower does with an entry: hold the posting as told, or let go of it."""

    OPENED = "opened"
    CHANGED = "changed"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in the board's order, behind which a follower goes on; ``posting`` is within the revision."""

    position: int
    company_id: int = 0
    revision: int = 0
    posting_id: int = 0

    def __str__(self) -> str:
        return f"after-{self.position}-{self.company_id}-{self.revision}-{self.posting_id}"


@dataclass(frozen=True, slots=True)
class LivePlace:
    """A place in the list of what is live, with which a follower starts; the stream goes on from ``position``."""

    position: int
    company_id: int = 0
    posting_id: int = 0

    def __str__(self) -> str:
        return f"live-{self.position}-{self.company_id}-{self.posting_id}"


Cursor = Place | LivePlace


def parse_cursor(text: str) -> Cursor | None:
    """The cursor that a follower sends back, or None if it is none of ours."""
    match = _CURSOR.fullmatch(text)
    if match is None or (match[1] == "after") != (match[5] is not None):
        return None
    numbers = [int(number) for number in match.groups()[1:] if number is not None]
    if max(numbers) > LAST:
        return None
    return Place(*numbers) if match[1] == "after" else LivePlace(*numbers)


@dataclass(frozen=True, slots=True)
class Entry:
    """One posting at one revision. ``posting`` is its row in the live view as it reads now; None if it has closed.

    ``cause`` is what the company's history calls the revision (empty while a follower starts), and ``feeder_changed``
    says that it moved the feed: all entries of such a revision are one group. ``moved_to``: the posting that a closed
    one redirects to.
    """

    kind: Kind
    company_id: int
    posting_id: int
    revision: int
    at: datetime | None
    cause: str
    feeder_changed: bool
    posting: dict[str, Any] | None
    moved_to: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Entries in order, where to go on, and whether there is more at once."""

    entries: Sequence[Entry]
    next: Cursor
    more: bool


async def follow(db: Database, after: Cursor | None, size: int) -> Page:
    """Up to ``size`` entries behind ``after``; from nothing, first all that is live and then what has changed since.

    A follower that holds a posting for each ``opened`` and ``changed`` and lets go of it for each ``closed`` holds
    exactly the live set once ``more`` is false, wherever it stopped and resumed. An entry that a later one has
    overtaken is left out, so nothing is let go of that is live. Only what every later reader will see too is told:
    a revision below the oldest transaction that is still writing (identity-and-concurrency, One line per company).
    """
    async with db.operator() as conn:
        await conn.execute("set transaction isolation level repeatable read")
        row = await (await conn.execute(queries.horizon)).fetchone()
        horizon = int(row["horizon"]) if row else 0
        if after is None or isinstance(after, LivePlace):
            return await _live_set(conn, after or LivePlace(horizon), size)
        return await _changed(conn, after, horizon, size)


async def here(db: Database) -> Place:
    """The place behind everything that the stream would tell by now."""
    async with db.operator() as conn:
        row = await (await conn.execute(queries.horizon)).fetchone()
    return Place(int(row["horizon"]) if row else 0)


@dataclass(frozen=True, slots=True)
class Moved:
    """What happened to a company at a revision, as its history calls it; its state and feed from then on."""

    company_id: int
    revision: int
    at: datetime
    kind: str
    feed: str
    state: str


async def moves(db: Database, after: Cursor | None, until: Cursor, kinds: Sequence[str]) -> list[Moved]:
    """What happened to companies between two places of the stream; nothing while a follower starts."""
    if not isinstance(after, Place) or not isinstance(until, Place):
        return []
    at = {"position": after.position, "company": after.company_id, "revision": after.revision}
    to = {"to_position": until.position, "to_company": until.company_id, "to_revision": until.revision}
    async with db.operator() as conn:
        rows = await (await conn.execute(queries.moves, {**at, **to, "kinds": list(kinds)})).fetchall()
    return [Moved(**row) for row in rows]


_SHOWN = ("title", "location", "employer", "employer_job_id", "description", "apply_url", "workplace_type")


def record(entry: Entry, home: str) -> dict[str, Any]:
    """An entry as it leaves the board at ``home``, on the stream and by webhook alike: JSON values.

    Of two entries on one posting the one with the higher ``revision`` holds, in whatever order they arrive.
    """
    its_id, row = public_id(entry.company_id, entry.posting_id), entry.posting
    posting = row and {
        "url": f"{home}/jobs/{its_id}",
        **{name: row[name] for name in _SHOWN},
        "company": row["company_name"] or row["employer"],
        "posted_at": row["posted_at"].isoformat() if row["posted_at"] else None,
        "feed": row["lane"],
        "promoted": row["promoted"],
    }
    return {
        "change": str(entry.kind),
        "id": its_id,
        "company": str(entry.company_id),
        "revision": entry.revision,
        "group": f"{entry.company_id}-{entry.revision}",
        "at": entry.at.isoformat() if entry.at else None,
        "cause": entry.cause,
        "feeder_changed": entry.feeder_changed,
        "moved_to": public_id(entry.company_id, entry.moved_to) if entry.moved_to else None,
        "posting": posting,
    }


async def live_set(db: Database, size: int = 1000) -> AsyncIterator[dict[str, Any]]:
    """Every live posting of the board as its row in the live view, by company and posting, in pages of ``size``."""
    at: Cursor = LivePlace(0)
    while isinstance(at, LivePlace):
        async with db.operator() as conn:
            page = await _live_set(conn, at, size)
        for entry in page.entries:
            yield {**(entry.posting or {}), "company_id": entry.company_id, "posting_id": entry.posting_id}
        at = page.next


async def _live_set(conn: Connection, at: LivePlace, size: int) -> Page:
    told = {"company": at.company_id, "posting": at.posting_id, "size": size}
    rows = await (await conn.execute(queries.live_set, told)).fetchall()
    entries = [
        Entry(
            Kind.OPENED, row.pop("company_id"), row.pop("posting_id"), row.pop("revision"), None, "", False, posting=row
        )
        for row in rows
    ]
    if len(entries) < size:
        return Page(entries, Place(at.position), more=True)
    return Page(entries, LivePlace(at.position, entries[-1].company_id, entries[-1].posting_id), more=True)


@dataclass(frozen=True, slots=True)
class _Touch:
    revision: dict[str, Any]
    posting_id: int

    @property
    def place(self) -> Place:
        it = self.revision
        return Place(it["position"], it["company_id"], it["revision"], self.posting_id)


async def _changed(conn: Connection, after: Place, horizon: int, size: int) -> Page:
    told = {"position": after.position, "company": after.company_id, "revision": after.revision}
    cursor = await conn.execute(queries.revisions, {**told, "horizon": horizon, "size": _REVISIONS})
    revisions = await cursor.fetchall()
    if not revisions:
        return Page([], after, more=False)
    first = revisions[0]
    begun = (first["position"], first["company_id"], first["revision"]) == tuple(told.values())
    touches = await _touches(conn, revisions, after.posting_id if begun else 0, size)
    full = len(touches) == size
    last = touches[-1] if full else _Touch(revisions[-1], LAST)
    return Page(await _entries(conn, touches), last.place, more=full or len(revisions) == _REVISIONS)


async def _touches(conn: Connection, revisions: Sequence[dict[str, Any]], after: int, size: int) -> list[_Touch]:
    """The first ``size`` postings that these revisions touched, in order; of the first, those above ``after``."""
    touches: list[_Touch] = []
    start = 0
    while start < len(revisions) and len(touches) < size:
        run = _alike(revisions, start)
        above = after if start == 0 else 0
        touches += await _of_run(conn, run, above, size - len(touches))
        start += len(run)
    return touches


def _alike(revisions: Sequence[dict[str, Any]], start: int) -> Sequence[dict[str, Any]]:
    """From ``start``: one revision that moved the feed, or all up to the next that did."""
    moved = [it["feed"] != it["fed_before"] for it in revisions[start:]]
    if moved[0]:
        return revisions[start : start + 1]
    return revisions[start : start + moved.index(True)] if True in moved else revisions[start:]


async def _of_run(conn: Connection, run: Sequence[dict[str, Any]], after: int, size: int) -> list[_Touch]:
    if run[0]["feed"] != run[0]["fed_before"]:
        one = {"company": run[0]["company_id"], "revision": run[0]["revision"]}
        rows = await (await conn.execute(queries.flipped, {**one, "after": after, "size": size})).fetchall()
        return [_Touch(run[0], row["posting_id"]) for row in rows]
    many = {
        "companies": [it["company_id"] for it in run],
        "revisions": [it["revision"] for it in run],
        "feeds": [it["feed"] for it in run],
    }
    rows = await (await conn.execute(queries.touched, {**many, "after": after, "size": size})).fetchall()
    return [_Touch(run[row["place"] - 1], row["posting_id"]) for row in rows]


async def _entries(conn: Connection, touches: Sequence[_Touch]) -> list[Entry]:
    told = {
        "companies": [it.revision["company_id"] for it in touches],
        "revisions": [it.revision["revision"] for it in touches],
        "postings": [it.posting_id for it in touches],
        "feeds": [it.revision["feed"] for it in touches],
        "feeds_before": [it.revision["fed_before"] for it in touches],
    }
    rows = await (await conn.execute(queries.done, told)).fetchall()
    made = (_entry(touches[row.pop("place") - 1], row) for row in rows)
    return [entry for entry in made if entry is not None]


def _entry(touch: _Touch, row: dict[str, Any]) -> Entry | None:
    """What a revision did to a posting, unless that has been overtaken or was nothing that anyone could see."""
    before, after, live, alias = (row.pop(name) for name in ("before", "after", "live", "alias_of"))
    if after != live or not (before or after):
        return None
    it = touch.revision
    return Entry(
        kind=Kind.CLOSED if not after else Kind.CHANGED if before else Kind.OPENED,
        company_id=it["company_id"],
        posting_id=touch.posting_id,
        revision=it["revision"],
        at=it["at"],
        cause=it["kind"],
        feeder_changed=it["feed"] != it["fed_before"],
        posting=row if live else None,
        moved_to=None if after else alias,
    )
