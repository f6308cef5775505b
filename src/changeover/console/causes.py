"""Why jobs are unmatched, by cause: what it means, its code, and what to do for all of them."""

from __future__ import annotations

from dataclasses import dataclass

from changeover.job import Lane
from changeover.migration.state import State
from changeover.migration.store import Company

MISSING_ATS, MISSING_LEGACY = "MIGRATION_MISSING_JOB_POSTING", "MIGRATION_MISSING_SCRAPED_JOB"


@dataclass(frozen=True, slots=True)
class Cause:
    """One group of the review page: the findings that have these ``rules``; ``lane`` is the side that is alone."""

    name: str
    lane: Lane
    decision: str
    rules: tuple[str, ...]
    heading: str
    means: str
    code: str
    fix: str


SUGGESTED = "suggested"
TWIN_INVALID = "twin-invalid"

CAUSES = (
    Cause(
        "no-twin",
        Lane.LEGACY,
        "legacy_only",
        ("alone",),
        "On the board, not in the ATS",
        "No unpaired job in the ATS is enough like these. When you resolve, they close.",
        MISSING_ATS,
        "Publish each in the ATS, ideally with the same Employer Job ID, or let it close.",
    ),
    Cause(
        "twin-closed",
        Lane.LEGACY,
        "legacy_only",
        ("twin_closed",),
        "On the board, closed in the ATS",
        "Their twins in the ATS have closed, while the old source still shows them. When you resolve, they close.",
        MISSING_ATS,
        "Open the twin again in the ATS, or close the job at the old source.",
    ),
    Cause(
        "only-ats",
        Lane.ATS,
        "ats_only",
        ("alone",),
        "In the ATS, not on the board",
        "No unpaired job on the board is enough like these. They will be enabled once resolved.",
        MISSING_LEGACY,
        "Nothing, if they are new: they open when you resolve. If one is on the board under another name, pair them "
        "by giving both the same Employer Job ID.",
    ),
    Cause(
        "fewer-in-ats",
        Lane.LEGACY,
        "legacy_only",
        ("twin_taken", "outdone"),
        "On the board, more of a kind than in the ATS",
        "The job in the ATS most like each of these belongs to another job, or is as much like others. When you "
        "resolve, they close.",
        MISSING_ATS,
        "Publish each in the ATS with its Employer Job ID, or let it close.",
    ),
    Cause(
        "fewer-on-board",
        Lane.ATS,
        "ats_only",
        ("twin_taken", "outdone"),
        "In the ATS, more of a kind than on the board",
        "The job on the board most like each of these belongs to another job, or is as much like others. They will be "
        "enabled once resolved.",
        MISSING_LEGACY,
        "Nothing, if they are new: they open when you resolve.",
    ),
    Cause(
        "untitled-legacy",
        Lane.LEGACY,
        "legacy_only",
        ("no_title",),
        "On the board, without a title",
        "Without a title there is nothing to compare. When you resolve, they close.",
        MISSING_ATS,
        "Give each a title at the old source.",
    ),
    Cause(
        "untitled-ats",
        Lane.ATS,
        "ats_only",
        ("no_title",),
        "In the ATS, without a title",
        "Without a title they can be neither compared nor posted.",
        MISSING_LEGACY,
        "Give each a title in the ATS.",
    ),
    Cause(
        "pending-legacy",
        Lane.LEGACY,
        "legacy_only",
        ("pending",),
        "Too new to say: on the board",
        "They appeared after the ATS was last read whole. The next reading of the ATS tells.",
        "",
        "Nothing yet.",
    ),
    Cause(
        "pending-ats",
        Lane.ATS,
        "ats_only",
        ("pending",),
        "Too new to say: in the ATS",
        "They appeared after the old source was last read whole. The next reading tells; they hold nothing up.",
        "",
        "Nothing yet.",
    ),
)

MEANINGS = {
    State.LEGACY: "There is nothing to review yet: the migration is not activated, and the old source feeds the board.",
    State.MATCHING: "The board shows the old source. It moves to the ATS by itself when every job on both sides has "
    "its twin, or at your word when you resolve what is left.",
    State.READY: "Every job on both sides has its twin. The sources are read once more, then the ATS feeds the board.",
    State.CUT_OVER: "The ATS feeds the board. Both sides are still compared: what stands here has drifted apart "
    "since, and would matter only if you revert.",
    State.FINISHED: "The migration is complete and the old source is off. There is nothing left to review.",
}


def meaning(it: Company) -> str:
    """What the company's state means for who reviews it."""
    if it.state is State.READY and it.held:
        return "Every job on both sides has its twin. The cut-over is held: nothing moves until a person lets it go."
    return MEANINGS[it.state]
