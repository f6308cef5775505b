"""Where the work is done: the many words of sources as one of remote, hybrid, onsite, or nothing."""

from __future__ import annotations

import re

_LETTERS = re.compile(r"[^a-z]+")
_WORDS = {
    "hybrid": ("hybrid", "partiallyremote", "partremote", "temporarilyremote", "flexible", "partial"),
    "remote": ("remote", "telecommute", "workfromhome", "homeoffice", "virtual", "anywhere"),
    "onsite": ("onsite", "office", "inperson", "inoffice", "workplace"),
}
_NO = frozenset(("no", "none", "false", "nonremote", "notremote", "noremote", "n", "never"))
_YES = frozenset(("yes", "true", "full", "fully", "y"))


def workplace(*said: object) -> str:
    """``"remote"``, ``"hybrid"`` or ``"onsite"`` from the first value that says so; ``""`` where none does.

    A value may be a word of any source's vocabulary, or true for "remote". False says nothing: many sources
    write it where nobody filled in the field.
    """
    for value in said:
        if value is True or value == "1":
            return "remote"
        if not isinstance(value, str) or not value:
            continue
        word = _LETTERS.sub("", value.lower())
        if word in _NO:
            continue
        if word in _YES:
            return "remote"
        for kind, words in _WORDS.items():
            if any(known in word for known in words):
                return kind
    return ""
