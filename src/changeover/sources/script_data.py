"""The data that a page keeps for its scripts: JSON that stands in them as it is. Nothing is ever run."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

import orjson

from changeover.sources.encoding import choose, decode
from changeover.sources.json_ld import Comments

MOST_BYTES = 10_000_000
"""Bytes of script that are looked through in a page; no list of jobs has a tenth of it."""

MOST_PARTS = 200_000
"""Objects and lists of one script's JSON; four plain values weigh as much as one."""

_MOST_SCRIPTS = 500
_MOST_TRIES = 2_000
_DEEPEST = 30
_SAMPLE = 1 << 16
_SCRIPT = re.compile(rb"<script\b([^<>]*+)>", re.IGNORECASE)
_END = re.compile(rb"</script", re.IGNORECASE)
_JSON = re.compile(rb"""\btype\s*=\s*["']?\s*(?:application|text)/json\b""", re.IGNORECASE)
_OTHER = re.compile(
    rb"""\btype\s*=\s*["']?\s*(?!["'\s]|module|text/javascript|application/javascript)""", re.IGNORECASE
)
# What a value is given to: window.__INITIAL_STATE__ = {…}, var jobs = […], phApp.ddo = {…}.
_GIVEN = re.compile(
    r"""(?:(?<![\w$.])[\w$]++(?:\.[\w$]++|\[["'][\w$-]++["']\])++|\b(?:var|let|const)\s++[\w$]++)\s*+=\s*+"""
    r"""(?:JSON\.parse\(\s*+(?=")|(?=[{\[]))|\b__next_f\.push\(\s*+(?=\[)"""
)
# Where Inertia and others give it to an element.
_ATTRIBUTE = re.compile(
    rb"""\sdata-(?:page|props|react-props|state)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)')""", re.IGNORECASE
)
_NAME = re.compile(r"[\w$]+")
_PUSHED = "__next_f"
_TEXT = re.compile(rb"T([0-9a-f]{1,8}),")
# How Angular wrote quotes and the like before version 16.
_ANGULAR = (("&q;", '"'), ("&s;", "'"), ("&l;", "<"), ("&g;", ">"), ("&a;", "&"))
_NUXT = ("Reactive", "ShallowReactive", "Ref", "ShallowRef", "EmptyRef", "EmptyShallowRef")


def values_in(page: bytes, charset: str = "") -> Iterator[Any]:
    """The JSON values that a page holds for its scripts: in them, given to a name, or to an element. Never raises.

    Next.js streams its values in pieces, Nuxt and Angular write them in ways of their own: these are made out too.
    """
    if b"\0" in page[:64]:  # two or four bytes a sign
        page, charset = decode(page, charset).encode("utf-8", "replace"), "utf-8"
    codec, pieces = choose(page[:_SAMPLE], charset).codec, list[str]()
    for held in islice(_ATTRIBUTE.finditer(page[:MOST_BYTES]), _MOST_SCRIPTS):
        yield _loaded(html.unescape(decode(held[1] or held[2] or b"", codec)))
    for attributes, content in _scripts(page):
        said, other = decode(content.strip(), codec), _OTHER.search(attributes)
        if _JSON.search(attributes) or (said[:1] == "{" and not other):
            value = _loaded(said)
            yield _unflattened(value) if isinstance(value, list) else value
        elif not other:
            yield from _given(said, pieces)
    yield from _rows("".join(pieces).encode("utf-8", "replace"))


def _scripts(page: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The attributes and the insides of the script elements, but for those within comments."""
    comments, at, left = Comments(page), 0, MOST_BYTES
    for _ in range(_MOST_SCRIPTS):
        opened = _SCRIPT.search(page, at)
        closed = _END.search(page, opened.end()) if opened else None
        if opened is None or closed is None:
            return
        at = closed.end()
        left -= closed.start() - opened.end()
        if left < 0:
            return
        if not comments.hold(opened.start()):
            yield opened[1], page[opened.end() : closed.start()]


def _too_many_parts(told: str) -> bool:
    return told.count("[") + told.count("{") + told.count(",") // 4 > MOST_PARTS


def _loaded(told: str) -> Any:
    if "&q;" in told:
        for written, sign in _ANGULAR:
            told = told.replace(written, sign)
    try:
        return None if _too_many_parts(told) else orjson.loads(told)
    except ValueError:
        return None


def _given(script: str, pieces: list[str]) -> Iterator[Any]:
    """Each name with the plain JSON that is given to it; what Next.js streams is put to the pieces."""
    if _too_many_parts(script):
        return
    decoder, at = json.JSONDecoder(), 0
    for _ in range(_MOST_TRIES):
        found = _GIVEN.search(script, at)
        if found is None:
            return
        try:
            value, at = decoder.raw_decode(script, found.end())
        except json.JSONDecodeError as error:
            if error.msg.startswith("Unterminated"):  # what follows would be looked through again for each
                return
            at = max(found.end(), error.pos)
            continue
        except (ValueError, RecursionError):
            at = found.end()
            continue
        if _PUSHED in found[0]:
            pieces.extend(piece for piece in value[1:2] if isinstance(piece, str))
            continue
        name = _NAME.findall(found[0].partition("=")[0])[-1]
        yield {name: _loaded(value) if isinstance(value, str) else value}  # JSON.parse("…")


def _rows(stream: bytes) -> Iterator[Any]:
    """The values of React's stream: rows of ``id:JSON``, and of ``id:T`` with a text of so many bytes."""
    at = 0
    for _ in range(MOST_PARTS):
        colon = stream.find(b":", at, at + 20)
        if colon < 0:
            return
        size = _TEXT.match(stream, colon + 1)
        if size:
            at = size.end() + int(size[1], 16)
            continue
        ends = stream.find(b"\n", colon)
        ends = ends if ends >= 0 else len(stream)
        if stream[colon + 1 : colon + 2] in (b"[", b"{"):
            yield _loaded(stream[colon + 1 : ends].decode("utf-8", "replace"))
        at = ends + 1


def _unflattened(values: list[Any]) -> Any:
    """What Nuxt wrote as a flat list of values that name each other by their places; another list is itself."""
    first = values[0] if values else None
    tagged = isinstance(first, list) and len(first) == 2 and first[0] in _NUXT
    named = isinstance(first, dict) and bool(first) and all(type(place) is int for place in first.values())
    return _at(values, 0, [MOST_PARTS], 0) if tagged or named else values


def _at(values: list[Any], place: Any, left: list[int], depth: int) -> Any:
    left[0] -= 1
    if type(place) is not int or not 0 <= place < len(values) or left[0] < 0 or depth > _DEEPEST:
        return None
    value = values[place]
    if isinstance(value, dict):
        return {name: _at(values, inner, left, depth + 1) for name, inner in value.items()}
    if not isinstance(value, list):
        return value
    if value and isinstance(value[0], str):  # ["Reactive", 1], ["Date", "2026-02-01T00:00:00Z"]
        return _at(values, value[1], left, depth + 1) if value[0] in _NUXT and len(value) == 2 else value[-1]
    return [_at(values, inner, left, depth + 1) for inner in value]
