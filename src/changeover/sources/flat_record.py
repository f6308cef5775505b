"""The fields of a plain record, one element deep and without markup, faster than by a parser."""

from __future__ import annotations

import re
from functools import lru_cache

from changeover.sources.xml_records import plain

_NAME = r"[A-Za-z_][A-Za-z0-9_.\-]*+"
_START = re.compile(rf"<({_NAME})>")
# A field that is one section, or text without a sign that means more: the whole of it, its name, section and text. What
# is none takes all the rest, so that nothing is looked at twice.
_FIELD = re.compile(rf"(\s*+<({_NAME})>(?:<!\[CDATA\[([^\]]*+(?:\](?!\]>)[^\]]*+)*+)\]\]>|([^<&\]]*+))</\2>)|(?s:.++)")
_END = re.compile(rf"\s*+</({_NAME})>\Z")
_LIMIT = 1_000_000
_MOST = 500


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
    # All fields at once: they are the record's if they are as long as what stands between its start and its end.
    found = _FIELD.findall(text, start.end())[:-1]
    end = start.end() + sum([len(whole) for whole, _, _, _ in found])
    closing = _END.match(text, end)
    if closing is None or closing[1] != start[1] or len(found) > _MOST:
        return None
    fields = {_plain(name): [section or said] for _, name, section, said in found}
    return fields if len(fields) == len(found) else _several(found)


def _several(found: list[tuple[str, str, str, str]]) -> dict[str, list[str]]:
    """The fields where some are told more than once."""
    fields: dict[str, list[str]] = {}
    for _, name, section, said in found:
        fields.setdefault(_plain(name), []).append(section or said)
    return fields


@lru_cache(maxsize=4096)
def _plain(name: str) -> str:
    return plain(name)
