"""A feed's records as their fields, whatever they are called: XML as it comes, JSON and CSV whole."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from changeover.sources import json_list
from changeover.sources.content import MAX_HELD, MAX_OPENED, SNIFFED, Shape, shape_of, too_many_parts
from changeover.sources.encoding import Utf8, decode
from changeover.sources.feed_doubts import count_doubts, refusal, structure_doubts
from changeover.sources.inflate import GZIP_MAGIC, InflateError, Inflater
from changeover.sources.json_job import flat, plainly
from changeover.sources.json_text import elements_before_cut, strict, tolerant
from changeover.sources.records import table
from changeover.sources.source import Problem
from changeover.sources.text import scalar
from changeover.sources.xml_fields import Fields, RecordParser
from changeover.sources.xml_records import HEAD, Splitter, plain

WHOLE = "."
"""The record path of a JSON answer or a CSV that is itself the list."""

_TAG = re.compile(
    rb"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|<(?P<end>/?)(?P<name>[A-Za-z_][\w:.\-]*+)(?P<rest>[^<>]*+)>",
    re.DOTALL,
)
_MAX_DEPTH = 20
_MAX_FIELDS = 2_000
_OTHERS = 12


class RecordStream:
    """Feed it bytes; it yields each record's fields, None for one that could not be read.

    ``record`` names where the records are (mapping.FieldMapping); empty, it is found. After ``finish``, ``failure``
    says why there are none, ``doubts`` what speaks against the feed being whole, ``notes`` what else was met.
    """

    def __init__(self, name: str, record: str = "", charset: str = "") -> None:
        self.record, self.others = record, tuple[str, ...]()
        self.failure: Problem | None = None
        self.doubts: list[Problem] = []
        self.notes: list[Problem] = []
        self.seen = 0
        self._name, self._charset = name, charset
        self._inflater: Inflater | None = None
        self._held: list[bytes] = []
        self._size = 0
        self._begun = False
        self._shape: Shape | None = None
        self._utf8 = Utf8(charset)
        self._splitter: Splitter | None = None
        self._parser = RecordParser()

    def feed(self, data: bytes) -> Iterator[Fields | None]:
        """The records that are whole by now; nothing more once there is a ``failure``."""
        if not self._begun and data:
            self._begun = True
            self._inflater = Inflater(MAX_OPENED) if data.startswith(GZIP_MAGIC) else None
        try:
            for piece in self._inflater.feed(data) if self._inflater else (data,):
                yield from self._take(piece)
        except InflateError as error:
            self.failure = Problem(error.code, f"{self._name} {error.what}; nothing more of it was read.")

    def finish(self) -> Iterator[Fields | None]:
        """The rest of the records."""
        if self._inflater and not self._inflater.whole and not self.failure:
            self.doubts.append(Problem("CUT_OFF", f"{self._name} ends within its compressed bytes; read it again."))
        if self._shape is None and not self.failure:
            yield from self._begin()
        if self._splitter is not None:
            yield from self._xml(self._utf8.finish(), last=True)
            self._judge()
        elif self._shape in (Shape.JSON, Shape.TEXT) and not self.failure:
            body = b"".join(self._held)
            self._held.clear()
            self.failure = too_many_parts(body, self._shape, self._name)
            if self.failure is None:
                yield from self._listed(body)

    def _take(self, piece: bytes) -> Iterator[Fields | None]:
        self._size += len(piece)
        if self.failure is not None:
            return
        if self._splitter is not None:
            yield from self._xml(self._utf8.feed(piece))
            return
        self._held.append(piece)
        if self._size >= HEAD and self._shape is None:
            yield from self._begin()
        if self._splitter is None and self._size > MAX_HELD:
            self._held.clear()
            limit = f"{MAX_HELD // 1_000_000} MB"
            self.failure = Problem("TOO_LARGE", f"{self._name} has over {limit}, which only an XML feed may have.")

    def _begin(self) -> Iterator[Fields | None]:
        """Find by the first bytes what this is, and in XML where the records are."""
        head = b"".join(self._held)
        self._shape = shape_of(head[:SNIFFED])
        if self._shape is Shape.XML:
            self._held.clear()
            probe = Utf8(self._charset)
            start = (probe.feed(head) + probe.finish())[:HEAD]
            self.others = repeated(start)
            self.record = self.record or _found(start) or next(iter(self.others), "")
            self._splitter = Splitter(self.record)
            yield from self._xml(self._utf8.feed(head))
        elif self._shape not in (Shape.JSON, Shape.TEXT):
            what = {Shape.HTML: "a page", Shape.SITEMAP: "a sitemap", Shape.EMPTY: "empty"}.get(self._shape, "binary")
            self.failure = Problem("NOT_A_FEED", f"{self._name} is {what}, no feed of records; it cannot be mapped.")

    def _xml(self, clean: bytes, *, last: bool = False) -> Iterator[Fields | None]:
        splitter = self._splitter
        if splitter is None:
            return
        for raw in (*splitter.feed(clean), *(splitter.finish() if last else ())):
            self.seen += 1
            usable = raw.whole and not raw.oversized
            yield self._parser.parse(raw.raw, splitter.outline.namespaces).fields if usable else None

    def _judge(self) -> None:
        """What the feed as a whole says against itself."""
        if self._splitter is None:
            return
        outline = self._splitter.outline
        if outline.doctype:
            self.failure = Problem(*refusal(outline.doctype))
        self.doubts += [*count_doubts(outline, self.seen), *structure_doubts(outline, self.seen)]
        self.notes += self._utf8.problems()

    def _listed(self, body: bytes) -> Iterator[Fields | None]:
        if self._shape is Shape.TEXT:
            yield from self._rows(decode(body, self._charset))
            return
        answer = strict(body)
        if answer is None:
            answer = tolerant(decode(body, self._charset))
        if answer is None:
            answer = elements_before_cut(decode(body, self._charset))
            self.doubts.append(Problem("CUT_OFF", f"{self._name} ends in the middle of its JSON; read it again."))
        there = lists(answer)
        self.others = tuple(there)[:_OTHERS]
        self.record = self.record or max(there, key=lambda path: len(there[path]), default="")
        found = there.get(self.record)
        if found is None:
            self.failure = Problem("NO_RECORDS", f"{self._name} has no list of records at {self.record or WHOLE!r}.")
            return
        self.doubts += json_list.more_than(len(found), _around(answer, self.record))[0]
        for element in found:
            self.seen += 1
            yield json_fields(element) if isinstance(element, dict) else None

    def _rows(self, text: str) -> Iterator[Fields | None]:
        self.record = WHOLE
        header, rows, doubts = table(text)
        names = [plain(name) for name in header]
        for row in rows:
            self.seen += 1
            yield {name: [cell] for name, cell in zip(names, row, strict=False) if name}
        self.doubts += doubts


def repeated(head: bytes) -> tuple[str, ...]:
    """The plain names of tags that hold others, those that repeat first, outer ones before inner ones."""
    count: Counter[str] = Counter()
    depth: dict[str, int] = {}
    holds: Counter[str] = Counter()
    stack: list[str] = []
    for found in _TAG.finditer(head):
        if found["name"] is None:
            continue
        name = plain(found["name"])
        if found["end"]:
            while stack and stack.pop() != name:
                pass
            continue
        count[name] += 1
        depth.setdefault(name, len(stack))
        if stack:
            holds[stack[-1]] += 1
        if not found["rest"].endswith(b"/") and len(stack) < 1_000:
            stack.append(name)
    inner = [name for name in count if depth[name] and holds[name] > count[name]]
    ranked = sorted(inner, key=lambda name: (count[name] < 2, depth[name], -count[name]))
    return tuple(ranked[:_OTHERS])


def _found(head: bytes) -> str:
    """The records' plain name as the reader of known feeds finds it."""
    probe = Splitter()
    for _ in (*probe.feed(head), *probe.finish()):
        break
    return probe.outline.record


