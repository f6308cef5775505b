"""Any source by where it is (file, folder of pages, web address, standard input) as one Reading."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

from changeover.sources import ats_boards, career_site, json_list, json_pages, presets, records, saved_pages
from changeover.sources.address import Resolver, system_resolver
from changeover.sources.answer import Answer, FetchFailed
from changeover.sources.ats_boards.feeds import feed_at
from changeover.sources.ats_boards.pull import pull
from changeover.sources.content import FEED_KINDS, ContentReader, Shape
from changeover.sources.feed_intake import Memory
from changeover.sources.fetch import Fetcher, FetchRules
from changeover.sources.raw import Copy, Raw, ask_of
from changeover.sources.source import Completeness, Problem, Reading, failed

Progress = Callable[[int, int | None], None]
"""Called, from any thread, with how much is done and how much there is, None where that is not known: bytes, records or
pages."""

MAPPABLE = FEED_KINDS | {json_list.KIND, "csv"}
"""The kinds whose records a person may map to the fields of a job."""

_STEP = 1 << 20
# Steps of a thread's turn: to hand over costs as much as to look a step through for what is known.
_TURN = 16


def kinds() -> dict[str, str]:
    """Every kind that can be asked for, with its caption."""
    return {
        **{preset.kind: preset.caption for preset in presets.PRESETS},
        career_site.KIND: "a career site read over HTTP: sitemap or listing, pages with JSON-LD JobPosting",
        saved_pages.KIND: "career pages saved as files, one or a folder of them",
        **{board.kind: f"the public job board of {board.caption}" for board in ats_boards.BOARDS},
        records.KIND: "our own records (id, title, location, …) as JSON",
        "jsonl": "our own records, one JSON object a line",
        "csv": "our own records as CSV",
        json_list.KIND: "any other JSON list of jobs",
    }


async def read(
    location: str,
    kind: str | None = None,
    rules: FetchRules | None = None,
    *,
    now: datetime | None = None,
    resolver: Resolver = system_resolver,
    stdin: BinaryIO | None = None,
    progress: Progress | None = None,
    memory: Memory | None = None,
    validators: tuple[str, str] = ("", ""),
    raw: Raw | None = None,
) -> Reading:
    """What the source at ``location`` says: a path, a folder of saved pages, an address, or ``-``.

    The kind is found by the content's shape unless it is given (see ``kinds``). ``now`` (the clock's time if not
    given) decides what is expired. ``memory``: what is known of the source, for large feeds; ``validators``: what it
    is asked by whether it has changed at all; ``raw``: where its answers are kept, or come from. Nothing that a source
    can do raises: what cannot be read is a FAILED reading with one sentence.
    """
    kind, now = kind or "", now or datetime.now(UTC)
    if kind and kind not in kinds():
        return failed(kind, "UNKNOWN_KIND", f"There is no kind {kind!r}; use one of {', '.join(kinds())}.")
    if location == "-":
        reader = ContentReader(now, kind, name="Standard input")
        return await _from_stream(stdin or sys.stdin.buffer, reader, progress)
    asked = _Asked(location, kind, now, progress, memory, validators)
    if "://" in location:
        async with Fetcher(rules, resolver=resolver, raw=raw) as fetcher:
            return await _from_address(asked, fetcher)
    return await _from_path(asked, raw)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked of an address, or of a path."""

    url: str
    kind: str
    now: datetime
    progress: Progress | None
    memory: Memory | None
    validators: tuple[str, str]


async def _from_path(asked: _Asked, raw: Raw | None) -> Reading:
    path, kind, where = Path(asked.url), asked.kind, asked.url[:200]
    reader = ContentReader(asked.now, kind, name=path.name or asked.url, memory=asked.memory)
    try:
        if raw and raw.replay:
            async for chunk in raw.again(ask_of(asked.url)):
                await _fed(reader, chunk)
            return await reader.whole()
        if path.is_dir():  # noqa: ASYNC240  a moment
            if raw:
                raw.whole = False
            return saved_pages.read_folder(path, asked.now)
        with path.open("rb") as file:  # noqa: ASYNC230  read in a thread
            size = path.stat().st_size  # noqa: ASYNC240
            copy = raw.copy(ask_of(asked.url), asked.url, size=size) if raw else None
            reading = await _from_stream(file, reader, asked.progress, size, copy)
    except FileNotFoundError:
        hint = "check the path, or begin a web address with https://"
        return failed(kind or "unknown", "NO_SUCH_FILE", f"There is no file or folder {where}; {hint}.")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        return failed(kind or "unknown", "UNREADABLE_FILE", f"{where} cannot be read ({why}); check it and its rights.")
    return reading


