"""What bytes are, by their shape alone, and the reading of them: feed, saved page, JSON, JSONL or CSV."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime
from enum import StrEnum
from typing import Any

from changeover.sources import ats_boards, json_list, presets, records, saved_pages, xml_feed
from changeover.sources.encoding import decode
from changeover.sources.feed_intake import BATCH, Intake, Memory
from changeover.sources.inflate import GZIP_MAGIC, InflateError, Inflater
from changeover.sources.json_answer import read_json, read_lines
from changeover.sources.json_text import elements_before_cut, strict, tolerant
from changeover.sources.origins import ONE_JOB
from changeover.sources.parse_process import ParseProcess
from changeover.sources.source import Completeness, Problem, Reading, failed
from changeover.sources.xml_feed import FeedReader

MAX_HELD = 100_000_000
"""Bytes of JSON, CSV or HTML, which are held in memory; XML feeds are streamed and have no such limit."""

MAX_PARTS = 1_000_000
"""Objects and lists of JSON that are held in memory, or half as many lines of CSV: a job of one word takes a kB."""

MAX_PAGE = 20_000_000
"""Bytes of HTML, whose scripts and links are looked through; no page of jobs has a twentieth of it."""

MAX_OPENED = 8_000_000_000
SNIFFED = 1 << 16

_HTML = re.compile(rb"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]", re.IGNORECASE)
# A piece of a page by itself: what no feed begins with.
_PIECE = re.compile(rb"<(?:script|div|h1|p|ul)[\s>]", re.IGNORECASE)
_XML = re.compile(
    rb"<\?xml|<(?:\w+:)?(?:source|jobs?|rss|rdf|feed|workzag-jobs|result|urlset|sitemapindex)[\s>]", re.IGNORECASE
)
_SITEMAP = re.compile(rb"<(?:\w+:)?(?:urlset|sitemapindex)[\s>]", re.IGNORECASE)
_TWO_OBJECTS = re.compile(r"\s*(\{[^\n]*)\n\s*\{")
# The first element of a list of feeds.
_FEED_INDEX = re.compile(
    rb"(?:<\?xml[^>]*>\s*)?(?>(?:<!--.*?-->\s*)*)<(?:opml|feeds|feedindex)[\s>](?!.*<jobs?[\s>])", re.DOTALL
)
# What an answer in JSON begins with that is not to be run as a script.
_NO_SCRIPT = b")]}'"
# Compressed, but not as gzip, or as gzip in gzip: bzip2, xz, zstd, 7z, rar.
_PACKED = (b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"7z\xbc\xaf", b"Rar!", GZIP_MAGIC)
_OFFICE = b"\xd0\xcf\x11\xe0"
_BINARY = (
    *_PACKED, b"%PDF", b"PK\x03\x04", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"\x7fELF", _OFFICE,
)  # fmt: skip


class Shape(StrEnum):
    """What bytes look like."""

    XML = "xml"
    SITEMAP = "sitemap"
    FEED_INDEX = "feed index"
    HTML = "html"
    JSON = "json"
    TEXT = "text"
    BINARY = "binary"
    EMPTY = "empty"


def shape_of(start: bytes) -> Shape:
    """The shape of bytes that begin so."""
    if start.startswith(_BINARY):
        return Shape.BINARY
    # Wide encodings have a zero in every other byte of markup; without them the signs are the same.
    bare = start[:SNIFFED].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe\x1e \t\r\n")
    if not bare:
        return Shape.EMPTY if not start.strip(b"\0 \t\r\n") and len(start) < SNIFFED else Shape.BINARY
    if _PIECE.match(bare) or saved_pages.is_archive(bare):
        return Shape.HTML
    if bare[:1] in (b"{", b"[") or bare.startswith((_NO_SCRIPT, b'"{', b'"[')):
        return Shape.JSON
    if _FEED_INDEX.match(bare[:4096]):
        return Shape.FEED_INDEX
    xml = _XML.search(bare)
    if (page := _HTML.search(bare[:4096])) and (xml is None or bare[:5] == b"<?xml" or page.start() < xml.start()):
        return Shape.HTML
    if bare[:1] == b"<" or xml:
        return Shape.SITEMAP if _SITEMAP.search(bare[:4096]) else Shape.XML
    return Shape.TEXT


class ContentReader:
    """Feed it bytes of unknown shape as they come; it finds the shape and answers the Reading.

    ``kind`` forces how they are read; ``name`` is shown in messages; ``base`` is the address they came from.
    ``memory``: what is known of the source; with it a large feed is read in constant memory (`take_in`).
    Of JSON, ``answer`` is its value afterwards, ``size`` and ``parts`` what it took of what may be held in memory.
    """

    def __init__(
        self,
        now: datetime,
        kind: str = "",
        *,
        name: str = "",
        base: str = "",
        charset: str = "",
        memory: Memory | None = None,
    ) -> None:
        self._memory, self._intake = memory, None if memory is None else Intake(memory)
        self._large = False
        self._taking: asyncio.Task[None] | None = None
        self._now, self._kind, self._name, self._base, self._charset = now, kind, name, base, charset
        self._held: list[bytes] = []
        self._inflater: Inflater | None = None
        self._feed: FeedReader | None = None
        self._begun = False
        self._failure: Problem | None = None
        self.shape: Shape | None = None
        self.answer: Any = None
        self.size = self.parts = 0

    def feed(self, data: bytes) -> bool:
        """Take the next bytes; False means that more are of no use."""
        if not data or self._failure:
            return not self._failure
        if not self._begun:
            self._begun = True
            self._inflater = Inflater(MAX_OPENED) if data.startswith(GZIP_MAGIC) else None
        try:
            for piece in self._inflater.feed(data) if self._inflater else (data,):
                self._take(piece)
        except InflateError as error:
            self._failure = Problem(error.code, f"{self._name} {error.what}; nothing more of it was read.")
        return self._failure is None

    @property
    def large(self) -> bool:
        """Whether this is a feed that is taken in while it is read: to keep its bytes costs more than to read them."""
        return self._large

    @property
    def ready(self) -> bool:
        """Whether so many jobs have come that it is time to ``take_in``."""
        if self._feed is None or self._intake is None:
            return False
        return self._feed.waiting >= (BATCH // 2 if self._large else BATCH)

    @property
    def seen(self) -> int:
        """Jobs met so far, where they are counted on the way; for progress."""
        return self._feed.seen if self._feed else 0

    def _take(self, piece: bytes) -> None:
        self.size += len(piece)
        if self._feed:
            self._feed.feed(piece)
            return
        self._held.append(piece)
        if self.shape is None and self.size >= SNIFFED:
            self._find_shape()
        most = MAX_PAGE if self.shape is Shape.HTML else MAX_HELD
        if not self._feed and self.size > most:
            self._held.clear()
            limit = f"{most // 1_000_000} MB"
            self._failure = Problem("TOO_LARGE", f"{self._name} has over {limit}, which only an XML feed may have.")

    def _find_shape(self) -> None:
        self.shape = shape_of(b"".join(self._held)[:SNIFFED])
        is_feed = self._kind in FEED_KINDS
        if is_feed or (not self._kind and self.shape is Shape.XML):
            kept = self._memory.kept if self._memory else None
            self._large = kept is not None
            self._feed = FeedReader(self._kind, base=self._base, charset=self._charset, kept=kept)
            for piece in self._held:
                self._feed.feed(piece)
            self._held.clear()

    async def take_in(self) -> None:
        """Between two calls of ``feed``: begin to take in the jobs of a large feed that have come so far.

        One batch is written while the next is parsed and made ready: this returns when the batch before is written.
        Whoever calls it has to ``let_go`` at the end, whatever happens.
        """
        if self._feed is None or self._intake is None or not self.ready:
            return
        self._large = True
        self._read_by_two()
        batch = await asyncio.to_thread(self._intake.ready, self._feed.drain())
        await self._taken()
        self._taking = asyncio.create_task(self._intake.take(batch))
        # What it does before it waits for the database is done first: else it and the parsing hold each other up.
        await asyncio.sleep(0)

    def _read_by_two(self) -> None:
        """Let a second process make jobs too, if this goes on. Who asks where one job's fields stood has to see it."""
        if self._feed and self._feed.beside is None and not ONE_JOB.get():
            self._feed.beside = ParseProcess()

    async def _taken(self) -> None:
        taking, self._taking = self._taking, None
        if taking is not None:
            await taking

    async def let_go(self) -> None:
        """Leave off taking in what nobody waits for any more, and end what helped."""
        taking, self._taking = self._taking, None
        if taking is not None:
            taking.cancel()
            await asyncio.wait([taking])
        if self._feed and self._feed.beside:
            await asyncio.to_thread(self._feed.beside.close)

    async def whole(self, cut: Problem | None = None) -> Reading:
        """The reading, as ``finish`` has it, of a large feed too."""
        if self.shape is None:
            self._find_shape()
        if not (self._feed and self._intake):
            # In a thread: what is held in memory may take long to be read, and all else goes on meanwhile.
            return await asyncio.to_thread(self.finish, cut)
        await self._taken()
        await asyncio.to_thread(self._feed.end)
        self._large |= self._feed.waiting >= BATCH
        if not self._large:
            return self.finish(cut)
        await self._intake.take(self._intake.ready(self._feed.drain()))
        reading = self.finish(cut)
        if reading.completeness is Completeness.FAILED:
            return reading
        return await self._intake.finish(reading, self._feed.seed, self._feed.recognised())

    def finish(self, cut: Problem | None = None) -> Reading:
        """The reading; ``cut`` is why the bytes ended early, if they did."""
        if self._inflater and not self._inflater.whole and not self._failure:
            cut = cut or Problem(
                "CUT_OFF",
                f"{self._name} ends in the middle of its compressed bytes, so jobs may be missing; read it again.",
            )
        cut = cut or self._failure
        if self.shape is None:
            self._find_shape()
        if self._feed:
            return self._feed.finish(cut)
        if cut and (self._failure or self.shape is not Shape.JSON):
            return failed(self._kind or "unknown", cut.code, cut.sentence)
        self._held = [b"".join(self._held)]
        self.parts = parts(self._held[0], self.shape)
        if heavy := too_many_parts(self._held[0], self.shape, self._name):
            return failed(self._kind or "unknown", heavy.code, heavy.sentence)
        return self._read(cut)

    def _read(self, cut: Problem | None) -> Reading:
        kind = self._kind
        if self.shape is Shape.EMPTY:
            return failed(
                kind or "unknown", "EMPTY", f"{self._name} is empty, so it says nothing; check where it comes from."
            )
        board = ats_boards.named(kind)
        if board and self.shape is Shape.HTML:
            return read_json(board.value(self._held[0]), kind, self._name, self._now)
        if kind in (saved_pages.KIND, "career_site") or (not kind and self.shape is Shape.HTML):
            return saved_pages.read_one(self._held[0], self._name, self._now)
        if kind == "csv":
            return records.read_csv(self._text())
        if self.shape is Shape.JSON or kind in JSON_KINDS:
            return self._json(cut)
        if self.shape is Shape.TEXT and not kind:
            return records.read_csv(self._text())
        if self.shape is Shape.SITEMAP:
            return self._refused("SITEMAP", "is a sitemap; give its web address, so that its pages can be read.")
        if self.shape is Shape.FEED_INDEX:
            return self._refused("FEED_INDEX", json_list.FEED_INDEX)
        if self.shape is Shape.BINARY:
            return self._refused("NOT_A_JOB_SOURCE", f"is {_binary(self._held[0])}")
        return self._refused(
            "NOT_A_JOB_SOURCE", "is no job source of this kind; leave the kind out to have it recognised."
        )

    def _refused(self, code: str, what: str) -> Reading:
        return failed(self._kind or "unknown", code, f"{self._name} {what}")

    def _text(self) -> str:
        return decode(self._held.pop(), self._charset)

    def _json(self, cut: Problem | None) -> Reading:
        """The reading of JSON. Its bytes are let go of before its value is looked at: they weigh as much."""
        if self._kind != "jsonl" and (answer := strict(self._held[0])) is not None:
            self._held.clear()
            self.answer = answer
            return _with_cut(read_json(answer, self._kind, self._name, self._now), cut)
        kind, text = self._kind, self._text().removeprefix(_NO_SCRIPT.decode()).removeprefix(",")
        if kind == "jsonl" or (not kind and _is_jsonl(text)):
            return read_lines(text, own=bool(kind))
        answer = tolerant(text)
        if isinstance(answer, str):  # JSON in a string of JSON
            answer = tolerant(answer)
        if answer is None:
            answer = elements_before_cut(text)
            cut = cut or Problem(
                "CUT_OFF",
                f"{self._name} ends in the middle of its JSON, so jobs may be missing; read it again when it is whole.",
            )
            if not answer:
                return failed(
                    kind or "unknown",
                    "BAD_JSON",
                    f"{self._name} is not JSON that can be read; check where it comes from.",
                )
        self.answer = answer
        return _with_cut(read_json(answer, kind, self._name, self._now), cut)


