"""JobPosting objects out of a page's JSON-LD, wherever and however the page wrote them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from changeover.sources.encoding import choose, decode
from changeover.sources.json_text import tolerant

_MARK = b"application/ld"
_TYPE = re.compile(rb"""\btype\s*=\s*["']?\s*application/ld(?:\+|&#43;|&#x2b;)json\b""")
_NAME = b"JobPosting"
_LONGEST_TAG = 4_000
_SAMPLE = 1 << 16
_MAX_NODES = 200_000


@dataclass(frozen=True, slots=True)
class Found:
    """The page's JobPosting objects, and how many blocks of JSON-LD could not be made out."""

    postings: list[dict[str, Any]]
    broken: int = 0


def job_postings(page: bytes | str, charset: str = "") -> Found:
    """Every JobPosting of the page: top-level, in lists, in ``@graph`` or nested anywhere. Never raises.

    Blocks are found as bytes and read by the strict parser first: of a page of several hundred kB nothing else is
    touched. What it refuses is decoded (``charset``: what the answer's header says) and read with its mistakes mended.
    """
    if isinstance(page, str):
        page = page.encode("utf-8", "replace")
    if b"\0" in page[:64]:  # two or four bytes a sign
        page = decode(page, charset).encode("utf-8", "replace")
    postings: list[dict[str, Any]] = []
    broken = 0
    for block in _blocks(page):
        if _NAME not in block and b"\\u" not in block:
            continue  # breadcrumbs, the organization and the like
        try:
            value = orjson.loads(block)
        except orjson.JSONDecodeError:
            value = tolerant(decode(block, choose(page[:_SAMPLE], charset).codec))
        if value is None:
            broken += _NAME in block
            continue
        postings.extend(postings_in(value))
    return Found(postings, broken)


def _blocks(page: bytes) -> Iterator[bytes]:
    """The insides of the script elements that hold JSON-LD, but for those within comments."""
    lower = page if _MARK in page and b"</script" in page else page.lower()
    at = lower.find(_MARK)
    if at >= 0 and b"<SCRIPT" in page:
        lower = page.lower()
    comments = Comments(page)
    while at >= 0:
        opened = lower.rfind(b"<", max(0, at - _LONGEST_TAG), at)
        ended = lower.find(b">", at, at + _LONGEST_TAG)
        after = at + len(_MARK)
        if opened >= 0 and ended >= 0 and lower.startswith(b"<script", opened) and _TYPE.search(lower, opened, ended):
            closed = lower.find(b"</script", ended)
            after = closed if closed >= 0 else len(page)
            if not comments.hold(opened):
                yield page[ended + 1 : after]
        at = lower.find(_MARK, after)


class Comments:
    """The comments of a page, asked of places one after the other: what was looked through is not again."""

    def __init__(self, page: bytes) -> None:
        self._page = page
        self._opened = self._closed = -1
        self._looked, self._ends = 0, True

    def hold(self, at: int) -> bool:
        """Whether the place, which is behind those that were asked of before, is in a comment."""
        self._opened = max(self._opened, self._page.rfind(b"<!--", self._looked, at))
        self._looked = at
        if self._closed < self._opened and self._ends:
            self._closed = self._page.find(b"-->", self._opened)
            self._ends = self._closed >= 0
        return self._opened >= 0 and not self._opened <= self._closed < at


def postings_in(value: Any) -> list[dict[str, Any]]:
    """Every JobPosting of a JSON value, wherever it stands; O(n), at most 200,000 nodes."""
    found: list[dict[str, Any]] = []
    waiting, seen = [value], 0
    while waiting and seen < _MAX_NODES:
        node = waiting.pop()
        seen += 1
        if isinstance(node, dict):
            if is_type(node, "JobPosting"):
                found.append(node)
            else:
                waiting.extend(reversed([part for part in node.values() if isinstance(part, dict | list)]))
        elif isinstance(node, list):
            waiting.extend(reversed([part for part in node if isinstance(part, dict | list)]))
    return found


def is_type(node: dict[str, Any], name: str) -> bool:
    """True if the node's ``@type``, a string or a list of them, is or ends in the name."""
    said = node.get("@type")
    kinds = said if isinstance(said, list) else [said]
    return any(isinstance(kind, str) and re.split(r"[/#:]", kind.strip())[-1] == name for kind in kinds)