def lists(answer: Any, path: str = "", depth: int = 4) -> dict[str, list[Any]]:
    """The lists of objects in a JSON answer by their path, outer ones first."""
    if isinstance(answer, list):
        return {path or WHOLE: answer} if any(isinstance(element, dict) for element in answer[:50]) else {}
    found: dict[str, list[Any]] = {}
    if isinstance(answer, dict) and depth:
        for name, value in list(answer.items())[:200]:
            found |= lists(value, f"{path}/{plain(name)}" if path else plain(name), depth - 1)
    return found


def _around(answer: Any, path: str) -> tuple[dict[str, Any], ...]:
    """The objects around the list at a path, the outermost first."""
    around = []
    for step in path.split("/"):
        if not isinstance(answer, dict):
            break
        around.append(plainly(answer))
        answer = around[-1].get(step)
    return tuple(around)


def json_fields(record: dict[str, Any]) -> Fields:
    """A JSON record's values by plain path, as a feed's record has them; of a list every element's.

    What is told one level down, or in pairs of a name and a value, is told under its own name too.
    """
    fields: dict[str, list[str]] = {}
    _flatten(flat(record), "", fields, 0)
    return fields


def _flatten(value: Any, path: str, fields: dict[str, list[str]], depth: int) -> None:
    if isinstance(value, dict):
        for name, inner in value.items() if depth < _MAX_DEPTH else ():
            if step := plain(str(name)):
                _flatten(inner, f"{path}/{step}" if path else step, fields, depth + 1)
    elif isinstance(value, list):
        for inner in value[:200]:
            _flatten(inner, path, fields, depth + 1)
    elif path and (path in fields or len(fields) < _MAX_FIELDS):
        fields.setdefault(path, []).append(value if isinstance(value, str) else scalar(value))
