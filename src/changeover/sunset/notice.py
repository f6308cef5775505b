"""Announcing the end of an old source, withdrawing it, and whom of an employer the board writes to."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from changeover.database.connection import Database
from changeover.database.revise import Change, revise
from changeover.job import Lane
from changeover.refusal import Refusal
from changeover.snapshot import store as snapshots
from changeover.snapshot.store import SourceRow
from changeover.sources.text import line
from changeover.sunset import letters, store
from changeover.sunset.store import Sunset

ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\]+\.[^\s@<>,;:\"()\[\]\\]+")
LONGEST, MOST_CONTACTS = 200, 20
FURTHEST = timedelta(days=3 * 366)

NO_SUNSET = Refusal(
    "NO_SUNSET", "Nothing was done: no end of this source is announced, or its day has come.", "Look at the sources."
)


async def announce(
    db: Database, company_id: int, source_id: int, ends_at: datetime, *, who: str, why: str = ""
) -> Refusal | Sunset:
    """An old source ends on that day; until then it is read and feeds. Its employer is told, and told again."""
    outcome: Refusal | Sunset = NO_SUNSET
    async with revise(db, company_id, kind="sunset_announced", who=who, why="") as change:
        row = await snapshots.source(change.conn, company_id, source_id)
        refusal = _unfit(row, ends_at, change.at) or await _announced(change, source_id)
        if refusal is not None:
            outcome = refusal
            raise change.nothing_changed()
        outcome = await begin(change, source_id, ends_at, why)
    return outcome


async def begin(change: Change, source_id: int, ends_at: datetime, why: str) -> Sunset:
    """Write down that a source ends then, in the caller's change, and have its employer told."""
    it = await store.announce(change, source_id, ends_at, line(why)[:500])
    change.why = f"{it.location} ends on {ends_at:%Y-%m-%d %H:%M} UTC."
    change.detail |= {"source_id": str(source_id), "ends_at": ends_at.isoformat()}
    await letters.queue(change, it, letters.ANNOUNCED)
    await letters.queue(change, it, letters.REMINDED, at=ends_at - letters.REMINDER)
    return it


def _unfit(row: SourceRow | None, ends_at: datetime, now: datetime) -> Refusal | None:
    if row is None or not row.active:
        return Refusal("NOT_ACTIVE", "Nothing was done: there is no such active source.", "See the company's page.")
    if row.lane is not Lane.LEGACY:
        return Refusal("ONLY_OLD_SOURCES", "Nothing was done: only an old source ends.", "Revoke the ATS instead.")
    if ends_at <= now:
        return Refusal("DAY_IS_PAST", "Nothing was done: that day has begun.", "Name a later one.")
    if ends_at > now + FURTHEST:
        return Refusal("DAY_TOO_FAR", "Nothing was done: that is more than three years away.", "Name an earlier day.")
    return None


async def _announced(change: Change, source_id: int) -> Refusal | None:
    there = next(
        (it for it in await store.announced(change.conn, change.company_id) if it.source_id == source_id), None
    )
    if there is None:
        return None
    sentence = f"Nothing was done: its end is announced already, for {there.ends_at:%Y-%m-%d %H:%M} UTC."
    return Refusal("ANNOUNCED", sentence, "Withdraw that first.")


async def withdraw(db: Database, company_id: int, source_id: int, *, who: str) -> Refusal | None:
    """The source does not end after all; only until its day. The employer is told."""
    refusal: Refusal | None = None
    async with revise(db, company_id, kind="sunset_withdrawn", who=who, why="") as change:
        known = await store.announced(change.conn, company_id)
        it = next((it for it in known if it.source_id == source_id), None)
        if it is None or it.ended_at is not None or it.ends_at <= change.at:
            refusal = NO_SUNSET
            raise change.nothing_changed()
        await store.withdraw(change, it)
        change.why = f"{it.location} does not end: it goes on being read."
        change.detail |= {"source_id": str(source_id)}
        await letters.queue(change, it, letters.WITHDRAWN)
    return refusal


async def set_contact(
    db: Database, company_id: int, email: str, *, name: str = "", write: bool, who: str
) -> Refusal | None:
    """Write to this address about the company, or no more."""
    email, refusal = line(email).strip().casefold(), None
    async with revise(db, company_id, kind="contact_set", who=who, why="") as change:
        refusal = await _contact(change, email, line(name).strip()[:LONGEST], write=write)
        if refusal:
            raise change.nothing_changed()
        change.why = "The board writes to a contact more." if write else "The board writes to a contact less."
    return refusal


async def _contact(change: Change, email: str, name: str, *, write: bool) -> Refusal | None:
    if not write:
        gone = await store.drop_contact(change, email)
        return None if gone else Refusal("NO_CONTACT", "Nothing was done: nobody is written to at this address.")
    if len(email) > LONGEST or not ADDRESS.fullmatch(email):
        return Refusal("NO_ADDRESS", "Nothing was done: this is no e-mail address.", "Write name@example.org.")
    have = {row["email"] for row in await store.contacts(change.conn, change.company_id)}
    if email not in have and len(have) >= MOST_CONTACTS:
        return Refusal(
            "MANY_CONTACTS", f"Nothing was done: there are {MOST_CONTACTS} contacts.", "Take one away first."
        )
    await store.add_contact(change, email, name)
    return None


async def closed_to(db: Database, company_id: int) -> Refusal | None:
    """Why a company gets no new old source: the vendor of its ATS has launched. None if it may have one."""
    async with db.operator() as conn:
        row = await store.launched(conn, company_id, db.now())
    if row is None:
        return None
    sentence = (
        f"Nothing was done: {row['name']} launched on {row['launched_at']:%Y-%m-%d}, and its customers get no new "
        "old source since then."
    )
    return Refusal("LEGACY_CLOSED", sentence, "Connect the ATS: its jobs feed the board.")
