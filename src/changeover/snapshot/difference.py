"""What appeared, changed and vanished since the last snapshot, and what of it not to believe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from changeover.job import Job
from changeover.sources.source import Completeness, Reading, Tells
from changeover.wording import instant, plural


@dataclass(frozen=True, slots=True)
class Known:
    """A job that is kept from earlier readings of the same source."""

    job_id: int
    digest: bytes
    open: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """A reading against what was known: ``appeared`` are new or open again; ``vanished`` are job ids.

    ``written``: of a large first reading, the jobs that appeared and were written before it was judged.
    """

    appeared: Sequence[Job]
    changed: Sequence[Job]
    vanished: Sequence[int]
    unchanged: int
    open_before: int
    written: int = 0

    @property
    def empty(self) -> bool:
        """True if the reading told nothing new."""
        return not (self.appeared_count or self.changed or self.vanished)

    @property
    def appeared_count(self) -> int:
        """How many jobs are new or open again."""
        return len(self.appeared) + self.written


def difference(known: Mapping[str, Known], jobs: Sequence[Job], same: Set[int] = frozenset()) -> Difference:
    """Compare a reading's jobs (ids unique) with the known ones by id, then by digest. O(n).

    ``same``: ids of open jobs that the reading told as they are kept, without telling them again.
    """
    appeared: list[Job] = []
    changed: list[Job] = []
    for job in jobs:
        before = known.get(job.id)
        if before is None or not before.open:
            appeared.append(job)
        elif before.digest != job.digest():
            changed.append(job)
    told = {job.id for job in jobs}
    open_known = {key: entry for key, entry in known.items() if entry.open}
    vanished = [entry.job_id for key, entry in open_known.items() if key not in told and entry.job_id not in same]
    unchanged = len(jobs) + len(same) - len(appeared) - len(changed)
    return Difference(appeared, changed, vanished, unchanged, len(open_known))


@dataclass(frozen=True, slots=True)
class Guard:
    """When a reading is not believed: a loss above ``share`` and above ``jobs`` is held.

    ``repeats``: this many held readings in a row that say the same, the first of them ``time`` ago, are believed (0 =
    only a person), but never an empty one. ``misses``: so many whole readings of a site that is read page by page must
    lack a job before it is closed (1 or 2).
    """

    share: float = 0.20
    jobs: int = 5
    repeats: int = 6
    misses: int = 2
    time: timedelta = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Again:
    """How many readings in a row, just before one that began at ``now``, were held and said the same; since when."""

    times: int
    since: datetime
    now: datetime


class Action(StrEnum):
    """What is done with a reading."""

    TAKE = "take"
    TAKE_WITHOUT_CLOSING = "take_without_closing"
    HOLD = "hold"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is done with a reading, and why: a stable code and a sentence with what to do."""

    action: Action
    code: str = ""
    sentence: str = ""


BY_PAGES = frozenset(("career_site", "pages"))
"""Kinds that are read page by page, where a page may fall out of a list for an hour; others are told whole."""

_ACCEPT = "If it is right, accept the held reading; if not, mend the source and nothing is lost."
_WAITS = "Until then nothing is closed: it waits for a person."


def _shrank(diff: Difference, guard: Guard) -> Verdict | None:
    lost, before = len(diff.vanished), diff.open_before
    if before and lost == before and not (diff.unchanged or diff.changed):
        if not diff.appeared_count:
            return Verdict(
                Action.HOLD,
                "EMPTY_AFTER_FULL",
                f"The source had {plural(before, 'job')} and now says it has none. {_ACCEPT}",
            )
        if lost > guard.jobs:
            return Verdict(
                Action.HOLD,
                "IDS_CHANGED",
                f"Not one of the {before} known jobs is there, and {diff.appeared_count} others are: "
                f"the source seems to have renumbered its jobs. {_ACCEPT}",
            )
    if lost > guard.jobs and lost > guard.share * before:
        return Verdict(
            Action.HOLD, "SHRANK", f"{lost} of {before} jobs vanished at once ({lost / before:.0%}). {_ACCEPT}"
        )
    return None


