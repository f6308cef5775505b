"""What every source answers: a Reading, its jobs, and whether it was whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from changeover.job import Job


class Completeness(StrEnum):
    """Whether a reading saw everything: only a complete one may unpublish (promise 5)."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    FAILED = "failed"


class Tells(StrEnum):
    """How much a source says itself that it tells in one reading."""

    UNSAID = ""
    EVERYTHING = "everything"
    CHANGES = "changes"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a reading met: a stable code, one sentence with what to do, and the job it touches."""

    code: str
    sentence: str
    job_id: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a source said once.

    ``unreadable`` counts records that were seen but not read (no usable id, an id of another job,
    markup without an end, a field over the limit): a job that seems to have
    vanished may be one of them, so the guard believes no closing while it is above zero.
    ``claimed`` is the number of jobs that the source itself says it has, where it says so. ``gone`` are ids of jobs
    whose own page says that they are over.
    Of a large feed that was read before, ``jobs`` are only those that are new or changed, and ``same`` the ids under
    which the others are kept; ``records`` is then what the next reading recognises them by.
    ``unchanged``: the source says itself that it is as it was told last (HTTP 304), and told nothing.
    ``tells``: EVERYTHING where the source says itself that this is every open job; CHANGES where nothing keeps the
    reading from being whole but that the source tells changes only.
    ``origins``: where in its records the fields of its jobs stood (origins.Origins).
    ``validators``: what it can be asked by next time whether it has changed (its ETag, its Last-Modified).
    """

    kind: str
    # Not shown: asyncio shows what a program's first task answers, to itself, when it is done (Python 3.11).
    jobs: Sequence[Job] = field(repr=False)
    completeness: Completeness
    problems: Sequence[Problem] = ()
    unreadable: int = 0
    claimed: int | None = None
    gone: Sequence[str] = ()
    same: Sequence[int] = field(default=(), repr=False)
    records: object = field(default=None, repr=False)
    unchanged: bool = False
    tells: Tells = Tells.UNSAID
    validators: tuple[str, str] = ("", "")
    origins: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many jobs the source told."""
        return len(self.jobs) + len(self.same)

    @property
    def complete(self) -> bool:
        """True if the reading proved itself whole."""
        return self.completeness is Completeness.COMPLETE


CHANGES_ONLY = Problem(
    "INCREMENTAL",
    "This source tells changes only, so a job that it leaves out may be open, and one closes only where it says so. It "
    "counts as whole once it has told everything at one time, or a person has said that it has told everything by now.",
)


def as_changes(reading: Reading) -> Reading:
    """A whole reading of a source that is known to tell changes only: of what it leaves out it says nothing."""
    return replace(
        reading,
        completeness=Completeness.PARTIAL,
        tells=Tells.CHANGES,
        problems=[CHANGES_ONLY, *reading.problems],
    )


def failed(kind: str, code: str, sentence: str) -> Reading:
    """A reading that saw nothing, with the reason."""
    return Reading(kind, (), Completeness.FAILED, (Problem(code, sentence),))
