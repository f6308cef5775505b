"""A company is ready when nothing would be lost: each reason why not, in words, and when it holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from changeover.job import Lane
from changeover.migration.readiness import (
    Blocker,
    JobFacts,
    Patience,
    SourceFacts,
    is_quiet,
    job_blockers,
    lane_whole_revision,
    quiet_since,
    source_blockers,
    unheard_after,
    what_is_left,
)

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PATIENCE = Patience()
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
CLEAN = JobFacts(legacy=3, ats=3, paired=3)


def source(lane: Lane = Lane.LEGACY, **more: object) -> SourceFacts:
    """A pulled source that was read whole just now."""
    facts = SourceFacts(lane, "test", f"the {lane} feed", True, HOUR, 7, NOW, False, None)
    return replace(facts, **more)  # type: ignore[arg-type]


def push(**more: object) -> SourceFacts:
    """An ATS that pushes, and has not been whole yet."""
    return source(Lane.ATS, **{"kind": "ats_push", "pulled": False, "whole_revision": None, "whole_at": None, **more})


def blockers(**facts: int) -> list[Blocker]:
    return job_blockers(replace(CLEAN, **facts), ats_only_holds=True, none_live_confirmed=False)


def codes(found: list[Blocker]) -> list[str]:
    return [blocker.code for blocker in found]


# The jobs.

ONE = {
    "unmatched_legacy": (
        "MIGRATION_MISSING_JOB_POSTING",
        "1 job on the board has no twin in the ATS and would close.",
        "2 jobs on the board have no twin in the ATS and would close.",
    ),
    "twin_closed": (
        "TWIN_CLOSED",
        "1 job on the board is open while the ATS twin is closed.",
        "2 jobs on the board are open while the ATS twin is closed.",
    ),
    "twin_invalid": (
        "TWIN_INVALID",
        "1 job on the board has a twin in the ATS that cannot be posted.",
        "2 jobs on the board have a twin in the ATS that cannot be posted.",
    ),
    "pending_legacy": (
        "PENDING_LEGACY",
        "1 job on the board appeared since the ATS was last read whole.",
        "2 jobs on the board appeared since the ATS was last read whole.",
    ),
    "unmatched_ats": (
        "MIGRATION_MISSING_SCRAPED_JOB",
        "1 job in the ATS has no twin on the board and would open.",
        "2 jobs in the ATS have no twin on the board and would open.",
    ),
    "invalid_ats": (
        "INVALID_ATS",
        "1 job in the ATS cannot be posted as it is.",
        "2 jobs in the ATS cannot be posted as they are.",
    ),
}


def test_a_company_whose_jobs_are_all_paired_is_held_by_none() -> None:
    assert blockers() == []


@pytest.mark.parametrize("fact", ONE)
def test_each_reason_has_its_code_a_sentence_in_good_grammar_and_a_fix(fact: str) -> None:
    code, one, two = ONE[fact]
    (single,) = blockers(**{fact: 1})
    (double,) = blockers(**{fact: 2})
    assert (single.code, single.sentence, single.count) == (code, one, 1)
    assert (double.code, double.sentence, double.count) == (code, two, 2)
    assert single.fix.endswith(".")


def test_large_counts_are_written_for_people() -> None:
    assert blockers(unmatched_legacy=12_345)[0].sentence.startswith("12,345 jobs ")


def test_what_would_close_is_said_first() -> None:
    every = blockers(**dict.fromkeys(ONE, 1))
    assert codes(every) == [code for code, _, _ in ONE.values()]


def test_pending_ats_jobs_hold_nothing_and_pending_legacy_jobs_do() -> None:
    assert blockers(pending_ats=4) == []
    assert codes(blockers(pending_legacy=1)) == ["PENDING_LEGACY"]


def test_unmatched_ats_jobs_hold_unless_the_employer_lets_them() -> None:
    facts = replace(CLEAN, unmatched_ats=1, unmatched_legacy=1)
    found = job_blockers(facts, ats_only_holds=False, none_live_confirmed=False)
    assert codes(found) == ["MIGRATION_MISSING_JOB_POSTING"]


def test_zero_against_zero_is_not_ready_until_a_person_says_that_it_is_right() -> None:
    found = job_blockers(JobFacts(), ats_only_holds=True, none_live_confirmed=False)
    assert codes(found) == ["NONE_LIVE"]
    assert job_blockers(JobFacts(), ats_only_holds=True, none_live_confirmed=True) == []


def test_resolve_settles_what_is_about_jobs_and_nothing_else() -> None:
    held = source_blockers([source(held=True), source(Lane.ATS)], NOW, PATIENCE)
    empty = job_blockers(JobFacts(), ats_only_holds=True, none_live_confirmed=False)
    left = what_is_left([*blockers(**dict.fromkeys(ONE, 1)), *held, *empty])
    assert codes(left) == ["SNAPSHOT_HELD", "NONE_LIVE"]


# The sources.


def test_two_lanes_that_were_read_whole_just_now_hold_nothing() -> None:
    assert source_blockers([source(), source(Lane.ATS)], NOW, PATIENCE) == []


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        ([], ["NO_LEGACY_SOURCE", "NO_ATS_SOURCE"]),
        ([source()], ["NO_ATS_SOURCE"]),
        ([source(), source(Lane.ATS, revoked=True)], ["NO_ATS_SOURCE"]),
        ([source(revoked=True), source(Lane.ATS)], []),
        ([source(held=True), source(Lane.ATS)], ["SNAPSHOT_HELD"]),
        ([source(whole_revision=None, whole_at=None), source(Lane.ATS)], ["LANE_NOT_WHOLE"]),
        ([source(), push()], ["LANE_NOT_WHOLE"]),
        ([source(), source(), source(Lane.ATS, whole_at=NOW - 30 * HOUR)], ["LANE_NOT_FRESH"]),
        ([source(held=True, revoked=True), source(), source(Lane.ATS)], []),
    ],
)
def test_each_reason_about_a_source_has_its_code_a_sentence_and_a_fix(
    sources: list[SourceFacts], expected: list[str]
) -> None:
    found = source_blockers(sources, NOW, PATIENCE)
    assert codes(found) == expected
    assert all(each.sentence.endswith(".") and each.fix.endswith(".") and not each.resolvable for each in found)


@pytest.mark.parametrize(
    ("every", "age", "fresh"),
    [
        (HOUR, 2 * HOUR, True),
        (HOUR, 2 * HOUR + MINUTE, False),
        (10 * MINUTE, 20 * MINUTE, True),
        (10 * MINUTE, 21 * MINUTE, False),
        (24 * HOUR, 24 * HOUR, True),
        (24 * HOUR, 24 * HOUR + MINUTE, False),
    ],
)
def test_a_reading_is_fresh_for_twice_its_schedule_and_a_day_at_most(
    every: timedelta, age: timedelta, fresh: bool
) -> None:
    found = source_blockers([source(every=every, whole_at=NOW - age), source(Lane.ATS)], NOW, PATIENCE)
    assert codes(found) == ([] if fresh else ["LANE_NOT_FRESH"])


def test_a_push_that_was_whole_once_stays_fresh() -> None:
    told = push(whole_revision=3, whole_at=NOW - timedelta(days=400))
    assert source_blockers([source(), told], NOW, PATIENCE) == []


# Pending or unmatched: as of which revision a lane has told everything.


def test_a_lane_is_whole_as_of_its_oldest_source() -> None:
    sources = [source(whole_revision=7), source(whole_revision=4), source(Lane.ATS, whole_revision=1)]
    assert lane_whole_revision(sources, Lane.LEGACY, 9) == 4


def test_a_lane_with_a_source_that_was_never_whole_is_not() -> None:
    assert lane_whole_revision([source(), source(whole_revision=None)], Lane.LEGACY, 9) is None
    assert lane_whole_revision([], Lane.LEGACY, 9) is None


def test_a_push_lane_that_is_whole_is_always_up_to_date() -> None:
    assert lane_whole_revision([push(whole_revision=2, whole_at=NOW)], Lane.ATS, 9) == 9
    assert lane_whole_revision([push()], Lane.ATS, 9) is None


def test_a_legacy_lane_that_was_revoked_has_told_everything_it_will() -> None:
    gone = source(revoked=True, whole_revision=None)
    assert lane_whole_revision([gone], Lane.LEGACY, 9) == 9
    assert lane_whole_revision([gone, source(whole_revision=4)], Lane.LEGACY, 9) == 4
    assert lane_whole_revision([source(Lane.ATS, revoked=True)], Lane.ATS, 9) is None


# When a push counts as whole without having said so.


@pytest.mark.parametrize(
    ("last", "activated", "quiet"),
    [
        (NOW - 30 * MINUTE, NOW - 5 * HOUR, True),
        (NOW - 29 * MINUTE, NOW - 5 * HOUR, False),
        (NOW - 5 * HOUR, NOW - 29 * MINUTE, False),
        (NOW - 5 * HOUR, NOW - 30 * MINUTE, True),
        (None, NOW - 5 * HOUR, False),
        (NOW - 5 * HOUR, None, False),
    ],
)
def test_a_push_is_whole_after_thirty_quiet_minutes_since_its_last_new_job_and_activation(
    last: datetime | None, activated: datetime | None, quiet: bool
) -> None:
    assert is_quiet(push(last_new_job_at=last), activated, NOW, PATIENCE) is quiet


def test_quiet_is_for_a_push_that_has_not_been_whole() -> None:
    long_ago = NOW - 5 * HOUR
    assert not is_quiet(push(last_new_job_at=long_ago, whole_revision=1), long_ago, NOW, PATIENCE)
    assert not is_quiet(source(last_new_job_at=long_ago, whole_revision=None), long_ago, NOW, PATIENCE)
    assert quiet_since(push(last_new_job_at=long_ago), NOW) == NOW


def test_a_source_of_changes_is_unheard_after_a_day_or_two_of_its_turns() -> None:
    assert unheard_after(HOUR, PATIENCE) == timedelta(hours=24)
    assert unheard_after(timedelta(days=1), PATIENCE) == timedelta(days=2)
