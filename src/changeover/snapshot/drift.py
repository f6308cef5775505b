"""A source that changed its nature: other titles under known ids, places or texts gone at once."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import xxhash

from changeover.job import Job
from changeover.snapshot.difference import Action, Difference, Guard, Verdict

_SKETCH = 128
"""Hashes of titles kept of a reading: the smallest, so that the share two readings have in common can be told."""

_BLOCK = 50_000
"""Hashes of titles gathered before the smallest are picked."""

_FEW = 10
"""Below so many jobs nothing can be told of a whole source."""

_MOST = 0.5
"""A source in which over half of the jobs lost a field, or the titles under their ids, has drifted."""


@dataclass(frozen=True, slots=True)
class Outline:
    """What a reading was like: its jobs, how many have a place and a description, the sketch of their titles."""

    jobs: int = 0
    located: int = 0
    described: int = 0
    titles: tuple[int, ...] = ()

    def as_record(self) -> dict[str, Any]:
        """The outline as it is kept."""
        return asdict(self)


def outline(jobs: Iterable[Job]) -> Outline:
    """The outline of a reading's jobs. O(n)."""
    return outlined((job.title, bool(job.location), bool(job.description)) for job in jobs)


def outlined(jobs: Iterable[tuple[str, bool, bool]]) -> Outline:
    """The outline of jobs of which no more is known than their title, and whether they have a place and a text.

    O(n); in memory one block of titles' hashes, however many jobs there are.
    """
    count = located = described = 0
    titles = set[int]()
    for title, has_place, has_text in jobs:
        count += 1
        located += has_place
        described += has_text
        titles.add(xxhash.xxh3_64_intdigest(" ".join(title.casefold().split()).encode()) >> 1)
        if len(titles) > _BLOCK:
            titles = set(heapq.nsmallest(_SKETCH, titles))
    return Outline(count, located, described, tuple(heapq.nsmallest(_SKETCH, titles)))


def joined(one: Outline, other: Outline) -> Outline:
    """The outline of the jobs of two outlines together."""
    return Outline(
        one.jobs + other.jobs,
        one.located + other.located,
        one.described + other.described,
        tuple(heapq.nsmallest(_SKETCH, {*one.titles, *other.titles})),
    )


def could_drift(diff: Difference, told: int) -> bool:
    """Whether so much of a reading of ``told`` jobs is new or changed that the source's nature could be another."""
    return diff.appeared_count + len(diff.changed) > (1 - _MOST) * told


def kept_outline(record: Mapping[str, Any] | None) -> Outline | None:
    """The outline as it was kept, None where none was."""
    return Outline(**{**record, "titles": tuple(record["titles"])}) if record else None


def in_common(one: Outline, other: Outline) -> float:
    """The share of titles that two readings have in common, 0 to 1; of two without titles 1."""
    smallest = set(heapq.nsmallest(_SKETCH, {*one.titles, *other.titles}))
    both = smallest & set(one.titles) & set(other.titles)
    return len(both) / len(smallest) if smallest else 1.0


def drifted(now: Outline, before: Outline | None, diff: Difference, guard: Guard) -> Verdict | None:
    """Why a whole reading is held although its jobs are there, or None.

    Held are: titles that are all new under known ids (believed, every posting would become another opening), and
    places or descriptions that most jobs had and most have lost.
    """
    if before is None or now.jobs < _FEW or before.jobs < _FEW:
        return None
    known = len(diff.changed) + diff.unchanged
    if len(diff.changed) > max(guard.jobs, _MOST * known) and in_common(now, before) < 1 - _MOST - guard.share:
        return _held(
            "TITLES_CHANGED",
            f"{len(diff.changed)} of {known} known jobs have another title than before: the source seems to have "
            "given its ids to other jobs.",
        )
    for code, what, had, has in (
        ("LOCATIONS_VANISHED", "place", before.located, now.located),
        ("DESCRIPTIONS_VANISHED", "description", before.described, now.described),
    ):
        if had > _MOST * before.jobs and has < (1 - _MOST) * now.jobs * had / before.jobs:
            return _held(
                code,
                f"{had} of {before.jobs} jobs had a {what} at the last reading and {has} of {now.jobs} have one now: "
                "the source seems to have changed its form.",
            )
    return None


def _held(code: str, what: str) -> Verdict:
    accept = "If it is right, accept the held reading; if not, mend the source and nothing is lost."
    return Verdict(Action.HOLD, code, f"{what} {accept}")
