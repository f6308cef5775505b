"""A person's words on many pairs, those of a spreadsheet among them, and taking them back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from changeover import acts
from changeover import flow as runs
from changeover.acts import Word
from changeover.database.revise import revise
from changeover.flow import Flow
from changeover.job import Lane
from changeover.match import store as matches
from changeover.postings import store as postings
from changeover.refusal import Refusal

# So many words are said in one revision: the company waits for no longer than a second or so at a time.
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Said:
    """What became of many words: the revisions that hold them, how many were taken, and why others were not."""

    revisions: Sequence[int]
    confirmed: int
    rejected: int
    refused: Sequence[tuple[str, str]]


async def say(flow: Flow, company_id: int, words: Sequence[Word], *, who: str) -> Said:
    """Take many words, in their order, in as few revisions as is kind to others. A refused one leaves the others be."""
    revisions: list[int] = []
    taken: list[str] = []
    refused: list[tuple[str, str]] = []
    for start in range(0, len(words), AT_ONCE):
        part = words[start : start + AT_ONCE]
        revision, answers = await acts.decide_pairs(flow, company_id, part, who=who)
        revisions += [revision] if revision is not None else []
        for word, refusal in zip(part, answers, strict=True):
            if refusal is None:
                taken.append(word.verdict)
            else:
                refused.append((f"{word.legacy} and {word.ats}", refusal.sentence))
    return Said(revisions, taken.count("confirmed"), taken.count("rejected"), refused)


async def say_table(flow: Flow, company_id: int, told: pa.Table, *, who: str) -> Said:
    """Take the words of a spreadsheet by the sources' own ids: ``legacy_id, ats_id, verdict`` of decisions_csv."""
    rows = told.to_pylist()
    async with flow.db.company(company_id) as conn:
        jobs = {
            lane: await postings.jobs_named(conn, company_id, lane, sorted({row[f"{lane}_id"] for row in rows}))
            for lane in Lane
        }
    words: list[Word] = []
    unknown: list[tuple[str, str]] = []
    for row in rows:
        legacy, ats = (jobs[lane].get(row[f"{lane}_id"]) for lane in (Lane.LEGACY, Lane.ATS))
        if legacy is None or ats is None:
            unknown.append((f"{row['legacy_id']} and {row['ats_id']}", "No job, or several, are so called here now."))
        else:
            words.append(Word(legacy, ats, row["verdict"]))
    said = await say(flow, company_id, words, who=who)
    return Said(said.revisions, said.confirmed, said.rejected, [*unknown, *said.refused])


async def take_back(flow: Flow, company_id: int, revisions: Sequence[int], *, who: str) -> int | Refusal:
    """Take back every word that was said in these revisions and still stands; the next match decides anew."""
    outcome: int | Refusal = Refusal("NOTHING_TO_UNDO", "Nothing was done: those words do not stand any more.")
    async with revise(flow.db, company_id, kind="pair_undecided", who=who, why="") as change:
        count = await matches.undecide_words(change, revisions)
        if not count:
            raise change.nothing_changed()
        change.why = f"{count:,} words on pairs were taken back."
        change.detail |= {"words": count}
        await runs.wake(flow, change)
        outcome = count
    return outcome
