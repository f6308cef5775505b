"""A program makes contracts, rehearses and changes them, and reads who holds a slot."""

from __future__ import annotations

from typing import Any

from changeover.job import Lane
from contracts.slots_world import job, promoted
from face import Face
from program import World


async def test_rehearsed_then_changed_as_seen_and_read_back(world: World, face: Face) -> None:
    await world.employ()
    world.tell(Lane.LEGACY, job(1, "Baker"), job(2, "Welder"))
    await world.read(Lane.LEGACY)
    base = f"/api/v1/companies/{world.company}/contracts"

    async def do(path: str, body: object, status: int = 200) -> dict[str, Any]:
        answer = await face.stranger.post(path, json=body, headers=face.program)
        assert answer.status_code == status, answer.text
        said: dict[str, Any] = answer.json()
        return said

    made = await do(base, {"name": "Gold", "slots": 1, "seats": 1})
    (contract,) = made["contracts"]
    at = f"{base}/{contract['id']}"
    wish = {"add": {"kind": "title", "value": "Welder", "priority": 1}}
    # A token that only reads may rehearse, and not change.
    answer = await face.stranger.post(f"{at}/rehearse", json=wish, headers=face.reader)
    assert answer.status_code == 200
    seen = answer.json()
    assert [each["title"] for each in seen["gains"]] == ["Welder"]
    assert (
        await face.stranger.post(f"{at}/change", json={**wish, "seen": seen["seen"]}, headers=face.reader)
    ).status_code == 403
    await do(f"{at}/change", {**wish, "seen": "0" * 32}, 409)
    assert await promoted(world) == set()
    await do(f"{at}/change", {**wish, "seen": seen["seen"]})
    assert await promoted(world) == {"Welder"}
    told = (await face.stranger.get(base, headers=face.reader)).json()["contracts"][0]
    assert (told["slots_held"], told["wraps"][0]["title"], told["rules"][0]["kind"]) == (1, "Welder", "title")
    listed = (await face.stranger.get(f"/api/v1/companies/{world.company}/postings", headers=face.reader)).json()
    assert {each["title"]: each["promoted"] for each in listed["postings"]} == {"Baker": False, "Welder": True}
    await do(f"{at}/seats", {"email": "ada@example.org", "name": "Ada"})
    assert (await do(f"{at}/seats", {"email": "bo@example.org"}, 409))["code"] == "NO_FREE_SEAT"
    seats = (await face.stranger.get(f"{at}/seats", headers=face.reader)).json()["seats"]
    assert seats == [{"email": "ada@example.org", "name": "Ada", "admin": False}]
    await do(f"{base}/7/rehearse", wish, 404)
    await do(f"/api/v1/companies/{world.company}/applicant-limit", {"free_applicants": 3})
    assert (await face.stranger.get(base, headers=face.reader)).json()["free_applicants"] == 3
