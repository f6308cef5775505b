"""What a candidate's words show of a requirement: quoted as they stand, and never more than they say."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changeover.widgets.evidence import Finding, Said, State, find
from changeover.widgets.profile import profile
from changeover.widgets.requirements import MOST, Requirement, requirements

TODAY = date(2026, 3, 1)
WORDS = ["python", "baking", "welding", "norwegian", "kubernetes", "forklift", "chemistry", "payroll", "sailing"]
sentences = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join)
asked = st.lists(sentences.map(Requirement), max_size=6)
told = st.lists(st.builds(Said, st.just("Résumé"), sentences), max_size=6)
anything = st.text(max_size=300)


def one(requirement: str, *said: Said | str) -> Finding:
    pieces = [each if isinstance(each, Said) else Said("Résumé", each) for each in said]
    return find([Requirement(requirement)], pieces, TODAY)[0]


class TestEvidence:
    @given(st.lists(anything.map(Requirement), max_size=5), st.lists(st.builds(Said, anything, anything, anything)))
    def test_is_quoted_word_for_word_from_what_was_said(self, asked: list[Requirement], said: list[Said]) -> None:
        for each in find(asked, said, TODAY):
            for quote in each.quotes:
                assert any(quote.text in piece.text for piece in said)
                assert "".join(text for text, _ in quote.parts) == quote.text

    @given(asked)
    def test_of_a_silent_candidate_is_that_nothing_is_said(self, asked: list[Requirement]) -> None:
        assert [each.state for each in find(asked, [], TODAY)] == [State.NOT_SAID] * len(asked)

    @given(asked, told)
    def test_is_there_for_whatever_is_not_told_as_unsaid(self, asked: list[Requirement], said: list[Said]) -> None:
        for each in find(asked, said, TODAY):
            assert bool(each.quotes) == (each.state is not State.NOT_SAID)
            assert each.state is not State.SHOWN or any(marked for quote in each.quotes for _, marked in quote.parts)

    @given(asked, told, sentences)
    def test_is_never_less_for_saying_more(self, asked: list[Requirement], said: list[Said], more: str) -> None:
        order = [State.NOT_SAID, State.PARTLY, State.SHOWN]
        before = find(asked, said, TODAY)
        after = find(asked, [*said, Said("Résumé", more)], TODAY)
        assert all(order.index(a.state) >= order.index(b.state) for a, b in zip(after, before, strict=True))

    @given(asked, told)
    def test_does_not_depend_on_the_order_in_which_it_was_said(
        self, asked: list[Requirement], said: list[Said]
    ) -> None:
        states = [each.state for each in find(asked, said, TODAY)]
        assert [each.state for each in find(asked, said[::-1], TODAY)] == states

    @given(asked)
    def test_of_who_says_all_that_is_asked_is_shown(self, asked: list[Requirement]) -> None:
        said = [Said("Résumé", each.text) for each in asked]
        assert all(each.state is State.SHOWN for each in find(asked, said, TODAY))

    @pytest.mark.parametrize(
        ("requirement", "said", "state"),
        [
            ("Experience with Python and PostgreSQL", "Wrote services in Python on Postgres.", State.SHOWN),
            ("Experience with Python and Kubernetes", "Wrote services in Python.", State.PARTLY),
            ("Fluent in Norwegian", "I speak Danish.", State.NOT_SAID),
            ("Fluent in Norwegian", "I speak Norwegian.", State.PARTLY),
            ("Kubernetes", "I have no experience with Kubernetes.", State.NOT_SAID),
            ("Driving licence", "I hold a driver's license.", State.SHOWN),
            ("A degree in chemistry, biology or physics", "BSc Biology, York.", State.SHOWN),
            ("A degree in chemistry, biology or physics", "BSc History, York.", State.PARTLY),
            ("C++", "Ten years of C.", State.NOT_SAID),
            ("Erfahrung mit Gabelstapler", "Drei Jahre auf dem Gabelstapler.", State.SHOWN),
        ],
    )
    def test_says_what_a_person_would(self, requirement: str, said: str, state: State) -> None:
        assert one(requirement, said).state is state

    def test_names_what_is_not_said(self) -> None:
        assert one("Experience with Python and Kubernetes", "Python.").note == "Not said: Kubernetes."

    def test_counts_the_years_of_positions_that_have_to_do_with_it(self) -> None:
        long = Said("Position", "Baker at a mill", begun=date(2018, 1, 1), ended=date(2024, 1, 1))
        other = Said("Position", "Accountant", begun=date(2000, 1, 1), ended=date(2018, 1, 1))
        assert one("5+ years as a baker", long, other).state is State.SHOWN
        short = one("10 years as a baker", long, other)
        assert (short.state, short.note) == (State.PARTLY, "About 6 of 10 years.")
        unknown = one("5 years as a baker", "I am a baker.")
        assert (unknown.state, unknown.note) == (State.PARTLY, "How many years is not said.")

    def test_of_a_question_answered_with_no_is_that_no(self) -> None:
        no = Said("Answer", "Not yet", question="Do you have a driving licence?")
        found = one("Driving licence", no)
        assert found.state is State.DENIED
        assert found.quotes[0].text == "Not yet"
        assert one("Driving licence", no, "I have a driving licence.").state is State.PARTLY
        yes = Said("Answer", "Yes", question="Do you have a driving licence?")
        assert one("Driving licence", yes).state is State.SHOWN
        assert one("Sailing", yes).state is State.NOT_SAID


class TestRequirements:
    @given(anything)
    def test_are_read_from_any_markup(self, markup: str) -> None:
        assert len(requirements(markup, {"skills": markup})) <= MOST

    def test_stand_under_the_headings_that_ask(self) -> None:
        found = requirements(
            "<p>We bake.</p><h3>What you bring</h3><ul><li>An oven license</li><li>Motion control</li></ul>"
            "<p><strong>Nice to have:</strong></p><ul><li>Norwegian</li></ul><h3>What we offer</h3><p>Bread, daily</p>"
        )
        assert [(each.text, each.nice) for each in found] == [
            ("An oven license", False), ("Motion control", False), ("Norwegian", True),
        ]  # fmt: skip

    def test_are_the_sentences_that_ask_where_no_heading_does(self) -> None:
        found = requirements("<p>We are a mill. You will need a driving licence. There is cake on Fridays.</p>")
        assert [each.text for each in found] == ["You will need a driving licence"]

    def test_are_none_where_none_is_named(self) -> None:
        assert requirements("<p>Come as you are.</p>") == []

    def test_listed_in_a_sentence_are_told_apart(self) -> None:
        found = requirements("<h4>Requirements</h4><p>Motion control, functional safety, and a head for heights.</p>")
        assert [each.text for each in found] == ["Motion control", "functional safety", "a head for heights"]


class TestTheProfile:
    def test_holds_nothing_of_the_self_identification(self) -> None:
        answers = {"self_identification": [{"race": ["x-race"], "gender": ["x-gender"]}], "work": [{"title": "Baker"}]}
        made = profile(None, {"first_name": "Ada"}, answers, [])
        assert "x-" not in repr(made)

    @given(st.dictionaries(st.text(max_size=9), st.recursive(st.none() | st.text() | st.integers(), st.lists)))
    def test_is_made_of_whatever_was_kept(self, answers: dict[str, object]) -> None:
        assert profile(None, answers, answers, []).name
