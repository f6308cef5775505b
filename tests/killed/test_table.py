"""The table of points in the docs is what was visited."""

from __future__ import annotations

from killed.table import PAGE, page


def test_the_page_of_kills_is_made_of_the_kills() -> None:
    assert PAGE.read_text() == page(), "make it anew: PYTHONPATH=tests python -m killed.table"
