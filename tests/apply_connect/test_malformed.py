"""Malformed jobs on the wire: each has its own clear error, and none is the board's mistake."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest

from apply_connect.wire import Wire

SEED = 5
WRONG: list[Any] = [
    None, 0, -1, 1.5, True, "", " ", "x", "\x00", "\u202e", [], [[]], {}, {"a": None}, "é" * 5_000, ["x"] * 50,
    2**63, -(2**70), "2024-01-01", "urn:li:organization:x", {"compensations": [{"value": {"exactAmount": 1}}]},
]  # fmt: skip
FIELDS = [
    "externalJobPostingId", "jobPostingOperationType", "title", "description", "integrationContext", "companyApplyUrl",
    "listedAt", "expireAt", "location", "availability", "alternateLocations", "categories", "workplaceTypes",
    "compensation", "listingType", "contract", "onsiteApplyConfiguration", "state", "industries", "posterEmail",
]  # fmt: skip


def malformed(wire: Wire, random: Random) -> Any:
    """Something that is no job, or a job with one to three things wrong in it."""
    if random.randrange(6) == 0:
        return random.choice([each for each in WRONG if not isinstance(each, dict)])
    told = wire.job(f"M-{random.randrange(10**6)}")
    for field in random.sample(FIELDS, random.randrange(1, 4)):
        if random.randrange(3):
            told[field] = random.choice(WRONG)
        else:
            told.pop(field, None)
    return told


async def test_each_malformed_element_has_its_own_clear_error(wire: Wire, request: pytest.FixtureRequest) -> None:
    count, random, refused = request.config.getoption("--api-elements"), Random(SEED), 0
    while count > 0:
        batch = [malformed(wire, random) for _ in range(min(count, 100))]
        count -= len(batch)
        body = json.dumps({"elements": batch}).encode()
        answer = await wire.call("POST", "/v2/simpleJobPostings", body, rest="batch_create")
        assert answer.status_code == 200, answer.text[:500]
        told = answer.json()["elements"]
        assert len(told) == len(batch)
        for element, said in zip(batch, told, strict=True):
            if said["status"] == 202:
                assert said["id"].startswith("urn:li:simpleJobPostingTask:"), said
                continue
            assert 400 <= said["status"] < 500, (element, said)
            message = said["error"]["message"]
            assert len(message) > 10, (element, said)
            assert "Traceback" not in message
            refused += 1
    assert refused > 0


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"title": 5}, "/title"),
        ({"location": 5}, "/location"),
        ({"listedAt": "yesterday"}, "/listedAt"),
        ({"listedAt": "17" * 40}, "/listedAt"),
        ({"externalJobPostingId": 4711}, "/externalJobPostingId"),
    ],
)
async def test_text_for_a_number_and_the_reverse_names_the_field(wire: Wire, fields: Any, named: str) -> None:
    (said,) = await wire.push(wire.job(**fields))
    assert said["status"] == 422
    assert named in said["error"]["message"]


async def test_a_number_told_as_text_is_that_number(wire: Wire) -> None:
    (said,) = await wire.push(wire.job(listedAt="1700000000000"))
    assert said["status"] == 202


@pytest.mark.parametrize("title", [b'"\\ud800"', b"1" * 500, b"NaN", b'"\xff"'])
async def test_what_json_cannot_say_is_refused_with_the_place(wire: Wire, title: bytes) -> None:
    body = json.dumps({"elements": [wire.job(title="@")]}).encode().replace(b'"@"', title)
    answer = await wire.call("POST", "/v2/simpleJobPostings", body, rest="batch_create")
    if answer.status_code == 200:
        assert answer.json()["elements"][0]["status"] == 422
    else:
        assert answer.status_code == 400
        assert "not JSON" in answer.json()["message"]
