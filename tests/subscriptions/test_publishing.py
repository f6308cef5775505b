"""A board that only takes webhooks, in any order and twice, holds exactly what is live."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any

import orjson
import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from changeover.courier import PublicCourier
from changeover.database.board import BOARD
from changeover.job import Lane
from changeover.postings.changes import live_set
from changeover.postings.posting import public_id
from changeover.subscriptions import publishing, store
from changeover.webhooks import store as webhooks
from changeover.webhooks.keys import Keys
from changeover.webhooks.outbox import SCHEDULE, Outbox
from face import ATS, LEGACY, job, migrate
from program import World

KEYS = Keys(b"k" * 32)
HOME = "https://board.example"


@dataclass
class Receiver:
    """A real HTTP server that checks each signature as Standard Webhooks says.

    It answers with ``status`` while ``refusing`` holds; ``asked`` counts its requests.
    """

    url: str = ""
    secrets: list[str] = field(default_factory=list)
    came: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    forged: int = 0
    refusing: int = 0
    status: int = 500
    asked: int = 0

    def take(self, headers: dict[str, str], body: bytes) -> int:
        self.asked += 1
        for secret in self.secrets:
            try:
                # The board of the test lives at another time than its receiver: sign again rather than verify.
                _signed_by(secret, headers, body.decode())
            except WebhookVerificationError:
                continue
            if self.refusing:
                self.refusing -= 1
                return self.status
            self.came.append((headers["webhook-id"], orjson.loads(body)))
            return 204
        self.forged += 1
        return 400

    def events(self) -> list[str]:
        return [event["type"] for _, event in self.came]

    def holds(self, seed: int) -> dict[str, str]:
        """Titles by posting, taken from all that came, in a random order, some of it twice."""
        came = [*self.came, *self.came[::2]]
        Random(seed).shuffle(came)
        seen: set[str] = set()
        newest: dict[str, dict[str, Any]] = {}
        for its_id, event in came:
            data = event["data"]
            if its_id in seen or not event["type"].startswith("posting."):
                continue
            seen.add(its_id)
            if data["id"] not in newest or data["revision"] >= newest[data["id"]]["revision"]:
                newest[data["id"]] = data
        return {key: data["posting"]["title"] for key, data in newest.items() if data["change"] != "closed"}


def _signed_by(secret: str, headers: dict[str, str], body: str) -> None:
    moment = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    if Webhook(secret).sign(headers["webhook-id"], moment, body) not in headers["webhook-signature"].split(" "):
        raise WebhookVerificationError("not signed with this secret")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    it = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            self.send_response(it.take({name.lower(): value for name, value in self.headers.items()}, body))
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    it.url = f"http://127.0.0.1:{server.server_address[1]}/hooks"
    yield it
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
async def outbox(world: World) -> AsyncIterator[Outbox]:
    async with PublicCourier(allow_private=True, user_agent="test") as courier:
        made = Outbox(world.db, world.flow.queue, courier, {"events": publishing.channel(world.db, lambda: KEYS)})
        made.register_work()
        yield made


async def settled(world: World, outbox: Outbox) -> None:
    """All that happened was published and sent, whatever other tests on this server hold back."""
    held = True
    while held:
        held = await world.held_back()
        await publishing.publish(world.db, outbox, HOME)
        await asyncio.sleep(0.05 if held else 0)
    await outbox.drain(BOARD)


async def live(world: World) -> dict[str, str]:
    """What is live, as the board's own record has it."""
    return {public_id(row["company_id"], row["posting_id"]): row["title"] async for row in live_set(world.db)}


async def subscribe(world: World, receiver: Receiver, *events: str, from_now: bool = False) -> int:
    made, secret = await publishing.subscribe(world.db, KEYS, receiver.url, events, from_now=from_now)
    receiver.secrets.append(secret)
    return made.subscription_id


async def walk(world: World, outbox: Outbox, receiver: Receiver) -> None:
    """A migration from its beginning to its end and back, with changes on the way; published now and then."""
    await migrate(world)
    await settled(world, outbox)
    changed = [job("L1", "Night Baker (m/f)", number="R-1"), *LEGACY[1:4]]
    world.tell(Lane.LEGACY, *changed)
    await world.read(Lane.LEGACY)
    receiver.refusing = 2
    await settled(world, outbox)
    world.tell(Lane.LEGACY, *changed[:3])
    world.tell(Lane.ATS, *ATS[:3])
    await world.read()
    await world.read()
    await settled(world, outbox)
    for pause in SCHEDULE:
        world.later(seconds=pause.total_seconds() + 1)
        await outbox.drain(BOARD)


@pytest.mark.parametrize("seed", range(3))
async def test_who_takes_only_webhooks_holds_the_live_set(
    world: World, outbox: Outbox, receiver: Receiver, seed: int
) -> None:
    await subscribe(world, receiver)
    await walk(world, outbox, receiver)
    assert receiver.holds(seed) == await live(world) != {}
    assert receiver.forged == 0
    kinds = set(receiver.events())
    assert {"posting.opened", "posting.changed", "posting.closed", "company.activated", "company.cut_over"} <= kinds


async def test_who_comes_late_is_told_what_is_live_first(world: World, outbox: Outbox, receiver: Receiver) -> None:
    await migrate(world)
    # Nothing of before is held back any longer by what others do in this server.
    await settled(world, outbox)
    await subscribe(world, receiver)
    await settled(world, outbox)
    assert set(receiver.events()) == {"posting.opened"}
    assert receiver.holds(1) == await live(world)


