"""The page of paid slots: a contract is made, its rules are rehearsed and changed, seats are given."""

from __future__ import annotations

import re

import pytest

from changeover.job import Lane
from contracts.slots_world import contract, job, promoted
from face import Face, text
from program import World


@pytest.fixture
async def hiring(world: World) -> World:
    await world.employ()
    world.tell(Lane.LEGACY, job(1, "Baker"), job(2, "Welder"), job(3, "<script>alert(1)</script>"))
    await world.read(Lane.LEGACY)
    return world


async def test_a_contract_is_made_and_its_first_rule_rehearsed_then_done(hiring: World, face: Face) -> None:
    at = f"{face.at}/slots"
    assert "No contract yet" in text(await face.page(at), "main")
    assert "The contract is there" in await face.told(at, {"name": "Gold", "slots": 2, "seats": 1})
    page = await face.page(at)
    made = re.search(r"urn:li:contract:(\d+)", text(page, "main"))
    assert made
    change = f"{at}/{made[1]}/change"
    preview = await face.page(f"{change}?kind=title&value=baker&priority=3")
    assert text(preview, ".sum.opening strong") == "1"
    assert await promoted(hiring) == set()
    fields = {
        str(node.attributes["name"]): str(node.attributes["value"])
        for node in preview.css(".decide input[type=hidden]")
    }
    fields.pop("csrf")
    assert "1 posting gained a paid slot" in await face.told(change, fields)
    assert await promoted(hiring) == {"Baker"}
    assert "Baker" in text(await face.page(at), "[data-live]")


async def test_what_has_changed_since_it_was_seen_is_shown_anew(hiring: World, face: Face) -> None:
    made = await contract(hiring, 2)
    answer = await face.press(f"{face.at}/slots/{made}/change", {"seen": "0" * 32, "slots": 1})
    assert answer.status_code == 409
    assert "Nothing was done" in answer.text


async def test_titles_are_text_on_the_page_and_in_the_preview(hiring: World, face: Face) -> None:
    made = await contract(hiring, 3)
    for path in (f"{face.at}/slots", f"{face.at}/slots/{made}/change?slots=0"):
        answer = await face.person.get(path)
        assert "<script>alert" not in answer.text
        assert "&lt;script&gt;" in answer.text


async def test_seats_are_given_until_there_is_none_and_freed(hiring: World, face: Face) -> None:
    made = await contract(hiring, 1)
    at = f"{face.at}/slots/{made}/seats"
    assert "The seat is taken" in await face.told(at, {"email": "ada@example.org", "name": "Ada"})
    assert "NO_FREE_SEAT" in await face.told(at, {"email": "bo@example.org"})
    assert "The seat is free" in await face.told(at, {"email": "ada@example.org", "free": "true"})


async def test_the_limit_of_free_applicants_is_kept_and_lifted(hiring: World, face: Face) -> None:
    at = f"{face.at}/slots"
    await face.told(f"{at}/limit", {"applicants": "25"})
    assert "takes 25 applications here" in text(await face.page(at), "main")
    assert "no number" in await face.told(f"{at}/limit", {"applicants": "many"})
    await face.told(f"{at}/limit", {"applicants": ""})
    assert "takes any number of applications here" in text(await face.page(at), "main")


async def test_an_unknown_contract_is_said(hiring: World, face: Face) -> None:
    answer = await face.person.get(f"{face.at}/slots/1/change?slots=1")
    assert answer.status_code == 303
    assert "no such contract" in text(await face.page(f"{face.at}/slots"), "#note")
