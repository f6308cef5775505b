"""The rules of one source, as part of the model: what it has told, and which of its readings are held."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

MINUTE, HOUR, DAY = 1, 60, 24 * 60
# How often a source is read, in minutes, as the program is set.
SCHEDULE = HOUR
# A reading that lacks more than so many jobs, and more than this share, is held until it was told so often, so long.
FEW, SHARE, REPEATS, LONG = 5, 0.2, 6, DAY


@dataclass(frozen=True)
class Job:
    """A job as a source tells it: its id there, the number its employer gave the opening (0: none), its title.

    Without a title it cannot be posted.
    """

    key: str
    number: int
    title: str


@dataclass(frozen=True)
class Reading:
    """What a source says: ``complete``, ``partial``, ``failed``, or ``changes`` only, of which ``gone`` are over."""

    jobs: tuple[Job, ...] = ()
    how: str = "complete"
    gone: tuple[str, ...] = ()


@dataclass
class Source:
    """A source, and the jobs of it that are open. Times are minutes; a turn is one change of the company."""

    pulled: bool = True
    active: bool = True
    says: Reading = Reading(how="failed")
    jobs: dict[str, Job] = field(default_factory=dict)
    opened: dict[str, int] = field(default_factory=dict)
    ever: set[str] = field(default_factory=set)
    whole: int | None = None
    whole_at: float = 0
    whole_now: bool = False
    held: tuple[Reading, int, float] | None = None
    # It tells changes only: it is whole once it has told everything at one time, or a person has said so, and stays so
    # while what it tells is read.
    changes: bool = False
    taken: tuple[int, float] | None = None
    past: list[tuple[str, int, float]] = field(default_factory=list)
    new_at: float | None = None
    # Of an old source that was revoked: the day it ends as announced, when it did, and that nothing of it is left.
    ends_at: float | None = None
    ended_at: float | None = None
    settled: bool = False

    def write(self, jobs: Collection[Job], turn: int) -> None:
        """Jobs that are new or open again opened in this turn; the others say what they say now."""
        for job in jobs:
            if job.key not in self.jobs:
                self.opened[job.key] = turn
            self.jobs[job.key] = job
            self.ever.add(job.key)

    def close(self, keys: Collection[str]) -> None:
        """These are over."""
        for key in keys:
            del self.jobs[key], self.opened[key]

    def believed(self, began: int, at: float) -> None:
        """It has told everything there was when it was asked."""
        self.whole, self.whole_at, self.whole_now, self.held = began, at, True, None

    def doubt(self, reading: Reading, now: float) -> bool:
        """Whether a reading is held: a broken source must never be taken for an empty one."""
        told = {job.key for job in reading.jobs}
        lost, new, before = len(self.jobs.keys() - told), len(told - self.jobs.keys()), len(self.jobs)
        if reading.how == "changes":
            over = len(self.jobs.keys() & set(reading.gone))
            return before > 0 and ((new > FEW and new >= before) or (over > FEW and over > SHARE * before))
        if reading.how == "partial":
            return before > 0 and new > FEW and new > SHARE * before
        gone = before > 0 and lost == before and (not new or lost > FEW)
        if before and not told:  # a person's to believe
            return True
        times, since = self.alike(reading, now)
        often = times + 1 >= REPEATS and now - since >= LONG
        return (gone or (lost > FEW and lost > SHARE * before)) and not often

    def heard(self, verdict: str, began: int, at: float, held_before: bool) -> None:
        """What a reading of changes means for whether all is told."""
        if not self.changes:
            self.changes, self.whole, self.whole_now = True, None, False
        elif verdict == "held" and held_before:
            self.whole = None
        elif verdict == "taken" and self.whole is not None and not self.held and at - self.whole_at <= LONG:
            self.whole, self.whole_at, self.whole_now = began, at, True

    def alike(self, reading: Reading, now: float) -> tuple[int, float]:
        """How many readings just before this one were held and told as many jobs, since when; those of one moment count
        once.
        """
        count, last = 0, now
        for verdict, jobs, at in reversed(self.past):
            if verdict != "held" or abs(jobs - len(reading.jobs)) > max(1, len(reading.jobs) // 10):
                break
            if last - at >= SCHEDULE / 2:
                count, last = count + 1, at
        return count, last
