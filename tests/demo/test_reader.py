"""The reader from outside: what it counts, and what it does not, against a small board over real HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from changeover.demo.board_pages import Shown, doubled, parse_list
from changeover.demo.loopback import Loopback
from changeover.demo.reader import Reader, Watch

PAGE = 3


@dataclass
class Posting:
    title: str
    place: str = "Leeds"
    employer_job_id: str = ""
    status: int = 200
    listed: bool = True
    markup: bool = True


@dataclass
class Board:
    """A board of one company, three postings a page; a test changes what is live."""

    postings: dict[int, Posting] = field(default_factory=dict)
    list_status: int = 200

    def application(self) -> Starlette:
        return Starlette(routes=[Route("/jobs", self.jobs), Route("/jobs/{number:int}", self.job)])

    async def jobs(self, request: Request) -> Response:
        after = int(request.query_params.get("after", "0"))
        rest = [n for n, posting in sorted(self.postings.items()) if n > after and posting.listed]
        items = "".join(
            f'<li data-posting="{n}"><a href="/jobs/{n}">{self.postings[n].title}</a>'
            f' <span class="place">{self.postings[n].place}</span></li>'
            for n in rest[:PAGE]
        )
        more = f'<a rel="next" href="/jobs?company=7&amp;after={rest[PAGE - 1]}">Next</a>' if len(rest) > PAGE else ""
        return HTMLResponse(f"<ul>{items}</ul>{more}", self.list_status)

    async def job(self, request: Request) -> Response:
        posting = self.postings.get(request.path_params["number"])
        if posting is None:
            return HTMLResponse("closed", 410)
        if posting.status == 301:
            return RedirectResponse("/jobs/1", 301)
        said = {
            "@type": "JobPosting",
            "title": posting.title,
            "identifier": {"value": posting.employer_job_id},
            "jobLocation": {"address": {"addressLocality": posting.place}},
        }
        markup = f'<script type="application/ld+json">{json.dumps(said)}</script>' if posting.markup else ""
        return HTMLResponse(f"<html><head>{markup}</head><h1>{posting.title}</h1></html>", posting.status)


@pytest.fixture
def board() -> Board:
    return Board({n: Posting(f"Job {n}") for n in range(1, 8)})


@pytest.fixture
def at(board: Board) -> Iterator[str]:
    with Loopback(board.application()) as server:
        yield server.url


async def poll(reader: Reader, times: int = 1) -> None:
    async with reader.client() as client:
        for _ in range(times):
            await reader.poll(client)


class TestItFindsNothingWrong:
    async def test_while_every_posting_stays_live(self, board: Board, at: str) -> None:
        reader = Reader(at, ["7"])
        await poll(reader, 3)
        findings = reader.findings()
        assert findings.clean
        assert (findings.polls, findings.postings, findings.live) == (3, 7, {"7": 7})
        assert findings.reads == 3 * (3 + 7)
        assert 0 < findings.slowest < 5

    async def test_when_a_posting_opens(self, board: Board, at: str) -> None:
        reader = Reader(at, ["7"])
        await poll(reader)
        board.postings[8] = Posting("Job 8")
        await poll(reader)
        assert reader.findings().clean
        assert reader.findings().live == {"7": 8}

    async def test_when_a_posting_closes_that_was_allowed_to(self, board: Board, at: str) -> None:
        reader = Reader(at, ["7"])
        await poll(reader)
        reader.allow_close("/jobs/2")
        reader.allow_close(f"{at}/jobs/3")
        del board.postings[2], board.postings[3]
        await poll(reader, 2)
        assert reader.findings().clean
        assert reader.findings().live == {"7": 5}

    async def test_when_a_posting_changes_its_words(self, board: Board, at: str) -> None:
        reader = Reader(at, ["7"])
        await poll(reader)
        board.postings[2].title = "Another title"
        await poll(reader)
        assert reader.findings().clean

    async def test_but_is_not_clean_before_it_has_looked(self, at: str) -> None:
        assert not Reader(at, ["7"]).findings().clean

    async def test_and_is_not_clean_where_no_list_answered(self, board: Board, at: str) -> None:
        board.list_status = 500
        reader = Reader(at, ["7"])
        await poll(reader)
        assert not reader.findings().clean


class TestItFindsAGap:
    async def test_when_a_posting_leaves_the_list(self, board: Board, at: str) -> None:
        reader = Reader(at, ["7"])
        await poll(reader)
        board.postings[2].listed = False
        await poll(reader, 2)
        (gap,) = reader.findings().gaps
        assert (gap.company, gap.url, gap.poll) == ("7", f"{at}/jobs/2", 2)
        assert "was not in the list" in gap.sentence

    @pytest.mark.parametrize("status", [301, 404, 410, 500])
    async def test_when_its_page_is_not_there(self, board: Board, at: str, status: int) -> None:
        reader = Reader(at, ["7"])
        await poll(reader)
        board.postings[2].status = status
        await poll(reader)
        (gap,) = reader.findings().gaps
        assert f"answered {status}" in gap.sentence

    async def test_when_its_page_shows_no_job(self, board: Board, at: str) -> None:
        reader = Reader(at, ["7"])
        await poll(reader)
        board.postings[2].markup = False
        await poll(reader)
        assert len(reader.findings().gaps) == 1

    async def test_for_every_posting_when_the_list_does_not_answer(self, board: Board, at: str) -> None:
        reader = Reader(at, ["7"])
        await poll(reader)
        board.list_status = 503
        await poll(reader, 2)
        assert len(reader.findings().gaps) == 7
        assert reader.findings().live == {"7": 0}

    async def test_again_when_it_is_missing_again(self, board: Board, at: str) -> None:
        reader = Reader(at, ["7"])
        for listed in (True, False, True, False):
            board.postings[2].listed = listed
            await poll(reader)
        assert [gap.poll for gap in reader.findings().gaps] == [2, 4]

    async def test_when_a_posting_that_came_back_closes_without_being_allowed_again(
        self, board: Board, at: str
    ) -> None:
        reader = Reader(at, ["7"])
        await poll(reader)
        reader.allow_close("/jobs/2")
        for listed in (False, True, False):
            board.postings[2].listed = listed
            await poll(reader)
        assert [gap.poll for gap in reader.findings().gaps] == [4]

    async def test_when_the_board_is_not_there_at_all(self, board: Board) -> None:
        with Loopback(board.application()) as server:
            reader = Reader(server.url, ["7"])
            await poll(reader)
        await poll(reader)
        assert len(reader.findings().gaps) == 7


class TestItFindsADuplicate:
    async def test_when_one_opening_is_live_twice(self, board: Board, at: str) -> None:
        board.postings[8] = Posting("  JOB 2 ", " leeds")
        reader = Reader(at, ["7"])
        await poll(reader, 2)
        (duplicate,) = reader.findings().duplicates
        assert duplicate.urls == (f"{at}/jobs/2", f"{at}/jobs/8")

    async def test_across_the_pages_of_the_list(self, board: Board, at: str) -> None:
        board.postings[1] = Posting("Baker", employer_job_id="R1")
        board.postings[7] = Posting("Night Baker", employer_job_id="R1")
        reader = Reader(at, ["7"])
        await poll(reader)
        assert len(reader.findings().duplicates) == 1

    async def test_but_not_when_the_second_is_not_live(self, board: Board, at: str) -> None:
        board.postings[8] = Posting("Job 2", listed=False)
        reader = Reader(at, ["7"])
        await poll(reader)
        assert reader.findings().clean

    def test_but_not_in_different_ids_or_places(self) -> None:
        one, other_id = Shown("baker", "leeds", "R1"), Shown("baker", "leeds", "R2")
        other_place, no_id = Shown("night baker", "york", "R1"), Shown("baker", "leeds", "")
        assert doubled({"a": one, "b": other_id, "c": other_place}) == set()
        assert doubled({"a": one, "d": no_id}) == {("a", "d")}


class TestItReadsThePages:
    def test_with_the_next_page_relative_to_this_one(self) -> None:
        item = '<li data-posting="5"><a href="/jobs/5">A</a><span class="place">X</span></li>'
        text = f'{item}<a rel="next" href="?after=5">'
        (listed,), following = parse_list(text, "http://b.example/jobs?company=1")
        assert (listed.posting, listed.url, listed.title, listed.place) == ("5", "http://b.example/jobs/5", "A", "X")
        assert following == "http://b.example/jobs?after=5"

    def test_from_a_thread_that_polls_at_least_once(self, board: Board, at: str) -> None:
        with Watch(Reader(at, ["7"])) as watch:
            pass
        assert watch.findings.clean

    def test_and_raises_what_stopped_it_rather_than_looking_clean(self) -> None:
        with Watch(Reader("http://127.0.0.1:nowhere", ["7"])) as watch:
            pass
        with pytest.raises(httpx2.InvalidURL):
            _ = watch.findings
