"""Words as requirements and candidates write them: told apart, and brought to one form."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from typing import Any

LISTS: dict[str, dict[str, Any]] = tomllib.loads(
    (resources.files("changeover.widgets") / "vocabulary.toml").read_text("utf-8")
)
_QUOTE = "\N{RIGHT SINGLE QUOTATION MARK}"
BULLETS = "•·▪*\N{EN DASH}\N{EM DASH}-"
_WORD = re.compile(rf"[^\W_]+(?:['{_QUOTE}][^\W_]+)?[+#]*")
# Blanks are looked at once however many there are: a bullet's begin where no other blank of the line stands before.
_SENTENCE = re.compile(
    rf"(?<=[.!?;])\s++(?=\S)|\n+|(?<![^\S\n])[^\S\n]++[{BULLETS}]\s++|^[{BULLETS}]\s++", re.MULTILINE
)
# Of a text that long nobody reads more, and each view must stay quick.
MOST_LETTERS, MOST_FRAGMENT = 200_000, 400
_ENDS = ("ingly", "ings", "ing", "ied", "ies", "ed", "es", "s", "e", "y")


@dataclass(frozen=True, slots=True)
class Term:
    """A word as it stands in a text, and its ``form``, which it shares with its plural and its other spellings."""

    form: str
    start: int
    end: int
    plain: str


def words(text: str) -> list[Term]:
    """Every word of a text, in order."""
    found = []
    for match in _WORD.finditer(text):
        plain = _plain(match[0])
        found.append(Term(form(plain), match.start(), match.end(), plain))
    return found


def _plain(word: str) -> str:
    folded = unicodedata.normalize("NFKD", word.casefold().replace(_QUOTE, "'"))
    return "".join(letter for letter in folded if not unicodedata.combining(letter))


_SAME = {_plain(other): one for one, others in LISTS["same"].items() for other in others.split()}
_NOT = frozenset(_plain(word) for word in LISTS["no"]["words"].split())
_LITTLE = frozenset(_plain(word) for words_of in LISTS["little"].values() for word in words_of.split())


def form(plain: str) -> str:
    """One form for a word's spellings and endings: licences, licence and license are the same."""
    plain = plain.removesuffix("'s")
    plain = _SAME.get(plain, plain)
    plain = plain.replace("isation", "ization").replace("colour", "color")
    for end in _ENDS:
        if plain.endswith(end) and len(plain) - len(end) >= 4:
            return plain.removesuffix(end)
    return plain


def telling(text: str) -> list[str]:
    """The forms of the words that say something, each once, in order; numbers and lone letters say nothing."""
    kept = [w.form for w in words(text) if w.plain not in _LITTLE and not w.plain.isdecimal() and _long(w.plain)]
    return list(dict.fromkeys(kept))


def _long(plain: str) -> bool:
    # C, R and the like are names of something only with a sign behind them.
    return len(plain) > 1


def denied(found: list[Term], at: int) -> bool:
    """Whether a word stands behind a no, at most four words away."""
    return any(word.plain in _NOT for word in found[max(at - 4, 0) : at])


def fragments(text: str) -> Iterator[tuple[int, str]]:
    """A text's sentences and lines, each with where it begins; long ones are cut at a space."""
    text = text[:MOST_LETTERS]
    begin = 0
    for match in (*_SENTENCE.finditer(text), None):
        end = match.start() if match else len(text)
        yield from _cut(text, begin, end)
        begin = match.end() if match else end


def _cut(text: str, begin: int, end: int) -> Iterator[tuple[int, str]]:
    while begin < end:
        stop = end
        if end - begin > MOST_FRAGMENT:
            space = text.rfind(" ", begin + 1, begin + MOST_FRAGMENT)
            stop = space if space > begin else begin + MOST_FRAGMENT
        piece = text[begin:stop]
        if piece.strip():
            yield begin + len(piece) - len(piece.lstrip()), piece.strip()
        begin = stop
