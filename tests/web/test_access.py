"""Who reaches what: every route is named in one table, and the table is what holds."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import httpx2
import pytest
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Route

from changeover.web.access import FEWER, WHO, who_may
from changeover.web.clearance import Who
from face import Face
from program import World

SAFE = {"GET", "HEAD", "OPTIONS"}
CONSOLE = (Who.HALF, Who.SIGNED_IN, Who.RECRUITER, Who.EMPLOYER, Who.OPERATOR)
PROGRAMS = (Who.PROGRAM, Who.COMPANY_PROGRAM)


def walk(routes: list[BaseRoute]) -> Iterator[Route]:
    for route in routes:
        inner = getattr(route, "original_router", None) or getattr(route, "router", None)
        if isinstance(route, Route):
            yield route
        elif inner is not None:
            yield from walk(inner.routes)
        else:
            raise AssertionError(f"a kind of route that this test does not know: {route!r}")


def address(path: str) -> str:
    return re.sub(r"\{[a-z_]+(:int)?\}", "7", path)


def requests(face: Face, *who: Who) -> list[tuple[str, str]]:
    return [
        (method, address(route.path))
        for route in walk(face.web.routes)
        for method in sorted(route.methods or ())
        if method not in ("HEAD", "OPTIONS") and who_may(method, route.path) in who
    ]


class TestTheTable:
    async def test_names_every_route_and_no_other(self, face: Face) -> None:
        paths = {route.path for route in walk(face.web.routes)}
        assert paths == set(WHO)
        assert {(method, route.path) for route in walk(face.web.routes) for method in route.methods or ()} > set(FEWER)
        assert any(isinstance(route, APIRoute) for route in walk(face.web.routes))

    async def test_keeps_strangers_out_of_every_page_of_the_console(self, face: Face) -> None:
        asked = requests(face, *CONSOLE)
        assert len(asked) > 15
        for method, path in asked:
            answer = await face.stranger.request(method, path)
            assert answer.status_code == 401, (method, path)
            assert "changeover link" in answer.text

    async def test_shows_no_widget_without_a_seats_token(self, face: Face) -> None:
        asked = requests(face, Who.SEAT)
        assert len(asked) >= 5
        for method, path in asked:
            for token in ("", "x"):
                fields = {"token": token, "file": "7"}
                for someone in (face.stranger, face.person):
                    answer = await someone.request(method, path, data=fields)
                    assert answer.status_code == 401, (method, path)

    async def test_keeps_strangers_and_foreign_tokens_out_of_everything_a_program_may_do(self, face: Face) -> None:
        asked = requests(face, *PROGRAMS)
        assert len(asked) > 30
        for method, path in asked:
            for headers in ({}, {"authorization": "Bearer " + "x" * 40}, {"authorization": "Basic eDp5"}):
                answer = await face.stranger.request(method, path, headers=headers)
                assert (answer.status_code, answer.json()["code"]) == (401, "NO_CREDENTIAL"), (method, path)
                assert answer.headers["www-authenticate"] == "Bearer"
        # A token that is no token is not made good by a session beside it.
        both = await face.person.get("/api/v1/companies", headers={"authorization": "Bearer nonsense"})
        assert both.status_code == 401

    async def test_lets_a_token_that_reads_change_nothing(self, face: Face) -> None:
        for method, path in requests(face, *PROGRAMS):
            answer = await face.stranger.request(method, path, headers=face.reader, json={})
            if method in SAFE or path.endswith(("/rehearse", "/guess")):
                assert answer.status_code in (200, 404), (method, path)
            else:
                assert (answer.status_code, answer.json()["code"]) == (403, "READ_ONLY"), (method, path)

    async def test_lets_nobody_change_anything_without_the_token_of_the_session(self, face: Face) -> None:
        both = requests(face, *CONSOLE) + requests(face, *PROGRAMS)
        asked = [(method, path) for method, path in both if method not in SAFE]
        assert len(asked) > 25
        form = {"seen": "0" * 32, "reading": "1", "legacy": "1", "ats": "1", "verdict": "confirmed"}
        for method, path in asked:
            for csrf in ({}, {"csrf": "guessed"}):
                answer = await face.person.request(method, path, data={**form, **csrf})
                assert answer.status_code in (403, 422 if path.startswith("/api/") else 403), (path, answer.text)

    async def test_lets_no_other_site_send_a_form_even_with_the_token(self, face: Face) -> None:
        csrf = await face.csrf()
        for origin in ("https://evil.example", "null", "http://127.0.0.1:9"):
            answer = await face.person.post("/companies/7/hold", data={"csrf": csrf}, headers={"origin": origin})
            assert answer.status_code == 403, origin
        ours = await face.person.post(
            "/companies/7/hold", data={"csrf": csrf}, headers={"origin": "http://127.0.0.1:8000"}
        )
        assert ours.status_code == 404

    async def test_keeps_no_character_that_is_no_text(self, face: Face, world: World) -> None:
        await world.employ()
        form = {"csrf": await face.csrf(), "words": "Help\0"}
        sent = await face.person.post(f"/companies/{world.company}/cases", data=form)
        assert sent.status_code == 303, sent.text
        told = await face.stranger.post(
            f"/api/v1/companies/{world.company}/cases", headers=face.program, json={"words": "Help\0"}
        )
        assert (told.status_code, told.json()["code"]) == (422, "INVALID_REQUEST")

    async def test_asks_clients_for_a_token(self, face: Face) -> None:
        for method, path in requests(face, Who.CLIENT):
            for visitor in (face.stranger, face.person):
                answer = await visitor.request(method, path, json={"jobs": []})
                assert answer.status_code == 401, (method, path)


class TestTheBoard:
    async def test_shows_nothing_of_the_console(self, world: World, face: Face) -> None:
        await world.employ()
        for path in ("/jobs", "/jobs/1-1", f"/jobs?company={world.company}"):
            text = (await face.stranger.get(path)).text
            for word in ("/companies", "revision", "csrf", "Review", "changeover.js", "test:legacy"):
                assert word not in text, (path, word)


class TestEveryAnswer:
    @pytest.mark.parametrize("path", ["/", "/jobs", "/nope", "/jobs/1-1", "/look/changeover.css", "/api/v1/companies"])
    async def test_may_run_no_foreign_script_and_stand_in_no_frame(self, face: Face, path: str) -> None:
        for visitor in (face.person, face.stranger):
            headers = (await visitor.get(path)).headers
            policy = headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert "frame-ancestors 'none'" in policy
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "same-origin"

    async def test_of_the_console_is_kept_by_no_cache(self, world: World, face: Face) -> None:
        await world.employ()
        for path in ("/", face.at, f"{face.at}/review", f"{face.at}/review.csv", f"{face.at}/resolve", "/nope"):
            assert (await face.person.get(path)).headers["cache-control"] == "no-store", path

    async def test_is_refused_under_a_name_that_is_not_ours(self, face: Face) -> None:
        for host in ("evil.example", "127.0.0.1.evil.example", "evil.example:8000", ""):
            answer = await face.person.get("/", headers={"host": host})
            assert answer.status_code == 421, host
        for host in ("localhost:8000", "127.0.0.1", "[::1]:8000"):
            assert (await face.stranger.get("/jobs", headers={"host": host})).status_code == 200, host

    async def test_is_a_page_for_people_and_a_problem_for_programs(self, face: Face) -> None:
        page = await face.person.get("/nope", headers={"accept": "text/html,*/*;q=0.8"})
        assert page.status_code == 404
        assert page.headers["content-type"].startswith("text/html")
        for path, accept in (("/api/v1/companies/x", "*/*"), ("/nope", "application/json")):
            told = await face.person.get(path, headers={"accept": accept})
            assert told.headers["content-type"] == "application/problem+json"
            assert {"status", "code", "detail", "fix", "title", "type"} <= told.json().keys()


class TestASurprise:
    async def test_is_told_without_its_traceback(self, face: Face) -> None:
        @face.web.get("/breaks")
        async def breaks() -> None:
            raise ValueError("the inside of the program")

        WHO["/breaks"] = Who.ANYONE
        try:
            answer = await face.stranger.get("/breaks")
        finally:
            del WHO["/breaks"]
        assert answer.status_code == 500
        assert "the inside" not in answer.text
        assert "Traceback" not in answer.text
        assert "content-security-policy" in answer.headers

    async def test_a_database_that_is_away_is_said_so(self, face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
        for pool in face.world.db._pools.values():
            await pool.close()
            monkeypatch.setattr(pool, "timeout", 0.2)
        for path in ("/jobs", "/"):
            answer = await face.person.get(path)
            assert answer.status_code == 503, path
            assert "every posting stays as it is" in answer.text

    async def test_a_body_that_is_too_large_is_not_read(self, face: Face) -> None:
        answer = await face.person.post("/companies/7/hold", content=b"x" * 1_000_001)
        assert answer.status_code == 413

        async def endless() -> object:
            while True:
                yield b"x" * 65_536

        streamed = await face.person.post(
            "/api/v1/companies/7/hold",
            content=endless(),  # type: ignore[arg-type]
            headers={"content-type": "application/json", "x-csrf-token": await face.csrf()},
        )
        assert streamed.status_code in (400, 413)

    async def test_an_unknown_company_is_said_so(self, face: Face) -> None:
        for company in ("7", "0", "x", str(2**63), "9" * 30, "-1", "٣"):
            answer: httpx2.Response = await face.person.get(f"/companies/{company}")
            assert answer.status_code == 404, company
            assert "There is no company" in answer.text or "no page" in answer.text


def test_what_routes_depend_on_is_never_handed_to_a_thread(face: Face) -> None:
    """FastAPI runs a plain function in a thread of a few: a tenth of what a page of the board took."""
    for route in walk(face.web.routes):
        if isinstance(route, APIRoute):
            for each in route.dependant.dependencies:
                assert each.call is None or inspect.iscoroutinefunction(each.call), (route.path, each.call)
