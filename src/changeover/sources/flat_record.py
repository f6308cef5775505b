"""The fields of a plain record, one element deep and without markup, faster than by a parser."""

from __future__ import annotations

import re
from functools import lru_cache

from changeover.sources.xml_records import plain

_OPEN = re.compile(r"\s*+<([A-Za-z_][A-Za-z0-9_.\-]*+)>([^<&]*+)(</\1>|<!\[CDATA\[)?")
_CLOSE = re.compile(r"([^<&]*+)</([A-Za-z_][A-Za-z0-9_.\-]*+)>")
_START = re.compile(r"<([A-Za-z_][A-Za-z0-9_.\-]*+)>")
_END = re.compile(r"\s*+</([A-Za-z_][A-Za-z0-9_.\-]*+)>\Z")
_LIMIT = 1_000_000


def flat_fields(raw: bytes) -> dict[str, list[str]] | None:
    """The record's fields as `xml_fields.parse` tells them, or None where it takes a parser to know them.

    ``raw`` holds no control characters but tab and line ends (`encoding.Utf8` has removed them).
    """
    if len(raw) > _LIMIT or b"\r" in raw:
        return None
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return None
    start = _START.match(text)
    if start is None or not (text.isascii() or ("\ufffe" not in text and "\uffff" not in text)):
        return None
    fields: dict[str, list[str]] = {}
    at, sections = start.end(), 0
    while found := _OPEN.match(text, at):
        name, value, then = found.groups()
        at = found.end()
        if then is None:
            return None
        if then[1] != "/":
            end, sections = text.find("]]>", at), sections + 1
            rest, after = _past(text, name, end)
            if after < 0:
                return None
            value, at = value + text[at:end] + rest, after
        path = _plain(name)
        if path in fields:
            fields[path].append(value)
        else:
            fields[path] = [value]
    closing = _END.match(text, at)
    # Outside of a section "]]>" is an error.
    if closing is None or closing[1] != start[1] or text.count("]]>") != sections or len(fields) > 500:
        return None
    return fields


def _past(text: str, name: str, end: int) -> tuple[str, int]:
    """What the field ``name`` says behind its section, which ends at ``end``, and where the field ends; or -1."""
    ending = _ending(name)
    if end >= 0 and text.startswith(ending, end):
        return "", end + len(ending)
    close = _CLOSE.match(text, end + 3) if end >= 0 else None
    return (close[1], close.end()) if close is not None and close[2] == name else ("", -1)


@lru_cache(maxsize=4096)
def _ending(name: str) -> str:
    return f"]]></{name}>"


@lru_cache(maxsize=4096)
def _plain(name: str) -> str:
    return plain(name)
