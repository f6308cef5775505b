"""What a candidate is told and when: an e-mail for each action, written only when it leaves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any, Protocol

import orjson

from changeover.apply import store
from changeover.apply.letters import Letter, compose, line_of
from changeover.apply.lifecycle import HELD, STAGES
from changeover.database.connection import Connection, Database
from changeover.postings.posting import public_id
from changeover.webhooks import store as webhooks
from changeover.webhooks.keys import Keys
from changeover.webhooks.outbox import Channel, Outbox, Reply, Target
from changeover.webhooks.signing import body_of

CHANNEL, LINK, RECEIPT = "mail", "CANDIDATE_LINK", "APPLICATION_RECEIVED"
LINK_LIFE = timedelta(hours=1)
_DONE = Reply(250)


class Mailer(Protocol):
    """Whoever hands an e-mail to a mail server."""

    async def send(self, message: EmailMessage) -> Reply:
        """What the mail server said of it."""
        ...


async def tell(
    outbox: Outbox | None,
    conn: Connection,
    company_id: int,
    application_id: int,
    action: str,
    performed: datetime,
    now: datetime,
    who: str,
    hold: timedelta,
) -> bool:
    """Note what became of an application, and queue the e-mail that tells of it; False if it is known or unknown.

    A rejection waits for ``hold`` before the candidate sees it, and may be taken back until then.
    """
    shown = now + hold if action == HELD else now
    at = (action, performed, now, who, shown)
    if action not in STAGES or not await store.act(conn, company_id, application_id, *at):
        return False
    if outbox is not None and CHANNEL in outbox.channels and await store.may_mail(conn, company_id, application_id):
        # Nothing of the candidate's: the e-mail is written from the application when it is sent.
        body = body_of({"application": str(application_id), "action": action})
        await webhooks.queue(conn, company_id, CHANNEL, str(application_id), action, body, now, next_at=shown)
        await outbox.wake_mail(conn, company_id)
    return True


async def receipt(outbox: Outbox, conn: Connection, company_id: int, application_id: int, now: datetime) -> None:
    """Queue the e-mail that says that an application was received, with the address of the candidate's own page."""
    body = body_of({"application": str(application_id), "action": RECEIPT})
    await webhooks.queue(conn, company_id, CHANNEL, str(application_id), RECEIPT, body, now)
    await outbox.wake_mail(conn, company_id)


def channel(db: Database, mailer: Mailer, keys: Keys, mail_from: str, url: str) -> Channel:
    """How the outbox sends e-mail about applications of the board at ``url``."""

    async def carry(row: dict[str, Any]) -> Reply:
        said = orjson.loads(row["body"])
        at = (row["company_id"], int(said["application"]))
        if said["action"] == LINK:
            return await _send_link(db, mailer, keys, mail_from, url, at)
        received = said["action"] == RECEIPT
        async with db.company(row["company_id"]) as conn:
            action = (said["action"], db.now())
            found = await (store.to_receive(conn, *at) if received else store.to_mail(conn, *at, *action))
        if found is None:
            # Erased, taken back, unsubscribed, sent already, or the employer agrees no more.
            return _DONE
        letter = _received(found, keys, url) if received else _letter(found, said["action"], keys, url)
        reply = await _hand(mailer, letter, mail_from)
        if not received and 200 <= reply.status < 300:
            async with db.company(row["company_id"]) as conn:
                await store.mailed(conn, *at, said["action"], db.now())
        return reply

    async def target(_row: dict[str, Any]) -> Target:
        return Target()

    async def secrets(_row: dict[str, Any]) -> Sequence[str]:
        return ()

    return Channel(target, secrets, lambda _row: "", carry)


def link_body(application_id: int) -> str:
    """The event that has a candidate sent the link to all that is kept of them."""
    return body_of({"application": str(application_id), "action": LINK})


async def _send_link(db: Database, mailer: Mailer, keys: Keys, mail_from: str, url: str, at: tuple[int, int]) -> Reply:
    async with db.company(at[0]) as conn:
        row = await store.application(conn, *at)
    email = row["applicant"].get("email", "") if row else ""
    if not email:
        return _DONE
    now = db.now()
    letter = Letter(
        to=email,
        subject="What this board keeps of you",
        paragraphs=(
            "Somebody, probably you, asked for what this job board keeps of your applications.",
            "The link opens it for an hour: a list, a copy to take, and a button that erases everything.",
            "If it was not you, do nothing. Nobody but you gets this link.",
        ),
        number=f"{at[1]}.{int(now.timestamp())}.data",
        links={"What is kept of me": f"{url}/candidates/{keys.sealed('candidate', email, now)}"},
    )
    return await _hand(mailer, letter, mail_from)


async def _hand(mailer: Mailer, letter: Letter, mail_from: str) -> Reply:
    message = compose(letter, mail_from)
    return await mailer.send(message) if message else Reply(0, problem="This is no e-mail address.", final=True)


def _received(row: dict[str, Any], keys: Keys, url: str) -> Letter:
    title, employer = _job_of(row)
    return _about(
        row,
        RECEIPT,
        f"Received: {title} at {employer}",
        f"Your application for “{title}” at {employer} was received, and goes to the employer.",
        "Your own page shows what you sent and what becomes of it; there you take it back or have it erased. Whoever "
        "has its address sees it, so keep this e-mail to yourself.",
        keys,
        url,
    )


def _letter(row: dict[str, Any], action: str, keys: Keys, url: str) -> Letter:
    title, employer = _job_of(row)
    return _about(
        row,
        action,
        f"{STAGES[action].word}: {title} at {employer}",
        f"{STAGES[action].sentence} It is about “{title}” at {employer}.",
        "Your own page shows everything that became of it.",
        keys,
        url,
    )


def _job_of(row: dict[str, Any]) -> tuple[str, str]:
    return line_of(row["title"] or "a job"), line_of(row["employer"])


def _about(row: dict[str, Any], action: str, subject: str, news: str, page: str, keys: Keys, url: str) -> Letter:
    """A letter about one application: where its page and its job are, and how such letters are ended."""
    at = (row["company_id"], row["application_id"])
    return Letter(
        to=row["email"],
        subject=subject,
        paragraphs=(f"Hello {line_of(row['first_name'])},".replace(" ,", ","), news, page),
        number=f"{row['application_id']}.{action.lower()}",
        links={
            "My application": f"{url}/applications/{own_token(keys, *at)}",
            "The job": f"{url}/jobs/{public_id(row['company_id'], row['posting_id'])}",
        },
        quiet=f"{url}/unsubscribe/{quiet_token(keys, *at)}",
        sender=_job_of(row)[1],
    )


def own_token(keys: Keys, company_id: int, application_id: int) -> str:
    """What stands in the address of a candidate's own page in an e-mail: the one got when applying is kept nowhere."""
    return f"{company_id}-{application_id}-{keys.mark('own page', company_id, application_id)}"


def is_own(keys: Keys, mark: str, company_id: int, application_id: int) -> bool:
    """Whether an ``own_token`` of these ids ends with this mark."""
    return keys.marked(mark, "own page", company_id, application_id)


def quiet_token(keys: Keys, company_id: int, application_id: int) -> str:
    """What stands in the address under which e-mail about an application is ended."""
    return f"{company_id}-{application_id}-{keys.mark('unsubscribe', company_id, application_id)}"


def is_quiet(keys: Keys, mark: str, company_id: int, application_id: int) -> bool:
    """Whether a ``quiet_token`` of these ids ends with this mark."""
    return keys.marked(mark, "unsubscribe", company_id, application_id)
