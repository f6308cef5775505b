"""A candidate's data: taken out, erased everywhere, kept for so long and no longer; who looked is written down."""

from __future__ import annotations

import asyncio
import io
import re
import zipfile
from typing import Any

import orjson
import psycopg

from changeover.apply import notices, privacy, store
from changeover.database.revise import create_company, revise
from changeover.webhooks import store as webhooks
from face import Face, text
from mailing import Inbox, Told, applied
from program import World

ADA = "ada@example.org"


async def elsewhere(world: World, email: str = "ADA@example.org") -> tuple[int, int]:
    """An application of the same person to another company."""
    other = await create_company(world.db, "Owlight", who="test")
    async with world.db.company(other) as conn:
        await conn.execute("insert into posting values (%s, 5, 5, null, 1)", (other,))
        made = await store.add(conn, other, 5, "B", {"email": email, "first_name": "Ada"}, {"x": 1}, world.db.now())
        await store.add_file(conn, other, made, "../../cv.txt", "text/plain", b"Bakes.", world.db.now())
    return other, made


async def ask_for_the_link(told: Told, email: str) -> str:
    person = told.hiring.face.stranger
    answer = await person.post("/candidates", data={"email": email})
    assert answer.status_code == 200
    await asyncio.gather(*told.hiring.face.web.state.served.acting)
    async with told.hiring.world.db.operator() as conn:
        for company, _ in await webhooks.due_companies(conn, told.hiring.world.db.now(), 50, [notices.CHANNEL]):
            await told.outbox.drain(company)
    return answer.text


def link(inbox: Inbox) -> str:
    plain = inbox.came[-1].get_body(("plain",))
    assert plain is not None
    match = re.search(r"http://board.example(/candidates/\S+)", plain.get_content())
    assert match
    return match[1]


async def everything(world: World) -> str:
    """Every table's rows as the owner sees them, in one text."""
    found = []
    with psycopg.connect(world.db.address.owner) as conn:
        tables = conn.execute("select tablename from pg_tables where schemaname = 'changeover'").fetchall()
        for (table,) in tables:
            found += [str(row) for row in conn.execute(f"select t::text from changeover.{table} t").fetchall()]
    return "\n".join(found)