def judge(
    reading: Reading, diff: Difference, guard: Guard, *, again: Again | None = None, drift: Verdict | None = None
) -> Verdict:
    """Decide what of a reading to believe (promise 5: only a whole reading may unpublish).

    ``again``: the held readings before it, None where it is not known what came before; ``drift`` is what speaks
    against a whole reading although its jobs are there.
    """
    if reading.completeness is Completeness.FAILED:
        problem = reading.problems[0] if reading.problems else None
        return Verdict(
            Action.FAIL,
            problem.code if problem else "FAILED",
            problem.sentence if problem else "The source could not be read; its postings stay as they are.",
        )
    if reading.completeness is Completeness.PARTIAL:
        return _partial(reading, diff, guard)
    doubt = _shrank(diff, guard)
    if doubt is None and diff.vanished and reading.unreadable:
        doubt = Verdict(
            Action.HOLD,
            "UNREADABLE_JOBS",
            f"{plural(reading.unreadable, 'record has', 'records have')} no usable id, and "
            f"{plural(len(diff.vanished), 'known job is', 'known jobs are')} missing: they may be the same. {_ACCEPT}",
        )
    doubt = doubt or drift
    if doubt is None:
        return Verdict(Action.TAKE)
    return _repeated(doubt, guard, again)


def _repeated(doubt: Verdict, guard: Guard, again: Again | None) -> Verdict:
    """The doubt, with when it ends by itself; or that it has been said often and long enough to be so.

    An outage that is read as an empty board repeats all night, so an empty reading is a person's to believe.
    """
    if doubt.code == "EMPTY_AFTER_FULL" or again is None or not guard.repeats:
        return replace(doubt, sentence=f"{doubt.sentence} {_WAITS}")
    if again.times + 1 >= guard.repeats and again.now - again.since >= guard.time:
        return Verdict(
            Action.TAKE,
            "REPEATED",
            f"{plural(again.times + 1, 'reading')} in a row since {instant(again.since)} said this, so it is believed.",
        )
    by_itself = (
        f"Otherwise it is believed by itself from {instant(again.since + guard.time)} on, once "
        f"{guard.repeats} readings in a row have said the same."
    )
    return replace(doubt, sentence=f"{doubt.sentence} {by_itself}")


def _partial(reading: Reading, diff: Difference, guard: Guard) -> Verdict:
    """A partial reading may add and change, unless it looks renumbered; it closes what a feed names as over.

    A feed of changes is there to tell what is new: only as many as are open may be the same ones under other ids.
    """
    changes = reading.tells is Tells.CHANGES
    over = 0 if reading.kind in BY_PAGES else len(reading.gone)
    if diff.open_before and over > guard.jobs and over > guard.share * diff.open_before:
        return Verdict(
            Action.HOLD,
            "SHRANK",
            f"The feed says of {over} jobs at once that they are over, and {diff.open_before} are open. {_ACCEPT}",
        )
    most = diff.open_before - 1 if changes else guard.share * diff.open_before
    if diff.open_before and diff.appeared_count > guard.jobs and diff.appeared_count > most:
        return Verdict(
            Action.HOLD,
            "PARTIAL_AND_NEW",
            f"The reading is not whole, yet {diff.appeared_count} jobs in it are new: the same jobs under other ids "
            "would be posted twice. It is kept, and nothing is changed until a whole reading comes.",
        )
    if changes:
        return Verdict(Action.TAKE_WITHOUT_CLOSING, "CHANGES")
    problem = reading.problems[0].sentence if reading.problems else "The source did not tell everything."
    return Verdict(Action.TAKE_WITHOUT_CLOSING, "PARTIAL", f"{problem} Nothing was closed because of it.")
