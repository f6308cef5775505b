"""Who may sign in, asked and changed by a program: as the console does it, by the same rules."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.signing import signed_in
from changeover.accounts.account import Role
from changeover.accounts.clients import add_client
from changeover.accounts.scopes import Scope
from face import Face, migrate
from program import World


async def ask(face: Face, method: str, path: str, body: object | None = None, **headers: str) -> tuple[int, Any]:
    answer = await face.stranger.request(
        method, f"/api/v1{path}", json=body, headers={**face.program, **headers} if method != "GET" else face.program
    )
    return answer.status_code, answer.json()


async def test_a_person_is_let_in_changed_signed_out_locked_and_let_in_again(face: Face, world: World) -> None:
    await migrate(world)
    eve = {"email": "eve@example.org", "name": "Eve", "role": "employer", "companies": [str(world.company)]}
    status, made = await ask(face, "POST", "/people", eve, **{"idempotency-key": "one"})
    assert (status, made["link"].rpartition("/")[0]) == (201, "http://127.0.0.1:8000/invitations")
    again = await ask(face, "POST", "/people", eve, **{"idempotency-key": "one"})
    assert again == (201, {"id": made["id"], "link": None}), "a link is told once, and kept nowhere"
    assert (await ask(face, "POST", "/people", eve))[1]["code"] == "ACCOUNT_EXISTS"
    at = f"/people/{made['id']}"
    assert (await ask(face, "POST", f"{at}/role", {"role": "operator", "companies": []}))[0] == 200
    assert (await ask(face, "GET", at))[1]["role"] == "operator"
    assert (await ask(face, "POST", f"{at}/sessions/end"))[1]["sentence"] == "0 sessions ended."
    assert (await ask(face, "POST", f"{at}/lock"))[0] == 200
    assert (await ask(face, "GET", at))[1]["state"] == "disabled"
    assert "/invitations/" in (await ask(face, "POST", f"{at}/reset", {"second_factor": True}))[1]["link"]
    async with signed_in(face, "ada@example.org") as ada:
        page = (await ask(face, "GET", "/people?size=1"))[1]
        assert [each["email"] for each in page["people"]] == ["ada@example.org"]
        rest = (await ask(face, "GET", f"/people?size=1&after={page['next']}"))[1]
        assert ([each["id"] for each in rest["people"]], rest["next"]) == ([made["id"]], None)
        last = await ask(face, "POST", f"/people/{page['people'][0]['id']}/lock")
        assert (last[0], last[1]["code"]) == (409, "LAST_OPERATOR")
        assert (await ada.browser.get("/people")).status_code == 200


@pytest.mark.parametrize("scope", list(Scope))
async def test_no_clients_token_tells_or_changes_who_signs_in_or_what_clients_may(
    face: Face, world: World, scope: Scope
) -> None:
    await migrate(world)
    token = await add_client(world.db, world.company, "ATS", who="test", scopes=[scope])
    own = f"/companies/{world.company}/clients"
    for method, path, body in (
        ("GET", "/people", None),
        ("POST", "/people", {"email": "a@b.example", "role": "operator"}),
        ("GET", own, None),
        ("POST", own, {"scopes": list(Scope)}),
        ("POST", f"{own}/{token.split('_')[2]}/rotate", None),
        ("POST", f"{own}/{token.split('_')[2]}/scopes", {"scopes": list(Scope)}),
        ("GET", "/vendors", None),
    ):
        headers = {"authorization": f"Bearer {token}"}
        answer = await face.stranger.request(method, f"/api/v1{path}", json=body, headers=headers)
        assert answer.status_code in (401, 403), (method, path)


async def test_an_employers_session_does_neither(face: Face, world: World) -> None:
    await migrate(world)
    async with signed_in(face, "eve@example.org", Role.EMPLOYER, [world.company]) as eve:
        csrf = (await eve.browser.get("/api/v1/session")).json()["csrf"]
        said = {"email": "a@b.example", "role": "operator"}
        answer = await eve.browser.post("/api/v1/people", json=said, headers={"x-csrf-token": csrf})
        assert (answer.status_code, answer.json()["code"]) == (403, "NOT_YOURS")
