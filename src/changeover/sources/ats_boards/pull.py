"""A board read over HTTP: all its parts, with the proof that none is missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from changeover.sources.answer import FetchFailed
from changeover.sources.ats_boards.board import Board, Told, reading, told, with_query
from changeover.sources.encoding import decode
from changeover.sources.fetch import Fetcher
from changeover.sources.json_text import tolerant
from changeover.sources.source import Problem, Reading, failed

_MAX_PARTS = 2_000
Progress = Callable[[int, int | None], None]


async def pull(board: Board, url: str, fetcher: Fetcher, progress: Progress | None = None) -> Reading:
    """Everything that the board's list at ``url`` hands out.

    The first part failing is a failed reading; a later one, a part that only repeats, or fewer records than the
    total leave it partial.
    """
    so_far = Told([], 0, 0, None)
    known: set[str] = set()
    doubts: list[Problem] = []
    ended = board.paging is None
    for page in range(1, _MAX_PARTS + 1):
        said = await _part(board, url, fetcher, so_far.seen, page)
        if isinstance(said, Problem):
            if page == 1:
                return failed(board.kind, said.code, said.sentence)
            doubts.append(said)
            break
        new = [job for job in said.jobs if job.id not in known]
        if page > 1 and said.jobs and not new:
            doubts.append(_loop(board, page))
            break
        known.update(job.id for job in said.jobs)
        so_far = Told(
            [*so_far.jobs, *said.jobs], so_far.seen + said.seen, so_far.unreadable + said.unreadable, said.total
        )
        if progress:
            progress(so_far.seen, so_far.total)
        if board.paging is None or _last(board, said, so_far):
            ended = True
            break
    return reading(board, so_far, [*doubts, *_never_ends(board, ended, doubts)], paged=ended)


async def _part(board: Board, url: str, fetcher: Fetcher, seen: int, page: int) -> Told | Problem:
    asked = dict(board.query)
    if board.paging:
        asked |= board.paging.query(seen, page)
    fetched = await fetcher.get(with_query(url, asked), headers={"Accept": "application/json"})
    if isinstance(fetched, FetchFailed):
        return Problem(fetched.code, fetched.sentence)
    said = told(board, _value(fetched.body))
    if said is None:
        return Problem(
            "NOT_THIS_KIND",
            f"The address answers with something that is not {board.caption}'s list of jobs; check the company's name "
            "in it and whether the company still uses this ATS.",
        )
    return said


def _value(body: bytes) -> Any:
    text = decode(body)
    return None if text.lstrip()[:1] not in ("{", "[") else tolerant(text)


def _last(board: Board, said: Told, so_far: Told) -> bool:
    if said.seen == 0:
        return True
    if so_far.total is not None:
        return so_far.seen >= so_far.total
    return board.paging is not None and said.seen < board.paging.size


def _loop(board: Board, page: int) -> Problem:
    return Problem(
        "PAGES_REPEAT",
        f"Page {page} of {board.caption}'s list only repeats jobs of earlier pages, so later ones may be missing; try "
        "again later.",
    )


def _never_ends(board: Board, ended: bool, doubts: list[Problem]) -> list[Problem]:
    if ended or doubts:
        return []
    return [
        Problem(
            "TOO_MANY_PAGES", f"{board.caption}'s list goes on for over {_MAX_PARTS:,} pages; the rest was not read."
        )
    ]
