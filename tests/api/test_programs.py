"""What every request of a program goes through: its token, its key, its precondition, its rate."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import httpx2
import pytest
from jsonschema_rs import Draft202012Validator

from changeover.database.board import BOARD
from changeover.settings import Settings, SettingsRefused, load
from changeover.web.rates import Rates, forget
from changeover.web.tokens import Tokens
from face import READS, TOKEN, Face, migrate
from program import World

KEY = {"idempotency-key": "5f0e7a52-8f0a-4b7e-9c39-1d2b1a1f3c11"}


@pytest.fixture
async def at(world: World) -> str:
    await migrate(world)
    return f"/api/v1/companies/{world.company}"


async def revisions(world: World) -> list[str]:
    async with world.db.company(world.company) as conn:
        cursor = await conn.execute("select kind from revision order by revision")
        return [row["kind"] for row in await cursor.fetchall()]


class TestAToken:
    async def test_acts_without_a_session_and_stands_in_the_history(self, world: World, face: Face, at: str) -> None:
        assert (await face.stranger.get("/api/v1/session", headers=face.program)).json() == {
            "who": "API (backoffice)",
            "acts": True,
            "csrf": "",
        }
        held = await face.stranger.post(f"{at}/hold", headers=face.program, json={"why": "Until Monday"})
        assert held.status_code == 200, held.text
        assert (await face.stranger.get(at, headers=face.reader)).json()["held_by"] == "API (backoffice)"

    async def test_and_the_next_one_are_live_together_for_rotation(self, face: Face) -> None:
        for token in (TOKEN, f"{TOKEN}-2"):
            answer = await face.stranger.get("/api/v1/companies", headers={"authorization": f"Bearer {token}"})
            assert answer.status_code == 200

    async def test_opens_no_page_of_the_console(self, face: Face) -> None:
        for path in ("/", "/companies/7", "/events"):
            assert (await face.stranger.get(path, headers=face.program)).status_code == 401

    @pytest.mark.parametrize("told", ["short", f"{TOKEN},", f"a b:{TOKEN}", "ü" * 40])
    def test_that_is_too_easy_to_guess_is_refused_and_not_quoted(
        self, told: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("CHANGEOVER_OPERATOR_TOKENS", told)
        with pytest.raises(SettingsRefused) as refused:
            load()
        assert "CHANGEOVER_OPERATOR_TOKENS" in refused.value.sentence
        assert told not in refused.value.sentence

    def test_that_is_given_as_both_acts(self) -> None:
        both = Tokens(Settings(operator_tokens=READS, reader_tokens=READS))  # type: ignore[arg-type]
        found = both.caller(READS)
        assert found is not None
        assert found.acts
        assert both.caller("") is None


class TestAKey:
    async def test_makes_an_act_sent_twice_happen_once(self, world: World, face: Face, at: str) -> None:
        headers = {**face.program, **KEY}
        first = await face.stranger.post(f"{at}/cancel", headers=headers)
        again = await face.stranger.post(f"{at}/cancel", headers=headers)
        assert (first.status_code, again.status_code) == (200, 200)
        assert first.json() == again.json()
        assert again.headers["idempotent-replayed"] == "true"
        assert (await revisions(world)).count("cancelled") == 1
        # Without the key the same request is a new act.
        assert (await face.stranger.post(f"{at}/cancel", headers=face.program)).status_code == 409

    async def test_of_many_at_once_lets_one_act(self, world: World, face: Face, at: str) -> None:
        headers = {**face.program, **KEY}
        answers = await asyncio.gather(
            *(face.stranger.post(f"{at}/clients", headers=headers, json={"name": "One"}) for _ in range(8))
        )
        assert {answer.status_code for answer in answers} <= {201, 409}
        assert {answer.json()["code"] for answer in answers if answer.status_code == 409} <= {"IN_PROGRESS"}
        assert (await revisions(world)).count("client_added") == 1

    async def test_is_refused_with_another_request(self, face: Face, at: str) -> None:
        headers = {**face.program, **KEY}
        assert (await face.stranger.post(f"{at}/hold", headers=headers, json={"why": "A"})).status_code == 200
        for path, body in ((f"{at}/hold", {"why": "B"}), (f"{at}/unhold", {})):
            other = await face.stranger.post(path, headers=headers, json=body)
            assert (other.status_code, other.json()["code"]) == (422, "KEY_REUSED")
        second = {"authorization": f"Bearer {TOKEN}-2", **KEY}
        assert (await face.stranger.post(f"{at}/hold", headers=second, json={"why": "A"})).status_code == 422

    async def test_is_free_again_where_nothing_was_done_and_after_a_day(
        self, world: World, face: Face, at: str
    ) -> None:
        headers = {**face.program, **KEY}
        assert (await face.stranger.post(f"{at}/activate", headers=headers)).status_code == 409
        assert (await face.stranger.post(f"{at}/hold", headers=headers)).status_code == 200
        world.later(hours=25)
        assert (await face.stranger.post(f"{at}/unhold", headers=headers)).status_code == 200

    async def test_keeps_no_token_of_a_client(self, world: World, face: Face, at: str) -> None:
        headers = {**face.program, **KEY}
        first = (await face.stranger.post(f"{at}/clients", headers=headers, json={"name": "One"})).json()
        again = (await face.stranger.post(f"{at}/clients", headers=headers, json={"name": "One"})).json()
        assert (again["id"], again["token"]) == (first["id"], None)
        async with world.db.company(world.company) as conn:
            row = await (await conn.execute("select body from answered")).fetchone()
        assert row is not None
        assert first["token"].rpartition("_")[2] not in row["body"]

    async def test_outlives_a_process_that_ended_before_it_answered(self, world: World, face: Face, at: str) -> None:
        headers = {**face.program, **KEY}
        assert (await face.stranger.post(f"{at}/hold", headers=headers)).status_code == 200
        async with world.db.company(world.company) as conn:
            await conn.execute("update answered set status = null, body = null")
        assert (await face.stranger.post(f"{at}/hold", headers=headers)).status_code == 409
        world.later(minutes=6)
        told = await face.stranger.post(f"{at}/hold", headers=headers)
        assert (told.status_code, told.json()["done"]) == (200, True)
        assert (await revisions(world)).count("held") == 1

    async def test_adds_a_company_once(self, face: Face) -> None:
        headers = {**face.program, **KEY}
        body = {"name": "Ferrous & Sons"}
        first = await face.stranger.post("/api/v1/companies", headers=headers, json=body)
        again = await face.stranger.post("/api/v1/companies", headers=headers, json=body)
        assert (first.status_code, again.status_code) == (201, 201)
        assert first.json() == again.json()
        assert first.headers["location"] == again.headers["location"]
        async with face.world.db.company(0) as conn:
            await conn.execute("update answered set status = null, body = null")
        face.world.later(minutes=6)
        # Its process ended after the commit: the try that follows finds what was made.
        third = await face.stranger.post("/api/v1/companies", headers=headers, json=body)
        assert third.json() == first.json()

    @pytest.mark.parametrize("key", ["", "a b", "\t", "x" * 256])
    async def test_that_cannot_be_is_refused(self, face: Face, at: str, key: str) -> None:
        answer = await face.stranger.post(f"{at}/hold", headers={**face.program, "idempotency-key": key})
        assert (answer.status_code, answer.json()["code"]) == (400, "BAD_IDEMPOTENCY_KEY")


class TestAPrecondition:
    async def test_lets_an_act_through_only_at_the_revision_it_names(self, face: Face, at: str) -> None:
        tag = (await face.stranger.get(at, headers=face.program)).headers["etag"]
        headers = {**face.program, "if-match": tag}
        assert (await face.stranger.post(f"{at}/hold", headers=headers, json={"why": "A"})).status_code == 200
        late = await face.stranger.post(f"{at}/unhold", headers=headers)
        assert (late.status_code, late.json()["code"]) == (412, "COMPANY_CHANGED")
        assert [(event["kind"], event["why"]) for event in late.json()["changed"]] == [("held", "A")]
        now = {**face.program, "if-match": late.headers["etag"]}
        assert (await face.stranger.post(f"{at}/unhold", headers=now)).status_code == 200

    async def test_of_two_at_once_lets_one_through(self, world: World, face: Face, at: str) -> None:
        tag = (await face.stranger.get(at, headers=face.program)).headers["etag"]
        headers = {**face.program, "if-match": tag}
        answers = await asyncio.gather(
            *(face.stranger.post(f"{at}/clients", headers=headers, json={"name": f"C{n}"}) for n in range(6))
        )
        assert sorted(answer.status_code for answer in answers) == [201, *[412] * 5]
        assert (await revisions(world)).count("client_added") == 1

    async def test_holds_resolve_at_its_beginning(self, face: Face, at: str) -> None:
        seen = (await face.stranger.post(f"{at}/rehearse", headers=face.reader)).json()["seen"]
        tag = (await face.stranger.get(at, headers=face.program)).headers["etag"]
        for told, status in (('"1"', 412), ("nonsense", 412), (tag, 200)):
            headers = {**face.program, "if-match": told}
            answer = await face.stranger.post(f"{at}/resolve", headers=headers, json={"seen": seen})
            assert answer.status_code == status, answer.text

    async def test_spares_a_reader_what_it_holds_already(self, world: World, face: Face, at: str) -> None:
        paths = [at, "/api/v1/companies", "/api/v1/overview", f"{at}/review.csv"]
        paths += [f"{at}/{name}" for name in ("review", "sources", "clients", "pairs", "postings", "history", "verify")]
        for path in paths:
            first = await face.stranger.get(path, headers=face.reader)
            assert first.status_code == 200, (path, first.text)
            headers = {**face.reader, "if-none-match": f'"x", {first.headers["etag"]}'}
            again = await face.stranger.get(path, headers=headers)
            assert (again.status_code, again.content) == (304, b""), path


class TestARate:
    async def test_is_counted_by_the_minute_for_each_credential(self, world: World) -> None:
        rates = Rates(world.db, 2)
        taken = [await rates.take(BOARD, "a") for _ in range(3)]
        assert [(it.left, it.allowed) for it in taken if it] == [(1, True), (0, True), (0, False)]
        other = await rates.take(BOARD, "b")
        assert other is not None
        assert other.allowed
        world.later(minutes=1)
        fresh = await rates.take(BOARD, "a")
        assert fresh is not None
        assert fresh.left == 1
        world.later(days=2)
        await forget(world.db, BOARD)
        async with world.db.company(BOARD) as conn:
            assert await (await conn.execute("select key from rate_window")).fetchall() == []

    async def test_is_one_for_all_web_processes_and_never_tells_more_than_is_left(self, world: World) -> None:
        processes = [Rates(world.db, 300) for _ in range(3)]
        allowed = 0
        for nth in range(330):
            it = await processes[nth % 3].take(BOARD, "shared")
            assert it is not None
            allowed += it.allowed
            assert it.left <= 300 - allowed + 20, "a second behind at most, and 20 ask in one"
            if nth % 20 == 0:
                world.later(seconds=1)
                exact = await processes[nth % 3].take(BOARD, "shared")
                assert exact is not None
                allowed += exact.allowed
                assert exact.left <= 300 - allowed
        assert 296 <= allowed <= 300

    async def test_is_told_with_every_answer_and_then_refused(self, face: Face) -> None:
        answer = await face.stranger.get("/api/v1/companies", headers=face.program)
        assert answer.headers["ratelimit-policy"] == '"credential";q=6000;w=60'
        assert answer.headers["ratelimit"] == '"credential";r=5999;t=60'
        here = face.web.state.served
        face.web.state.served = replace(here, settings=here.settings.model_copy(update={"api_requests_per_minute": 1}))
        refused = await face.stranger.get("/api/v1/companies/7", headers=face.program)
        assert (refused.status_code, refused.json()["code"]) == (429, "TOO_MANY_REQUESTS")
        assert 0 < int(refused.headers["retry-after"]) <= 60


async def test_every_refusal_is_a_problem(face: Face, at: str) -> None:
    asked: list[tuple[str, str, object]] = [
        ("POST", f"{at}/hold", b"{"),
        ("POST", f"{at}/hold", {"wh\ud800y": 1}),
        ("POST", f"{at}/hold", {"why": 3}),
        ("PUT", at, {}),
        ("GET", f"{at}/nothing", None),
        ("GET", f"{at}/sources/{2**64}", None),
        ("GET", f"{at}/history?before=x", None),
        ("POST", "/api/v1/companies", {"name": "\x00"}),
        ("POST", f"{at}/sources", {"location": "file:///etc/passwd"}),
        ("POST", f"{at}/sources", {"location": "http://127.0.0.1:9/x"}),
    ]
    for method, path, body in asked:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {**face.program, "content-type": "application/json"}
        answer: httpx2.Response = await face.stranger.request(method, path, headers=headers, content=content)
        assert 400 <= answer.status_code < 500, (method, path, answer.text)
        assert answer.headers["content-type"] == "application/problem+json", (method, path)
        assert {"status", "code", "detail", "fix"} <= answer.json().keys()


class TestTheReference:
    async def test_shows_every_operation_and_event(self, face: Face) -> None:
        said = (await face.stranger.get("/api/openapi.json")).json()
        page = await face.page("/api/")
        shown = {node.attributes.get("id") for node in page.css("article h3")}
        asked = {it["operationId"] for methods in said["paths"].values() for it in methods.values()}
        sent = {it["post"]["operationId"] for it in said["webhooks"].values()}
        assert shown == asked | sent
        assert not page.css("script")
        # It is told once what any call may answer, and a browser that has the page is not sent it again.
        assert len([each for each in page.css(".answer") if "503" in each.text()]) == 1
        first = await face.stranger.get("/api/")
        again = await face.stranger.get("/api/", headers={"if-none-match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")

    async def test_has_an_example_that_fits_for_every_body_and_answer(self, face: Face) -> None:
        said = (await face.stranger.get("/api/openapi.json")).json()
        operations = [(path, it) for methods in said["paths"].values() for path, it in methods.items()]
        assert len(operations) > 30
        for _, it in operations:
            assert it["security"] or it["operationId"] == "follow_changes"
            for part in [it.get("requestBody", {}), *it["responses"].values()]:
                for media, content in part.get("content", {}).items():
                    if media != "text/csv" and "schema" in content:
                        schema = {**content["schema"], "components": said["components"]}
                        Draft202012Validator(schema).validate(content["example"])
