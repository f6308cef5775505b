"""What sets a company up: adding it, naming it, giving it a source. Refused, it leaves no trace."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from changeover.database.revise import create_company, revise
from changeover.flow import Flow
from changeover.job import Lane
from changeover.migration import store as migrations
from changeover.postings import store as postings
from changeover.refusal import Refusal
from changeover.snapshot import store as snapshots
from changeover.snapshot import telling
from changeover.snapshot.store import PUSH
from changeover.sources import ats_boards, registry
from changeover.sources.address import url_flaw
from changeover.sunset.notice import closed_to

LONGEST_NAME = 200


def named(name: str, what: str) -> str | Refusal:
    """A new name as it is kept: NFC, single spaces. Refused where it is empty, endless or unprintable."""
    name = unicodedata.normalize("NFC", " ".join(name.split()))
    sentence = ""
    if not name:
        sentence = f"Nothing was done: {what} needs a name that is not empty."
    elif len(name) > LONGEST_NAME:
        sentence = f"Nothing was done: the name has {len(name):,} characters; use {LONGEST_NAME} at most."
    elif any(unicodedata.category(letter) in ("Cc", "Cs") for letter in name):
        sentence = "Nothing was done: the name holds characters that cannot be printed; type it anew."
    return Refusal("BAD_NAME", sentence) if sentence else name


def lane_of(kind: str) -> Lane:
    """The side that a source of this kind stands on where a person does not say."""
    return Lane.ATS if kind == PUSH or ats_boards.named(kind) else Lane.LEGACY


@dataclass(frozen=True, slots=True)
class NewSource:
    """A source to add. ``kind`` is one of the registry's, or PUSH for an ATS that pushes its jobs.

    ``consent``: who allowed it to be read although its site asks not to. ``tells_changes``: it tells only what is new,
    changed or over; ``full_from``: where it tells every open job, if anywhere.
    """

    location: str
    kind: str
    lane: Lane
    rank: int = 0
    every_minutes: int = 60
    consent: str = ""
    tells_changes: bool = False
    full_from: str = ""


def unfit(location: str, kind: str | None, lane: Lane | None) -> Refusal | None:
    """Why a location, its kind and its side do not go together, or the location cannot be read, or None.

    What holds a password is refused here, before it is kept and shown.
    """
    if location == "push":
        if lane is Lane.LEGACY or kind not in (None, PUSH):
            return Refusal(
                "ONLY_AN_ATS_PUSHES", "Nothing was done: only an ATS pushes, so `push` has no other kind or side."
            )
        return None
    if "://" in location and (flaw := url_flaw(location)):
        return Refusal(flaw.code, f"Nothing was done: {flaw.sentence}")
    if kind is not None and kind not in registry.kinds():
        fix = f"Use one of {', '.join(registry.kinds())}."
        return Refusal("UNKNOWN_KIND", f"Nothing was done: there is no kind {kind}.", fix)
    return None


async def add_source(flow: Flow, company_id: int, new: NewSource, *, who: str) -> int | Refusal:
    """Give a company a source; a pulled one is due at once. Its id, or why it gets none."""
    refusal = await closed_to(flow.db, company_id) if new.lane is Lane.LEGACY else None
    if refusal is not None:
        return refusal
    added: int | Refusal = 0
    why = f"{new.location} was added as a source."
    async with revise(flow.db, company_id, kind="source_added", who=who, why=why) as change:
        rows = await snapshots.sources(change.conn, company_id)
        there = [row for row in rows if row.active and row.location == new.location]
        if there:
            sentence = f"Nothing was done: this company has that source already, as {there[0].source_id}."
            added = Refusal("SOURCE_THERE", sentence)
            raise change.nothing_changed()
        added = await snapshots.add_source(
            change,
            lane=new.lane,
            kind=new.kind,
            location=new.location,
            rank=new.rank,
            every_minutes=new.every_minutes,
        )
        if new.tells_changes:
            await telling.set_tells(change, added, changes=True)
            await telling.set_full_from(change, added, new.full_from)
        if new.consent.strip():
            await snapshots.say_consent(change, added, new.consent.strip()[:2000])
    return added


async def set_up(flow: Flow, company_id: int, name: str, ats: str, sources: Sequence[NewSource], *, who: str) -> None:
    """A company with its sources. What is there already of it stays, so that what was cut short is finished by another.

    ``company_id`` is a new id.
    """
    async with flow.db.company(company_id) as conn:
        there = await migrations.known(conn, company_id)
    if not there:
        await create_company(flow.db, name, ats=ats, who=who, company_id=company_id)
    for source in sources:
        await add_source(flow, company_id, source, who=who)


async def rename(flow: Flow, company_id: int, *, name: str | None, ats: str | None, who: str) -> None:
    """Call a company, or the ATS it uses, otherwise. Its postings show the new name at once."""
    async with revise(flow.db, company_id, kind="renamed", who=who, why="") as change:
        now = await migrations.company(change.conn, company_id)
        name, ats = now.name if name is None else name, now.ats if ats is None else ats
        if (name, ats) == (now.name, now.ats):
            raise change.nothing_changed()
        await migrations.rename(change, name=name, ats=ats)
        if name != now.name:
            await postings.told_anew(change, name)
        change.why = (
            f"{now.name} is called {name} now." if name != now.name else f"Its ATS is {ats or 'not known'} now."
        )
        change.detail |= {"name": name, "ats": ats}
