"""A recruiter sees an applicant in the ATS: with a token that holds, on its own page alone; each look is logged."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

import httpx2
import pytest
from selectolax.lexbor import LexborHTMLParser

from changeover.accounts.clients import set_origins
from changeover.apply import privacy
from changeover.contracts import slots
from changeover.database.revise import create_company
from face import Face, text
from hiring import FORM, wanted
from program import World
from widgets.embedding import ORIGIN, SEAT, Embedded, embed

WIDGETS = ("applicant-highlights", "full-profile")


@pytest.fixture
async def embedded(world: World, face: Face) -> Embedded:
    return await embed(world, face)


def met(answer: httpx2.Response) -> dict[str, str]:
    """Each requirement with its state, as the widget shows them."""
    found = {}
    for item in LexborHTMLParser(answer.text).css(".met > li"):
        line = item.css_first("p")
        state = item.css_first(".state")
        assert line is not None
        assert state is not None
        found[line.text().replace(state.text(), "").strip()] = state.text()
    return found


def refusal(answer: httpx2.Response) -> tuple[int, str, str]:
    """The status, the code and the sentence of a refusal in a frame."""
    note = LexborHTMLParser(answer.text).css_first("[data-refused]")
    assert note is not None, answer.text
    sentence = note.css_first("p")
    return answer.status_code, str(note.attributes["data-refused"]), sentence.text() if sentence else ""


@pytest.mark.parametrize("widget", WIDGETS)
async def test_the_profile_is_shown_with_how_it_meets_the_posting_and_by_which_words(
    embedded: Embedded, widget: str
) -> None:
    answer = await embedded.show(widget)
    assert answer.status_code == 200, answer.text
    page = LexborHTMLParser(answer.text)
    assert text(page, "h1") == "Ada Example"
    assert met(answer) == {
        "Experience with sourdough": "Shown", "A driving licence": "Not said", "Fluent in Norwegian": "Not said",
    }  # fmt: skip
    assert text(page, "blockquote q") == "Ten years with sourdough and rye."
    assert text(page, "blockquote mark") == "sourdough"
    assert await embedded.log() == [("read", "")]


async def test_only_the_page_it_was_made_for_may_frame_it_and_it_has_no_origin_of_its_own(embedded: Embedded) -> None:
    answer = await embedded.show("full-profile")
    policy = answer.headers["content-security-policy"]
    assert f"frame-ancestors {ORIGIN};" in policy
    assert policy.endswith("sandbox allow-scripts allow-forms allow-downloads")
    assert "unsafe" not in policy
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers


async def test_a_file_is_handed_to_the_recruiter_and_that_is_logged(embedded: Embedded) -> None:
    page = LexborHTMLParser((await embedded.show("full-profile")).text)
    field = page.css_first("form.file input[name=file]")
    assert field is not None
    answer = await embedded.show("file", origin="null", file=str(field.attributes["value"]))
    assert answer.content.startswith(b"%PDF")
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert (await embedded.log())[0] == ("file", "")
    assert refusal(await embedded.show("file", file="7"))[1] == "NO_SUCH_FILE"


class TestARefusal:
    """Each has a sentence of its own, and a line in the log of the company whose applicants they are."""

    async def test_of_a_foreign_page(self, embedded: Embedded) -> None:
        answer = await embedded.show("full-profile", origin="https://evil.example")
        assert refusal(answer)[:2] == (403, "FOREIGN_ORIGIN")
        assert "frame-ancestors *;" in answer.headers["content-security-policy"]
        assert "Ada" not in answer.text
        assert await embedded.log() == [("refused", "FOREIGN_ORIGIN")]

    async def test_of_an_expired_token(self, embedded: Embedded) -> None:
        token = await embedded.token()
        embedded.world.later(minutes=16)
        assert refusal(await embedded.show("full-profile", token))[:2] == (401, "TOKEN_EXPIRED")
        assert await embedded.log() == [("refused", "TOKEN_EXPIRED")]

    async def test_of_a_token_that_was_made_up_or_changed(self, embedded: Embedded) -> None:
        token = await embedded.token()
        for wrong in ("x", token[:-2], token[:20] + "A" + token[21:], "é" * 20):
            assert refusal(await embedded.show("full-profile", wrong))[:2] == (401, "BAD_TOKEN")
        assert refusal(await embedded.show("full-profile", ""))[:2] == (401, "NO_TOKEN")

    async def test_of_another_tenants_token(self, embedded: Embedded) -> None:
        mine, token = embedded.world.company, await embedded.token()
        other = await create_company(embedded.world.db, "Owlight", who="test")
        answer = await embedded.show("full-profile", token, integration_context=f"urn:li:organization:{other}")
        assert refusal(answer)[:2] == (403, "OTHER_COMPANY")
        assert await embedded.log() == [("refused", "OTHER_COMPANY")]
        async with embedded.world.db.company(other) as conn:
            (row,) = await privacy.log(conn, other)
        assert (row["what"], row["code"]) == ("refused", "OTHER_COMPANY")
        assert SEAT not in row["who"]
        assert mine != other

    async def test_of_another_tenants_application(self, embedded: Embedded) -> None:
        answer = await embedded.show("full-profile", li_job_application_id="urn:li:jobApplication:77")
        assert refusal(answer)[:2] == (404, "NO_SUCH_APPLICATION")
        assert await embedded.log() == [("refused", "NO_SUCH_APPLICATION")]

    async def test_of_a_seat_that_was_withdrawn(self, embedded: Embedded) -> None:
        token = await embedded.token()
        at = (embedded.world.db, embedded.world.company, embedded.contract, SEAT)
        await slots.set_seat(*at, active=False, who="test")
        assert refusal(await embedded.show("full-profile", token))[:2] == (403, "NO_SEAT")
        answer = await embedded.ask_token()
        assert (answer.status_code, answer.json()["code"]) == (403, "NO_SEAT")
        assert await embedded.log() == [("refused", "NO_SEAT")] * 2

    async def test_of_an_origin_that_is_registered_no_more(self, embedded: Embedded) -> None:
        token = await embedded.token()
        await set_origins(embedded.world.db, embedded.world.company, int(embedded.client), [], who="test")
        assert refusal(await embedded.show("full-profile", token))[:2] == (403, "ORIGIN_NOT_REGISTERED")
        answer = await embedded.ask_token(origin="https://evil.example")
        assert (answer.status_code, answer.json()["code"]) == (403, "ORIGIN_NOT_REGISTERED")

    async def test_of_another_clients_page(self, embedded: Embedded) -> None:
        assert (await embedded.show("full-profile", api_key=embedded.client)).status_code == 200
        assert refusal(await embedded.show("full-profile", api_key="7"))[:2] == (403, "OTHER_CLIENT")

    async def test_of_an_erased_application(self, embedded: Embedded) -> None:
        await privacy.erase(embedded.world.db, "ada@example.org", who="test")
        assert refusal(await embedded.show("full-profile"))[:2] == (410, "ERASED")

    async def test_is_in_a_sentence_of_its_own(self, embedded: Embedded) -> None:
        token = await embedded.token()
        answers = [
            await embedded.show("full-profile", ""),
            await embedded.show("full-profile", "x"),
            await embedded.show("full-profile", token, origin="https://evil.example"),
            await embedded.show("full-profile", token, integration_context="urn:li:organization:7"),
            await embedded.show("full-profile", token, li_job_application_id="urn:li:jobApplication:7"),
        ]
        assert len({refusal(each)[2] for each in answers}) == len(answers)


async def test_script_in_every_answer_and_in_the_job_stays_words(world: World, face: Face) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    names = ("contact.0.first_name", "contact.0.last_name", "work.0.title", "work.0.company", "work.0.description")
    said = dict.fromkeys(names, evil) | {"work.0.dates.from": "2020-01", "contact.0.phone": "+47 22 86 44 00"}
    embedded = await embed(world, face, said)
    job = {
        "title": f"Cook {evil}",
        "location": evil,
        "description": f"<h3>What you bring</h3><ul><li>Knives {evil}</li></ul>",
    }
    await embedded.hiring.push({**wanted(FORM), **job})
    for widget in WIDGETS:
        answer = await embedded.show(widget)
        assert answer.status_code == 200
        assert "Knives" in answer.text
        assert "<script>alert" not in answer.text
        assert "<img" not in answer.text
        page = LexborHTMLParser(answer.text)
        assert [node.attributes.get("src") for node in page.css("script")] == ["/widgets/frame.js"]
        assert not [name for node in page.css("*") for name in node.attributes if name.startswith("on")]
        assert "&lt;script&gt;" in answer.text


async def test_an_answer_of_the_self_identification_is_shown_to_no_recruiter(world: World, face: Face) -> None:
    embedded = await embed(world, face)
    async with world.db.company(world.company) as conn:
        await conn.execute(
            "update application set answers = answers || %s::jsonb",
            ('{"self_identification": [{"race": ["x-race"], "gender": ["x-gender"]}]}',),
        )
    for widget in WIDGETS:
        assert "x-" not in re.sub(r"token.*?>", "", (await embedded.show(widget)).text)


async def test_what_changes_is_told_to_an_open_widget_and_nothing_else(world: World, served: Face) -> None:
    embedded = await embed(world, served)
    fields = {"token": await embedded.token(), "li_job_application_id": str(embedded.application)}
    at = f"/api/v1/companies/{world.company}/applications/{embedded.application}/actions"
    headers = {"authorization": f"Bearer {embedded.hiring.token}"}
    async with served.stranger.stream("POST", "/widgets/events", data=fields, timeout=20) as answer:
        lines = told(answer)
        assert await anext(lines) == ": listening"
        await world.read()  # of no business to the applicant
        await asyncio.sleep(0.2)
        news = await served.stranger.post(at, json={"action": "APPLICATION_VIEWED"}, headers=headers)
        assert news.json() == {"news": True}
        assert await anext(lines) == "event: changed"
        assert "Viewed" in (await embedded.show("applicant-highlights")).text
        await privacy.erase(world.db, "ada@example.org", who="test")
        assert await anext(lines) == "event: changed"


async def told(answer: httpx2.Response) -> AsyncIterator[str]:
    """What a stream says, without its data and signs of life."""
    async for line in answer.aiter_lines():
        if line and not line.startswith(("data:", ": alive")):
            yield line
