"""A description is shown without anything active, its headings in an order that screen readers follow."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from changeover.board.description import shown

HEADINGS = st.lists(st.integers(1, 6), max_size=12)


@given(HEADINGS)
def test_no_heading_is_above_the_title_or_skips_a_level(levels: list[int]) -> None:
    html = shown("".join(f"<h{level}>Part</h{level}><p>Words.</p>" for level in levels))
    opened = [int(level) for level in re.findall(r"<h(\d)>", html)]
    closed = [int(level) for level in re.findall(r"</h(\d)>", html)]
    assert opened == closed
    assert len(opened) == len(levels)
    for before, after in zip([1, *opened], opened, strict=False):
        assert 2 <= after <= before + 1


def test_nothing_active_and_no_picture_is_left() -> None:
    html = shown(
        '<h3 onclick="x()">Hi</h3><script>x()</script><img src="https://x.example/p.png"><a href="javascript:x">y</a>'
    )
    assert html == '<h2>Hi</h2><a rel="nofollow noopener noreferrer">y</a>'
