"""The ATS that pushes, against a small receiver over real HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from changeover.demo.loopback import Loopback
from changeover.demo.push import PushingAts
from changeover.demo.world import World
from changeover.job import Lane
from changeover.sources import ats_push


@dataclass
class Receiver:
    """A board that takes pushes with the right token, after failing as often as told."""

    failures: int = 0
    taken: list[dict[str, Any]] = field(default_factory=list)

    def application(self) -> Starlette:
        return Starlette(routes=[Route("/push", self.push, methods=["POST"])])

    async def push(self, request: Request) -> Response:
        if request.headers.get("authorization") != "Bearer secret":
            return JSONResponse({"title": "No"}, 401)
        if self.failures:
            self.failures -= 1
            return JSONResponse({"title": "Try again"}, 503)
        self.taken.append(json.loads(await request.body()))
        return JSONResponse({}, 202)


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def url(receiver: Receiver) -> Iterator[str]:
    with Loopback(receiver.application()) as server:
        yield f"{server.url}/push"


def test_it_tells_every_open_job_and_says_that_this_is_all(world: World, receiver: Receiver, url: str) -> None:
    with PushingAts(world, "fernsluice", url, "secret", "http://ats.example") as ats:
        pushed = ats.push_all()
    assert (pushed.taken, pushed.jobs, pushed.closed) == (True, 14, 0)
    (body,) = receiver.taken
    assert body["complete"] is True
    assert {job["employer_job_id"] for job in body["jobs"]} == {
        job.employer_job_id for job in world.jobs("fernsluice", Lane.LEGACY)
    }


def test_it_tells_each_change_by_itself_and_in_order(world: World, receiver: Receiver, url: str) -> None:
    with PushingAts(world, "fernsluice", url, "secret", "http://ats.example") as ats:
        ats.push_all()
        world.rename("fernsluice", "ecologist", "Peatland Ecologist")
        world.close("fernsluice", "ecologist")
        world.rename("quillfeather", "buyer", "Buyer")
        ats.push_changes().result()
    everything, *changes = [(len(body["jobs"]), body["complete"]) for body in receiver.taken]
    assert everything == (14, True)
    # The closing may overtake the new title before that is sent; then there is nothing left to rename.
    assert changes in ([(1, False), (1, False)], [(1, False)])
    number = world.job("fernsluice", Lane.ATS, "ecologist").number
    assert receiver.taken[-1]["jobs"] == [{"id": number, "status": "closed"}]


def test_what_it_sends_is_what_a_board_takes(world: World, receiver: Receiver, url: str) -> None:
    with PushingAts(world, "fernsluice", url, "secret", "http://ats.example") as ats:
        ats.push_all()
        world.close("fernsluice", "ecologist")
    batches = [ats_push.parse(json.dumps(body).encode()) for body in receiver.taken]
    assert all(isinstance(batch, ats_push.Batch) and not batch.problems for batch in batches)


def test_it_tries_again_where_the_board_fails_by_chance(world: World, receiver: Receiver, url: str) -> None:
    receiver.failures = 2
    with PushingAts(world, "fernsluice", url, "secret", "http://ats.example") as ats:
        assert ats.push_all().taken


def test_it_reports_a_wrong_token_and_tells_the_jobs_again_later(world: World, receiver: Receiver, url: str) -> None:
    with PushingAts(world, "fernsluice", url, "wrong", "http://ats.example") as ats:
        assert ats.push_all().status == 401
        again = ats.push_changes().result()
    assert again is not None
    assert again.jobs == 14
    assert receiver.taken == []


def test_it_reports_a_board_that_is_not_there(world: World, receiver: Receiver) -> None:
    with Loopback(receiver.application()) as server:
        url = f"{server.url}/push"
    with PushingAts(world, "fernsluice", url, "secret", "http://ats.example") as ats:
        pushed = ats.push_all()
    assert (pushed.taken, pushed.status) == (False, 0)
    assert "did not answer" in pushed.answer