def too_many_parts(body: bytes, shape: Shape | None, name: str) -> Problem | None:
    """Why the values of JSON, or the lines of CSV, are too many to be held in memory, or None."""
    if parts(body, shape) <= MAX_PARTS:
        return None
    most = f"{MAX_PARTS:,} lists and objects" if shape is Shape.JSON else f"{MAX_PARTS // 2:,} lines"
    return Problem("TOO_LARGE", f"{name} has over {most}, which only an XML feed may have.")


def parts(body: bytes, shape: Shape | None) -> int:
    """How many lists and objects JSON, or the lines of CSV, weigh as: four plain values as much as one."""
    if shape not in (Shape.JSON, Shape.TEXT):
        return 0
    told = body.count(b"[") + body.count(b"{") if shape is Shape.JSON else 2 * body.count(b"\n")
    return told + body.count(b",") // 4


def _binary(body: bytes) -> str:
    """What a binary file is, and what to give instead."""
    if body.startswith(_PACKED):
        return "compressed in a way that is not opened here (only gzip, once); give it plain or as gzip."
    if body.startswith(_OFFICE):
        return "a file of an old Excel or Word; save it as CSV in UTF-8 and give that."
    if not body.startswith(b"PK"):
        return "a binary file; give a feed, a page, JSON or CSV."
    if any(name in body[:SNIFFED] for name in (b"xl/", b"[Content_Types].xml")):
        return "a spreadsheet; save it as CSV in UTF-8 and give that."
    return "a zip archive; give the file that is in it."


def _is_jsonl(text: str) -> bool:
    # A line may be a megabyte long: its description is in it.
    lines = _TWO_OBJECTS.match(text)
    return lines is not None and isinstance(tolerant(lines[1].rstrip().removesuffix(",")), dict)


def _with_cut(read: Reading, cut: Problem | None) -> Reading:
    if cut is None or read.completeness is Completeness.FAILED:
        return read
    return Reading(read.kind, read.jobs, Completeness.PARTIAL, [cut, *read.problems], read.unreadable, read.claimed)


FEED_KINDS = frozenset(preset.kind for preset in presets.PRESETS) | {xml_feed.KIND}
JSON_KINDS = frozenset(board.kind for board in ats_boards.BOARDS) | {json_list.KIND, records.KIND, "jsonl"}
