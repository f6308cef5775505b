"""Any source by where it is (file, folder of pages, web address, standard input) as one Reading."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

from changeover.sources import ats_boards, career_site, json_list, presets, records, saved_pages
from changeover.sources.address import Resolver, system_resolver
from changeover.sources.answer import FetchFailed
from changeover.sources.ats_boards.feeds import feed_at
from changeover.sources.ats_boards.pull import pull
from changeover.sources.content import FEED_KINDS, ContentReader, Shape
from changeover.sources.fetch import Fetcher, FetchRules
from changeover.sources.source import Problem, Reading, failed

Progress = Callable[[int, int | None], None]
"""Called with how much is done and how much there is, None where that is not known: bytes, records or pages."""

MAPPABLE = FEED_KINDS | {json_list.KIND, "csv"}
"""The kinds whose records a person may map to the fields of a job."""

_STEP = 1 << 20


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
) -> Reading:
    """What the source at ``location`` says: a path, a folder of saved pages, an address, or ``-``.

    The kind is found by the content's shape unless it is given (see ``kinds``). ``now`` (the clock's time if not
    given) decides what is expired. Nothing that a source can do raises: what cannot be read is a FAILED reading
    with one sentence.
    """
    kind, now = kind or "", now or datetime.now(UTC)
    if kind and kind not in kinds():
        return failed(kind, "UNKNOWN_KIND", f"There is no kind {kind!r}; use one of {', '.join(kinds())}.")
    if location == "-":
        return _from_stream(stdin or sys.stdin.buffer, ContentReader(now, kind, name="Standard input"), progress)
    if "://" in location:
        async with Fetcher(rules, resolver=resolver) as fetcher:
            return await _from_address(location, kind, fetcher, now, progress)
    return _from_path(Path(location), kind, now, progress)


def _from_path(path: Path, kind: str, now: datetime, progress: Progress | None) -> Reading:
    shown, where = path.name or str(path), str(path)[:200]
    try:
        if path.is_dir():
            return saved_pages.read_folder(path, now)
        with path.open("rb") as file:
            return _from_stream(file, ContentReader(now, kind, name=shown), progress, path.stat().st_size)
    except FileNotFoundError:
        hint = "check the path, or begin a web address with https://"
        return failed(kind or "unknown", "NO_SUCH_FILE", f"There is no file or folder {where}; {hint}.")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        return failed(kind or "unknown", "UNREADABLE_FILE", f"{where} cannot be read ({why}); check it and its rights.")


def _from_stream(file: BinaryIO, reader: ContentReader, progress: Progress | None, size: int | None = None) -> Reading:
    done = 0
    for chunk in _chunks(file):
        done += len(chunk)
        if progress:
            progress(done, size)
        if not reader.feed(chunk):
            break
    return reader.finish()


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(_STEP):
        yield chunk


async def _from_address(url: str, kind: str, fetcher: Fetcher, now: datetime, progress: Progress | None) -> Reading:
    board = ats_boards.named(kind)
    known = ats_boards.at_address(url)
    if known and (not kind or board is known[0]):
        return await pull(known[0], known[1], fetcher, progress)
    if board:
        return await pull(board, url, fetcher, progress)
    if (feed := feed_at(url)) and kind in ("", feed[0]):
        return await _by_shape(feed[1], feed[0], fetcher, now, progress)
    if kind == career_site.KIND:
        return await career_site.read_site(url, fetcher, now, progress)
    return await _by_shape(url, kind, fetcher, now, progress)


async def _by_shape(url: str, kind: str, fetcher: Fetcher, now: datetime, progress: Progress | None) -> Reading:
    async with fetcher.stream(url) as answer:
        if isinstance(answer, FetchFailed):
            return failed(kind or "unknown", answer.code, answer.sentence)
        name = urlsplit(url).netloc + urlsplit(url).path
        reader = ContentReader(now, kind, name=name, base=answer.url, charset=_charset(answer.headers))
        size, done = _length(answer.headers), 0
        async for chunk in answer.chunks():
            done += len(chunk)
            if progress:
                progress(done, size)
            if not reader.feed(chunk):
                break
        cut = Problem(answer.failure.code, answer.failure.sentence) if answer.failure else None
        reading = reader.finish(cut)
    if not kind and reader.shape in (Shape.HTML, Shape.SITEMAP):
        return await career_site.read_site(url, fetcher, now, progress)
    board = ats_boards.named(reading.kind)
    if board and board.paging and reader.answer is not None and not cut:
        return await pull(board, url, fetcher, progress)
    return reading


def _charset(headers: dict[str, str]) -> str:
    return headers.get("content-type", "").partition("charset=")[2].partition(";")[0].strip(" \"'")


def _length(headers: dict[str, str]) -> int | None:
    length = headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() and "content-encoding" not in headers else None
