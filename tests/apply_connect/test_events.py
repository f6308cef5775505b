"""Events that leave: signed, challenged, sent again by the schedule, kept where a person sends them again."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson

from apply_connect.wire import Wire
from changeover.apply_connect import hooks, store
from changeover.apply_connect.work import watch
from changeover.webhooks import store as webhooks
from changeover.webhooks.outbox import SCHEDULE, Reply

URL = "https://ats.example/events"


async def heard(wire: Wire, secret: str | None = None) -> None:
    """The vendor receives events at URL, which has passed its challenge with the parent's secret."""
    key = secret or wire.parent.secret

    async def get(url: str) -> Reply:
        wire.receivers.came.append((url, b"", {}))
        code = parse_qs(urlsplit(url).query)["challengeCode"][0]
        said = hmac.new(key.encode(), code.encode(), hashlib.sha256).hexdigest()
        return Reply(200, orjson.dumps({"challengeCode": code, "challengeResponse": said}))

    wire.receivers.get = get  # type: ignore[method-assign]
    made = await hooks.add_event_url(wire.outbox, wire.parent.application, URL)
    assert made is not None
    await wire.outbox.check(wire.parent.application.vendor_id, made)


def events(wire: Wire, kind: str) -> list[dict[str, Any]]:
    told = [orjson.loads(body) for url, body, _ in wire.receivers.came if url == URL and body]
    return [each for each in told if each["type"] == kind]


async def replayed(wire: Wire) -> None:
    async with wire.face.world.db.company(wire.company) as conn:
        await webhooks.replay(conn, wire.company, 0, wire.face.world.db.now())
    await wire.outbox.drain(wire.company)


async def test_activation_asks_for_every_open_job_and_its_answer_makes_the_lane_whole(wire: Wire) -> None:
    await heard(wire)
    await wire.outbox.drain(wire.company)
    (asked,) = events(wire, "RESYNC_JOBS")
    assert asked["syncAllOpenJobs"] is True
    assert asked["developerApplicationUrn"] == f"urn:li:developerApplication:{wire.child.application.application_id}"
    (changed,) = events(wire, "INTEGRATION_STATUS_CHANGE")
    assert changed["integrationStatus"] == "ENABLED"
    answer = await wire.call("GET", f"/v2/atsIntegrations?q=request&requestId={changed['requestId']}", who=wire.parent)
    assert answer.json()["elements"][0]["integrationStatus"] == "ENABLED"
    await wire.one(jobPostingOperationType="UPDATE")
    assert not await whole(wire)
    wire.face.world.later(minutes=6)
    await watch(wire.face.world.flow, wire.company)
    assert await whole(wire)


async def test_a_resync_that_nobody_answers_is_given_up_after_thirty_minutes(wire: Wire) -> None:
    wire.face.world.later(minutes=31)
    await watch(wire.face.world.flow, wire.company)
    assert not await whole(wire)
    async with wire.face.world.db.company(wire.company) as conn:
        (it,) = await store.integrations(conn, wire.company)
    assert not it.resyncing


async def whole(wire: Wire) -> bool:
    async with wire.face.world.db.company(wire.company) as conn:
        row = await (await conn.execute("select whole_now from source where kind = 'ats_push'")).fetchone()
    assert row is not None
    return bool(row["whole_now"])


async def test_a_status_is_told_once_when_it_changes_and_its_signature_is_right(wire: Wire) -> None:
    await heard(wire)
    await wire.one(title="Bäcker für die Nacht")
    for _ in range(2):
        await wire.news()
    (told,) = events(wire, "JOB_POSTING_STATUS")
    assert told["externalJobPostingId"] == "A-1"
    for url, body, headers in wire.receivers.came:
        if url == URL and body:
            assert body.isascii()
            right = hmac.new(wire.parent.secret.encode(), b"hmacsha256=" + body, hashlib.sha256).hexdigest()
            assert headers["X-LI-Signature"] == right


async def test_what_is_not_delivered_is_sent_again_by_the_schedule_and_then_waits_for_a_person(wire: Wire) -> None:
    await heard(wire)
    wire.receivers.answers[URL] = Reply(503)
    await wire.outbox.drain(wire.company)
    for wait in SCHEDULE:
        before = len(wire.receivers.came)
        wire.face.world.later(seconds=wait.total_seconds() - 1)
        await wire.outbox.drain(wire.company)
        assert len(wire.receivers.came) == before
        wire.face.world.later(seconds=1)
        await wire.outbox.drain(wire.company)
        assert len(wire.receivers.came) > before
    async with wire.face.world.db.company(wire.company) as conn:
        dead = await webhooks.deliveries(conn, wire.company, "dead", 10)
    assert len(dead) == 2
    assert all("503" in row["problem"] and row["attempts"] == 7 for row in dead)
    wire.receivers.answers.clear()
    told = await wire.face.told(f"{wire.face.at}/deliveries/replay")
    assert told == "2 events will be sent again now."
    await wire.outbox.drain(wire.company)
    async with wire.face.world.db.company(wire.company) as conn:
        assert len(await webhooks.deliveries(conn, wire.company, "delivered", 10)) == 2


async def test_an_address_that_fails_its_challenge_three_times_is_blocked(wire: Wire) -> None:
    await heard(wire, secret="not the secret")
    vendor = wire.parent.application.vendor_id
    async with wire.face.world.db.company(vendor) as conn:
        (row,) = await webhooks.webhooks(conn, vendor)
    for _ in range(2):
        await wire.outbox.check(vendor, row["webhook_id"])
    blocked = "/v2/developerWebhooks?q=parentApplication&queryCriteria=(webhookStatus:BLOCKED)"
    answer = await wire.call("GET", blocked, who=wire.parent)
    (told,) = answer.json()["elements"]
    assert told["webhookUrl"] == URL
    assert "did not pass the security challenge check" in told["failureReason"]
    assert (await wire.call("POST", "/v2/developerWebhooks", {}, who=wire.parent)).status_code == 200
    answer = await wire.call("GET", blocked, who=wire.parent)
    assert answer.json()["elements"] == []


async def test_what_an_ats_does_not_receive_is_kept(wire: Wire) -> None:
    await wire.outbox.drain(wire.company)
    async with wire.face.world.db.company(wire.company) as conn:
        dead = await webhooks.deliveries(conn, wire.company, "dead", 10)
    assert {row["event"] for row in dead} == {"RESYNC_JOBS", "INTEGRATION_STATUS_CHANGE"}
    await heard(wire)
    await replayed(wire)
    assert len(events(wire, "RESYNC_JOBS")) == 1