@contextmanager
def _steps(file: BinaryIO, size: int | None) -> Iterator[Callable[[], bytes]]:
    """What answers the next bytes of a file each time; those after them are read meanwhile, beside all else."""
    if not size:  # a stream, whose next bytes may never come: none are waited for that are not asked for
        yield lambda: file.read(_STEP)
        return
    with ThreadPoolExecutor(1) as beside:
        coming = beside.submit(file.read, _STEP)

        def following() -> bytes:
            nonlocal coming
            now, coming = coming.result(), beside.submit(file.read, _STEP)
            return now

        yield following


async def _from_stream(
    file: BinaryIO,
    reader: ContentReader,
    progress: Progress | None,
    size: int | None = None,
    copy: Copy | None = None,
) -> Reading:
    done = 0

    def turn(following: Callable[[], bytes]) -> bool:
        nonlocal done
        for _ in range(_TURN):
            chunk = following()
            done += len(chunk)
            if chunk and progress:
                progress(done, size)
            if copy and not reader.large:
                copy.write(chunk)
            if not chunk or not reader.feed(chunk):
                return False
            if reader.ready:
                break
        return True

    try:
        with _steps(file, size) as following:
            more = True
            while more:
                # In a thread, so that all else goes on beside it.
                more = await asyncio.to_thread(turn, following)
                await reader.take_in()
                if copy and reader.large:
                    copy.give_up()
        if copy:
            copy.close()
        return await reader.whole()
    finally:
        await reader.let_go()


async def _fed(reader: ContentReader, chunk: bytes) -> bool:
    more = await asyncio.to_thread(reader.feed, chunk)
    await reader.take_in()
    return more


async def _from_address(asked: _Asked, fetcher: Fetcher) -> Reading:
    board = ats_boards.named(asked.kind)
    known = ats_boards.at_address(asked.url)
    if known and (not asked.kind or board is known[0]):
        return await pull(known[0], known[1], fetcher, asked.progress)
    if board:
        return await pull(board, asked.url, fetcher, asked.progress)
    if (found := feed_at(asked.url)) and asked.kind in ("", found[0]):
        return await _by_shape(replace(asked, url=found[1], kind=found[0]), fetcher)
    if asked.kind == career_site.KIND:
        return await career_site.read_site(asked.url, fetcher, asked.now, asked.progress)
    return await _by_shape(asked, fetcher)


async def _by_shape(asked: _Asked, fetcher: Fetcher) -> Reading:
    url, kind = asked.url, asked.kind
    etag, last_modified = asked.validators
    async with fetcher.stream(url, etag=etag, last_modified=last_modified) as answer:
        if isinstance(answer, FetchFailed):
            return failed(kind or "unknown", answer.code, answer.sentence)
        if answer.not_modified:
            return Reading(kind, (), Completeness.COMPLETE, unchanged=True, validators=asked.validators)
        name = urlsplit(url).netloc + urlsplit(url).path
        charset = _charset(answer.headers)
        reader = ContentReader(asked.now, kind, name=name, base=answer.url, charset=charset, memory=asked.memory)
        try:
            await _through(answer, reader, asked.progress)
            cut = Problem(answer.failure.code, answer.failure.sentence) if answer.failure else None
            reading = await reader.whole(cut)
        finally:
            await reader.let_go()
    if not kind and reader.shape in (Shape.HTML, Shape.SITEMAP):
        return await career_site.read_site(url, fetcher, asked.now, asked.progress)
    board = ats_boards.named(reading.kind)
    if board and board.paging and board.records(reader.answer) is not None and not cut:
        return await pull(board, url, fetcher, asked.progress)
    if reading.kind in json_pages.KINDS and not cut and reading.completeness is not Completeness.FAILED:
        page = json_pages.Page(reader.answer, answer.url, answer.headers, reader.size, reader.parts)
        on = await json_pages.read_on(reading, page, fetcher, kind, asked.now, asked.progress)
        if on is not reading:  # what its first page is asked by says nothing of the others
            return on
    validators = (answer.headers.get("etag", "")[:500], answer.headers.get("last-modified", "")[:100])
    return replace(reading, validators=validators if reading.complete else ("", ""))


async def _through(answer: Answer, reader: ContentReader, progress: Progress | None) -> None:
    """All of the body into the reader, in pieces large enough to be worth a thread's turn."""
    size, done, held, waiting = answer.length, 0, list[bytes](), 0
    async for chunk in answer.chunks():
        done += len(chunk)
        if progress:
            progress(done, size)
        held.append(chunk)
        waiting += len(chunk)
        if waiting >= _STEP:
            if not await _fed(reader, b"".join(held)):
                return
            if reader.large and answer.copy:
                answer.copy.give_up()
            held, waiting = [], 0
    await _fed(reader, b"".join(held))


def _charset(headers: dict[str, str]) -> str:
    return headers.get("content-type", "").partition("charset=")[2].partition(";")[0].strip(" \"'")