async def test_by_the_mailed_link_a_candidate_sees_and_takes_out_everything_of_all_employers(
    told: Told, inbox: Inbox
) -> None:
    await elsewhere(told.hiring.world)
    person = told.hiring.face.stranger
    await ask_for_the_link(told, f" {ADA.upper()} ")
    assert str(inbox.came[-1]["To"]).lower() == ADA
    at = link(inbox)
    page = (await person.get(at)).text
    assert "2 applications" in page
    assert "Ferrous &amp; Sons" in page
    assert "Owlight" in page
    answer = await person.get(f"{at}/copy.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        names = archive.namelist()
        said: list[dict[str, Any]] = orjson.loads(archive.read("candidate.json"))
        assert archive.read(next(name for name in names if name.endswith("ada.pdf"))).startswith(b"%PDF")
    assert not any("/" in name for name in names)
    assert {row["employer"] for row in said} == {"Ferrous & Sons", "Owlight"}
    assert said[0]["answers"]


async def test_erased_at_every_employer_nothing_of_the_candidate_is_left_in_any_table(told: Told, inbox: Inbox) -> None:
    world = told.hiring.world
    await elsewhere(world)
    # A draft, and an event that holds the whole application and could not be delivered.
    person = told.hiring.face.stranger
    half = {**await told.hiring.open(person), "contact.0.email": ADA, "contact.0.first_name": "Ada", "press": "save"}
    await person.post(told.hiring.path, data=half)
    body = orjson.dumps({"jobApplicationId": f"urn:li:jobApplication:{told.application}", "email": ADA}).decode()
    async with world.db.company(world.company) as conn:
        await webhooks.queue(
            conn, world.company, "apply_connect", "1:2", "EXPORT_JOB_APPLICATION", body, world.db.now()
        )
    assert ADA in (await everything(world)).lower()
    await ask_for_the_link(told, ADA)
    at = link(inbox)
    answer = await person.post(f"{at}/erase")
    assert "Erased: 2 applications" in answer.text
    left = (await everything(world)).lower()
    assert ADA not in left
    assert "ada.pdf" not in left
    assert await privacy.find(world.db, ADA) == {}
    assert await privacy.erase(world.db, ADA, who="test") == 0
    assert "Nothing is kept of you" in (await person.get(at)).text


async def test_another_persons_data_is_not_touched(told: Told) -> None:
    world = told.hiring.world
    await elsewhere(world, "bo@example.org")
    assert await privacy.erase(world.db, ADA, who="test") == 1
    assert len(await privacy.find(world.db, "bo@example.org")) == 1
    assert await privacy.erase(world.db, "%", who="test") == 0


async def test_the_page_tells_nobody_who_applied(told: Told, inbox: Inbox) -> None:
    known = await ask_for_the_link(told, ADA)
    sent = len(inbox.came)
    assert sent == 1
    assert await ask_for_the_link(told, "nobody@example.org") == known
    # Asked again within minutes, it is not sent again.
    assert await ask_for_the_link(told, ADA) == known
    assert len(inbox.came) == sent


async def test_a_link_ends_after_an_hour_and_cannot_be_made_up(told: Told, inbox: Inbox) -> None:
    person = told.hiring.face.stranger
    await ask_for_the_link(told, ADA)
    at = link(inbox)
    changed = f"{at[:60]}{'A' if at[60] != 'A' else 'B'}{at[61:]}"
    for wrong in ("/candidates/x", changed):
        assert (await person.get(wrong)).status_code == 404
        assert (await person.post(f"{wrong}/erase")).status_code == 404
    told.hiring.world.later(hours=1, seconds=2)
    assert (await person.get(at)).status_code == 404


async def test_an_erase_from_another_site_is_refused(told: Told, inbox: Inbox) -> None:
    await ask_for_the_link(told, ADA)
    foreign = {"origin": "https://evil.example"}
    answer = await told.hiring.face.stranger.post(f"{link(inbox)}/erase", headers=foreign)
    assert answer.status_code == 403
    assert await privacy.find(told.hiring.world.db, ADA) != {}


async def test_applications_are_erased_when_their_companys_days_are_over(told: Told) -> None:
    world, face = told.hiring.world, told.hiring.face
    other, _ = await elsewhere(world)
    assert "kept 30 days" in await face.told(f"{face.at}/applications/retention", {"days": "30"})
    world.later(days=31)
    await applied(told.hiring)
    assert await privacy.keep_no_longer(world.db, 0) == 1
    found = await privacy.find(world.db, ADA)
    assert (len(found[world.company]), len(found[other])) == (1, 1)
    # The board's own number holds where a company says nothing.
    assert await privacy.keep_no_longer(world.db, 10) == 1
    assert set(await privacy.find(world.db, ADA)) == {world.company}


async def test_nothing_is_erased_where_neither_says_a_number(told: Told) -> None:
    told.hiring.world.later(days=3_000)
    assert await privacy.keep_no_longer(told.hiring.world.db, 0) == 0


async def test_old_drafts_are_forgotten(told: Told) -> None:
    world, person = told.hiring.world, told.hiring.face.stranger
    await person.post(
        told.hiring.path, data={**await told.hiring.open(person), "contact.0.email": ADA, "press": "save"}
    )
    world.later(days=8)
    await privacy.keep_no_longer(world.db, 0)
    async with world.db.company(world.company) as conn:
        row = await (await conn.execute("select count(*) as drafts from application_draft")).fetchone()
    assert row == {"drafts": 0}


async def test_who_looked_is_written_down_and_shown(told: Told, face: Face) -> None:
    world = told.hiring.world
    headers = {"authorization": f"Bearer {told.hiring.token}"}
    at = f"/api/v1/companies/{world.company}/applications/{told.application}"
    whole = (await face.stranger.get(at, headers=headers)).json()
    await face.stranger.get(whole["files"][0]["url"].replace("http://board.example", ""), headers=headers)
    await privacy.export(world.db, ADA, who="command line")
    async with world.db.company(world.company) as conn:
        rows = await privacy.log(conn, world.company, told.application)
    assert [(row["what"], row["who"]) for row in reversed(rows)] == [
        ("read", "ATS"),
        ("file", "ATS"),
        ("exported", "command line"),
    ]
    assert "read by ATS" in (await face.stranger.get(told.page)).text
    assert "ATS: read it" in text(await face.page(f"{face.at}/applications"), "#kept")
    # The log outlives what it tells of.
    await face.stranger.post(f"{told.page}/erase")
    async with world.db.company(world.company) as conn:
        rows = await privacy.log(conn, world.company, told.application)
    assert (rows[0]["what"], rows[0]["who"], len(rows)) == ("erased", "the candidate", 4)


async def test_a_companys_days_are_kept_as_they_are_said(told: Told) -> None:
    world, face = told.hiring.world, told.hiring.face
    assert "no number" in await face.told(f"{face.at}/applications/retention", {"days": "soon"})
    async with revise(world.db, world.company, kind="retention_set", who="test", why="For ever.") as change:
        await privacy.set_retention(change, 0)
    world.later(days=3_000)
    assert await privacy.keep_no_longer(world.db, 10) == 0
