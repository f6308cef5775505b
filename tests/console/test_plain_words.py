"""What the review page says is plain: everybody who can read a newspaper can read it."""

from __future__ import annotations

import re

import pyphen
import pytest

from changeover.console.causes import CAUSES, MEANINGS
from changeover.console.sentences import MEANS
from changeover.console.suggestions import BECAUSE

# Flesch's reading ease: 70 and above is easy, 60 is plain English, 50 a quality newspaper. One short sentence can miss
# it by one long word that has no other name, so each group is measured as the text that it is on the page.
PLAIN, FAIR = 70.0, 60.0


SYLLABLES = pyphen.Pyphen(lang="en_US", left=1, right=1)


def ease(*sentences: str) -> float:
    """Flesch's formula (1948) over the words as a hyphenation dictionary divides them."""
    text = " ".join(sentences)
    words = re.findall(r"[A-Za-z']+", text)
    ends = len(re.findall(r"[.?!](?:\s|$)", text))
    syllables = sum(1 + len(SYLLABLES.positions(word)) for word in words)
    return 206.835 - 1.015 * len(words) / ends - 84.6 * syllables / len(words)


def test_the_measure_tells_plain_from_hard() -> None:
    assert ease("The cat sat on the mat.") > 100
    assert ease("Heterogeneous infrastructural methodologies necessitate organisational rationalisation.") < 0


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.name)
def test_each_cause_is_explained_in_plain_words(cause: object) -> None:
    text = [f"{cause.heading}.", cause.means, cause.fix]  # type: ignore[attr-defined]
    assert ease(*text) >= PLAIN, text


@pytest.mark.parametrize("text", MEANINGS.values(), ids=MEANINGS.keys())
def test_each_state_is_explained_in_fair_words(text: str) -> None:
    assert ease(text) >= FAIR, text


def test_why_a_person_is_asked_is_said_in_plain_words() -> None:
    assert ease(*BECAUSE.values()) >= PLAIN


def test_the_flow_is_said_in_plain_words() -> None:
    assert ease(*MEANS.values()) >= PLAIN


def test_no_sentence_of_a_cause_is_long() -> None:
    told = [sentence for cause in CAUSES for sentence in f"{cause.means} {cause.fix}".split(". ")]
    assert [sentence for sentence in told if len(sentence.split()) > 25] == []
