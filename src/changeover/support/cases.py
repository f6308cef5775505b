"""What both sides do in a case of support: open it with the evidence, write, propose pairs, close it."""

from __future__ import annotations

from typing import Any, Literal

from changeover.database.connection import Connection, Database
from changeover.database.revise import Change, revise
from changeover.job import Lane
from changeover.match import store as matches
from changeover.migration import store as migrations
from changeover.postings import store as postings
from changeover.refusal import Refusal
from changeover.snapshot import store as snapshots
from changeover.sources.text import clean, line
from changeover.support import store

Side = Literal["employer", "operator"]
# Findings that a case keeps, and letters of a message.
_FINDINGS, LONGEST = 200, 5_000

# The wire's codes, and the findings that each stands for; no code: everything that did not match.
CODES = {
    "MIGRATION_MISSING_JOB_POSTING": ("legacy_only", "review"),
    "MIGRATION_MISSING_SCRAPED_JOB": ("ats_only",),
    "": ("legacy_only", "review", "ats_only"),
}
ABOUT = {
    "MIGRATION_MISSING_JOB_POSTING": "Jobs on the board that are not in the ATS",
    "MIGRATION_MISSING_SCRAPED_JOB": "Jobs in the ATS that are not on the board",
    "": "Everything that did not match",
}
"""What a case is about, in words, by its code."""
CAUSES = {
    "mended_in_ats": "The employer changed its ATS.",
    "mended_at_source": "The employer changed its old source.",
    "pairs_confirmed": "Pairs that support proposed were confirmed.",
    "resolved": "The employer resolved without them.",
    "our_matching": "The matching was wrong.",
    "our_reading": "A source was read wrongly.",
    "no_answer": "Nobody answered.",
    "other": "Something else.",
}
"""Why a case was needed, as it is counted."""

_NO_CASE = Refusal("UNKNOWN_CASE", "Nothing was done: this company has no such case.", "See its list of cases.")
_CLOSED = Refusal("CASE_CLOSED", "Nothing was done: the case is closed.", "Open a new one.")


async def evidence(conn: Connection, company_id: int, code: str) -> dict[str, Any]:
    """What whoever helps would ask first, as it stands now: the newest snapshots of both sides, counts, findings."""
    it = await migrations.company(conn, company_id)
    readings = []
    for row in sorted(await snapshots.sources(conn, company_id), key=lambda each: each.lane is Lane.ATS):
        for reading in await snapshots.latest_readings(conn, company_id, row.source_id, 1):
            kept = ("completeness", "verdict", "jobs", "sentence")
            said = {"source": str(row.source_id), "lane": str(row.lane), "kind": row.kind, "location": row.location}
            readings.append(
                {**said, "reading": str(reading["reading_id"]), "began_at": reading["began_at"].isoformat()}
                | {name: reading[name] for name in kept}
            )
    rows = await matches.review_page(conn, company_id, CODES[code], size=_FINDINGS + 1)
    told = ("decision", "rule", "reason", "code", "fix", "legacy_title", "ats_title", "legacy_id", "ats_id")
    return {
        "company": it.name,
        "ats": it.ats,
        "state": str(it.state),
        "revision": it.revision,
        "counts": it.counts,
        "blockers": it.blockers,
        "snapshots": readings,
        "findings": [{name: row[name] for name in told if name in row} for row in rows[:_FINDINGS]],
        "more": len(rows) > _FINDINGS,
    }


async def open_case(db: Database, company_id: int, code: str, words: str, *, side: Side, who: str) -> Refusal | int:
    """Open a case about one of the wire's codes, or (empty) about all that did not match; its id."""
    if code not in CODES:
        return Refusal("UNKNOWN_CODE", "Nothing was done: cases are about codes of the migration.", "Leave it empty.")
    about = ABOUT[code]
    why = f"A case of support was opened: {about[0].lower()}{about[1:]}."
    said = clean(words).strip()
    async with revise(db, company_id, kind="case_opened", who=who, why=why) as change:
        made = await store.open_case(change, code, await evidence(change.conn, company_id, code))
        if said:
            await store.write(change, made, side, said[:LONGEST])
        change.detail |= {"case": str(made)}
    return made


async def write(db: Database, company_id: int, case_id: int, words: str, *, side: Side, who: str) -> Refusal | None:
    """Write in an open case."""
    refusal: Refusal | None = None
    why = f"The {'employer' if side == 'employer' else 'operator'} wrote in a case of support."
    said = clean(words).strip()
    async with revise(db, company_id, kind="case_written", who=who, why=why) as change:
        refusal = await _not_open(change, case_id)
        if refusal is None and not said:
            refusal = Refusal("NO_WORDS", "Nothing was sent: the message is empty.", "Write something.")
        if refusal:
            raise change.nothing_changed()
        await store.write(change, case_id, side, said[:LONGEST])
    return refusal


async def propose(db: Database, company_id: int, case_id: int, legacy: str, ats: str, *, who: str) -> Refusal | None:
    """Propose that two jobs, named by their sources' ids or our own, are one opening; the employer confirms."""
    refusal: Refusal | None = None
    async with revise(db, company_id, kind="pair_proposed", who=who, why="") as change:
        refusal = await _not_open(change, case_id)
        ids = [
            await postings.job_named(change.conn, company_id, lane, line(key))
            for lane, key in ((Lane.LEGACY, legacy), (Lane.ATS, ats))
        ]
        if refusal is None and None in ids:
            refusal = Refusal("UNKNOWN_JOB", "Nothing was done: one of the two jobs is not there.", "Check both ids.")
        if refusal or ids[0] is None or ids[1] is None:
            raise change.nothing_changed()
        change.why = f"Support proposed that {line(legacy)} and, in the ATS, {line(ats)} are one opening."
        await store.propose(change, case_id, ids[0], ids[1])
    return refusal


async def close(db: Database, company_id: int, case_id: int, cause: str, *, who: str) -> Refusal | None:
    """Close a case with the cause that it is counted by."""
    refusal: Refusal | None = None
    why = f"A case of support was closed: {CAUSES.get(cause, '')}"
    async with revise(db, company_id, kind="case_closed", who=who, why=why) as change:
        refusal = await _not_open(change, case_id)
        if refusal is None and cause not in CAUSES:
            refusal = Refusal(
                "UNKNOWN_CAUSE", "Nothing was done: there is no such cause.", f"One of {', '.join(CAUSES)}."
            )
        if refusal:
            raise change.nothing_changed()
        await store.close(change, case_id, cause)
    return refusal


async def _not_open(change: Change, case_id: int) -> Refusal | None:
    row = await store.case(change.conn, change.company_id, case_id)
    if row is None:
        return _NO_CASE
    return _CLOSED if row["closed_at"] else None
