"""A feed cut into its records as raw bytes, in constant memory, before any of them is parsed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from changeover.sources.presets import IDS
from changeover.sources.recognised import Follower
from changeover.sources.xml_end import RecordTag

MAX_RECORD = 24_000_000
"""Bytes that one record may have; a larger one is passed over, with its first bytes kept to name it."""

HEAD = 1 << 18
"""Bytes within which the first record must begin."""

RECORD_NAMES = frozenset(
    """job item entry position vacancy offer joboffer jobposting posting ad jobad listing joblisting opening
    jobopening vacature stelle stellenangebot annonce offre emploi advert advertisement positionopening
    jobdetails jobinfo jobrecord jobpositionposting jobpublication jobrequisition requisition reportentry stellenanzeige
    anzeige record row""".split()  # noqa: SIM905 - words read better than a list
)
_TITLES = frozenset(("title", "jobtitle", "name", "positiontitle", "headline", "titel", "titre", "titulo", "titolo"))
_IDS = frozenset(IDS)
_AROUND = frozenset(("channel", "feed", "image", "header", "author", "source", "publisher", "rss", "company"))

_SIGNS = str.maketrans("", "", "-_. \t\r\n#?$*()[]!/\\&+,;'\"")
_KEPT = 1 << 16
_TAG_LIMIT = 1 << 16
_AGAIN = 1 << 16
_MARK = re.compile(rb"<(?:(!--)|(!\[CDATA\[)|(!)|(\?)|(/?)([A-Za-z_][\w:.\-]*))")
_ATTRIBUTE = re.compile(rb"\s([\w:.\-]+)\s*=")
_XMLNS = re.compile(rb"""\sxmlns:[\w.\-]+\s*=\s*(?:"[^"<]*"|'[^'<]*')""")


@dataclass(frozen=True, slots=True)
class Record:
    """One record's bytes from start tag to end tag; ``whole`` is False where its end was missing or cut off.

    ``number`` counts the feed's records from 0.
    """

    raw: bytes
    whole: bool = True
    oversized: bool = False
    number: int = 0


@dataclass(slots=True)
class Outline:
    """What stands around the records: root, record tag, header, and what was not as it should be."""

    root: str = ""
    record: str = ""
    head: bytes = b""
    namespaces: bytes = b""
    doctype: str = ""
    leading_junk: bool = False
    trailing_junk: bool = False
    stray_tags: int = 0
    closed: bool = False
    size: int = 0
    stack: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Open:
    """A tag that is open, and whether a title and an id stand in it."""

    name: bytes
    titled: bool = False
    identified: bool = False


def plain(name: bytes | str) -> str:
    """A name without prefix, case, spaces and signs (``Job-Title``, ``Requisition #``), as fields are looked up by."""
    text = name.decode("utf-8", "replace") if isinstance(name, bytes) else name
    text = text.rpartition("}")[2].rstrip(": ").rpartition(":")[2]
    return text.lower().translate(_SIGNS)


