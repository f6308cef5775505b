"""Who gets a paid slot: the rules, their order, and what a change of them would do."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from changeover.contracts.wrapping import Candidate, Kind, Rule, department, fill, rearrange

BAKER = Candidate(1, "Night Baker", "Zürich, Switzerland", "Bakery", frozenset({"li-dn1"}))
WELDER = Candidate(2, "Welder", "Oslo, Norway", "Workshop")
NURSE = Candidate(3, "Nurse (m/f)", "Oslo, Norway")
ALL = [BAKER, WELDER, NURSE]


def taken(*rules: Rule, slots: int = 9) -> list[int]:
    return [it.candidate.posting_id for it in fill(slots, ALL, rules, ())]


def test_each_kind_of_rule_looks_where_it_says() -> None:
    assert taken(Rule(Kind.TITLE, "night  baker")) == [1]
    assert taken(Rule(Kind.PLACE, "zurich")) == [1]
    assert taken(Rule(Kind.PLACE, "OSLO")) == [3, 2]
    assert taken(Rule(Kind.DEPARTMENT, "work")) == [2]
    assert taken(Rule(Kind.TAG, "#LI-DN1")) == [1]
    assert taken(Rule(Kind.PIN, "2")) == [2]
    assert taken(Rule(Kind.ALL)) == [3, 2, 1]
    assert taken() == []
    assert taken(Rule(Kind.TITLE, "")) == []


def test_the_higher_priority_goes_first_then_the_pin_then_the_newer_posting() -> None:
    rules = Rule(Kind.ALL), Rule(Kind.TITLE, "baker", 5), Rule(Kind.PIN, "2", 5)
    assert taken(*rules) == [2, 1, 3]
    assert taken(*rules, slots=2) == [2, 1]


def test_a_slot_is_kept_for_a_pinned_posting_that_is_not_live_yet() -> None:
    rules = Rule(Kind.ALL), Rule(Kind.PIN, "99")
    assert taken(*rules, slots=3) == [3, 2]
    assert rearrange(3, ALL, rules, {3}).free == 0


def test_filling_takes_nobodys_slot_and_a_changed_rule_does() -> None:
    rules = [Rule(Kind.TITLE, "baker", 9), Rule(Kind.ALL)]
    assert list(fill(1, ALL, rules, {2})) == []
    preview = rearrange(1, ALL, rules, {2})
    assert [it.candidate for it in preview.gains] == [BAKER]
    assert list(preview.loses) == [WELDER]


def test_who_has_a_slot_keeps_it_against_an_equal() -> None:
    preview = rearrange(1, ALL, [Rule(Kind.ALL)], {1})
    assert ([it.candidate for it in preview.stays], preview.gains, preview.loses) == ([BAKER], [], [])


def test_a_department_is_found_where_sources_keep_it() -> None:
    assert department({"departments": [{"name": "Bakery"}, "Night"]}) == "Bakery, Night"
    assert department({"categories": ["sale"], "departmentLabel": "Till"}) == "Till"
    assert department({"department": None, "x": 1}) == ""


_RULES = st.lists(
    st.builds(
        Rule, st.sampled_from([Kind.ALL, Kind.TITLE, Kind.PIN]), st.sampled_from(["a", "b", "1", "5", "77"]),
        st.integers(0, 3),
    ),
    max_size=4,
    unique_by=lambda rule: (rule.kind, rule.value),
)  # fmt: skip
_POSTINGS = st.lists(
    st.builds(Candidate, st.integers(1, 12), st.sampled_from(["a", "b", "a b", "c"])),
    max_size=12,
    unique_by=lambda it: it.posting_id,
)


@given(st.integers(0, 8), _POSTINGS, _RULES, st.integers(0, 8))
def test_never_more_wraps_than_slots_whatever_the_rules(
    slots: int, there: list[Candidate], rules: list[Rule], holding: int
) -> None:
    held = {it.posting_id for it in there[: min(holding, slots)]}
    filled = {it.candidate.posting_id for it in fill(slots, there, rules, held)}
    assert len(filled | held) <= slots
    assert not filled & held
    preview = rearrange(slots, there, rules, held)
    gains = {it.candidate.posting_id for it in preview.gains}
    stays = {it.candidate.posting_id for it in preview.stays}
    loses = {it.posting_id for it in preview.loses}
    assert len(gains) + len(stays) + preview.free <= slots
    assert stays | loses == held
    assert not gains & held
    # Done twice it is done once.
    assert not rearrange(slots, there, rules, gains | stays).gains
