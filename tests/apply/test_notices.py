"""Candidates hear by e-mail what becomes of their applications: a real SMTP server receives it."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

from aiosmtpd.controller import Controller
from pydantic import SecretStr
from selectolax.lexbor import LexborHTMLParser

from changeover.adding import rename
from changeover.app import make_outbox
from changeover.apply import delivery, notices, store
from changeover.database.revise import revise
from changeover.settings import Settings
from changeover.webhooks import store as webhooks
from changeover.webhooks.outbox import Reply
from face import Face, text
from hiring import hire
from mailing import Inbox, Nobody, Told, applied
from program import World


async def test_each_action_is_one_e_mail_and_on_the_page_once(told: Told, inbox: Inbox) -> None:
    assert (await told.act("APPLICATION_VIEWED"))["news"] is True
    assert (await told.act("APPLICATION_VIEWED"))["news"] is False
    await told.act("APPLICATION_INTERVIEWED")
    assert inbox.subjects == [
        "Viewed: Night Baker at Ferrous & Sons",
        "Interview: Night Baker at Ferrous & Sons",
    ]
    assert await told.stages() == ["Viewed", "Interview"]
    mail = inbox.came[0]
    assert mail["To"] == "ada@example.org"
    plain = mail.get_body(("plain",))
    assert plain is not None
    assert "The employer has looked at your application." in plain.get_content()
    assert f"http://board.example/jobs/{told.hiring.posting}" in plain.get_content()


async def test_who_asked_for_e_mail_is_sent_the_address_of_the_page_once(told: Told, inbox: Inbox) -> None:
    person, receipt = told.hiring.face.stranger, inbox.receipt
    assert receipt is not None
    assert str(receipt["Subject"]) == "Received: Night Baker at Ferrous & Sons"
    plain = receipt.get_body(("plain",))
    assert plain is not None
    match = re.search(r"My application: http://board.example(/applications/\S+)", plain.get_content())
    assert match
    # It is another address of the same page: the one got when applying is kept nowhere.
    assert match[1] != told.page
    page = LexborHTMLParser((await person.get(match[1])).text)
    assert "Ada" in text(page, ".said-of")
    assert "The e-mail about your application leads here too." in text(page, ".timeline")
    forged = match[1][:-1] + ("0" if match[1][-1] != "0" else "1")
    assert (await person.get(forged)).status_code == 404
    # The same form sent again is the same application.
    await told.send()
    assert inbox.subjects == []
    # It ends like the others: no more e-mail about this application.
    ended = re.fullmatch(r"<http://board.example(/unsubscribe/\S+)>", receipt["List-Unsubscribe"])
    assert ended
    await person.post(ended[1], data={"List-Unsubscribe": "One-Click"})
    await told.act("APPLICATION_VIEWED")
    assert inbox.subjects == []


async def test_where_the_employer_agreed_to_nothing_the_receipt_comes_all_the_same(told: Told, inbox: Inbox) -> None:
    world = told.hiring.world
    async with revise(world.db, world.company, kind="notices", who="test", why="No more.") as change:
        await store.set_notices(change, notices=False)
    await applied(told.hiring)
    await told.send()
    assert [subject.partition(":")[0] for subject in inbox.subjects] == ["Received"]
    await applied(told.hiring, notices="")
    await told.send()
    assert len(inbox.came) == 1


async def test_the_outbox_holds_nothing_of_the_candidates(told: Told) -> None:
    await told.act("APPLICATION_VIEWED")
    async with told.hiring.world.db.company(told.hiring.world.company) as conn:
        rows = await webhooks.deliveries(conn, told.hiring.world.company, "", 50)
    assert rows
    assert not any("ada" in row["body"].lower() for row in rows)


async def test_where_the_employer_has_not_agreed_nobody_is_told(told: Told, inbox: Inbox) -> None:
    world = told.hiring.world
    async with revise(world.db, world.company, kind="notices", who="test", why="No more.") as change:
        await store.set_notices(change, notices=False)
    await told.act("APPLICATION_VIEWED")
    assert inbox.subjects == []
    assert await told.stages() == []


async def test_who_did_not_ask_for_e_mail_has_the_page_alone(told: Told, inbox: Inbox) -> None:
    page, number = await applied(told.hiring, notices="")
    await replace(told, page=page, application=number).act("APPLICATION_VIEWED")
    assert inbox.subjects == []
    assert await replace(told, page=page).stages() == ["Viewed"]


async def test_a_rejection_waits_72_hours_and_is_seen_then(told: Told, inbox: Inbox) -> None:
    await told.act("APPLICATION_REJECTED")
    told.hiring.world.later(hours=71, minutes=59)
    await told.send()
    assert (inbox.subjects, await told.stages()) == ([], [])
    told.hiring.world.later(minutes=2)
    await told.outbox.sweep()
    await told.send()
    assert inbox.subjects == ["Not taken further: Night Baker at Ferrous & Sons"]
    assert await told.stages() == ["Not taken further"]


async def test_a_rejection_that_is_taken_back_is_never_seen_and_may_be_told_anew(told: Told, inbox: Inbox) -> None:
    world, face = told.hiring.world, told.hiring.face
    await told.act("APPLICATION_REJECTED")
    world.later(hours=10)
    at = f"{face.at}/applications"
    assert "Take the rejection back" in text(await face.page(at), "#applications")
    assert "Taken back" in await face.told(f"{at}/{told.application}/cancel")
    assert "Nothing was done" in await face.told(f"{at}/{told.application}/cancel")
    assert (await told.act("APPLICATION_REJECTED"))["news"] is True
    world.later(hours=70)
    # The first word's time is over, and it was taken back.
    await told.send()
    assert (inbox.subjects, await told.stages()) == ([], [])
    world.later(hours=3)
    await told.send()
    assert len(inbox.subjects) == 1
    assert "Nothing was done" in await face.told(f"{at}/{told.application}/cancel")


async def test_the_ats_takes_its_rejection_back(told: Told, inbox: Inbox) -> None:
    await told.act("APPLICATION_REJECTED")
    path = f"/api/v1/companies/{told.hiring.world.company}/applications/{told.application}/actions"
    headers = {"authorization": f"Bearer {told.hiring.token}"}
    answers = [
        (await told.hiring.face.stranger.post(f"{path}/APPLICATION_REJECTED/cancel", headers=headers)).json()
        for _ in range(2)
    ]
    assert answers == [{"cancelled": True}, {"cancelled": False}]
    told.hiring.world.later(hours=80)
    await told.send()
    assert inbox.subjects == []


async def test_nothing_is_lost_while_the_mail_server_is_down(
    told: Told, inbox: Inbox, server_of_mail: Controller
) -> None:
    inbox.answer = "451 Try again later"
    await told.act("APPLICATION_VIEWED")
    await told.act("RESUME_DOWNLOADED")
    assert await told.states() == ["waiting", "waiting"]
    server_of_mail.stop()
    told.hiring.world.later(minutes=5)
    await told.send()
    assert await told.states() == ["waiting", "waiting"]
    again = Controller(inbox, hostname="127.0.0.1", port=server_of_mail.port)
    again.start()
    try:
        inbox.answer = ""
        told.hiring.world.later(hours=2)
        await told.send()
    finally:
        again.stop()
    assert await told.states() == ["delivered", "delivered"]
    assert inbox.subjects == ["Viewed: Night Baker at Ferrous & Sons", "Résumé read: Night Baker at Ferrous & Sons"]


async def test_an_address_that_the_server_refuses_for_good_is_not_tried_again(told: Told, inbox: Inbox) -> None:
    inbox.answer = "550 No such user"
    await told.act("APPLICATION_VIEWED")
    assert await told.states() == ["dead"]


async def test_one_click_ends_the_e_mails_and_a_look_does_not(told: Told, inbox: Inbox) -> None:
    person = told.hiring.face.stranger
    await told.act("APPLICATION_VIEWED")
    match = re.fullmatch(r"<http://board.example(/unsubscribe/\S+)>", inbox.came[0]["List-Unsubscribe"])
    assert match
    assert (await person.get(match[1])).status_code == 200
    await told.act("APPLICATION_SCREENED")
    assert len(inbox.came) == 2
    answer = await person.post(match[1], data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    await told.act("APPLICATION_INTERVIEWED")
    assert len(inbox.came) == 2
    assert await told.stages() == ["Viewed", "Screened", "Interview"]
    forged = match[1][:-1] + ("0" if match[1][-1] != "0" else "1")
    assert (await person.post(forged)).status_code == 404
    assert (await person.get("/unsubscribe/x")).status_code == 404


async def test_who_erases_the_application_gets_no_e_mail_that_was_queued(told: Told, inbox: Inbox) -> None:
    inbox.answer = "451 Later"
    await told.act("APPLICATION_VIEWED")
    await told.hiring.face.stranger.post(f"{told.page}/erase")
    inbox.answer = ""
    told.hiring.world.later(hours=1)
    await told.send()
    assert inbox.subjects == []
    assert await told.states() == ["delivered"]


async def test_what_became_of_an_application_is_mailed_in_order_though_the_first_failed(
    told: Told, inbox: Inbox
) -> None:
    inbox.answer = "451 Later, please."
    await told.act("APPLICATION_VIEWED")
    inbox.answer = ""
    await told.act("APPLICATION_INTERVIEWED")
    assert inbox.subjects == []
    told.hiring.world.later(seconds=31)
    await told.send()
    assert [subject.partition(":")[0] for subject in inbox.subjects] == ["Viewed", "Interview"]


async def test_a_mail_server_that_never_answers_holds_up_no_webhook(world: World, face: Face) -> None:
    met, posted, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def never(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        met.set()
        await ended.wait()
        writer.close()

    class Receiver(Nobody):
        async def post(self, url: str, body: bytes, headers: object) -> Reply:
            posted.set()
            return Reply(200)

    server = await asyncio.start_server(never, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    settings = Settings(secret_key=SecretStr("k" * 32), smtp_host="127.0.0.1", smtp_port=port, smtp_security="none")
    outbox = make_outbox(settings, world.db, world.flow.queue, Receiver())
    outbox.register_work()
    face.web.state.served = replace(face.web.state.served, outbox=outbox, settings=settings)
    hiring = await hire(world, face)
    told = Told(hiring, outbox, *await applied(hiring))
    async with world.db.company(world.company) as conn:
        at, now = (outbox, conn, world.company, told.application), world.db.now()
        await notices.tell(*at, "APPLICATION_VIEWED", now, now, "test", timedelta())
    stop = asyncio.Event()
    worker = asyncio.create_task(world.flow.queue.work(concurrency=2, stop=stop))
    try:
        await asyncio.wait_for(met.wait(), 30)
        async with world.db.company(world.company) as conn:
            event = (conn, world.company, delivery.CHANNEL, "", delivery.EVENT, "{}", world.db.now())
            await webhooks.queue(*event, "https://ats.example/x")
            await outbox.wake(conn, world.company)
        # Less than the mail server is waited for.
        await asyncio.wait_for(posted.wait(), 12)
    finally:
        ended.set()
        server.close()
        stop.set()
        await worker


async def test_what_a_candidate_or_an_employer_wrote_makes_no_header_of_a_real_e_mail(told: Told, inbox: Inbox) -> None:
    evil = "Ada\r\nBcc: all@example.org\r\n\r\nBuy bread"
    said: dict[str, Any] = {"contact.0.first_name": evil}
    page, number = await applied(told.hiring, **said)
    world = told.hiring.world
    await rename(world.flow, world.company, name="Ferrous\r\nBcc: x@example.org", ats=None, who="test")
    await replace(told, page=page, application=number).act("APPLICATION_VIEWED")
    assert [subject.partition(":")[0] for subject in inbox.subjects] == ["Received", "Viewed"]
    for mail in inbox.came:
        assert mail["Bcc"] is None
        assert mail["To"] == "ada@example.org"
        assert {name.lower() for name in mail} <= {
            "to", "from", "subject", "message-id", "auto-submitted", "list-unsubscribe", "list-unsubscribe-post",
            "mime-version", "content-type", "x-peer", "x-mailfrom", "x-rcptto",
        }  # fmt: skip
    assert inbox.received == [["ada@example.org"]] * 2
