"""What a list leaves out of its jobs, asked for job by job, or said which cannot be read."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable, Iterator

from changeover.job import Job
from changeover.sources.answer import NOT_KEPT, Fetched, FetchFailed
from changeover.sources.ats_boards.board import Ask, Board, in_our_words
from changeover.sources.fetch import Fetcher
from changeover.sources.source import Problem
from changeover.wording import plural

_IN_A_ROW = 10
_GONE_AT_MOST = 3
_GONE_PART = 20
Progress = Callable[[int, int | None], None]
Outcome = bytes | FetchFailed


async def asked(fetcher: Fetcher, ask: Ask) -> Fetched | FetchFailed:
    """The answer to the request."""
    if ask.body is not None:
        return await fetcher.post(ask.url, ask.body)
    return await fetcher.get(ask.url, headers={"Accept": "application/json, text/html;q=0.9, */*;q=0.5"})


async def filled(
    board: Board, url: str, fetcher: Fetcher, jobs: list[Job], progress: Progress | None = None
) -> tuple[list[Job], list[Problem], int]:
    """The jobs with their address and detail, doubts, and how many jobs are left out as unread.

    A job whose own answer cannot be had is left out and unread, so that what is known of it stays as it was. One that
    is gone (404, 410) has closed since the list was told; where that is said of many it is not believed.
    """
    jobs = [job if job.url else dataclasses.replace(job, url=board.page(job, url)) for job in jobs]
    if board.detail is None:
        return jobs, [], 0
    asks = [board.detail.ask(job, url) if job.id and not job.description else None for job in jobs]
    answers = await _answers(fetcher, list(dict.fromkeys(ask.url for ask in asks if ask)), progress)
    gone = {at for at, said in answers.items() if isinstance(said, FetchFailed) and said.status in (404, 410)}
    gone = gone if len(gone) <= max(_GONE_AT_MOST, len(answers) // _GONE_PART) < len(answers) else set()
    told: list[Job] = []
    unread = 0
    for job, ask in zip(jobs, asks, strict=True):
        if ask is None:
            told.append(job)
        elif ask.url not in gone:
            said = answers.get(ask.url)
            detailed = board.detail.into(job, said) if isinstance(said, bytes) else None
            unread += detailed is None
            told += [in_our_words(detailed)] if detailed else []
    return told, _doubts(board, answers, unread), unread


async def _answers(fetcher: Fetcher, urls: list[str], progress: Progress | None) -> dict[str, Outcome]:
    answers: dict[str, Outcome] = {}
    in_a_row = 0

    async def one_after_the_other(waiting: Iterator[str]) -> None:
        nonlocal in_a_row
        for url in waiting:
            if in_a_row >= _IN_A_ROW and not fetcher.replayed:
                return
            fetched = await asked(fetcher, Ask(url))
            if isinstance(fetched, FetchFailed) and fetched.code == NOT_KEPT:
                continue
            answers[url] = fetched if isinstance(fetched, FetchFailed) else fetched.body
            in_a_row = in_a_row + 1 if isinstance(fetched, FetchFailed) else 0
            if progress:
                progress(len(answers), len(urls))

    waiting = iter(urls)
    await asyncio.gather(*(one_after_the_other(waiting) for _ in range(fetcher.rules.parallel)))
    # In the list's order, whichever came first.
    return {url: answers[url] for url in urls if url in answers}


def _doubts(board: Board, answers: dict[str, Outcome], unread: int) -> list[Problem]:
    if not unread:
        return []
    jobs = plural(unread, "job of", "jobs of")
    what = f"{jobs} {board.caption}'s list could not be read one by one, and what was known before stays"
    failure = next((said for said in answers.values() if isinstance(said, FetchFailed)), None)
    if failure:
        return [Problem(failure.code, f"{what}: {failure.sentence}")]
    return [Problem("NO_DETAIL", f"{what}: their own answers say nothing of them; try again later.")]
