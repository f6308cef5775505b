"""The end of an old source is told to its employer, in the console and by e-mail, before and when it comes."""

from __future__ import annotations

from aiosmtpd.controller import Controller
from pydantic import SecretStr

from changeover import flow as runs
from changeover.adding import NewSource, add_source
from changeover.app import make_outbox
from changeover.apply_connect.auth import add_vendor
from changeover.job import Lane
from changeover.refusal import Refusal
from changeover.settings import Settings
from changeover.sources.source import Completeness, Reading
from changeover.sunset import notice, store
from changeover.sunset.outlook import How, Outlook, look_ahead
from changeover.webhooks.keys import keys_of
from changeover.webhooks.outbox import Outbox
from face import Face, job, text
from mailing import Inbox, Nobody
from program import World

SETTINGS = Settings(secret_key=SecretStr("k" * 32), mail_from="jobs@board.example", public_url="http://board.example")


def _outbox(world: World, mail: Controller | None) -> Outbox:
    smtp = {"smtp_host": "127.0.0.1", "smtp_port": mail.port, "smtp_security": "none"} if mail else {}
    return make_outbox(SETTINGS.model_copy(update=smtp), world.db, world.flow.queue, Nobody())


async def _employed(world: World, *, activate: bool = False) -> None:
    await world.employ()
    world.tell(Lane.LEGACY, *(job(f"L{n}", f"Role {n}", number=f"R-{n}") for n in range(4)))
    world.tell(Lane.ATS, *(job(f"A{n}", f"Role {n}", number=f"R-{n}") for n in (0, 1, 9)))
    await world.read(Lane.LEGACY)
    if activate:
        await world.activate()
        await world.read()
    assert await notice.set_contact(world.db, world.company, "Talent@Ferrous.example", write=True, who="test") is None


async def _announce(world: World, days: float) -> None:
    world.later(seconds=1)
    by = world.clock[0].replace(minute=0)
    world.clock[0] = by
    world.later(days=days)
    ends = world.clock[0]
    world.clock[0] = by
    made = await notice.announce(world.db, world.company, world.legacy, ends, who="operator", why="The ATS launched.")
    assert not isinstance(made, Refusal), made


def _plain(inbox: Inbox) -> str:
    body = inbox.came[-1].get_body(("plain",))
    assert body is not None
    return " ".join(str(body.get_content()).split())


def test_what_an_end_would_do_says_nothing_of_what_there_is_none_of() -> None:
    said = Outlook(How.RESOLVES, (), 0, 1, 0).sentence
    assert said == "The ATS takes over by itself: 1 job that matched stays at the same address."
    assert Outlook(How.RESOLVES, (), 0, 0, 0).sentence == "The ATS takes over by itself: neither side has a job."


async def test_contacts_are_told_at_once_a_week_before_and_on_the_day(
    world: World, server_of_mail: Controller, inbox: Inbox
) -> None:
    await _employed(world, activate=True)
    outbox = _outbox(world, server_of_mail)
    await _announce(world, 30)
    await outbox.drain(world.company)
    assert len(inbox.came) == 1
    assert inbox.came[0]["To"] == "talent@ferrous.example"
    assert "jobs from test:legacy" in inbox.subjects[0]
    said = _plain(inbox)
    assert "2 jobs that matched stay at the same address, 2 jobs leave the board, 1 job only in the ATS appears" in said
    assert "Leaving the board: Role 2 (Oslo, Norway); Role 3 (Oslo, Norway)." in said
    assert "Why: The ATS launched." in said
    assert f"http://board.example/companies/{world.company}" in said
    # A job that has its twin by then is not among those that leave any more.
    world.tell(Lane.ATS, *(job(f"A{n}", f"Role {n}", number=f"R-{n}") for n in (0, 1, 2, 9)))
    world.later(days=23)
    await world.read()
    await outbox.drain(world.company)
    assert inbox.subjects[1].startswith("In a week: ")
    assert "Leaving the board: Role 3 (Oslo, Norway)." in _plain(inbox)
    world.later(days=7)
    await world.read(Lane.ATS)
    assert sorted((await world.live()).values()) == ["Role 0", "Role 1", "Role 2", "Role 9"]
    await outbox.drain(world.company)
    assert inbox.subjects[2].startswith("Ended: ")
    await outbox.drain(world.company)
    assert len(inbox.came) == 3


async def test_what_was_withdrawn_before_its_e_mail_left_is_told_as_withdrawn_alone(
    world: World, server_of_mail: Controller, inbox: Inbox
) -> None:
    await _employed(world)
    await _announce(world, 30)
    assert await notice.withdraw(world.db, world.company, world.legacy, who="operator") is None
    outbox = _outbox(world, server_of_mail)
    await outbox.drain(world.company)
    world.later(days=24)
    await outbox.drain(world.company)
    assert [subject.partition(":")[0] for subject in inbox.subjects] == ["Withdrawn"]


async def test_without_a_mail_server_the_e_mail_is_kept_and_says_why(world: World) -> None:
    await _employed(world)
    await _announce(world, 3)
    await _outbox(world, None).drain(world.company)
    async with world.db.company(world.company) as conn:
        cursor = await conn.execute("select state, problem from delivery where channel = 'employer_mail'")
        (row,) = await cursor.fetchall()
    assert row["state"] == "dead"
    assert "smtp_host" in row["problem"]


