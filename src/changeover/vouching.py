"""A person's word on a source: a held reading is right, it tells changes only, it has told everything."""

from __future__ import annotations

from dataclasses import replace

from changeover.consolidated.handing import FEED, PART, parts
from changeover.database.revise import revise
from changeover.postings import open_jobs
from changeover.postings import store as postings
from changeover.postings.writing import write_jobs
from changeover.readings import Flow, Taken, not_readable, say, wake
from changeover.refusal import Refusal
from changeover.snapshot import store as snapshots
from changeover.snapshot import telling
from changeover.snapshot.difference import BY_PAGES, Action, Verdict, difference
from changeover.snapshot.store import SourceRow
from changeover.sources.address import url_flaw
from changeover.sources.source import Completeness, Reading

_ANOTHER_HELD = Refusal(
    "ANOTHER_HELD",
    "Nothing was done: the source has been read again since, and another reading is held now.",
    "Look at the newer reading, and accept that one if it is right.",
)


async def accept(flow: Flow, company_id: int, source_id: int, *, who: str, seen: int | None = None) -> Taken | Refusal:
    """Believe the reading of a source that is held: a person says that it is right.

    ``seen`` is the reading that the person looked at; another one that is held by now is not believed.
    """
    taken: Taken | Refusal = Refusal(
        "NOTHING_HELD", "No reading of this source is held.", "There is nothing to accept."
    )
    async with postings.change_postings(
        flow.db, company_id, kind="reading_released", who=who, why="A held reading was accepted."
    ) as change:
        row = await snapshots.source(change.conn, company_id, source_id)
        kept = await snapshots.held_reading(change.conn, row) if row and row.active else None
        if row is None or kept is None:
            raise change.nothing_changed()
        if seen not in (None, kept["reading_id"]):
            taken = _ANOTHER_HELD
            raise change.nothing_changed()
        jobs, same = await snapshots.kept_jobs(change.conn, company_id, kept["reading_id"])
        known = await postings.known_jobs(change.conn, company_id, source_id)
        still = {entry.job_id for entry in known.values() if entry.open}
        jobs += await open_jobs.told(change.conn, company_id, [each for each in same if each not in still])
        diff = difference(known, jobs, frozenset(same) & still)
        await write_jobs(change, source_id, row.lane, [*diff.appeared, *diff.changed])
        if kept["completeness"] != Completeness.COMPLETE:
            # What a feed of changes named as over; of a site's pages it is what is missed, and stays.
            diff = replace(diff, vanished=[] if row.kind in BY_PAGES else kept["missed"])
        # What came after the held reading began is not for it to close.
        await postings.close_jobs(change, diff.vanished, opened_by=kept["began_revision"])
        await snapshots.release(change, row, kept)
        verdict = Verdict(Action.TAKE, "RELEASED", "A held reading was accepted.")
        say(change, row, verdict, diff)
        change.kind = "reading_released"
        await wake(flow, change)
        taken = Taken(Reading(row.kind, jobs, Completeness(kept["completeness"])), verdict, diff)
    return taken


_NOTHING_MORE = Refusal(
    "TOLD_ALREADY", "Nothing was done: it is known of this source already.", "See it on the company's page."
)
_ONLY_OF_CHANGES = Refusal(
    "TELLS_EVERYTHING",
    "Nothing was done: a source that tells every open job each time has no other address for that.",
    "Leave the address out.",
)
_OF_MANY = Refusal(
    "FEED_OF_MANY",
    "Nothing was done: a feed of many companies is read at one address.",
    "Add the list of every open job as the consolidated feed.",
)
_OF_ITS_FEED = Refusal(
    "PART_OF_A_FEED",
    "Nothing was done: this is one company's part of a consolidated feed, and tells what the feed tells.",
    "Say it of the feed, at the company that has it.",
)
_TELLS_EVERYTHING = Refusal(
    "TELLS_EVERYTHING",
    "Nothing was done: this source tells every open job each time, so its own readings say whether they are whole.",
    "If it tells changes only, say that first: `changeover source tells`.",
)
_NOT_TOLD = Refusal(
    "NOT_TOLD",
    "Nothing was done: the newest reading of this source was not taken in, or there is none, so what it told last is "
    "not known.",
    "Read it again, and accept what is held; then say it of that reading.",
)


def unfit_full(full_from: str, location: str) -> Refusal | None:
    """Why a source of changes at the location cannot be read whole at this address, or None."""
    if full_from == location:
        return Refusal(
            "SAME_ADDRESS",
            "Nothing was done: where the source tells changes is not where it tells every open job.",
            "Give the address of the full list, or leave it out.",
        )
    flaw = url_flaw(full_from) if "://" in full_from else None
    return Refusal(flaw.code, f"Nothing was done: {flaw.sentence}") if flaw else None


async def set_tells(
    flow: Flow, company_id: int, source_id: int, *, changes: bool, full_from: str | None = None, who: str
) -> Refusal | None:
    """Say whether a source tells changes only: then a job closes by its word alone, never because it is left out.

    One that does so from now on counts as whole no more, until it has told everything, or a person has said so.
    ``full_from``: where it tells every open job ("": nowhere; None: as it is known).
    """
    refusal: Refusal | None = None
    async with revise(flow.db, company_id, kind="source_tells", who=who, why="") as change:
        row = await snapshots.source(change.conn, company_id, source_id)
        if row is None or not row.active or not row.pulled:
            refusal = not_readable(row)
        elif row.kind == PART:
            refusal = _OF_ITS_FEED
        elif row.tells_changes is changes and full_from in (None, row.full_from):
            refusal = _NOTHING_MORE
        elif full_from and row.kind == FEED:
            refusal = _OF_MANY
        elif full_from:
            refusal = unfit_full(full_from, row.location) if changes else _ONLY_OF_CHANGES
        if refusal or row is None:
            raise change.nothing_changed()
        await telling.set_tells(change, source_id, changes=changes)
        if full_from is not None:
            await telling.set_full_from(change, source_id, full_from)
        what = "what is new, changed or over" if changes else "every open job each time"
        change.why = f"{row.location} tells {what}{f', and every open job at {full_from}' if full_from else ''}."
        change.detail |= {"source_id": str(source_id), "changes": changes}
        await wake(flow, change)
    return refusal


async def told_everything(flow: Flow, company_id: int, source_id: int, *, who: str) -> Refusal | None:
    """Say that a source of changes has told every open job by its newest reading: it counts as whole from there on.

    Said of a consolidated feed it is said of each company's part of it.
    """
    refusal, row = await _told(flow, company_id, source_id, who=who)
    for part in await parts(flow.db, row) if row and not refusal and row.kind == FEED else ():
        await _told(flow, part.company_id, part.source_id, who=who)
    return refusal


async def _told(flow: Flow, company_id: int, source_id: int, *, who: str) -> tuple[Refusal | None, SourceRow | None]:
    refusal: Refusal | None = None
    row: SourceRow | None = None
    async with revise(flow.db, company_id, kind="source_told", who=who, why="") as change:
        row = await snapshots.source(change.conn, company_id, source_id)
        if row is None or not row.active or not row.pulled:
            refusal = not_readable(row)
        elif not row.tells_changes:
            refusal = _TELLS_EVERYTHING
        elif not await telling.told_everything(change, source_id):
            refusal = _NOT_TOLD
        if refusal or row is None:
            raise change.nothing_changed()
        change.why = f"{row.location} has told every open job by its newest reading; from here on its changes are all."
        change.detail |= {"source_id": str(source_id)}
        await wake(flow, change)
    return refusal, row
