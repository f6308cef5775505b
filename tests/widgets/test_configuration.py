"""The employer configures the integration in the ATS: with a seat that may, and what it chooses holds on the board."""

from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser

from changeover.migration import store as migrations
from face import Face, text
from program import World
from widgets.embedding import ADMIN, SEAT, Embedded, embed
from widgets.test_applicants import refusal

CONFIGURATION = "ats-integration"


@pytest.fixture
async def embedded(world: World, face: Face) -> Embedded:
    return await embed(world, face)


async def company(embedded: Embedded) -> migrations.Company:
    async with embedded.world.db.company(embedded.world.company) as conn:
        return await migrations.company(conn, embedded.world.company)


async def test_a_seat_that_may_not_configure_is_told_so(embedded: Embedded) -> None:
    token = await embedded.token(SEAT)
    for path in ("", "/choices", "/activate"):
        assert refusal(await embedded.show(CONFIGURATION + path, token))[:2] == (403, "NOT_ADMIN")
    assert await embedded.log() == [("refused", "NOT_ADMIN")] * 3


async def test_applying_is_switched_off_and_on(embedded: Embedded) -> None:
    token, person = await embedded.token(ADMIN), embedded.face.stranger
    assert "checked" in (await embedded.show(CONFIGURATION, token)).text
    answer = await embedded.show(f"{CONFIGURATION}/choices", token, origin="null")
    assert "Saved" in text(LexborHTMLParser(answer.text), ".note.good")
    it = await company(embedded)
    assert (it.apply_here, it.notices) == (False, False)
    assert f"{embedded.hiring.path}" not in (await person.get(f"/jobs/{embedded.hiring.posting}")).text
    assert (await person.get(embedded.hiring.path)).status_code in (404, 409, 410, 303)
    await embedded.show(f"{CONFIGURATION}/choices", token, origin="null", apply="on", notices="on")
    it = await company(embedded)
    assert (it.apply_here, it.notices) == (True, True)
    assert f"{embedded.hiring.path}" in (await person.get(f"/jobs/{embedded.hiring.posting}")).text


async def test_the_integration_is_activated_once(embedded: Embedded) -> None:
    token = await embedded.token(ADMIN)
    page = LexborHTMLParser((await embedded.show(CONFIGURATION, token)).text)
    assert text(page, "#integration .state") == "Active"
    again = await embedded.show(f"{CONFIGURATION}/activate", token, origin="null")
    assert again.status_code == 409
    assert "ALREADY" in text(LexborHTMLParser(again.text), ".note.bad")


async def test_the_console_says_the_same_and_switches_it_too(embedded: Embedded) -> None:
    at = f"{embedded.face.at}/applications"
    assert "Candidates apply at the employer" in await embedded.face.told(f"{at}/apply")
    assert not (await company(embedded)).apply_here
    assert "Switched off" in text(await embedded.face.page(at), "#taking")
    assert "taken on the board" in await embedded.face.told(f"{at}/apply", {"on": "true"})


async def test_origins_are_registered_in_the_console(embedded: Embedded) -> None:
    at = f"{embedded.face.at}/widgets"
    assert text(await embedded.face.page(at), "#clients code") == "https://ats.example"
    told = await embedded.face.told(
        f"{at}/{embedded.client}/origins", {"origins": "https://A.example:443\nhttp://127.0.0.1:9"}
    )
    assert "https://a.example, http://127.0.0.1:9" in told
    refused = await embedded.face.told(f"{at}/{embedded.client}/origins", {"origins": "http://a.example"})
    assert "no origin" in refused
