"""Every rule that a match can give has its sentence, its cause and its fix wherever it is shown."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from changeover.console.causes import CAUSES
from changeover.console.suggestions import BECAUSE
from changeover.match.in_order import Order, pairs_in_order
from changeover.match.sentences import DOUBTING_RULES, LONE_RULES

# What rematch makes of a lone job beside the matcher's rules.
SAID_LATER = {"pending": ("legacy_only", "ats_only"), "twin_closed": ("legacy_only",)}


def test_every_suggestion_says_why_a_person_is_asked_and_no_other_rule_is_named() -> None:
    assert set(BECAUSE) == set(DOUBTING_RULES)


@pytest.mark.parametrize("decision", ["legacy_only", "ats_only"])
def test_every_lone_job_has_one_cause_on_the_review_page(decision: str) -> None:
    rules = {*LONE_RULES, *(rule for rule, sides in SAID_LATER.items() if decision in sides)}
    told = [rule for cause in CAUSES if cause.decision == decision for rule in cause.rules]
    assert sorted(told) == sorted(rules)


def test_a_group_is_paired_in_the_order_of_numbers_or_of_dates() -> None:
    days = {9: 3, 10: 1, 11: None}
    sides = [
        [
            {"job_id": base + n, "source_job_id": f"{name}{n}", "posted_at": day and datetime(2026, 1, day, tzinfo=UTC)}
            for n, day in days.items()
        ]
        for name, base in (("L", 100), ("A", 200))
    ]  # fmt: skip
    assert pairs_in_order(sides[0], sides[1], Order.IDS) == [(109, 209), (110, 210), (111, 211)]
    assert pairs_in_order(sides[0][:2], sides[1], Order.DATES) == [(110, 210), (109, 209)]
