"""Which vanished jobs are closed: at once, at the second miss, or when their own page is gone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from changeover.job import Job
from changeover.snapshot.delisting import Delisting, delist
from changeover.snapshot.difference import Action, Guard, Known, difference, judge
from changeover.sources.source import Completeness, Reading

KNOWN = {f"L{n}": Known(n, Job(f"L{n}", "x").digest(), True) for n in range(30)}
ALL = frozenset(range(30))


def delisted(
    told: frozenset[int],
    missed_before: frozenset[int] = frozenset(),
    completeness: Completeness = Completeness.COMPLETE,
    kind: str = "career_site",
    gone: tuple[str, ...] = (),
    misses: int = 2,
    missed_long: frozenset[int] | None = None,
) -> Delisting:
    jobs = [Job(f"L{n}", "x") for n in sorted(told)]
    reading = Reading(kind, jobs, completeness, gone=gone)
    diff = difference(KNOWN, jobs)
    long = missed_before if missed_long is None else missed_long
    return delist(reading, diff, judge(reading, diff, Guard()), KNOWN, missed_before, misses=misses, missed_long=long)


def test_a_page_that_fell_out_of_the_list_stays_open_once() -> None:
    assert delisted(ALL - {3}) == Delisting([], [3])
    assert delisted(ALL - {3}, frozenset({3})) == Delisting([3], [])
    assert delisted(ALL, frozenset({3})) == Delisting([], [])


def test_two_readings_within_minutes_count_as_one() -> None:
    assert delisted(ALL - {3}, frozenset({3}), missed_long=frozenset()) == Delisting([], [3])
    # It was there in between, so what was missed long ago does not count.
    assert delisted(ALL - {3}, frozenset(), missed_long=frozenset({3})) == Delisting([], [3])


def test_a_page_that_is_gone_is_closed_at_once() -> None:
    assert delisted(ALL - {3, 4}, gone=("L3", "never-known")) == Delisting([3], [4])


def test_feeds_and_boards_are_told_whole() -> None:
    assert delisted(ALL - {3}, kind="greenhouse") == Delisting([3])
    assert delisted(ALL - {3}, misses=1) == Delisting([3])


def test_of_what_a_feed_of_changes_lacks_only_that_is_closed_which_it_names_as_over() -> None:
    told = delisted(frozenset({1}), frozenset(), Completeness.PARTIAL, kind="xml_feed", gone=("L3", "never-known"))
    assert told == Delisting((3,))


def test_a_partial_reading_adds_no_miss_and_takes_back_those_it_tells() -> None:
    assert delisted(ALL - {3, 4}, frozenset({3, 5}), Completeness.PARTIAL) == Delisting((), [3])


def test_a_reading_that_is_held_leaves_everything_as_it_was() -> None:
    assert delisted(frozenset({1}), frozenset({3})) == Delisting((), [3])


@given(st.frozensets(st.integers(0, 29)), st.frozensets(st.integers(0, 29)), st.sampled_from(Completeness))
def test_only_a_whole_reading_that_is_believed_closes(
    told: frozenset[int], missed: frozenset[int], completeness: Completeness
) -> None:
    became = delisted(told, missed, completeness)
    jobs = [Job(f"L{n}", "x") for n in told]
    verdict = judge(Reading("career_site", jobs, completeness), difference(KNOWN, jobs), Guard())
    assert not set(became.closed) & told
    assert set(became.closed) <= missed
    if verdict.action is not Action.TAKE:
        assert not became.closed
