"""A program subscribes to the board's events, and sends again what was given up."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import SecretStr

from changeover.database.board import BOARD
from changeover.settings import Settings
from changeover.subscriptions import store
from changeover.webhooks import store as webhooks
from face import Face, text

URL = "https://board.example/hooks"


@pytest.fixture
def keyed(face: Face) -> Face:
    """A board whose key is a setting, so that it makes no file."""
    face.web.state.served = replace(face.web.state.served, settings=Settings(secret_key=SecretStr("k" * 32)))
    return face


async def test_a_subscription_is_made_listed_given_a_new_secret_and_taken_back(keyed: Face) -> None:
    made = await keyed.ask("/api/v1/subscriptions", {"url": URL, "events": ["posting.*"]})
    assert made.status_code == 201, made.text
    assert made.json()["secret"].startswith("whsec_")
    (listed,) = (await keyed.person.get("/api/v1/subscriptions")).json()["subscriptions"]
    assert (listed["id"], listed["url"], listed["events"]) == (made.json()["id"], URL, ["posting.*"])
    assert "secret" not in listed
    at = f"/api/v1/subscriptions/{listed['id']}"
    assert (await keyed.ask(f"{at}/rotate")).json()["secret"] != made.json()["secret"]
    gone = [await keyed.person.delete(at, headers={"x-csrf-token": await keyed.csrf()}) for _ in range(2)]
    assert [answer.status_code for answer in gone] == [200, 404]
    assert (await keyed.person.get("/api/v1/subscriptions")).json()["subscriptions"] == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"url": "ftp://x.example"}, "BAD_URL"),
        ({"url": "https://a:b@x.example"}, "BAD_URL"),
        ({"url": URL, "events": ["posting.eaten"]}, "UNKNOWN_EVENT"),
        ({"url": URL, "from_now": 0}, "INVALID_REQUEST"),
    ],
)
async def test_what_cannot_be_subscribed_is_refused_with_what_to_do(keyed: Face, body: object, code: str) -> None:
    answer = await keyed.ask("/api/v1/subscriptions", body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_strangers_may_not_subscribe(face: Face) -> None:
    assert (await face.stranger.post("/api/v1/subscriptions", json={"url": URL})).status_code == 401


@pytest.mark.parametrize("of_company", [True, False])
async def test_what_was_given_up_is_listed_and_sent_again(face: Face, of_company: bool) -> None:
    await face.world.employ()
    tenant = face.world.company if of_company else BOARD
    async with face.world.db.company(tenant) as conn:
        for nth in range(3):
            await webhooks.queue(conn, tenant, "events", "1", f"posting.{nth}", "{}", face.world.db.now())
        (first, *_) = await webhooks.deliveries(conn, tenant, "", 3)
        await webhooks.tried(conn, first, "dead", face.world.db.now(), problem="It answered 500.")
    at = f"/api/v1/companies/{tenant}/deliveries" if of_company else "/api/v1/deliveries"
    (dead,) = (await face.person.get(at, params={"state": "dead"})).json()["deliveries"]
    assert (dead["id"], dead["problem"]) == (str(first["delivery_id"]), "It answered 500.")
    page = (await face.person.get(at, params={"size": 2})).json()
    rest = (await face.person.get(at, params={"size": 2, "before": page["next"]})).json()
    assert len({each["id"] for each in [*page["deliveries"], *rest["deliveries"]]}) == 3
    assert (await face.ask(f"{at}/replay")).json() == {"again": 1}
    assert (await face.ask(f"{at}/replay", {"id": "99"})).status_code == 404


async def test_the_console_shows_a_secret_once_and_takes_a_subscription_back(keyed: Face) -> None:
    made = await keyed.press("/subscriptions", {"url": URL})
    assert made.status_code == 200
    assert "whsec_" in made.text
    page = await keyed.page("/subscriptions")
    assert URL in text(page, "#subscriptions")
    assert "whsec_" not in page.html  # type: ignore[operator]
    async with keyed.world.db.company(BOARD) as conn:
        (it,) = await store.subscriptions(conn)
    assert "Nothing is sent" in await keyed.told(f"/subscriptions/{it.subscription_id}/remove")
    wrong = await keyed.press("/subscriptions", {"url": "nowhere"})
    assert wrong.status_code == 422


async def test_one_that_is_off_is_shown_with_why_and_enabled_again(keyed: Face) -> None:
    made = (await keyed.ask("/api/v1/subscriptions", {"url": URL})).json()
    now = keyed.world.db.now()
    for page in (False, True):
        async with keyed.world.db.company(BOARD) as conn:
            assert await store.failed(conn, int(made["id"]), "It answered 500.", now, now, at_once=True)
        (shown,) = (await keyed.person.get("/api/v1/subscriptions")).json()["subscriptions"]
        assert (shown["off_at"] is not None, shown["off_why"]) == (True, "It answered 500.")
        assert "Nothing is sent there since" in text(await keyed.page("/subscriptions"), "#subscriptions")
        if page:
            assert "sent there again" in await keyed.told(f"/subscriptions/{made['id']}/enable")
        else:
            assert (await keyed.ask(f"/api/v1/subscriptions/{made['id']}/enable")).status_code == 200
        assert (await keyed.person.get("/api/v1/subscriptions")).json()["subscriptions"][0]["off_at"] is None
    assert (await keyed.ask("/api/v1/subscriptions/99/enable")).status_code == 404
