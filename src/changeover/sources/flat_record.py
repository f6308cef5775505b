"""The fields of a plain record, one element deep and without markup, faster than by a parser."""

from __future__ import annotations

import re
from functools import lru_cache

from changeover.sources.xml_records import plain

_NAME = r"[A-Za-z_][A-Za-z0-9_.\-]*+"
_START = re.compile(rf"<({_NAME})>")
# What a field may hold: one section, or text without a sign that means more.
_SECTION = r"<!\[CDATA\[([^\]]*+(?:\](?!\]>)[^\]]*+)*+)\]\]>"
_TEXT = r"([^<&\]]*+)"
# A field: the whole of it, its name, section and text. What is none takes all the rest, so that nothing is looked at
# twice.
_FIELD = re.compile(rf"(\s*+<({_NAME})>(?:{_SECTION}|{_TEXT})</\2>)|(?s:.++)")
_END = re.compile(rf"\s*+</({_NAME})>\Z")
_LIMIT = 1_000_000
_MOST = 500
# Expressions that are made for one feed, and how many fields and signs of their names each may have: to make one takes
# as long as to read a hundred records.
_SHAPES, _FIELDS, _SIGNS = 100, 60, 2_000

_Shape = tuple[str, tuple[tuple[str, bool], ...]]
"""The record's name, and those of its fields with whether each is a section."""


class FlatRecords:
    """Reads the plain records of one feed, which mostly are all of one shape: it is expected of the next one."""

    def __init__(self) -> None:
        self._shape: _Shape | None = None
        self._stencil: _Stencil | None = None
        self._made: dict[_Shape, _Stencil] = {}

    def fields(self, raw: bytes) -> dict[str, list[str]] | None:
        """The record's fields as `xml_fields.parse` tells them, or None where it takes a parser to know them.

        ``raw`` holds no control characters but tab and line ends (`encoding.Utf8` has removed them).
        """
        if len(raw) > _LIMIT or b"\r" in raw:
            return None
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            return None
        if not (text.isascii() or ("\ufffe" not in text and "\uffff" not in text)):
            return None
        if self._stencil is not None and (values := self._stencil.values(text)) is not None:
            return values
        return self._any(text)

    def _any(self, text: str) -> dict[str, list[str]] | None:
        """The fields of a record of whatever shape, which the next one is expected to have if two had it."""
        start = _START.match(text)
        if start is None:
            return None
        # All fields at once: they are the record's if they are as long as what stands between its start and its end.
        found = _FIELD.findall(text, start.end())[:-1]
        end = start.end() + sum([len(whole) for whole, _, _, _ in found])
        closing = _END.match(text, end)
        if closing is None or closing[1] != start[1] or len(found) > _MOST:
            return None
        fields = {_plain(name): [section or said] for _, name, section, said in found}
        if len(fields) < len(found):
            return _several(found)
        if len(found) <= _FIELDS and sum(map(len, fields)) <= _SIGNS:
            before, self._shape = self._shape, (start[1], tuple((f[1], "<![CDATA[" in f[0]) for f in found))
            self._stencil = self._stencil_of(self._shape) if self._shape == before else None
        return fields

    def _stencil_of(self, shape: _Shape) -> _Stencil | None:
        if shape not in self._made and len(self._made) < _SHAPES:
            self._made[shape] = _Stencil(shape)
        return self._made.get(shape)


class _Stencil:
    """All records of one shape, in which each field stands once, as one expression; a section may be left out."""

    def __init__(self, shape: _Shape) -> None:
        record, fields = shape
        self._names = [_plain(name) for name, _ in fields]
        inside = "".join(
            rf"\s*+<{name}>{f'(?:{_SECTION})?+' if section else _TEXT}</{name}>"
            for name, section in ((re.escape(name), section) for name, section in fields)
        )
        self._match = re.compile(rf"<{re.escape(record)}>{inside}\s*+</{re.escape(record)}>\Z").match

    def values(self, text: str) -> dict[str, list[str]] | None:
        """The fields of a record; None where it is of another shape."""
        found = self._match(text)
        return dict(zip(self._names, [[said or ""] for said in found.groups()], strict=True)) if found else None


def _several(found: list[tuple[str, str, str, str]]) -> dict[str, list[str]]:
    """The fields where some are told more than once."""
    fields: dict[str, list[str]] = {}
    for _, name, section, said in found:
        fields.setdefault(_plain(name), []).append(section or said)
    return fields


@lru_cache(maxsize=4096)
def _plain(name: str) -> str:
    return plain(name)
