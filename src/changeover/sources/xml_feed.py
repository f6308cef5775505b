"""One streaming reader for every XML and RSS feed: hardened, mending, and in constant memory."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterable, Sequence

from changeover.sources import presets
from changeover.sources.encoding import Utf8
from changeover.sources.feed_doubts import (
    claimed,
    count_doubts,
    error_told,
    head_fields,
    refusal,
    root_attributes,
    structure_doubts,
    tells,
    unknown_record,
)
from changeover.sources.feed_job import link_id, native_id
from changeover.sources.identity import settle
from changeover.sources.origins import Tally
from changeover.sources.other_feeds import says_nothing_of_jobs, what_else
from changeover.sources.parse_process import ParseProcess, Promised
from changeover.sources.presets import Seen
from changeover.sources.recognised import NONE_MET, Follower, Kept, Met, stamp
from changeover.sources.record_action import acts, closing
from changeover.sources.record_jobs import Block, Made, Maker, Recipe, Told
from changeover.sources.source import Completeness, Problem, Reading, Tells, as_changes, failed
from changeover.sources.text import MAX_FIELD, line
from changeover.sources.xml_fields import Fields, RecordParser
from changeover.sources.xml_records import HEAD, RECORD_NAMES, Outline, Record, Splitter
from changeover.wording import plural

KIND = "xml_feed"
_SAMPLE = 20
# Bytes of records that are parsed at once.
_TOGETHER = 1 << 19
# Such heaps of records whose jobs wait for those of one before them, at most.
_BEHIND = 16
_SHOWN = 10
_FEED_ROOTS = frozenset(
    """source jobs job rss rdf feed workzagjobs result results positions vacancies offers joboffers postings listings
    jobfeed jobboard trovit items entries root data export openings jobpostings positionopenings jobpublications
    requisitions reportdata stellenangebote stellenanzeigen""".split()  # noqa: SIM905  words read better than a list
)
_ID_TEXT = re.compile(
    rb"<(?:\w+:)?(?:reference_?number|partnerjobid|job_?id|id|guid)\b[^>]*>\s*(?:<!\[CDATA\[)?\s*([^<\]]{1,200})",
    re.IGNORECASE,
)
_NOT_A_FEED = Problem(
    "NOT_A_FEED",
    "This is no feed of jobs: no element in it looks like a job; check the address or file. If its jobs have names of "
    "their own, say which field is which with `changeover source map`.",
)
# What things that have a name and an id and are no jobs do not say.
_OF_A_JOB = frozenset(
    name
    for field in ("location", "city", "company", "description", "url", "posted_at", "requisition")
    for name in presets.FIELDS[field]
)
_REFUSED = ("NOT_A_FEED", "UNKNOWN_RECORDS", "ERROR_TOLD")


def _unknown(name: str) -> Problem:
    return Problem(
        "UNKNOWN_RECORDS",
        f"No job was recognised in this feed, yet its elements <{line(name)[:60]}> may be jobs, so it is not taken as "
        "empty; say which field is which with `changeover source map`.",
    )


def _error(said: str) -> Problem:
    what = f'says "{line(said)[:120]}"'
    return Problem("ERROR_TOLD", f"The feed {what} in place of jobs, so it is not taken as empty; try again later.")


def _without_ids(records: int, name: str) -> tuple[str, str]:
    return "NO_IDS", (
        f"Of {plural(records, 'record')} <{line(name)[:60]}> none has an id that is known, so no job could be followed "
        "and none was read; say with `changeover source map` which field is the id."
    )


def _untitled(records: int, name: str) -> tuple[str, str]:
    return "NO_TITLES", (
        f"Of the first {plural(records, 'record')} <{line(name)[:60]}> none has a title that is known, so none was "
        "taken for a job; say with `changeover source map` which field is the title."
    )


class FeedReader:
    """Feed it the bytes of a feed as they come; it answers the jobs, and at the end the whole Reading.

    ``kind`` names a preset where detection is not wanted; ``base`` is the feed's address, ``charset`` what HTTP
    said of its encoding. ``kept``: the records of the last reading, which are recognised and not parsed.
    Jobs that are taken out on the way (``drain``) are not in the Reading, and their ids are not settled.
    """

    def __init__(self, kind: str = "", *, base: str = "", charset: str = "", kept: Kept | None = None) -> None:
        self._utf8, self._splitter, self._parser = Utf8(charset), Splitter(), RecordParser()
        self._maker: Maker | None = None
        self._preset = presets.named(kind) if kind != KIND else None
        self._base = base
        self._pieces: list[Sequence[Told] | Block] = []
        # Records that jobs are being made of, in the order of the feed, and those jobs or the promise of them.
        self._coming: deque[tuple[Sequence[Record], Made | Promised]] = deque()
        self.beside: ParseProcess | None = None
        self._together: list[Record] = []
        self._bytes = 0
        self._kept, self.seed = kept, 0
        self._sample: list[tuple[Fields, Record, bool]] | None = []
        self._by_link = ""
        self._unread = self._mended = self._waiting = 0
        self._broken: list[Problem] = []
        self._ended = self._acts = False
        self._refused: Reading | None = None
        self._trusted: Problem | None = None
        self._over: list[str] = []
        self._tally = Tally()

    @property
    def seen(self) -> int:
        """Records met so far; for progress."""
        return self._splitter.seen

    @property
    def waiting(self) -> int:
        """Jobs that ``drain`` would answer."""
        return self._waiting

    def drain(self) -> list[Sequence[Told] | Block]:
        """Take out the jobs that were parsed since the last time, in pieces."""
        pieces, self._pieces, self._waiting = self._pieces, [], 0
        return pieces

    def recognised(self) -> Met:
        """The kept records that were met again, at the end: what they were found by is let go."""
        follower, self._splitter.follower = self._splitter.follower, None
        return follower.found() if follower else NONE_MET

    def feed(self, data: bytes) -> None:
        """Take the next bytes."""
        self._meet(self._splitter.feed(self._utf8.feed(data)))

    def end(self) -> None:
        """No more bytes will come: parse what was held back."""
        if not self._ended:
            self._ended = True
            self._meet(self._splitter.feed(self._utf8.finish()))
            self._meet(self._splitter.finish())
            self._take_together()
            self._settle_sample()
            self._collect(every=True)

    def finish(self, cut: Problem | None = None) -> Reading:
        """The reading. ``cut`` is why the bytes ended early, if they did: then it is partial at best."""
        self.end()
        outline = self._splitter.outline
        kind = (self._preset or presets.recognise(_seen(outline, []))).kind
        if outline.doctype:
            return failed(kind, *refusal(outline.doctype))
        if self._refused:
            return self._refused
        doubts = [
            *([cut] if cut else []),
            *count_doubts(outline, self.seen),
            *structure_doubts(outline, self.seen),
        ]
        if not self.seen and (outline.root not in _FEED_ROOTS or outline.size > HEAD):
            doubts = [cut or _NOT_A_FEED]
        elif not self.seen and (said := error_told(outline)):
            doubts = [cut or _error(said)]
        elif not self.seen and (name := unknown_record(outline, _FEED_ROOTS)):
            doubts = [cut or _unknown(name)]
        if not self.seen and (cut or not outline.closed or (doubts and doubts[0].code in _REFUSED)):
            return failed(kind, doubts[0].code, doubts[0].sentence)
        # Blocks come only to who drains, before this is asked for.
        jobs = [told.job for piece in self._pieces if not isinstance(piece, Block) for told in piece]
        settled = settle(jobs)
        if jobs and not settled.jobs and not self._over:
            return failed(kind, *_without_ids(len(jobs), self._splitter.outline.record))
        notes = [
            *self._utf8.problems(),
            *self._broken_list(),
            *self._mending(),
            *([self._trusted] if self._trusted else []),
            *closing(len(self._over)),
            *settled.problems,
        ]
        said = tells(outline, acts=self._acts)
        reading = Reading(
            kind,
            settled.jobs,
            Completeness.PARTIAL if doubts else Completeness.COMPLETE,
            [*doubts, *notes],
            settled.unreadable + self._unread,
            claimed(outline),
            self._over,
            tells=Tells.EVERYTHING if said is Tells.EVERYTHING else Tells.UNSAID,
            origins=self._tally.found(),
        )
        return as_changes(reading) if said is Tells.CHANGES and not doubts else reading

    def _meet(self, records: Iterable[Record]) -> None:
        """Parse the first records as they come, then many at once.

        One by itself, between others that are only looked for or hashed, would find nothing of the parser left in the
        processor's caches, and take twice as long.
        """
        for record in records:
            if self._sample is not None:
                self._sampled(record, self._sample)
                continue
            self._together.append(record)
            self._bytes += len(record.raw)
            if self._bytes > _TOGETHER:
                self._take_together()

    def _take_together(self) -> None:
        together, self._together, self._bytes = self._together, [], 0
        records = [record for record in together if self._is_whole(record)]
        if self._maker is None:
            return
        promised = self.beside.promise(self._maker.recipe, records) if self.beside else None
        self._coming.append((records, promised or self._maker.make(records)))
        self._collect()

    def _collect(self, *, every: bool = False) -> None:
        """Take up what has been made of the records that came first; of ``every`` one, waiting for it."""
        while self._coming:
            records, made = self._coming[0]
            if not (every or isinstance(made, Made) or made.done or len(self._coming) > _BEHIND):
                break
            self._coming.popleft()
            if not isinstance(made, Made):
                made = self._answered(made, records)
            self._take_up(records, made)

    def _answered(self, promised: Promised, records: Sequence[Record]) -> Made:
        """What the second process made of the records; where it has ended, they are made here, and all that follow."""
        answer = promised.answer()
        if answer is not None:
            block, made = answer
            self._pieces.append(block)
            self._waiting += len(block)
            return made
        if self.beside:
            self.beside.close()
        return self._maker.make(records) if self._maker else Made()

    def _take_up(self, records: Sequence[Record], made: Made) -> None:
        self._pieces.append(made.told)
        self._waiting += len(made.told)
        self._over.extend(made.over)
        self._mended += made.mended
        for record in records if made.unread else ():
            if record.number in made.unread:
                self._not_read(record)

    def _is_whole(self, record: Record) -> bool:
        if record.whole and not record.oversized:
            return True
        self._not_read(record)
        return False

    def _sampled(self, record: Record, sample: list[tuple[Fields, Record, bool]]) -> None:
        """Take one of the first records, by which it is decided what this feed is."""
        if not self._is_whole(record):
            return
        parsed = self._parser.parse(record.raw, self._splitter.outline.namespaces)
        if parsed.fields is None:
            self._not_read(record)
            return
        sample.append((parsed.fields, record, parsed.mended))
        if len(sample) == _SAMPLE:
            self._settle_sample()

    def _settle_sample(self) -> None:
        """Decide by the first records which format this is and whether it gives ids; then take them in."""
        sample, self._sample = self._sample or [], None
        if not sample:
            return
        every = [fields for fields, _, _ in sample]
        found = self._preset is None
        preset = self._preset = self._preset or presets.recognise(_seen(self._splitter.outline, every))
        self._acts = acts(every)
        names = frozenset().union(*every)
        if names.isdisjoint(preset.names_of("title")):
            self._refused = failed(preset.kind, *_untitled(len(every), self._splitter.outline.record))
            return
        nameless = names.isdisjoint(_OF_A_JOB) and names & set(preset.names_of("title")) <= {"name"}
        if nameless and preset.kind == KIND and self._splitter.outline.record not in RECORD_NAMES:
            problem = _unknown(self._splitter.outline.record)
            self._refused = failed(KIND, problem.code, problem.sentence)
            return
        about = (preset.kind, self._splitter.outline, every, self._base)
        if found and (other := what_else(*about)):
            self._refused = failed(preset.kind, other.code, other.sentence)
            return
        self._trusted = says_nothing_of_jobs(*about) if found else None
        if not any(native_id(fields, preset) for fields in every):
            different = Counter({n: len({link_id(f, n) for f in every} - {""}) for n in ("url", "applyurl", "link")})
            self._by_link = different.most_common(1)[0][0]
        self.seed = stamp(preset.kind, self._by_link, self._base, self._splitter.outline.namespaces)
        if self._kept and self._kept.seed == self.seed:
            self._splitter.follower = Follower(self._kept)
        recipe = Recipe(preset.kind, self._by_link, self._base, self._splitter.outline.namespaces, self.seed)
        self._maker, made = Maker(recipe, self._tally), Made()
        for fields, record, mended in sample:
            if not (self._splitter.follower and self._splitter.follower.met(record.raw, record.number)):
                self._maker.add(made, fields, record, mended=mended)
        self._take_up((), made)

    def _not_read(self, record: Record) -> None:
        self._unread += 1
        found = _ID_TEXT.search(record.raw)
        name = line(found[1].decode("utf-8", "replace")) if found else ""
        which = f"The job {name}" if name else f"Record {record.number + 1}"
        if record.oversized or len(record.raw) > MAX_FIELD:
            what = f"has over {MAX_FIELD // 1_000_000} MB in one field and was passed over; shorten it at its source."
            self._broken.append(Problem("FIELD_TOO_LARGE", f"{which} {what}", name))
        else:
            what = "does not end where it should and was passed over; correct the feed's markup or read it again."
            self._broken.append(Problem("RECORD_CUT_OFF", f"{which} {what}", name))

    def _broken_list(self) -> list[Problem]:
        more = len(self._broken) - _SHOWN
        if more <= 0:
            return self._broken
        rest = Problem(
            self._broken[_SHOWN].code,
            f"{plural(more, 'more record was', 'more records were')} passed over; correct it.",
        )
        return [*self._broken[:_SHOWN], rest]

    def _mending(self) -> list[Problem]:
        if not self._mended:
            return []
        return [
            Problem(
                "MENDED",
                f"{plural(self._mended, 'record has', 'records have')} broken markup inside (tags that do not match, "
                "or signs and entities that XML does not know), read as far as the meaning is clear; correct "
                "the feed's generator.",
            )
        ]


def _seen(outline: Outline, sample: list[Fields]) -> Seen:
    names = frozenset(name for fields in sample for name in fields)
    namespaces, about = outline.namespaces.decode("utf-8", "replace"), frozenset(root_attributes(outline))
    return Seen(outline.root, outline.record, frozenset(head_fields(outline)), names, namespaces, about)


def read_feed(chunks: Iterable[bytes], kind: str = "", *, base: str = "") -> Reading:
    """The reading of a whole feed given in pieces of any size."""
    reader = FeedReader(kind, base=base)
    for chunk in chunks:
        reader.feed(chunk)
    return reader.finish()
