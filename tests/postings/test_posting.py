"""A posting's public id leads back to it, and of two postings the one that people know survives."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changeover.job import Lane
from changeover.postings.posting import Side, parse_public_id, public_id, survivor

_IDS = st.integers(1, 2**63 - 1)


def side(lane: Lane, posting: int, *, live: bool = False, public: int = 0) -> Side:
    return Side(posting + 100, posting, lane, live, public)


@given(company=_IDS, posting=_IDS)
def test_a_public_id_leads_back_to_its_company_and_posting(company: int, posting: int) -> None:
    assert parse_public_id(public_id(company, posting)) == (company, posting)


@pytest.mark.parametrize(
    "text",
    [
        *("", "-", "1", "1-", "-1", "1--1", "0-1", "1-0", "01-1", "1-01", "1-1-1", "+1-1", "1-+1", "1_1", "1 -1"),
        *(" 1-1", "1-1 ", "1-1\n", "1-1\x00", "1.0-1", "1e3-1", "0x1-1", "\u0661-\u0662", "\uff11-\uff12", "1\u20111"),
        *(f"{2**63}-1", f"1-{2**63}", "9" * 19 + "-1", "9" * 5_000 + "-1", "1-1/../2-2", "1-1?x", "1-1'--", "%31-1"),
    ],
)
def test_what_is_not_a_public_id_is_none(text: str) -> None:
    assert parse_public_id(text) is None


@given(text=st.text(max_size=60))
def test_a_text_is_a_public_id_only_in_its_one_spelling(text: str) -> None:
    parsed = parse_public_id(text)
    assert parsed is None or public_id(*parsed) == text


_SIDES = st.tuples(st.booleans(), st.integers(0, 5), st.integers(1, 50))


@given(first=_SIDES, second=_SIDES)
def test_the_live_posting_survives_then_the_longer_public_then_the_older(
    first: tuple[bool, int, int], second: tuple[bool, int, int]
) -> None:
    legacy = side(Lane.LEGACY, first[2], live=first[0], public=first[1])
    ats = side(Lane.ATS, second[2] + 50, live=second[0], public=second[1])
    kept = survivor(legacy, ats)
    other = ats if kept is legacy else legacy
    assert kept.live or not other.live
    if kept.live == other.live:
        assert kept.public >= other.public
        assert kept.public > other.public or kept.posting_id < other.posting_id


@pytest.mark.parametrize(
    ("legacy", "ats", "kept"),
    [
        (side(Lane.LEGACY, 9, live=True), side(Lane.ATS, 1, public=99), Lane.LEGACY),
        (side(Lane.LEGACY, 1, public=99), side(Lane.ATS, 9, live=True), Lane.ATS),
        (side(Lane.LEGACY, 9, public=3), side(Lane.ATS, 1, public=2), Lane.LEGACY),
        (side(Lane.LEGACY, 9), side(Lane.ATS, 1), Lane.ATS),
        (side(Lane.LEGACY, 1), side(Lane.ATS, 9), Lane.LEGACY),
    ],
)
def test_which_posting_keeps_its_id(legacy: Side, ats: Side, kept: Lane) -> None:
    assert survivor(legacy, ats).lane is kept
