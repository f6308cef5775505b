"""A board read over HTTP: all its parts, with the proof that none is missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from changeover.job import Job
from changeover.sources.answer import FetchFailed
from changeover.sources.ats_boards.board import Board, Split, Told, Variant, reading, told
from changeover.sources.ats_boards.details import asked, filled
from changeover.sources.fetch import Fetcher
from changeover.sources.origins import Tally
from changeover.sources.source import Problem, Reading, failed
from changeover.wording import plural

_MAX_PARTS = 2_000
_MAX_LISTS = 500
Progress = Callable[[int, int | None], None]


async def pull(board: Board, url: str, fetcher: Fetcher, progress: Progress | None = None) -> Reading:
    """Everything that the board's list at ``url`` hands out, with what each job's own answer adds to it.

    The first part failing is a failed reading; a later one, a part that only repeats, a list that shrinks while it
    is read, or fewer records than the total leave it partial. A job whose own answer cannot be read counts as unread.
    """
    variants = await board.variants(fetcher, url) if board.variants else [{}]
    if isinstance(variants, Problem):
        return failed(board.kind, variants.code, variants.sentence)
    pulling = _Pulling(board, url, fetcher, progress)
    if (problem := await pulling.all(variants)) is not None:
        return failed(board.kind, problem.code, problem.sentence)
    jobs, doubts, unread = await filled(board, url, fetcher, pulling.jobs, progress)
    said = Told(jobs, pulling.seen, pulling.unreadable + unread, pulling.claimed, pulling.tally.found())
    return reading(board, said, [*pulling.doubts, *doubts], paged=not pulling.doubts)


class _Part(NamedTuple):
    """One answer: what it says, how many of its jobs were not told before, its value."""

    said: Told
    new: int
    answer: Any


class _Pulling:
    """One board's lists as they are read, one after the other."""

    def __init__(self, board: Board, url: str, fetcher: Fetcher, progress: Progress | None) -> None:
        self._board, self._url, self._fetcher, self._progress = board, url, fetcher, progress
        self._ids: set[str] = set()
        self.tally = Tally()
        self.jobs: list[Job] = []
        self.doubts: list[Problem] = []
        self.seen = self.unreadable = 0
        self.claimed: int | None = None

    async def all(self, variants: list[Variant]) -> Problem | None:
        """Read every list, and those that a list is split into; the problem if not even the first answers."""
        waiting, lists = list(variants), 0
        while waiting:
            if lists >= _MAX_LISTS:
                self.doubts.append(self._too_many(f"is parted into over {_MAX_LISTS:,} lists"))
                break
            first, seen_before = lists == 0, self.seen
            outcome = await self._list(waiting.pop(0), alone=first and not waiting)
            lists += 1
            if isinstance(outcome, Problem):
                if first:
                    return outcome
                self.doubts.append(outcome)
                break
            if isinstance(outcome, Split):
                waiting += outcome.variants
                self.claimed = max(self.claimed or 0, outcome.claimed)
            elif lists > 1 or waiting:
                self._short(self.seen - seen_before, outcome)
            else:
                self.claimed = outcome
        if lists > 1:
            self.seen = len(self._ids)
        return None

    async def _list(self, variant: Variant, *, alone: bool) -> int | Split | Problem | None:
        """Read one list to its end: its total, the lists it is split into, or why its first part failed."""
        board, seen, total = self._board, 0, None
        for page in range(1, _MAX_PARTS + 1):
            part = await self._part(variant, seen, page)
            if isinstance(part, Problem):
                if page == 1:
                    return part
                self.doubts.append(part)
                return total
            if page == 1 and (split := board.split(part.answer, variant)):
                if split.variants:
                    return split
                self.doubts.append(self._capped(part.said.total))
            total = self._total(part.said.total, total)
            repeats = page > 1 and part.said.jobs and not part.new
            seen += part.new if page > 1 else part.said.seen
            self.seen += part.new if page > 1 else part.said.seen
            if self._progress:
                self._progress(self.seen, total if alone else None)
            if self._ends(part, seen, total, page):
                return total
            if repeats:
                self.doubts.append(self._loop(page))
                return total
        self.doubts.append(self._too_many(f"goes on for over {_MAX_PARTS:,} pages"))
        return total

    def _ends(self, part: _Part, seen: int, total: int | None, page: int) -> bool:
        board = self._board
        if not board.in_parts or part.said.seen == 0:
            return True
        if (pages := board.pages(part.answer)) is not None:
            return page >= pages
        if total is not None:
            return seen >= total
        return board.paging is not None and part.said.seen < board.paging.size

    def _total(self, now: int | None, before: int | None) -> int | None:
        """The list's total: some boards tell it on the first part only and 0 after it."""
        if not now or before is None:
            return before if before is not None else now
        if now < before:
            self.doubts.append(
                Problem(
                    "LIST_SHRANK",
                    f"{self._board.caption}'s list went from {plural(before, 'job')} to {now:,} while it was read, so "
                    "a job may have slipped from one page to the one before; it is read again at its next turn.",
                )
            )
        return now

    async def _part(self, variant: Variant, seen: int, page: int) -> _Part | Problem:
        board = self._board
        fetched = await asked(self._fetcher, board.ask(self._url, variant, seen, page))
        if isinstance(fetched, FetchFailed) and fetched.status == 404 and page == 1:
            other = board.instead(self._url)
            fetched = await self._fetcher.get(other) if other else fetched
        if isinstance(fetched, FetchFailed):
            return Problem(fetched.code, fetched.sentence)
        answer = board.value(fetched.body)
        said = told(board, answer, self.tally)
        if said is None:
            return Problem(
                "NOT_THIS_KIND",
                f"The address answers with something that is not {board.caption}'s list of jobs; check the company's "
                "name in it and whether the company still uses this ATS.",
            )
        return _Part(said, self._take(said), answer)

    def _take(self, said: Told) -> int:
        """Keep the jobs that no earlier part told; how many records those are."""
        fresh = [job for job in said.jobs if not job.id or job.id not in self._ids]
        self._ids.update(job.id for job in fresh)
        self.jobs += fresh
        self.unreadable += said.unreadable
        return len(fresh) + said.unreadable + (said.seen - len(said.jobs) - said.unreadable)

    def _short(self, seen: int, total: int | None) -> None:
        if total is not None and seen < total and not self.doubts:
            what = f"A list of {self._board.caption} says that it has {plural(total, 'job')} and told {seen:,}"
            self.doubts.append(Problem("COUNT_MISMATCH", f"{what}, so the rest is missing; try again later."))

    def _capped(self, total: int | None) -> Problem:
        return Problem(
            "CAPPED",
            f"{self._board.caption} hands out no more than {plural(total or 0, 'job')} of a list and gives nothing to "
            "split this one by, so the rest is missing; ask the employer for another feed.",
        )

    def _loop(self, page: int) -> Problem:
        return Problem(
            "PAGES_REPEAT",
            f"Page {page} of {self._board.caption}'s list only repeats jobs of earlier pages, so later ones may be "
            "missing; try again later.",
        )

    def _too_many(self, what: str) -> Problem:
        return Problem("TOO_MANY_PAGES", f"{self._board.caption}'s list {what}; the rest was not read.")
