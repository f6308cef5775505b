"""A whole reading of a source that changed its nature is held; ordinary change is not."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changeover.job import Job
from changeover.snapshot.difference import Action, Guard, Known, difference, judge
from changeover.snapshot.drift import Outline, drifted, in_common, kept_outline, outline
from changeover.sources.source import Completeness, Reading

BEFORE = [Job(f"L{n}", f"Job number {n}", "Bern", description="<p>Told.</p>") for n in range(40)]


def held(now: Sequence[Job]) -> str:
    known = {job.id: Known(n, job.digest(), True) for n, job in enumerate(BEFORE)}
    diff = difference(known, now)
    drift = drifted(outline(now), outline(BEFORE), diff, Guard())
    verdict = judge(Reading("test", now, Completeness.COMPLETE), diff, Guard(), drift=drift)
    assert (verdict.action is Action.HOLD) == bool(verdict.code)
    return verdict.code


def each(change: Callable[[int, Job], Job]) -> list[Job]:
    return [change(n, job) for n, job in enumerate(BEFORE)]


@pytest.mark.parametrize(
    ("now", "code"),
    [
        (each(lambda n, job: dataclasses.replace(job, title=f"Other {n}")), "TITLES_CHANGED"),
        (each(lambda _, job: dataclasses.replace(job, location="")), "LOCATIONS_VANISHED"),
        (each(lambda _, job: dataclasses.replace(job, description="")), "DESCRIPTIONS_VANISHED"),
        (BEFORE, ""),
        (each(lambda _, job: dataclasses.replace(job, description="<p>All new.</p>")), ""),
        (each(lambda n, job: dataclasses.replace(job, title=f"Other {n}") if n < 8 else job), ""),
        (each(lambda n, job: dataclasses.replace(job, location="" if n < 15 else "Bern")), ""),
        (BEFORE[::-1], ""),
    ],
)
def test_what_is_held(now: Sequence[Job], code: str) -> None:
    assert held(now) == code


def test_a_source_that_never_told_places_is_not_held_for_it() -> None:
    bare = [dataclasses.replace(job, location="") for job in BEFORE]
    known = {job.id: Known(n, job.digest(), True) for n, job in enumerate(bare)}
    assert drifted(outline(bare), outline(bare), difference(known, bare), Guard()) is None


def test_the_first_reading_has_nothing_to_differ_from() -> None:
    assert drifted(outline(BEFORE), None, difference({}, BEFORE), Guard()) is None


@given(st.lists(st.text(max_size=5), max_size=300))
def test_an_outline_is_kept_and_does_not_depend_on_the_order(titles: list[str]) -> None:
    jobs = [Job(str(n), title) for n, title in enumerate(titles)]
    told = outline(jobs)
    assert told == outline(jobs[::-1]) == kept_outline(told.as_record())
    assert in_common(told, told) == 1.0
    assert in_common(told, Outline()) == (0.0 if titles else 1.0)
