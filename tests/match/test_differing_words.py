"""Differing words are marked, and marking changes no word."""

from __future__ import annotations

import html
import re

from hypothesis import given
from hypothesis import strategies as st

from changeover.match.differing_words import side_by_side


def plain(marked: str) -> str:
    return html.unescape(re.sub(r"</?(?:del|ins)>", "", marked))


@given(st.text(max_size=60), st.text(max_size=60))
def test_both_texts_are_whole_without_the_marks(old: str, new: str) -> None:
    left, right = side_by_side(old, new)
    assert (plain(left), plain(right)) == (old, new)
    assert "<ins>" not in left
    assert "<del>" not in right


@given(st.text(max_size=60))
def test_equal_texts_have_no_marks(text: str) -> None:
    assert side_by_side(text, text) == (html.escape(text).replace("&#x27;", "&#39;").replace("&quot;", "&#34;"),) * 2


def test_only_the_words_that_differ_are_marked() -> None:
    left, right = side_by_side("Safety Officer, Leith", "Health & Safety Officer (Leith)")
    assert left == "Safety Officer<del>,</del> Leith"
    assert right == "<ins>Health &amp; </ins>Safety Officer <ins>(</ins>Leith<ins>)</ins>"


def test_nothing_active_comes_through() -> None:
    left, right = side_by_side("<script>alert(1)</script>", "<img src=x onerror=alert(1)>")
    assert "<script" not in left
    assert "<img" not in right


def test_a_very_long_text_is_cut_and_not_compared_for_ever() -> None:
    left, _ = side_by_side("word " * 50_000, "other " * 50_000)
    assert len(left) < 5_000
