"""People apply on the board: once, with files that are what they are, whatever happens on the way."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta

import pytest
from fastapi import Request
from selectolax.lexbor import LexborHTMLParser

from changeover.apply import store
from changeover.contracts import slots
from changeover.job import Lane
from changeover.web.rates import Rates
from changeover.web.senders import sends
from changeover.web.served import Served
from face import Face, client, job, text
from hiring import PDF, SAID, Hiring, hire, wanted
from program import World

CHANGES: list[Callable[[str], str]] = [
    lambda token: token[:-1] + ("0" if token[-1] != "0" else "1"),
    lambda token: "1" + token,
    lambda _: "x",
]


@pytest.fixture
async def hiring(world: World, face: Face) -> Hiring:
    return await hire(world, face)


async def test_before_the_cut_over_a_paired_posting_takes_an_application(hiring: Hiring) -> None:
    person = hiring.face.stranger
    page = await person.get(f"/jobs/{hiring.posting}")
    assert f'href="{hiring.path}"' in page.text
    assert '"directApply": true' in page.text
    answer = await hiring.send(person, {**await hiring.open(person), **SAID})
    assert answer.status_code == 303, answer.text
    mine = LexborHTMLParser((await person.get(answer.headers["location"])).text)
    assert "Received" in text(mine, ".timeline")
    assert "Ada" in text(mine, ".said-of")
    (row,) = await hiring.applications()
    assert row["applicant"] == {"first_name": "Ada", "last_name": "Example", "email": "ada@example.org"}
    async with hiring.world.db.company(hiring.world.company) as conn:
        whole = await store.application(conn, hiring.world.company, row["application_id"])
        cursor = await conn.execute("select name, media_type, content from application_file")
        files = await cursor.fetchall()
    assert whole is not None
    assert (whole["external_job_id"], whole["was_open"]) == ("A1", True)
    assert whole["answers"]["additional0"] == [{"visa": ["n"]}]
    assert "receives this application" in whole["consent"]["sentence"]
    assert [(file["name"], bytes(file["content"])) for file in files] == [("ada.pdf", PDF)]


async def test_a_form_that_is_sent_again_is_one_application(hiring: Hiring) -> None:
    person = hiring.face.stranger
    said = {**await hiring.open(person), **SAID}
    answers = await asyncio.gather(*(hiring.send(person, said) for _ in range(5)))
    answers.append(await hiring.send(person, said))
    assert [answer.status_code for answer in answers] == [303] * 6
    assert {answer.headers["location"] for answer in answers} == {answers[0].headers["location"]}
    assert len(await hiring.applications()) == 1


async def test_forms_of_the_same_instant_do_not_overshoot_the_limit_of_free_applicants(hiring: Hiring) -> None:
    world = hiring.world
    await slots.set_free_applicants(world.db, world.company, 3, who="test")
    async with AsyncExitStack() as stack:
        people = [await stack.enter_async_context(client(hiring.face.web)) for _ in range(8)]
        forms = [{**await hiring.open(each), **SAID} for each in people]
        answers = await asyncio.gather(*(hiring.send(each, said) for each, said in zip(people, forms, strict=True)))
        assert sorted(answer.status_code for answer in answers) == [303] * 3 + [409] * 5
        assert len(await hiring.applications()) == 3
        # Who is told that it is over finds the way to the employer, and who was taken finds the application again.
        late, taken = (next(n for n, answer in enumerate(answers) if answer.status_code == code) for code in (409, 303))
        assert "employer's own site" in answers[late].text.replace("&#39;", "'")
        again = await hiring.send(people[taken], forms[taken])
        assert again.headers["location"] == answers[taken].headers["location"]


async def test_what_is_wrong_is_told_and_what_was_filled_in_stays(hiring: Hiring) -> None:
    person = hiring.face.stranger
    said = {**await hiring.open(person), **SAID, "contact.0.email": "nowhere", "remember": "yes"}
    answer = await hiring.send(person, said)
    assert answer.status_code == 422
    page = LexborHTMLParser(answer.text)
    assert "1 answer needs a look" in text(page, "#wrong")
    assert "no e-mail address" in text(page, "#wrong")
    kept = page.css_first('input[name="contact.0.first_name"]')
    assert kept is not None
    assert kept.attributes["value"] == "Ada"
    assert "ada.pdf" in answer.text
    assert page.css_first('input[name="remember"][checked]') is not None
    # The file is kept: it need not be chosen again.
    assert (await hiring.send(person, {**said, "contact.0.email": "ada@example.org"}, b"")).status_code == 303


async def test_what_is_saved_is_gone_on_with_in_another_browser(hiring: Hiring) -> None:
    person = hiring.face.stranger
    said = {**await hiring.open(person), "contact.0.first_name": "Ada", "press": "save"}
    answer = await hiring.send(person, said)
    assert answer.status_code == 303
    async with client(hiring.face.web) as other:
        found = await other.get(answer.headers["location"])
        assert 'value="Ada"' in found.text
        assert "ada.pdf" in found.text
        query = "?" + answer.headers["location"].partition("?")[2].partition("#")[0]
        assert (await hiring.send(other, {**await hiring.open(other, query), **SAID}, b"")).status_code == 303
    assert len(await hiring.applications()) == 1


async def test_an_entry_is_added_without_script(hiring: Hiring) -> None:
    person = hiring.face.stranger
    answer = await hiring.send(person, {**await hiring.open(person), "press": "add:work"})
    page = LexborHTMLParser((await person.get(answer.headers["location"])).text)
    assert page.css_first('input[name="work.1.title"]') is not None
    assert page.css_first('input[name="work.2.title"]') is None


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"MZ\x90\x00" + bytes(200), "program"),
        (PDF + bytes(3_000_000), "at most 2.0 MB"),
        (b"\x89PNG\r\n\x1a\n", "png file"),
    ],
)
async def test_a_file_that_is_not_what_is_asked_for_is_refused(hiring: Hiring, content: bytes, word: str) -> None:
    person = hiring.face.stranger
    answer = await hiring.send(person, {**await hiring.open(person), **SAID}, content, "resume.pdf")
    assert answer.status_code == 422
    assert word in answer.text
    assert await hiring.applications() == []


async def test_a_job_that_closed_a_second_ago_still_takes_what_was_begun_and_says_so(hiring: Hiring) -> None:
    person = hiring.face.stranger
    said = {**await hiring.open(person), **SAID}
    hiring.world.tell(Lane.LEGACY)
    await hiring.push(closed=("A1",))
    hiring.world.tell(Lane.LEGACY, job("L2", "Other", number="R-2"))
    await hiring.world.read(Lane.LEGACY)
    answer = await hiring.send(person, said)
    assert answer.status_code == 303, answer.text
    assert "had closed moments before" in (await person.get(answer.headers["location"])).text
    assert [row["was_open"] for row in await hiring.applications()] == [False]
    async with client(hiring.face.web) as late:
        assert (await late.get(hiring.path)).status_code == 410


async def test_nothing_that_is_said_runs(hiring: Hiring) -> None:
    person = hiring.face.stranger
    evil = '"><script>alert(1)</script>'
    said = {**await hiring.open(person), **SAID, "contact.0.first_name": evil, "contact.0.last_name": evil}
    answer = await hiring.send(person, said, name=f"{evil}.pdf")
    for page in (await person.get(answer.headers["location"]), await person.get(hiring.path)):
        assert "<script>alert" not in page.text
        assert "&lt;script&gt;" in page.text or "No <script>" not in page.text


async def test_a_form_of_another_site_or_browser_is_refused(hiring: Hiring) -> None:
    person = hiring.face.stranger
    said = {**await hiring.open(person), **SAID}
    async with client(hiring.face.web) as other:
        assert (await hiring.send(other, said)).status_code == 403
        await hiring.open(other)
        assert (await hiring.send(other, said)).status_code == 403
    foreign = await person.post(hiring.path, data=said, headers={"origin": "https://evil.example"})
    assert foreign.status_code == 403
    assert await hiring.applications() == []


async def test_one_address_sends_so_many_and_no_more(hiring: Hiring) -> None:
    person = hiring.face.stranger
    said = {**await hiring.open(person), "press": "save"}
    answers = [(await hiring.send(person, said, b"")).status_code for _ in range(70)]
    assert answers == [303] * 60 + [429] * 10


async def test_an_hour_later_an_address_may_send_again_to_whichever_process(hiring: Hiring) -> None:
    here = hiring.face.web.state.served
    other = replace(here)

    async def may(one: Served, address: str) -> bool:
        request = Request({"type": "http", "client": (address, 1)})
        return bool((sent := await sends(request, one)) and sent.allowed)

    for one in (here, other):
        object.__setattr__(one, "form_rates", Rates(here.db, 2, timedelta(hours=1)))
    assert [await may(here, "2001:db8::1"), await may(other, "2001:db8::2"), await may(here, "2001:db8::3")] == [
        True,
        True,
        False,
    ]
    assert await may(other, "192.0.2.1")
    hiring.world.later(hours=1, seconds=1)
    assert await may(other, "2001:db8::1")
    async with here.db.operator() as conn:
        kept = await (await conn.execute("select key from rate_window")).fetchall()
    assert kept
    assert "2001:db8" not in repr(kept)


async def test_a_candidate_takes_back_and_erases_what_was_sent(hiring: Hiring) -> None:
    person = hiring.face.stranger
    answer = await hiring.send(person, {**await hiring.open(person), **SAID})
    at = answer.headers["location"]
    assert (await person.get(f"{at}/copy.json")).json()["applicant"]["first_name"] == "Ada"
    assert (await person.post(f"{at}/withdraw", headers={"origin": "https://evil.example"})).status_code == 403
    assert (await person.post(f"{at}/withdraw")).status_code == 303
    assert "Taken back" in (await person.get(at)).text
    assert (await person.post(f"{at}/erase")).status_code == 303
    erased = (await person.get(at)).text
    assert "Erased" in erased
    assert "is kept here" not in erased
    async with hiring.world.db.company(hiring.world.company) as conn:
        for table in ("application", "application_file", "application_draft", "draft_file"):
            cursor = await conn.execute(f"select * from {table}".encode())
            assert "Ada" not in repr(await cursor.fetchall())
        assert await (await conn.execute("select 1 from application_file")).fetchone() is None


@pytest.mark.parametrize("change", CHANGES)
async def test_an_applications_page_is_its_owners_alone(hiring: Hiring, change: Callable[[str], str]) -> None:
    person = hiring.face.stranger
    answer = await hiring.send(person, {**await hiring.open(person), **SAID})
    token = answer.headers["location"].rpartition("/")[2]
    assert (await person.get(f"/applications/{change(token)}")).status_code == 404


async def test_a_job_told_without_a_form_is_applied_for_at_the_employer(hiring: Hiring) -> None:
    plain = {name: value for name, value in wanted().items() if name != "apply_questions"}
    await hiring.push({**plain, "apply_url": "https://employer.example/apply"})
    answer = await hiring.face.stranger.get(hiring.path)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/jobs/{hiring.posting}")
    assert hiring.path not in (await hiring.face.stranger.get(f"/jobs/{hiring.posting}")).text


async def test_a_form_that_cannot_be_used_is_told_to_the_ats(hiring: Hiring) -> None:
    said = await hiring.push(wanted({"sections": {"resume": {"resume": "maybe"}}}))
    assert [(each["id"], each["pointer"], each["code"]) for each in said["refused"]] == [
        ("A1", "/apply_questions", "BAD_APPLY_QUESTIONS")
    ]
    assert re.search("mend it", said["refused"][0]["detail"])


async def test_what_was_said_once_fills_in_the_next_employers_form_where_that_was_wished(
    world: World, face: Face
) -> None:
    person, sections = face.stranger, {"resume": {"resume": "required"}, "work": {}, "self_identification": {}}
    first = await hire(world, face, {"sections": sections})
    work = {"work.0.title": "Baker", "work.0.dates.from": "2020-01"}
    kinds = ("disability", "gender", "veteran_status", "race")
    private = {f"self_identification.0.{each}": "decline" for each in kinds}
    said = {**await first.open(person), **SAID, **work, **private, "remember": "yes"}
    sent = await first.send(person, said)
    assert sent.status_code == 303, sent.text
    second = await hire(world, face, {"sections": sections})
    hidden = await second.open(person)
    pressed = await person.post(second.path, data={**hidden, "press": "earlier", "contact.0.first_name": "Augusta"})
    page = LexborHTMLParser((await person.get(pressed.headers["location"])).text)
    filled = {n.attributes["name"]: n.attributes.get("value") for n in page.css("form.apply input[value]")}
    assert {name: filled[name] for name in work} == work
    assert (filled["contact.0.first_name"], filled["contact.0.last_name"]) == ("Augusta", "Example")
    assert "ada.pdf is here" in text(page, "#resume")
    assert not page.css("#self_identification [checked], #self_identification [selected]")
    # Erased, it is remembered nowhere; and another browser never knew.
    async with client(face.web) as other:
        assert "This browser remembers" not in (await other.get(second.path)).text
    assert "This browser remembers" in (await person.get(second.path)).text
    await person.post(f"{sent.headers['location']}/erase")
    assert "This browser remembers" not in (await person.get(second.path)).text


async def test_no_e_mail_is_offered_by_a_board_that_sends_none(hiring: Hiring) -> None:
    form = (await hiring.face.stranger.get(hiring.path)).text
    assert 'name="notices"' not in form
    assert "Tell me by e-mail" not in form