class Splitter:
    """Feed it clean UTF-8; it yields records. ``outline`` is filled on the way and whole after ``finish``.

    Once ``outline.doctype`` is set nothing more is read: definitions of entities are refused, not expanded.
    ``record`` is the plain name of the records' tag where it is known and not to be found.
    With a ``follower``, records that it knows are counted in ``seen`` and not yielded.
    """

    def __init__(self, record: str = "") -> None:
        self.outline = Outline()
        self._wanted_record = record
        self._buffer = b""
        self._at = 0
        self._wanted = HEAD
        self._tag: RecordTag | None = None
        self._headed = self._skipping = False
        self.follower: Follower | None = None
        self.seen = 0

    def feed(self, data: bytes) -> Iterator[Record]:
        """The records that are whole by now."""
        self.outline.size += len(data)
        if self.outline.doctype:
            return
        self._buffer += data
        if len(self._buffer) >= self._wanted:
            yield from self._pass(last=False)

    def finish(self) -> Iterator[Record]:
        """The rest; a cut-off record comes with ``whole`` False."""
        if not self.outline.doctype:
            yield from self._pass(last=True)
        self._buffer = b""

    def _pass(self, last: bool) -> Iterator[Record]:
        if not self._headed:
            self._read_head()
        while not self.outline.doctype:
            if self._skipping and not self._skip(self._tag):
                break
            if self.follower and self.outline.root and not self.outline.closed:
                self._at, count = self.follower.follow(self._buffer, self._at, self.seen)
                self.seen += count
            begin = self._gap(last)
            if begin is None or self._tag is None:
                break
            self._at = begin
            end, whole = self._tag.end(self._buffer, begin, last)
            size = (len(self._buffer) if end is None else end) - begin
            if end is not None:
                self._at = end
            elif last or size > MAX_RECORD:
                whole, self._skipping, self._at = False, True, begin + len(self._tag.opening)
            else:
                break
            oversized = size > MAX_RECORD
            raw = self._buffer[begin : begin + (_KEPT if oversized else size)]
            self.seen += 1
            if not (whole and not oversized and self.follower and self.follower.met(raw, self.seen - 1)):
                yield Record(raw, whole, oversized, self.seen - 1)
        self._buffer, self._at = self._buffer[self._at :], 0
        # Looking again only when half as much more is there keeps a large record linear, however small the pieces.
        self._wanted = len(self._buffer) + max(_AGAIN, len(self._buffer) // 2)

    def _skip(self, tag: RecordTag | None) -> bool:
        """Past the end of a record that is too large; its inside is dropped as it comes."""
        closing = tag.closing if tag else b""
        close = self._buffer.find(closing, self._at)
        if close < 0:
            self._at = max(self._at, len(self._buffer) - len(closing))
            return False
        self._at = close + len(closing)
        self._skipping = False
        return True

    def _read_head(self) -> None:
        self._headed = True
        outline, start = self.outline, max(self._buffer.find(b"<?xml", 0, HEAD), 0)
        outline.leading_junk = bool(self._buffer[:start].strip())
        self._at = start
        known = self._wanted_record
        name = self._named(start, known) if known else self._known_name(start) or self._titled_name(start)
        name = name or self._attributed_name(start)
        if name and not outline.doctype:
            self._tag = RecordTag.named(name)
            outline.record = plain(name)
        outline.namespaces = b"".join(dict.fromkeys(_XMLNS.findall(self._buffer[:HEAD])))

    def _named(self, start: int, wanted: str) -> bytes:
        """The first tag whose plain name is ``wanted``, as it is written."""
        return next((name for closing, name, _, _ in self._tags(start) if not closing and plain(name) == wanted), b"")

    def _known_name(self, start: int) -> bytes:
        """The first tag with a record's name that holds other tags, not text.

        Or, where it has no title of its own and there are such tags with title and id within it, the name of those:
        ``<job><positions><position>``.
        """
        first, within = b"", b""
        around: list[_Open] = []
        for closing, name, end, empty in self._tags(start):
            if closing:
                while around and (ended := around.pop()).name != name:
                    pass
                if first and not around:
                    break
                if first and plain(name) in RECORD_NAMES - {plain(first)} and ended.titled and ended.identified:
                    within = within or name
                continue
            if around:
                around[-1].titled |= plain(name) in _TITLES
                around[-1].identified |= plain(name) in _IDS
            if not empty and (first or (plain(name) in RECORD_NAMES and self._holds_tags(end))):
                first = first or name
                around.append(_Open(name))
                if len(around) == 1:
                    outer = around[0]
        return within if first and not outer.titled and within else first

    def _holds_tags(self, at: int) -> bool:
        following = self._buffer[at : at + 4096].lstrip()
        return following[:1] == b"<" and following[:2] != b"</" and following[:9] != b"<![CDATA["

    def _titled_name(self, start: int) -> bytes:
        """The tag around the first title, for feeds that call their records by a name of their own."""
        stack: list[bytes] = []
        for closing, name, _, empty in self._tags(start):
            if closing:
                while stack and stack.pop() != name:
                    pass
            elif len(stack) > 1 and plain(name) in _TITLES and plain(stack[-1]) not in _AROUND:
                return stack[-1]
            elif not empty:
                stack.append(name)
        return b""

    def _attributed_name(self, start: int) -> bytes:
        """The first empty tag of a record's name that has a title: ``<vacancy id="7" title="Baker"/>``."""
        for _, name, end, empty in self._tags(start):
            if empty and plain(name) in RECORD_NAMES:
                markup = self._buffer[self._buffer.rfind(b"<", 0, end) : end]
                if any(plain(attribute) in _TITLES for attribute in _ATTRIBUTE.findall(markup)):
                    return name
        return b""

    def _tags(self, at: int) -> Iterator[tuple[bool, bytes, int, bool]]:
        """Tags of the head in order: closing, name, where it ends, empty. Stops at a DOCTYPE and notes it."""
        while found := _MARK.search(self._buffer, at, HEAD):
            at = _past(self._buffer, found)
            if at < 0:
                return
            if found[3] and self._buffer[found.start() : found.start() + 9].upper() == b"<!DOCTYPE":
                self.outline.doctype = self._buffer[found.start() : found.start() + 200].decode("utf-8", "replace")
                return
            if found[6]:
                yield bool(found[5]), found[6], at, self._buffer[at - 2 : at - 1] == b"/"

    def _gap(self, last: bool) -> int | None:
        """Walks what stands between records; where the next begins, or None if that is not there (yet)."""
        outline, buffer = self.outline, self._buffer
        if (begin := self._following()) >= 0:
            return begin
        # What would end markup and is nowhere further on: not to be looked for again, to the far end, for each.
        endless: set[bytes] = set()
        while True:
            sign = buffer.find(b"<", self._at)
            self._note_text(buffer[self._at : sign] if sign >= 0 else buffer[self._at :])
            if sign < 0:
                self._at = len(buffer)
                return None
            self._at = sign
            found = _MARK.match(buffer, sign)
            end = _past(buffer, found) if found and not (endless and _end_of(found) in endless) else -1
            if found is None or end < 0:
                endless |= {_end_of(found)} if found else set()
                hidden = found is not None and (found[1] or found[2])
                if not last and len(buffer) - sign < (MAX_RECORD if hidden else _TAG_LIMIT if found else 16):
                    return None
                outline.stray_tags += 1
                self._at = sign + 1
            elif self._tag and found[6] and not found[5] and found[6].lower() == self._tag.opening[1:].lower():
                self._note_record()
                return sign
            else:
                self._walk(found, buffer[sign:end])
                self._at = end

    def _following(self) -> int:
        """Where the next record begins if nothing but white space stands before it, of which nothing is noted; or -1.

        In one look, for so it is between nearly all records.
        """
        if self._tag is None or not self.outline.root or self.outline.closed:
            return -1
        buffer, opening = self._buffer, self._tag.opening
        begin = buffer.find(b"<", self._at)
        after = begin + len(opening)
        if begin < 0 or not buffer.startswith(opening, begin) or buffer[after : after + 1] not in (b">", b" "):
            return -1
        return begin if begin == self._at or buffer[self._at : begin].isspace() else -1

    def _note_text(self, text: bytes) -> None:
        if text.strip():
            self.outline.leading_junk |= not self.outline.root
            self.outline.trailing_junk |= self.outline.closed
            if len(self.outline.head) < _KEPT:
                self.outline.head += text

    def _note_record(self) -> None:
        outline = self.outline
        if not outline.root:
            outline.root, outline.closed = outline.record, True
        elif outline.closed:
            outline.trailing_junk |= outline.root != outline.record

    def _walk(self, found: re.Match[bytes], markup: bytes) -> None:
        outline, name = self.outline, plain(found[6] or b"")
        if found[3] and markup[:9].upper() == b"<!DOCTYPE":
            outline.doctype = markup[:200].decode("utf-8", "replace")
        if len(outline.head) < _KEPT and (found[6] or found[2]):
            outline.head += markup[:_KEPT]
        if not found[6]:
            return
        if found[5]:
            if name not in outline.stack:
                outline.stray_tags += 1
                return
            while outline.stack.pop() != name:
                outline.stray_tags += 1
            outline.closed = not outline.stack
            return
        empty = markup[-2:-1] == b"/"
        if not outline.root:
            outline.root, outline.closed = name, empty
        elif outline.closed:
            outline.trailing_junk = True
        if not empty and len(outline.stack) < 1000:
            outline.stack.append(name)


def _past(buffer: bytes, found: re.Match[bytes]) -> int:
    """Where the markup that begins at the match ends; -1 if its end is not there (yet)."""
    sign = _end_of(found)
    end = buffer.find(sign, found.end())
    return end + len(sign) if end >= 0 else -1


def _end_of(found: re.Match[bytes]) -> bytes:
    return b"-->" if found[1] else b"]]>" if found[2] else b"?>" if found[4] else b">"
