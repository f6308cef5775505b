"""JSON as pages and files really hold it: strict first, then with the usual mistakes mended."""

from __future__ import annotations

import codecs
import html
import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

import orjson

_GUARDS = re.compile(
    r"^\s*(?://\s*|/\*\s*)?(?:<!--|<!\[CDATA\[)(?:\s*\*/)?|(?://\s*|/\*\s*)?(?:-->|\]\]>)(?:\s*\*/)?\s*$"
)
# A comment, or a string, in which there is none. What does not end goes on to the end: no sign is looked at twice.
_COMMENT = re.compile(r'("[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z))|/\*(?:.*?\*/|.*)', re.DOTALL)
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_MISSING_COMMA = re.compile(r'(["}\]0-9el])([^\S\n]*+\n\s*+)(?=")')
_BAD_ESCAPE = re.compile(r'\\(?!["\\/bfnrtu])')
_MOST_LISTS = 50
_LONGEST_NUMBER = 4_000
_NOTHING = object()


def strict(body: bytes) -> Any | None:
    """The list or object that bytes of UTF-8 say, None where they are not quite JSON. Never raises.

    The text is never made: where one sign of it is an emoji it would take four times the memory of the bytes.
    """
    try:
        value = orjson.loads(memoryview(body)[3:] if body.startswith(codecs.BOM_UTF8) else body)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict | list) else None


def tolerant(text: str) -> Any | None:
    """The value that the text says, or None where it cannot be made out. Never raises.

    Mended: raw newlines and tabs in strings, CDATA and comment guards, comments, a semicolon at the end, trailing and
    missing commas, backslashes that escape nothing, and a whole text that was escaped for HTML.
    """
    for attempt in _mended(text):
        value = _load(attempt)
        if value is not _NOTHING:
            return value
    return None


def _mended(text: str) -> Iterator[str]:
    yield text
    bare = _GUARDS.sub("", text.strip())
    bare = _GUARDS.sub("", bare).strip().rstrip(";").strip().lstrip("\ufeff")
    if "/*" in bare:
        bare = _COMMENT.sub(lambda found: found[1] or "", bare)
    yield bare
    commas = _MISSING_COMMA.sub(r"\1,\2", _TRAILING_COMMA.sub(r"\1", bare))
    yield commas
    yield _BAD_ESCAPE.sub(r"\\\\", commas)
    if "&quot;" in bare or "&#34;" in bare:
        yield html.unescape(bare)


def _load(text: str) -> Any:
    try:
        return orjson.loads(text)
    except (orjson.JSONDecodeError, UnicodeError):
        pass
    try:
        return json.loads(text, strict=False, parse_int=_whole)
    except (ValueError, RecursionError):
        return _NOTHING


def _whole(number: str) -> int | str:
    """A number, as text where it has more digits than Python reads: it is the mistake of one job, not of all."""
    return int(number) if len(number) < _LONGEST_NUMBER else number


def elements_before_cut(text: str) -> list[Any]:
    """The whole elements of a JSON list that was cut off: a top-level one, or the longest one in an object."""
    decoder = json.JSONDecoder(strict=False, parse_int=_whole)
    best: list[Any] = []
    for start in _lists(text):
        found, at = [], start
        while True:
            at = _blank(text, at)
            try:
                value, at = decoder.raw_decode(text, at)
            except (ValueError, RecursionError):
                break
            found.append(value)
            at = _blank(text, at)
            if text[at : at + 1] != ",":
                break
            at += 1
        if len(found) > len(best):
            best = found
    return best


def _lists(text: str) -> list[int]:
    if text.lstrip()[:1] == "[":
        return [text.index("[") + 1]
    found = re.finditer(r'"[\w-]{1,40}"\s*:\s*\[', text[:20_000])
    return [one.end() for one in islice(found, _MOST_LISTS)]


def _blank(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at
