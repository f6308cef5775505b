"""A page as a tree, unless it is made so that a parser pays far more for it than its size."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

MOST_TAGS = 30_000
"""Tags that a page may open: each may stand in all before it, and is held against them."""

MOST_REPEATED = 1_000_000
"""Emphasis left open is begun anew in every block that follows; so many elements may come of that."""

# Each with attributes of its own is another emphasis; the same one is begun anew three times at most.
_EMPHASIS = re.compile(r"<(?:b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)[\s/][^<>]*+", re.IGNORECASE)


def page_tree(markup: str) -> LexborHTMLParser | None:
    """The page parsed; None if it is too costly to be."""
    return None if is_costly(markup, MOST_TAGS, MOST_REPEATED) else LexborHTMLParser(markup)


def is_costly(markup: str, tags: int, repeated: int) -> bool:
    """True if the markup opens more tags, or may come to repeat more elements, than said. Nothing is parsed for that.

    Fifty kB of HTML, parsed as its standard demands, take a gigabyte; a megabyte of lists in lists takes minutes.
    """
    opened = markup.count("<") - markup.count("</")
    if opened > tags:
        return True
    return opened * opened > repeated and opened * _different(_EMPHASIS.findall(markup)) > repeated


def _different(told: list[str]) -> int:
    """How many tags differ; one whose text may have ended within a quote counts by itself."""
    whole = [tag for tag in told if not (tag.count('"') % 2 or tag.count("'") % 2 or ('"' in tag and "'" in tag))]
    return len(set(whole)) + len(told) - len(whole)