async def test_who_asks_for_what_comes_next_is_told_nothing_of_before(
    world: World, outbox: Outbox, receiver: Receiver
) -> None:
    await migrate(world)
    await settled(world, outbox)
    await subscribe(world, receiver, "posting.*", from_now=True)
    await settled(world, outbox)
    before = len(receiver.came)
    world.tell(Lane.LEGACY, *LEGACY[:4])
    await world.read(Lane.LEGACY)
    await settled(world, outbox)
    assert [event for event in receiver.events()[before:] if event == "posting.closed"] == ["posting.closed"]
    assert all(event.startswith("posting.") for event in receiver.events())


async def test_each_event_is_told_once_however_often_it_is_published(
    world: World, outbox: Outbox, receiver: Receiver
) -> None:
    await subscribe(world, receiver)
    await settled(world, outbox)
    await migrate(world)
    await asyncio.gather(*(publishing.publish(world.db, outbox, HOME) for _ in range(4)))
    await settled(world, outbox)
    opened = [event["data"]["id"] for _, event in receiver.came if event["type"] == "posting.opened"]
    assert len(opened) == len(set(opened)) == len(LEGACY)


async def test_after_a_rotation_both_secrets_are_right_for_a_day(
    world: World, outbox: Outbox, receiver: Receiver
) -> None:
    made = await subscribe(world, receiver)
    newest = await publishing.rotate(world.db, KEYS, made)
    assert newest is not None
    await migrate(world)
    await settled(world, outbox)
    assert receiver.came
    assert receiver.forged == 0
    world.later(hours=25)
    receiver.secrets.append(newest)
    world.tell(Lane.LEGACY, *LEGACY[:4])
    await world.read(Lane.LEGACY)
    receiver.secrets.pop(0)
    await settled(world, outbox)
    assert receiver.forged == 0
    assert "posting.closed" in receiver.events()


async def test_what_nobody_takes_is_kept_and_sent_again_by_a_person(
    world: World, outbox: Outbox, receiver: Receiver
) -> None:
    await subscribe(world, receiver, "company.activated")
    receiver.refusing = 100
    await migrate(world)
    await settled(world, outbox)
    for pause in SCHEDULE:
        world.later(seconds=pause.total_seconds() + 1)
        await outbox.drain(BOARD)
    async with world.db.company(BOARD) as conn:
        (given_up,) = await webhooks.deliveries(conn, BOARD, "dead", 10)
        receiver.refusing = 0
        assert await webhooks.replay(conn, BOARD, given_up["delivery_id"], world.db.now()) == 1
    await outbox.drain(BOARD)
    assert receiver.events() == ["company.activated"]
    ((its_id, event),) = receiver.came
    assert its_id == str(given_up["delivery_id"])
    assert event["data"]["company"] == str(world.company)


async def test_what_waits_for_a_subscription_that_was_taken_back_is_not_sent(
    world: World, outbox: Outbox, receiver: Receiver
) -> None:
    made = await subscribe(world, receiver)
    await migrate(world)
    async with world.db.company(BOARD) as conn:
        assert await store.remove(conn, made)
    await settled(world, outbox)
    assert receiver.came == []


async def _one(world: World) -> store.Subscription:
    async with world.db.company(BOARD) as conn:
        [it] = await store.subscriptions(conn)
    return it


async def test_a_subscription_that_fails_for_three_days_is_off_and_enabled_again_misses_nothing(
    world: World, outbox: Outbox, receiver: Receiver
) -> None:
    which = await subscribe(world, receiver)
    await migrate(world)
    receiver.refusing = 10_000
    await settled(world, outbox)
    assert (await _one(world)).failing_since == world.clock[0]
    for pause in SCHEDULE:
        world.later(seconds=pause.total_seconds() + 1)
        await outbox.drain(BOARD)
    assert (await _one(world)).off_at is None  # not for three days yet
    world.later(days=2)
    world.tell(Lane.LEGACY, job("L1", "Night Baker (m/f)", number="R-1"), *LEGACY[1:4])
    await world.read(Lane.LEGACY)
    await settled(world, outbox)
    off = await _one(world)
    assert off.off_at == world.clock[0]
    assert "500" in off.off_why
    asked = receiver.asked
    world.tell(Lane.LEGACY, *LEGACY[1:3])
    world.later(days=1)
    await world.read(Lane.LEGACY)
    await settled(world, outbox)
    assert receiver.asked == asked  # nothing is sent any more
    receiver.refusing = 0
    assert await publishing.enable(world.db, outbox, which)
    await settled(world, outbox)
    assert receiver.holds(0) == await live(world) != {}
    it = await _one(world)
    assert (it.off_at, it.failing_since, it.dead, it.waiting) == (None, None, 0, 0)


async def test_a_receiver_that_says_it_is_gone_is_sent_nothing_more_at_once(
    world: World, outbox: Outbox, receiver: Receiver
) -> None:
    await subscribe(world, receiver)
    receiver.refusing, receiver.status = 10_000, 410
    await migrate(world)
    await settled(world, outbox)
    assert (await _one(world)).off_at == world.clock[0]
    assert receiver.asked == 1


async def test_one_event_that_arrives_ends_the_failing(world: World, outbox: Outbox, receiver: Receiver) -> None:
    await subscribe(world, receiver)
    receiver.refusing = 1
    await migrate(world)
    await settled(world, outbox)
    assert (await _one(world)).failing_since is None
