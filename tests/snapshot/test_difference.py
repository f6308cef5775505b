"""A reading against what was known: what is new, and what of it is not believed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changeover.job import Job
from changeover.snapshot.difference import Action, Again, Difference, Guard, Known, Verdict, difference, judge
from changeover.sources.source import Completeness, Problem, Reading, failed

GUARD = Guard()
NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


def job(key: str, title: str = "Welder") -> Job:
    return Job(id=key, title=title)


def jobs(count: int, start: int = 0) -> list[Job]:
    return [job(f"L{n}") for n in range(start, start + count)]


def known(told: Sequence[Job], *, closed: Sequence[str] = ()) -> dict[str, Known]:
    return {each.id: Known(number, each.digest(), each.id not in closed) for number, each in enumerate(told, 1)}


def judged(
    before: Sequence[Job],
    now: Sequence[Job],
    completeness: Completeness = Completeness.COMPLETE,
    guard: Guard = GUARD,
    unreadable: int = 0,
    held_in_a_row: int = 0,
    hours: float = 24,
) -> Verdict:
    reading = Reading("test", now, completeness, unreadable=unreadable)
    again = Again(held_in_a_row, NOON - timedelta(hours=hours), NOON)
    return judge(reading, difference(known(before), now), guard, again=again)


# What is new.


def test_the_same_again_is_empty() -> None:
    diff = difference(known(jobs(9)), jobs(9))
    assert diff == Difference([], [], [], 9, 9)
    assert diff.empty


def test_what_appeared_changed_and_vanished_is_told_apart() -> None:
    diff = difference(known(jobs(3)), [job("L0"), job("L1", "Baker"), job("L7")])
    assert [each.id for each in diff.appeared] == ["L7"]
    assert [each.title for each in diff.changed] == ["Baker"]
    assert list(diff.vanished) == [3]
    assert not diff.empty


def test_a_job_that_opens_again_appears_and_one_that_stays_closed_does_not_vanish() -> None:
    before = known(jobs(2), closed=["L0", "L1"])
    diff = difference(before, [job("L0")])
    assert [each.id for each in diff.appeared] == ["L0"]
    assert list(diff.vanished) == []
    assert diff.open_before == 0


_KEYS = st.lists(st.integers(0, 40), unique=True, max_size=30)


@given(before=_KEYS, closed=st.sets(st.integers(0, 40)), now=_KEYS)
def test_every_job_is_counted_once(before: list[int], closed: set[int], now: list[int]) -> None:
    kept = known([job(f"L{n}") for n in before], closed=[f"L{n}" for n in closed])
    diff = difference(kept, [job(f"L{n}") for n in now])
    assert len(diff.appeared) + len(diff.changed) + diff.unchanged == len(now)
    assert len(diff.vanished) + diff.unchanged + len(diff.changed) == diff.open_before == len(set(before) - closed)
    assert diff.empty == (set(now) == set(before) - closed)


# What is believed.


@given(before=_KEYS, now=_KEYS, unreadable=st.integers(0, 3), in_a_row=st.integers(0, 20), failing=st.booleans())
def test_a_reading_that_is_not_whole_never_closes(
    before: list[int], now: list[int], unreadable: int, in_a_row: int, failing: bool
) -> None:
    state = Completeness.FAILED if failing else Completeness.PARTIAL
    verdict = judged(
        [job(f"L{n}") for n in before],
        [job(f"L{n}") for n in now],
        state,
        unreadable=unreadable,
        held_in_a_row=in_a_row,
    )
    assert verdict.action is not Action.TAKE
    assert not failing or verdict.action is Action.FAIL


@given(
    before=st.integers(1, 300),
    share=st.floats(0.01, 0.9),
    limit=st.integers(0, 20),
    lost=st.integers(1, 300),
    new=st.integers(0, 30),
    in_a_row=st.integers(0, 4),
)
def test_a_reading_that_shrank_over_the_limit_is_always_held(
    before: int, share: float, limit: int, lost: int, new: int, in_a_row: int
) -> None:
    lost = min(lost, before)
    guard = Guard(share, limit, repeats=6)
    now = [*jobs(before - lost), *jobs(new, start=1_000)]
    verdict = judged(jobs(before), now, guard=guard, held_in_a_row=in_a_row)
    if lost > limit and lost > share * before:
        assert verdict.action is Action.HOLD
    elif lost < before:
        assert verdict.action is Action.TAKE


@pytest.mark.parametrize(
    ("before", "now", "action", "code"),
    [
        (jobs(100), jobs(80), Action.TAKE, ""),
        (jobs(100), jobs(79), Action.HOLD, "SHRANK"),
        (jobs(6), jobs(1), Action.TAKE, ""),
        (jobs(7), jobs(1), Action.HOLD, "SHRANK"),
        (jobs(1), [], Action.HOLD, "EMPTY_AFTER_FULL"),
        (jobs(50), [], Action.HOLD, "EMPTY_AFTER_FULL"),
        (jobs(6), jobs(6, start=50), Action.HOLD, "IDS_CHANGED"),
        (jobs(5), jobs(5, start=50), Action.TAKE, ""),
        ([], [], Action.TAKE, ""),
        ([], jobs(500), Action.TAKE, ""),
    ],
)
def test_the_guard_of_a_whole_reading(before: list[Job], now: list[Job], action: Action, code: str) -> None:
    verdict = judged(before, now)
    assert (verdict.action, verdict.code) == (action, code)


def test_what_is_held_says_what_to_do() -> None:
    for verdict in (judged(jobs(9), []), judged(jobs(9), jobs(1)), judged(jobs(9), jobs(9, start=50))):
        assert "If it is right, accept the held reading; if not, mend the source and nothing is lost." in (
            verdict.sentence
        )


def test_records_without_an_id_may_be_the_missing_jobs() -> None:
    assert judged(jobs(9), jobs(8), unreadable=1).code == "UNREADABLE_JOBS"
    assert judged(jobs(9), jobs(9), unreadable=1).action is Action.TAKE


@pytest.mark.parametrize("now", [jobs(1), jobs(9, start=50)], ids=["shrank", "renumbered"])
def test_enough_readings_that_say_the_same_for_a_day_are_believed(now: list[Job]) -> None:
    assert judged(jobs(9), now, held_in_a_row=4).action is Action.HOLD
    assert judged(jobs(9), now, held_in_a_row=60, hours=23.9).action is Action.HOLD
    verdict = judged(jobs(9), now, held_in_a_row=5)
    assert (verdict.action, verdict.code) == (Action.TAKE, "REPEATED")


@given(before=st.integers(1, 50), in_a_row=st.integers(0, 10_000), hours=st.integers(0, 10_000))
def test_however_often_and_long_an_empty_reading_is_a_persons_to_believe(
    before: int, in_a_row: int, hours: int
) -> None:
    verdict = judged(jobs(before), [], held_in_a_row=in_a_row, hours=hours)
    assert (verdict.action, verdict.code) == (Action.HOLD, "EMPTY_AFTER_FULL")
    assert verdict.sentence.endswith("it waits for a person.")


def test_what_is_held_says_when_it_is_believed_by_itself() -> None:
    told = judged(jobs(9), jobs(1), held_in_a_row=2, hours=3).sentence
    assert told.endswith(
        "Otherwise it is believed by itself from 29 November 2026, 09:00 UTC on, once 6 readings in a row have said "
        "the same."
    )


def test_without_a_number_of_repeats_only_a_person_is_believed() -> None:
    verdict = judged(jobs(9), jobs(1), guard=Guard(repeats=0), held_in_a_row=1_000)
    assert verdict.action is Action.HOLD
    assert verdict.sentence.endswith("it waits for a person.")


# A reading that is not whole.


def test_a_partial_reading_adds_and_changes_unless_it_looks_renumbered() -> None:
    few = judged(jobs(20), [*jobs(10), *jobs(4, start=90)], Completeness.PARTIAL)
    many = judged(jobs(20), [*jobs(10), *jobs(6, start=90)], Completeness.PARTIAL)
    first = judged([], jobs(60), Completeness.PARTIAL)
    assert (few.action, few.code) == (Action.TAKE_WITHOUT_CLOSING, "PARTIAL")
    assert (many.action, many.code) == (Action.HOLD, "PARTIAL_AND_NEW")
    assert first.action is Action.TAKE_WITHOUT_CLOSING


def test_a_failed_reading_says_why() -> None:
    told = failed("test", "UNREACHABLE", "The source did not answer.")
    verdict = judge(told, difference({}, ()), GUARD)
    assert verdict == Verdict(Action.FAIL, "UNREACHABLE", "The source did not answer.")
    silent = judge(Reading("test", (), Completeness.FAILED), difference({}, ()), GUARD)
    assert silent.code == "FAILED"
    assert silent.sentence.endswith(".")


def test_a_partial_reading_tells_its_first_problem() -> None:
    told = Reading("test", jobs(3), Completeness.PARTIAL, [Problem("CUT_OFF", "The file ends in the middle.")])
    verdict = judge(told, difference(known(jobs(3)), told.jobs), GUARD)
    assert verdict.sentence == "The file ends in the middle. Nothing was closed because of it."
