"""What the review page says is plain: everybody who can read a newspaper can read it."""

from __future__ import annotations

import re

import pytest
import readability

from changeover.console.causes import CAUSES, MEANINGS
from changeover.console.sentences import MEANS
from changeover.console.suggestions import BECAUSE

# Flesch's reading ease: 60 and above is plain English, 50 is a quality newspaper's. One short sentence can miss it by
# one long word that has no other name, so each group is measured as the text that it is on the page.
PLAIN, FAIR = 60.0, 50.0


def ease(*sentences: str) -> float:
    text = re.sub(r"(?<=[.?:])\s+", "\n", re.sub(r"([.,:;?])", r" \1", " ".join(sentences)))
    grades = readability.getmeasures(text, lang="en")["readability grades"]
    return float(grades["FleschReadingEase"])


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
