"""What a company's state means, in one sentence for a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from changeover.migration.state import State
from changeover.migration.store import Company
from changeover.wording import day, plural

NAMES = {
    State.LEGACY: "Not activated",
    State.MATCHING: "In migration",
    State.READY: "Ready",
    State.CUT_OVER: "Active",
    State.FINISHED: "Complete",
}
# What the flow strip says under each name.
MEANS = {
    State.LEGACY: "The old source feeds the board.",
    State.MATCHING: "Both sides are read and matched.",
    State.READY: "Every job matched.",
    State.CUT_OVER: "The ATS feeds; there is a way back.",
    State.FINISHED: "The old source is off.",
}


# The kinds of revisions as the timeline names them.
KINDS = {
    "company_added": "Added",
    "renamed": "Renamed",
    "source_added": "Source added",
    "source_mapped": "Source mapped",
    "source_tells": "How much a source tells",
    "source_told": "Source has told everything",
    "source_revoked": "Source revoked",
    "sunset_announced": "End of a source announced",
    "sunset_withdrawn": "End of a source withdrawn",
    "source_ended": "Source ended",
    "contact_set": "Contacts changed",
    "sources_compared": "Sources compared",
    "feed_read": "Consolidated feed read",
    "name_assigned": "Name given to a company",
    "jobs_taken_back": "Jobs of another company closed",
    "client_added": "Client added",
    "client_rotated": "Client's secret changed",
    "activated": "Activated",
    "cancelled": "Cancelled",
    "reading_taken": "Read",
    "reading_part": "Read in part",
    "reading_held": "Reading held",
    "reading_failed": "Reading failed",
    "reading_released": "Held reading accepted",
    "jobs_pushed": "Pushed",
    "push_whole": "Counted as whole",
    "matched": "Matched",
    "pair_confirmed": "Pair confirmed",
    "pair_rejected": "Pair rejected",
    "pairs_decided": "Pairs decided",
    "pair_undecided": "Word taken back",
    "become_ready": "Ready",
    "fall_back": "Not ready any more",
    "held": "Held",
    "unheld": "Let go",
    "options": "Rules changed",
    "resolve_waits": "Resolve waits",
    "resolve_dropped": "Resolve dropped",
    "cut_over": "Cut over",
    "resolved": "Resolved",
    "reverted": "Reverted",
    "finished": "Finished",
    "group_confirmed": "Group of jobs paired",
    "apply_forms": "Ways to apply changed",
    "job_flagged": "Job flagged",
    "integration_enabled": "Integration enabled",
    "integration_disabled": "Integration disabled",
    "apply_at_ats": "Applied for at the ATS",
    "retention": "Old applications erased",
    "retention_set": "How long applications are kept",
    "case_opened": "Support asked",
    "case_written": "Written to support",
    "pair_proposed": "Pair proposed",
    "case_closed": "Case closed",
    "notices": "Telling candidates",
    "contract_added": "Contract added",
    "slots_changed": "Paid slots changed",
    "slots_filled": "Paid slots filled",
    "seat_taken": "Seat taken",
    "seat_left": "Seat freed",
    "applicants_capped": "Free applicants limited",
    "resync_asked": "All jobs asked for again",
}


@dataclass(frozen=True, slots=True)
class Progress:
    """How many jobs on the board have their twin. ``left`` counts what a person would have to settle.

    ``begun`` is false before the activation: then nothing has been matched, and nothing has failed to be.
    """

    matched: int
    total: int
    left: int
    begun: bool = True

    @property
    def share(self) -> float:
        """From 0 to 1; 0 where there is nothing to match."""
        return self.matched / self.total if self.total else 0.0

    @property
    def sentence(self) -> str:
        """For people who do not see the picture."""
        if not self.begun:
            return "nothing is matched before that"
        return f"{self.matched:,} of {plural(self.total, 'job')} on the board matched"


def progress(it: Company) -> Progress:
    """The progress that the company's last run found."""
    known = it.counts
    left = sum(known.get(name, 0) for name in ("unmatched_legacy", "twin_closed", "twin_invalid", "invalid_ats"))
    if it.ats_only_holds:
        left += known.get("unmatched_ats", 0)
    total = known.get("legacy", 0)
    if it.state in (State.CUT_OVER, State.FINISHED):
        total = known.get("ats", 0)
    return Progress(known.get("paired", 0), total, left, begun=it.state is not State.LEGACY)


def state_sentence(it: Company) -> str:
    """Where the company stands and what follows from it."""
    if it.state is State.LEGACY:
        return "Not activated: the old source feeds the board, as it always did."
    if it.state is State.MATCHING:
        return _in_migration(it)
    if it.state is State.READY:
        if it.held:
            return f"Every job matched; the cut-over is held by {it.held_by or 'a person'} until it is let go."
        return "Every job matched: the sources are read once more, then the ATS takes over."
    if it.state is State.CUT_OVER:
        until = f" until {day(it.way_back_until)}" if it.way_back_until else ""
        return f"Active: the ATS feeds the board; the old source is kept for the way back{until}."
    return "Complete: the ATS feeds the board and the old source is off."


def _in_migration(it: Company) -> str:
    board = sum(it.counts.get(name, 0) for name in ("unmatched_legacy", "twin_closed", "twin_invalid"))
    ats = it.counts.get("unmatched_ats", 0)
    told = [f"{plural(n, 'job')} {where}" for n, where in ((board, "on the board"), (ats, "in the ATS")) if n]
    if told:
        return f"In migration: Apply isn't available for all jobs; {' and '.join(told)} did not match."
    if it.blockers:
        return f"In migration: every job that was read matched, but it waits. {it.blockers[0]['sentence']}"
    return "In migration: both sides are being read and matched."


def overdue(it: Company, now: datetime, hours: int) -> bool:
    """True if a resolve has waited for a source longer than it should."""
    return it.resolve_at is not None and now - it.resolve_at > timedelta(hours=hours)
