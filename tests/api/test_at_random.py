"""Whatever is asked of the API, its answer is one that its description knows, and never a surprise."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest

from asked_at_random import SEED, ask_at_random
from changeover.accounts.clients import add_client
from changeover.apply import store as applications
from changeover.contracts import slots
from changeover.database.revise import revise
from changeover.job import Lane
from changeover.snapshot import store as snapshots
from changeover.snapshot.store import PUSH
from changeover.subscriptions import publishing
from changeover.support import cases
from changeover.webhooks.keys import Keys
from face import LEGACY, TOKEN, Face, job, migrate
from program import World

# Its suppositions: that what fits the description is never refused as things stand (409, 412, 422), and more.
_CHECKS = ("--exclude-checks", "positive_data_acceptance")


async def description(face: Face, ids: dict[str, str]) -> dict[str, Any]:
    """The API's own description, whose addresses name things that are there."""
    said: dict[str, Any] = (await face.stranger.get("/api/openapi.json")).json()
    for methods in said["paths"].values():
        for operation in methods.values():
            # A revision that has passed is refused before anything else is looked at: test_programs asks for that.
            operation["parameters"] = [each for each in operation["parameters"] if each["name"] != "If-Match"]
            for parameter in operation["parameters"]:
                # What an action is called is in the description.
                if parameter["in"] == "path" and parameter["name"] in ids:
                    number = parameter["schema"].get("type") == "integer"
                    known = ids[parameter["name"]]
                    parameter["schema"] = {"enum": [int(known) if number else known]}
    return said


@pytest.fixture
async def ids(world: World) -> dict[str, str]:
    """A company with everything that an address can name."""
    await migrate(world)
    world.tell(Lane.LEGACY, *LEGACY, *(job(f"L{n}", f"Job {n}") for n in range(10, 40)))
    await world.read(Lane.LEGACY)
    world.tell(Lane.LEGACY, *LEGACY)
    await world.read(Lane.LEGACY)
    token = await add_client(world.db, world.company, "The ATS", who="test")
    async with revise(world.db, world.company, kind="source_added", who="test", why="It pushes too.") as change:
        await snapshots.add_source(change, lane=Lane.ATS, kind=PUSH, location="push")
    async with world.db.company(world.company) as conn:
        row = await (
            await conn.execute("select held_reading_id from source where held_reading_id is not null")
        ).fetchone()
        posting = await (await conn.execute("select min(posting_id) as posting from posting")).fetchone()
        assert row is not None
        assert posting is not None
        now = world.db.now()
        application = await applications.add(conn, world.company, posting["posting"], "A1", {}, {}, now)
        file = await applications.add_file(conn, world.company, application, "cv.txt", "text/plain", b"Bakes.", now)
    case = await cases.open_case(world.db, world.company, "", "Help.", side="employer", who="test")
    made, _ = await publishing.subscribe(world.db, Keys(b"k" * 32), "https://board.example/hooks", [])
    contract = await slots.add_contract(world.db, world.company, "Gold", slots=2, seats=1, who="test")
    return {
        "company": str(world.company),
        "source": str(world.legacy),
        "client": token.split("_")[2],
        "reading": str(row["held_reading_id"]),
        "posting": str(posting["posting"]),
        "application": str(application),
        "file": str(file),
        "contract": str(contract),
        "case": str(case),
        "subscription": str(made.subscription_id),
        "token": token,
    }


def _tags(option: str) -> list[str]:
    """The operations of a company's own program."""
    return [word for tag in ("push", "applications") for word in (option, tag)]


async def test_every_operation_keeps_to_its_description(
    served: Face, ids: dict[str, str], tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(served.web.state.served.rates, "_limit", 0)
    count = request.config.getoption("--api-examples")
    said = await description(served, ids)
    found = await ask_at_random(served.url, tmp_path, said, TOKEN, count, *_CHECKS, *_tags("--exclude-tag"))
    assert found == ""
    more = (*_CHECKS, *_tags("--include-tag"))
    found = await ask_at_random(served.url, tmp_path, said, ids["token"], 5 * count, *more)
    assert found == ""


def malformed(random: Random) -> object:
    """Something that is no job, or a job with something wrong in it."""
    wrong: list[object] = [
        None, 0, -1, 10**400, 1.5, True, "", "x", "\ud800", "\x00", [], [[]], {}, {"a": None}, "é" * 5_000, ["x"] * 50
    ]  # fmt: skip
    fields = [
        "id",
        "title",
        "location",
        "employer_job_id",
        "status",
        "url",
        "posted_at",
        "description",
        "workplace_type",
    ]
    kind = random.randrange(4)
    if kind == 0:
        return random.choice([each for each in wrong if not isinstance(each, dict) or not each])
    told: dict[str, object] = {"id": str(random.randrange(10**6)), "title": "Night Baker", "location": "York"}
    if kind == 1:
        told.pop(random.choice(["id", "title"]))
    for _ in range(random.randrange(1, 4)):
        told[random.choice(fields)] = random.choice(wrong)
    if kind == 3:
        told["id"] = random.choice([None, "", [], {}, True, "x" * 10_000, " "])
    return told


async def test_each_malformed_element_of_a_push_has_its_own_error(
    face: Face, ids: dict[str, str], request: pytest.FixtureRequest
) -> None:
    count, random = request.config.getoption("--api-elements"), Random(SEED)
    headers = {"authorization": f"Bearer {ids['token']}", "content-type": "application/json"}
    at = f"/api/v1/companies/{ids['company']}/jobs"
    refused = 0
    while count > 0:
        batch = [malformed(random) for _ in range(min(count, 500))]
        count -= len(batch)
        answer = await face.stranger.post(at, headers=headers, content=json.dumps({"jobs": batch}))
        assert answer.status_code == 200, answer.text[:500]
        told = answer.json()
        assert len(told["refused"]) + told["taken"] + told["closed"] == len(batch)
        indexes = [each["index"] for each in told["refused"]]
        assert indexes == sorted(set(indexes))
        for each in told["refused"]:
            assert each["code"], each
            assert each["detail"].endswith((".", "…")), each
            assert len(each["detail"]) < 500
        refused += len(indexes)
    assert refused > 0
