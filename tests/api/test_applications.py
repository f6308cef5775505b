"""An ATS that pushes hears of each application, fetches it with its own token, and tells what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import httpx2
import orjson
import pytest
from structlog.testing import capture_logs

from changeover.accounts.clients import add_client
from changeover.apply import delivery
from changeover.database.revise import create_company
from changeover.webhooks.outbox import Outbox, Reply
from face import Face
from hiring import FORM, PDF, SAID, Hiring, hire
from program import World

HOOK = "https://ats.example/applications"


@dataclass
class Ats:
    """Keeps what it is told."""

    told: list[dict[str, Any]] = field(default_factory=list)

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        assert url == HOOK
        self.told.append(orjson.loads(body))
        return Reply(200)

    async def get(self, url: str) -> Reply:
        raise AssertionError(url)


@pytest.fixture
async def hiring(world: World, face: Face) -> Hiring:
    return await hire(world, face, {**FORM, "deliver_to": HOOK})


async def applied(hiring: Hiring) -> tuple[str, dict[str, Any]]:
    """A candidate's page, and what the ATS was told of the application."""
    world, ats = hiring.world, Ats()
    outbox = Outbox(world.db, world.flow.queue, ats, {delivery.CHANNEL: delivery.channel()})
    outbox.register_work()
    served = hiring.face.web.state.served
    hand_over = partial(delivery.hand_over, outbox, hiring.face.url)
    hiring.face.web.state.served = replace(served, hand_over=hand_over)
    person = hiring.face.stranger
    answer = await hiring.send(person, {**await hiring.open(person), **SAID})
    assert answer.status_code == 303, answer.text
    await outbox.drain(world.company)
    (event,) = ats.told
    return answer.headers["location"], event


async def ask(hiring: Hiring, method: str, url: str, token: str = "", **more: Any) -> httpx2.Response:
    headers = {"authorization": f"Bearer {token or hiring.token}"}
    return await hiring.face.stranger.request(method, url, headers=headers, **more)


async def test_the_event_says_nothing_of_the_candidate_and_leads_to_everything(hiring: Hiring) -> None:
    _, event = await applied(hiring)
    assert (event["type"], event["job"]) == ("application.received", "A1")
    assert "Ada" not in repr(event)
    said = (await ask(hiring, "GET", event["url"])).json()
    assert said["applicant"] == {"first_name": "Ada", "last_name": "Example", "email": "ada@example.org"}
    assert said["answers"]["additional0"] == [{"visa": ["n"]}]
    (file,) = said["files"]
    assert (await ask(hiring, "GET", file["url"])).content == PDF
    hiring.world.later(days=31)
    assert (await ask(hiring, "GET", file["url"])).status_code == 404


async def test_another_companys_token_opens_nothing(hiring: Hiring) -> None:
    _, event = await applied(hiring)
    other = await create_company(hiring.world.db, "Other", who="test")
    token = await add_client(hiring.world.db, other, "Other ATS", who="test")
    with capture_logs() as told:
        assert (await ask(hiring, "GET", event["url"], token)).status_code == 403
    (line,) = [each for each in told if each["event"] == "a token was shown for another company"]
    assert (line["company"], line["client"]) == (other, int(token.split("_")[2]))
    assert token not in repr(told)
    moved = event["url"].replace(str(hiring.world.company), str(other))
    assert (await ask(hiring, "GET", moved, token)).status_code == 404
    assert (await hiring.face.stranger.get(event["url"])).status_code == 401


async def test_what_became_of_it_is_told_once(hiring: Hiring) -> None:
    at, event = await applied(hiring)
    said = {"action": "APPLICATION_VIEWED"}
    answers = [(await ask(hiring, "POST", f"{event['url']}/actions", json=said)).json()["news"] for _ in range(2)]
    assert answers == [True, False]
    assert "has looked at your application" in (await hiring.face.stranger.get(at)).text
    wrong = await ask(hiring, "POST", f"{event['url']}/actions", json={"action": "APPLICATION_EATEN"})
    assert wrong.status_code == 422


async def test_a_program_sets_the_rules_for_candidates_and_reads_who_looked(world: World, face: Face) -> None:
    await world.employ()
    at = f"/api/v1/companies/{world.company}"
    rules = {"notices": True, "retention_days": 90, "apply": False}
    assert (await face.stranger.post(f"{at}/candidate-rules", json=rules, headers=face.reader)).status_code == 403
    answer = await face.stranger.post(f"{at}/candidate-rules", json=rules, headers=face.program)
    assert answer.status_code == 200, answer.text
    assert (await face.stranger.get(f"{at}/candidate-rules", headers=face.reader)).json() == rules
    assert (await face.stranger.get(f"{at}/access-log", headers=face.reader)).json() == {"accesses": []}


async def test_a_program_lists_them_without_a_word_of_the_candidates_and_takes_a_held_rejection_back(
    hiring: Hiring,
) -> None:
    _, event = await applied(hiring)
    at = f"/api/v1/companies/{hiring.world.company}/applications"
    assert (await ask(hiring, "POST", f"{event['url']}/actions", json={"action": "APPLICATION_REJECTED"})).json()[
        "news"
    ]
    listed = await hiring.face.stranger.get(at, headers=hiring.face.reader)
    (one,) = listed.json()["applications"]
    assert "Ada" not in listed.text
    assert [stage["action"] for stage in one["stages"]] == ["APPLICATION_REJECTED"]
    cancel = f"{at}/{one['id']}/cancel"
    assert (await hiring.face.stranger.post(cancel, headers=hiring.face.reader)).status_code == 403
    taken = [(await hiring.face.stranger.post(cancel, headers=hiring.face.program)).status_code for _ in range(2)]
    assert taken == [200, 409]
