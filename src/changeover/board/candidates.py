"""A candidate's own data over all employers: opened by a mailed link, taken out, erased."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit

import structlog
from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from changeover.apply import notices, privacy, store
from changeover.board.pages import mails, pages
from changeover.web.problem import Problem
from changeover.web.senders import sends
from changeover.web.served import Here, Served
from changeover.webhooks import store as webhooks
from changeover.webhooks.keys import keys_of

log = structlog.get_logger()
router = APIRouter(include_in_schema=False)

# The guard's own referrer policy holds: a stricter one has browsers send `Origin: null` with these pages' forms.
_PRIVATE = {"cache-control": "no-store", "x-robots-tag": "noindex"}
_CANDIDATE = "the candidate"
_AGAIN = timedelta(minutes=10)


@router.get("/candidates")
async def ask(here: Here) -> Response:
    """Where one asks for the link."""
    return pages.page("candidates.html", headers=_PRIVATE, sent=False, mails=mails(here))


@router.post("/candidates")
async def send(request: Request, here: Here, email: Annotated[str, Form(max_length=320)]) -> Response:
    """Mail the link, if there is anything. The answer is the same either way: nobody learns who applied here."""
    _own_form(request)
    sent = await sends(request, here)
    if sent and not sent.allowed:
        log.warning("an address asks too often for links")
        raise Problem(429, "TOO_MANY", "Nothing was sent: too many requests came from your network.", "Wait a while.")
    if mails(here):
        task = asyncio.create_task(_send(here, email.replace("\0", "")))
        here.acting.add(task)
        task.add_done_callback(here.acting.discard)
    return pages.page("candidates.html", headers=_PRIVATE, sent=True, mails=mails(here))


async def _send(here: Served, email: str) -> None:
    """One link for all the address's applications, by the outbox of a company that has one."""
    found = await privacy.find(here.db, email)
    for company, ids in list(found.items())[:1]:
        async with here.db.company(company) as conn:
            body = notices.link_body(ids[-1])
            if here.outbox is None or await privacy.asked_lately(conn, company, body, _AGAIN, here.db):
                return
            await webhooks.queue(conn, company, notices.CHANNEL, "", notices.LINK, body, here.db.now())
            await here.outbox.wake_mail(conn, company)


def _own_form(request: Request) -> None:
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise Problem(
            403, "FOREIGN_FORM", "Nothing was done: the form was sent from another site.", "Use the page here."
        )


def _meant(here: Served, token: str) -> str:
    """The address that a link was mailed to; 404 for one that has run out or was never sent."""
    email = keys_of(here.settings).unsealed("candidate", token, here.db.now(), notices.LINK_LIFE)
    if email is None:
        raise Problem(404, "LINK_OVER", "This link has run out, or was never sent.", "Ask for another at /candidates.")
    return email


@router.get("/candidates/{token}")
async def mine(here: Here, token: str) -> Response:
    """What is kept, by employer, and the two buttons."""
    email = _meant(here, token)
    kept = []
    for company, ids in (await privacy.find(here.db, email)).items():
        async with here.db.company(company) as conn:
            kept += [row for row in await store.told_of(conn, company, 1_000) if row["application_id"] in ids]
    return pages.page("candidate.html", headers=_PRIVATE, token=token, kept=kept, erased=None)


@router.get("/candidates/{token}/copy.zip")
async def copy(here: Here, token: str) -> Response:
    """Everything that is kept, with the files."""
    made = await privacy.export(here.db, _meant(here, token), who=_CANDIDATE)
    if made is None:
        raise Problem(404, "NOTHING_KEPT", "Nothing is kept of you here.", "There is nothing to do.")
    headers = {**_PRIVATE, "content-disposition": 'attachment; filename="my-applications.zip"'}
    return Response(made, 200, headers, "application/zip")


@router.post("/candidates/{token}/erase")
async def erase(request: Request, here: Here, token: str) -> Response:
    """Erase everything at every employer of this board, for good."""
    _own_form(request)
    erased = await privacy.erase(here.db, _meant(here, token), who=_CANDIDATE)
    return pages.page("candidate.html", headers=_PRIVATE, token=token, kept=[], erased=erased)
