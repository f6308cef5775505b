"""Ready means the rehearsal is clean: every reason why a company may not cut over yet, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from changeover.job import Lane
from changeover.wording import plural


@dataclass(frozen=True, slots=True)
class Patience:
    """How long readings stay fresh and when a push lane counts as whole. All numbers are settings."""

    fresh_factor: float = 2.0
    fresh_max: timedelta = timedelta(hours=24)
    quiet: timedelta = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """What readiness needs to know of one source.

    ``held``: a reading of it is held. ``revoked``: it is read no more, and its jobs stand as it last told them.
    ``tells_changes``: it is whole by its own or a person's word that it has told everything, not by what it leaves out.
    """

    lane: Lane
    kind: str
    location: str
    pulled: bool
    every: timedelta
    whole_revision: int | None
    whole_at: datetime | None
    held: bool
    last_new_job_at: datetime | None
    revoked: bool = False
    tells_changes: bool = False


@dataclass(frozen=True, slots=True)
class JobFacts:
    """Counts of a company's open jobs by what stands on their postings (migration/store counts them).

    ``unmatched_*`` jobs have no twin on the other side; ``pending_*`` are those that appeared after
    the other lane's last whole reading began; ``twin_*`` are legacy jobs whose ATS twin is closed or
    invalid; ``live_after`` is what would be live after the flip; ``invalid_ats`` cannot be posted.
    """

    legacy: int = 0
    ats: int = 0
    paired: int = 0
    unmatched_legacy: int = 0
    pending_legacy: int = 0
    twin_closed: int = 0
    twin_invalid: int = 0
    unmatched_ats: int = 0
    pending_ats: int = 0
    invalid_ats: int = 0

    @property
    def live_after(self) -> int:
        """Postings that would be live if the ATS fed the company now."""
        return self.ats


@dataclass(frozen=True, slots=True)
class Blocker:
    """One reason why a company is not ready. ``resolvable``: the employer's word (resolve) settles it."""

    code: str
    sentence: str
    fix: str
    count: int = 0
    resolvable: bool = False


def lane_whole_revision(sources: Sequence[SourceFacts], lane: Lane, now_revision: int) -> int | None:
    """The revision as of which a lane has told everything; None if it has not.

    A push lane is always up to date, and so is a lane whose every source is revoked: nothing more will come.
    """
    mine = [s for s in sources if s.lane is lane]
    if _ended(mine):
        return now_revision
    active = [s for s in mine if not s.revoked]
    if not active or any(s.whole_revision is None for s in active):
        return None
    return min(s.whole_revision if s.pulled else now_revision for s in active if s.whole_revision is not None)


def _ended(sources: Sequence[SourceFacts]) -> bool:
    """True if a legacy lane will tell nothing more: what it told last is settled by pairs or by resolve."""
    return bool(sources) and all(s.revoked and s.lane is Lane.LEGACY for s in sources)


def quiet_since(source: SourceFacts, activated_at: datetime | None) -> datetime | None:
    """Since when a push source that has told of jobs has told of none that is new; None if it never has."""
    if source.last_new_job_at is None or activated_at is None:
        return None
    return max(source.last_new_job_at, activated_at)


def is_quiet(source: SourceFacts, activated_at: datetime | None, now: datetime, patience: Patience) -> bool:
    """True if a push source not yet whole has been quiet long enough to count as whole."""
    since = quiet_since(source, activated_at)
    return not source.pulled and source.whole_revision is None and since is not None and now - since >= patience.quiet


def unheard_after(every: timedelta, patience: Patience) -> timedelta:
    """After how long without a reading a source of changes may have told what nobody heard: a day, or two turns."""
    return max(patience.fresh_max, patience.fresh_factor * every)


def source_blockers(
    sources: Sequence[SourceFacts], now: datetime, patience: Patience, *, lanes: Sequence[Lane] = tuple(Lane)
) -> list[Blocker]:
    """Why the lanes are not whole and fresh."""
    found: list[Blocker] = []
    for lane in lanes:
        mine = [s for s in sources if s.lane is lane]
        if not _ended(mine) and all(s.revoked for s in mine):
            name = "old source" if lane is Lane.LEGACY else "ATS"
            found.append(
                Blocker(f"NO_{lane.upper()}_SOURCE", f"No {name} is connected.", f"Add the company's {name} first.")
            )
    for source in sources:
        if not source.revoked:
            found.extend(_source_blockers(source, now, patience))
    return found


