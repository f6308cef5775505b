"""A feed read by a mapping that a person made, and its first records to make one from."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from changeover.job import Job
from changeover.sources.address import Resolver, system_resolver
from changeover.sources.answer import Answer, FetchFailed
from changeover.sources.feed_job import job_of, native_id
from changeover.sources.fetch import Fetcher, FetchRules
from changeover.sources.identity import settle
from changeover.sources.links import canonical, web
from changeover.sources.mapping import EMPLOYMENT, PAY, FieldMapping, Sample
from changeover.sources.origins import Tally
from changeover.sources.presets import Preset
from changeover.sources.raw import Copy, Raw, ask_of
from changeover.sources.record_action import closing, ended
from changeover.sources.record_stream import RecordStream
from changeover.sources.source import Completeness, Problem, Reading, as_changes, failed
from changeover.sources.terms import told_terms
from changeover.sources.text import line
from changeover.sources.xml_fields import Fields

KIND = "mapped"
FIRST = 20
MOST_JOBS = 1_000_000
"""Jobs of one mapped feed, which are held in memory until all are there."""

_STEP = 1 << 20
_TOLD = ("title", "company", "description", "url", "apply_url", "id")
Progress = Callable[[int, int | None], None]


def preview(mapping: FieldMapping, sample: Sample) -> list[Job]:
    """The jobs that the records of a sample are by a mapping."""
    return [_job(record, mapping) for record in sample.records]


async def look(
    location: str, rules: FetchRules | None = None, *, record: str = "", resolver: Resolver = system_resolver
) -> Sample | Problem:
    """The first records of a feed at an address, in a file or on standard input (``-``), or why there are none."""
    async with _opened(location, rules, resolver) as opened:
        if isinstance(opened, Problem):
            return opened
        stream = RecordStream(_shown(location), record, opened.charset)
        found: list[Fields] = []
        async for chunk in opened.chunks:
            found += [fields for fields in stream.feed(chunk) if fields]
            if len(found) >= FIRST or stream.failure:
                break
        else:
            found += [fields for fields in stream.finish() if fields]
    if stream.failure:
        return stream.failure
    if not found:
        where = f" called {record}" if record else ""
        others = f"; choose from {', '.join(stream.others)}" if stream.others else ""
        return Problem("NO_RECORDS", f"{_shown(location)} has no records{where} that could be read{others}.")
    return Sample(stream.record, tuple(found[:FIRST]), stream.others)


async def read(
    location: str,
    mapping: FieldMapping,
    rules: FetchRules | None = None,
    *,
    resolver: Resolver = system_resolver,
    progress: Progress | None = None,
    raw: Raw | None = None,
) -> Reading:
    """The reading of a feed by its mapping: complete if the feed is full and nothing speaks against its end."""
    records, done = _Records(mapping), 0
    async with _opened(location, rules, resolver, raw) as opened:
        if isinstance(opened, Problem):
            return failed(KIND, opened.code, opened.sentence)
        stream = RecordStream(_shown(location), mapping.record, opened.charset)
        async for chunk in opened.chunks:
            done += len(chunk)
            if progress:
                progress(done, None)
            records.take(stream.feed(chunk))
            if stream.failure or len(records.jobs) + len(records.over) > MOST_JOBS:
                break
        if len(records.jobs) + len(records.over) > MOST_JOBS:
            stream.failure = Problem("TOO_LARGE", f"{_shown(location)} has over {MOST_JOBS:,} jobs; give it in parts.")
        if not stream.failure:
            await asyncio.to_thread(lambda: records.take(stream.finish()))
        cut = opened.cut()
    if stream.failure:
        return failed(KIND, stream.failure.code, stream.failure.sentence)
    if not stream.seen:
        sentence = f"{_shown(location)} has no records called {mapping.record}; see whether its mapping still fits."
        return failed(KIND, "NO_RECORDS", sentence)
    settled = settle(records.jobs)
    doubts = [*([cut] if cut else []), *stream.doubts]
    whole = Completeness.PARTIAL if doubts else Completeness.COMPLETE
    problems = [*doubts, *stream.notes, *closing(len(records.over)), *settled.problems]
    reading = Reading(
        KIND,
        settled.jobs,
        whole,
        problems,
        settled.unreadable + records.unread,
        gone=records.over,
        origins=records.tally.found(),
    )
    return reading if mapping.full or doubts else as_changes(reading)


class _Records:
    """Records as they come: the jobs they are, the ids of those that say that they are over, how many are unread."""

    def __init__(self, mapping: FieldMapping) -> None:
        self.mapping, self.tally = mapping, Tally()
        self.jobs: list[Job] = []
        self.over: list[str] = []
        self.unread = 0

    def take(self, records: Iterable[Fields | None]) -> None:
        for fields in records:
            if fields is None:
                self.unread += 1
            elif fields and ended(fields):
                self.over.append(_id(fields, self.mapping.preset()))
            elif fields:
                self.jobs.append(_job(fields, self.mapping))
                self.tally.look(fields, lambda it: _job(it, self.mapping) if it else None)


def _id(fields: Fields, preset: Preset) -> str:
    identifier = native_id(fields, preset)
    return (canonical(web(identifier)) or identifier) if "://" in identifier else identifier


def _job(fields: Fields, mapping: FieldMapping) -> Job:
    preset = mapping.preset()
    job = job_of(fields, preset, _id(fields, preset))
    told = {path for name in _TOLD for path in mapping.fields.get(name, ())}
    extra = {name: value for name, value in job.extra.items() if name not in told}
    return replace(job, extra=extra | _terms(fields, mapping))


def _terms(fields: Fields, mapping: FieldMapping) -> dict[str, Any]:
    """What the fields that a person chose for it say of how the job is held and what it pays."""
    held = _under(fields, mapping, EMPLOYMENT)
    return told_terms(held, [(part, said) for name, part in PAY.items() for said in _under(fields, mapping, name)])


def _under(fields: Fields, mapping: FieldMapping, name: str) -> list[str]:
    return [line(value) for path in mapping.fields.get(name, ()) for value in fields.get(path, ())]


@dataclass(slots=True)
class _Opened:
    """Bytes on their way, what is said of their encoding, and afterwards why they ended early."""

    chunks: AsyncIterator[bytes]
    charset: str = ""
    cut: Callable[[], Problem | None] = lambda: None


@asynccontextmanager
async def _opened(
    location: str, rules: FetchRules | None, resolver: Resolver, raw: Raw | None = None
) -> AsyncIterator[_Opened | Problem]:
    if "://" in location:
        async with Fetcher(rules, resolver=resolver, raw=raw) as fetcher, fetcher.stream(location) as answer:
            yield Problem(answer.code, answer.sentence) if isinstance(answer, FetchFailed) else _answered(answer)
        return
    if raw and raw.replay:
        yield _Opened(raw.again(ask_of(location)))
        return
    file = sys.stdin.buffer if location == "-" else _file(location)
    if isinstance(file, Problem):
        yield file
        return
    try:
        yield _Opened(_pieces(file, raw.copy(ask_of(location), location) if raw else None))
    finally:
        if location != "-":
            file.close()


def _answered(answer: Answer) -> _Opened:
    def cut() -> Problem | None:
        return Problem(answer.failure.code, answer.failure.sentence) if answer.failure else None

    charset = answer.headers.get("content-type", "").partition("charset=")[2].partition(";")[0].strip(" \"'")
    return _Opened(answer.chunks(), charset, cut)


def _file(location: str) -> BinaryIO | Problem:
    try:
        return Path(location).open("rb")
    except (OSError, ValueError) as problem:
        why = getattr(problem, "strerror", None) or str(problem)
        return Problem("UNREADABLE_FILE", f"{location[:200]} cannot be read ({why}); check its name and its rights.")


async def _pieces(file: BinaryIO, copy: Copy | None) -> AsyncIterator[bytes]:
    while chunk := file.read(_STEP):
        if copy:
            copy.write(chunk)
        yield chunk
    if copy:
        copy.close()


def _shown(location: str) -> str:
    """How messages call the feed: without what an address may hold of secrets."""
    if location == "-":
        return "Standard input"
    return urlsplit(location).netloc + urlsplit(location).path if "://" in location else Path(location).name
