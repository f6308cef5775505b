"""E-mail to an employer about the end of an old source, written when it leaves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson

from changeover.apply.letters import Letter, compose, line_of
from changeover.apply.notices import Mailer
from changeover.database.connection import Database
from changeover.database.revise import Change
from changeover.migration import store as migrations
from changeover.sunset import store
from changeover.sunset.outlook import Outlook, look_ahead
from changeover.sunset.store import Sunset
from changeover.webhooks import store as webhooks
from changeover.webhooks.outbox import Channel, Reply, Target
from changeover.webhooks.signing import body_of

CHANNEL = "employer_mail"
ANNOUNCED, REMINDED, WITHDRAWN, ENDED = "SUNSET_ANNOUNCED", "SUNSET_REMINDER", "SUNSET_WITHDRAWN", "SUNSET_ENDED"
REMINDER = timedelta(days=7)
# Jobs that an e-mail names; the page behind its link has all.
_NAMED = 30
_DONE = Reply(250)


async def queue(change: Change, it: Sunset, what: str, at: datetime | None = None) -> None:
    """Queue an e-mail to each contact, in the change's own transaction; not before ``at``, and not if that is past."""
    if at is not None and at <= change.at:
        return
    for row in await store.contacts(change.conn, change.company_id):
        said = {"sunset": str(it.sunset_id), "what": what, "to": row["email"], "location": it.location}
        said["ends_at"] = it.ends_at.isoformat()
        told = (change.company_id, CHANNEL, row["email"], what, body_of(said), change.at)
        await webhooks.queue(change.conn, *told, next_at=at)


def channel(db: Database, mailer: Mailer | None, mail_from: str, url: str) -> Channel:
    """How the outbox writes to employers of the board at ``url``; without a mail server nothing leaves."""

    async def carry(row: dict[str, Any]) -> Reply:
        if mailer is None:
            return Reply(
                0, problem="No mail server is set, so no e-mail was sent: see the setting smtp_host.", final=True
            )
        letter = await _letter(db, row, url)
        if letter is None:
            return _DONE
        message = compose(letter, mail_from)
        return await mailer.send(message) if message else Reply(0, problem="This is no e-mail address.", final=True)

    async def target(_row: dict[str, Any]) -> Target:
        return Target()

    async def secrets(_row: dict[str, Any]) -> Sequence[str]:
        return ()

    return Channel(target, secrets, lambda _row: "", carry)


async def _letter(db: Database, row: dict[str, Any], url: str) -> Letter | None:
    """The e-mail as things stand; None where it is not true any more, or its reader is no contact any more."""
    said = orjson.loads(row["body"])
    company_id = row["company_id"]
    async with db.company(company_id) as conn:
        name = (await migrations.company(conn, company_id)).name
        known = any(each["email"] == said["to"] for each in await store.contacts(conn, company_id))
        it = await store.sunset(conn, company_id, int(said["sunset"]))
        stands = it is not None and (it.ended_at is None) == (said["what"] != ENDED)
        if not known or (said["what"] != WITHDRAWN and not stands):
            return None
        ahead = await look_ahead(conn, company_id, it.source_id, it.ends_at, size=_NAMED) if it else None
    day = f"{datetime.fromisoformat(said['ends_at']):%A, %d %B %Y, %H:%M} UTC"
    where = line_of(said["location"])
    subject, paragraphs = _words(said["what"], where, line_of(name), day, ahead, it.why if it else "")
    return Letter(
        to=said["to"],
        subject=subject,
        paragraphs=paragraphs,
        number=f"{row['delivery_id']}.sunset",
        links={"How it stands, job by job": f"{url}/companies/{company_id}"},
    )


def _words(
    what: str, where: str, employer: str, day: str, ahead: Outlook | None, why: str
) -> tuple[str, tuple[str, ...]]:
    """Subject and paragraphs."""
    if what == WITHDRAWN:
        told = f"The end of {where}, announced for {day}, was withdrawn. It goes on being read as before."
        return f"Withdrawn: {employer}'s jobs go on coming from {where}", (told,)
    if what == ENDED:
        told = f"{where} has ended, as announced: the board reads it no more."
        return f"Ended: the board reads {where} no more", (
            told,
            "The page behind the link shows what is on the board now.",
        )
    opening = (
        f"{employer}'s jobs come to the board from {where}. This source ends on {day}: until then it is read and "
        "shown as before.",
        *([f"Why: {line_of(why)}"] if why else []),
        f"As things stand now, on that day: {ahead.sentence}" if ahead else "",
        *_named(ahead),
        "To keep a job on the board, publish it in your ATS before that day and see that it is matched.",
    )
    subject = "In a week: " if what == REMINDED else ""
    return f"{subject}{employer}'s jobs from {where} end on {day}", tuple(each for each in opening if each)


def _named(ahead: Outlook | None) -> list[str]:
    if ahead is None or not ahead.closing:
        return []
    names = [
        f"{line_of(each.title)}{f' ({line_of(each.location)})' if each.location else ''}" for each in ahead.closing
    ]
    more = f"; and {ahead.closes - len(names):,} more" if ahead.closes > len(names) else ""
    return [f"Leaving the board: {'; '.join(names)}{more}."]