async def test_a_job_that_another_old_source_tells_stays_at_its_address(world: World) -> None:
    await _employed(world)
    where = f"test:legacy:{world.company}:second"
    world.says[where] = Reading("test", [job("S0", "Role 0", number="R-0")], Completeness.COMPLETE)
    added = await add_source(world.flow, world.company, NewSource(where, "xml_feed", Lane.LEGACY), who="test")
    assert isinstance(added, int)
    await runs.read_source(world.flow, world.company, added)
    await runs.run(world.flow, world.company)
    before = await world.live()
    await _announce(world, 3)
    world.later(days=3)
    async with world.db.company(world.company) as conn:
        ahead = await look_ahead(conn, world.company, world.legacy, world.db.now())
    assert (ahead.how, ahead.closes, ahead.stays) == (How.CLOSES, 3, 1)
    await runs.run(world.flow, world.company)
    assert await world.live() == {posting: title for posting, title in before.items() if title == "Role 0"}


async def test_a_vendors_launch_closes_old_sources_to_its_customers_and_to_no_others(world: World) -> None:
    await world.employ()
    made = await add_vendor(world.db, keys_of(SETTINGS), "testing ats")
    new = NewSource("https://jobs.example/feed.xml", "xml_feed", Lane.LEGACY)
    world.later(days=1)
    async with world.db.company(made.application.vendor_id) as conn:
        assert await store.launch(conn, made.application.vendor_id, world.db.now()) == "testing ats"
    world.later(days=-1)
    assert isinstance(await add_source(world.flow, world.company, new, who="test"), int)
    world.later(days=1)
    another = NewSource("https://jobs.example/other.xml", "xml_feed", Lane.LEGACY)
    refusal = await add_source(world.flow, world.company, another, who="test")
    assert isinstance(refusal, Refusal)
    assert refusal.code == "LEGACY_CLOSED"
    assert "testing ats launched on" in refusal.sentence
    ats = NewSource("https://boards.example/x", "greenhouse", Lane.ATS)
    assert isinstance(await add_source(world.flow, world.company, ats, who="test"), int)


async def test_the_console_shows_what_happens_to_which_jobs_and_announces_it(world: World, face: Face) -> None:
    await _employed(world)
    at = f"{face.at}/sources/{world.legacy}/sunset"
    page = await face.page(at)
    assert "4 jobs leave the board: no ATS is connected" in text(page, "main")
    assert "Role 3" in text(page, ".lines.closing")
    assert "talent@ferrous.example" in text(page, "main")
    assert "that day has begun" in await face.told(f"{at}/announce", {"on": "2001-01-01"})
    assert "is no day" in await face.told(f"{at}/announce", {"on": "soon"})
    day = world.clock[0].date().replace(year=world.clock[0].year + 1).isoformat()
    assert "Announced" in await face.told(f"{at}/announce", {"on": day, "why": "<script>x</script>"})
    home = await face.page(face.at)
    assert "ends on" in text(home, "#head .note")
    shown = await face.page(at)
    assert "This source ends on" in text(shown, "h1")
    assert "<script>x" not in (shown.html or "")
    assert "Withdrawn" in await face.told(f"{at}/withdraw")
    assert "NO_SUNSET" in (await face.ask(f"/api/v1{at}/withdraw")).text
    assert "no e-mail address" in await face.told(f"{face.at}/contacts", {"email": "a@b\r\nBcc: c@d.example"})
    assert "no more" in await face.told(f"{face.at}/contacts", {"email": "talent@ferrous.example", "drop": "true"})
    assert "Nobody yet" in text(await face.page(face.at), "#contacts")


async def test_a_program_asks_announces_and_withdraws(world: World, face: Face) -> None:
    await _employed(world)
    at = f"/api/v1{face.at}/sources/{world.legacy}/sunset"
    asked = (await face.stranger.get(at, headers=face.reader)).json()
    assert (asked["announced"], asked["how"], asked["closes"], len(asked["closing"])) == (False, "closes", 4, 4)
    day = {"ends_at": "2027-01-01T00:00:00Z"}
    assert (await face.stranger.post(f"{at}/announce", json=day, headers=face.reader)).status_code == 403
    made = await face.stranger.post(f"{at}/announce", json=day, headers=face.program)
    assert (made.status_code, made.json()["announced"]) == (200, True)
    assert (await face.stranger.post(f"{at}/announce", json=day, headers=face.program)).json()["code"] == "ANNOUNCED"
    far = {"ends_at": "2926-01-01T00:00:00Z"}
    ats = f"/api/v1{face.at}/sources/{world.ats}/sunset"
    assert (await face.stranger.post(f"{ats}/announce", json=day, headers=face.program)).json()[
        "code"
    ] == "ONLY_OLD_SOURCES"
    assert (await face.stranger.post(f"{at}/withdraw", headers=face.program)).status_code == 200
    assert (await face.stranger.post(f"{at}/announce", json=far, headers=face.program)).json()["code"] == "DAY_TOO_FAR"
    contacts = f"/api/v1{face.at}/contacts"
    told = await face.stranger.post(contacts, json={"email": "b@x.example", "name": "Bo"}, headers=face.program)
    assert [each["email"] for each in told.json()["contacts"]] == ["b@x.example", "talent@ferrous.example"]
    assert (await face.stranger.get(contacts, headers=face.reader)).json() == told.json()
