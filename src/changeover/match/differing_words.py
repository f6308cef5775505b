"""Two texts side by side with the words marked in which they differ."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from markupsafe import Markup, escape

_WORD = re.compile(r"\w+|\s+|[^\w\s]")
# Beyond so many characters a comparison helps nobody, and its cost grows with the product of the words.
_LONGEST = 600


def side_by_side(old: str, new: str) -> tuple[Markup, Markup]:
    """Both texts as HTML: what only the old one says in ``del``, what only the new one says in ``ins``.

    Case counts: it is shown, though matching does not mind it. Texts are cut at 600 characters.
    """
    left, right = (_WORD.findall(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…") for text in (old, new))
    told: tuple[list[str], list[str]] = ([], [])
    for kind, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        told[0].append(_marked("del", left[a:b], same=kind == "equal"))
        told[1].append(_marked("ins", right[c:d], same=kind == "equal"))
    return Markup("".join(told[0])), Markup("".join(told[1]))  # noqa: S704 - escaped word by word


def _marked(tag: str, words: list[str], *, same: bool) -> str:
    text = str(escape("".join(words)))
    if same or not text.strip():
        return text
    return f"<{tag}>{text}</{tag}>"