def _source_blockers(source: SourceFacts, now: datetime, patience: Patience) -> list[Blocker]:
    if source.held:
        return [
            Blocker(
                "SNAPSHOT_HELD",
                f"The newest reading of {source.location} looks wrong and is held.",
                "Accept the held reading if it is right, or mend the source.",
            )
        ]
    if source.whole_revision is None or source.whole_at is None:
        if not source.pulled:
            return [
                Blocker(
                    "LANE_NOT_WHOLE",
                    "The ATS has not yet said that it sent every open job.",
                    f"Wait for {int(patience.quiet.total_seconds() // 60)} quiet minutes, or let the ATS push with "
                    "`complete` set.",
                )
            ]
        if source.tells_changes:
            return [
                Blocker(
                    "LANE_NOT_WHOLE",
                    f"{source.location} tells changes only, and it is not known whether it has told every open job.",
                    "Let it tell everything once, or say on the company's page that it has.",
                )
            ]
        return [
            Blocker(
                "LANE_NOT_WHOLE",
                f"{source.location} has not been read whole yet.",
                "See the problems of its last reading on the company's page.",
            )
        ]
    limit = min(patience.fresh_factor * source.every, patience.fresh_max)
    if source.pulled and now - source.whole_at > limit:
        return [
            Blocker(
                "LANE_NOT_FRESH",
                f"The last whole reading of {source.location} is from {source.whole_at:%Y-%m-%d %H:%M} UTC, too old.",
                "Read the source again. If that does not help, it has told changes that nobody heard: let it tell "
                "everything once, or say on the company's page that it has."
                if source.tells_changes
                else "Read the source again.",
            )
        ]
    return []


def job_blockers(facts: JobFacts, *, ats_only_holds: bool, none_live_confirmed: bool) -> list[Blocker]:
    """Why flipping the feed now would not be clean, most pressing first."""
    rows = [
        (
            facts.unmatched_legacy,
            "MIGRATION_MISSING_JOB_POSTING",
            "on the board {have} no twin in the ATS and would close",
            "Publish in the ATS what is missing there, confirm a suggested pair, or press Resolve.",
        ),
        (
            facts.twin_closed,
            "TWIN_CLOSED",
            "on the board {are} open while the ATS twin is closed",
            "Open the twin again in the ATS, or press Resolve.",
        ),
        (
            facts.twin_invalid,
            "TWIN_INVALID",
            "on the board {have} a twin in the ATS that cannot be posted",
            "Mend the twin in the ATS: its page says what is missing.",
        ),
        (
            facts.pending_legacy,
            "PENDING_LEGACY",
            "on the board appeared since the ATS was last read whole",
            "Wait for the next reading of the ATS.",
        ),
        (
            facts.unmatched_ats if ats_only_holds else 0,
            "MIGRATION_MISSING_SCRAPED_JOB",
            "in the ATS {have} no twin on the board and would open",
            "Confirm a suggested pair, or press Resolve: what only the ATS has is then posted too.",
        ),
        (
            facts.invalid_ats,
            "INVALID_ATS",
            "in the ATS cannot be posted as {they_are}",
            "Give each a title in the ATS.",
        ),
    ]
    found = [
        Blocker(code, f"{plural(count, 'job')} {_grammar(text, count)}.", fix, count, resolvable=True)
        for count, code, text, fix in rows
        if count
    ]
    if not facts.live_after and not none_live_confirmed:
        found.append(
            Blocker(
                "NONE_LIVE",
                "The ATS has no job that could be posted, so the board would show nothing.",
                "Open jobs in the ATS, or confirm that there are none.",
            )
        )
    return found


def _grammar(text: str, count: int) -> str:
    one = count == 1
    return text.format(
        have="has" if one else "have", are="is" if one else "are", they_are="it is" if one else "they are"
    )


def what_is_left(blockers: Sequence[Blocker]) -> list[Blocker]:
    """The blockers that not even the employer's word settles: what `resolve` still waits for."""
    return [blocker for blocker in blockers if not blocker.resolvable]
