"""A candidate's own page: what was sent, what became of it, and taking it back or erasing it."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from changeover.apply import notices, privacy, store
from changeover.apply.application import shown
from changeover.apply.lifecycle import STAGES
from changeover.apply.questions import Form, read_form
from changeover.board.pages import mails, pages
from changeover.postings.posting import public_id
from changeover.web.problem import Problem
from changeover.web.served import Here, Served
from changeover.webhooks.keys import keys_of

router = APIRouter(include_in_schema=False)

# The long one was got when applying; the short one came by e-mail.
_TOKEN = re.compile(r"([1-9]\d{0,18})-([1-9]\d{0,18})-([0-9a-f]{64}|[0-9a-f]{32})")
_MAILED = 32
_PRIVATE = {"cache-control": "no-store", "x-robots-tag": "noindex"}


async def of_token(here: Served, token: str) -> dict[str, Any] | None:
    """The application of a token; None for any that is not one, whatever is wrong with it."""
    match = _TOKEN.fullmatch(token)
    row = None
    if match and int(match[1]) < 2**63 and int(match[2]) < 2**63:
        async with here.db.company(int(match[1])) as conn:
            row = await store.application(conn, int(match[1]), int(match[2]))
    if match is None or row is None:
        return None
    if len(match[3]) == _MAILED:
        at = (row["company_id"], row["application_id"])
        return row if notices.is_own(keys_of(here.settings), match[3], *at) else None
    told = hashlib.sha256(match[3].encode()).digest()
    return row if hmac.compare_digest(bytes(row["token_hash"]), told) else None


async def _mine(here: Served, token: str) -> dict[str, Any]:
    row = await of_token(here, token)
    if row is None:
        raise Problem(404, "NO_SUCH_APPLICATION", "There is no application at this address.", "Check the address.")
    return row


@router.get("/applications/{token}")
async def mine(here: Here, token: str) -> Response:
    """What was sent and what became of it."""
    row = await _mine(here, token)
    async with here.db.company(row["company_id"]) as conn:
        asked = await store.known_form(conn, row["company_id"], row["posting_id"])
        actions = await store.shown_actions(conn, row["company_id"], row["application_id"], here.db.now())
        log = await privacy.log(conn, row["company_id"], row["application_id"])
    form = read_form(asked["form"]) if asked else None
    return pages.page(
        "mine.html",
        headers=_PRIVATE,
        application=row,
        job=asked,
        posting=public_id(row["company_id"], row["posting_id"]),
        actions=[(STAGES[each["action"]], each["performed_at"]) for each in actions if each["action"] in STAGES],
        answers=list(shown(form, row["answers"])) if isinstance(form, Form) else [],
        token=token,
        log=log,
        mails=mails(here),
    )


@router.get("/applications/{token}/copy.json")
async def copy(here: Here, token: str) -> Response:
    """Everything that is kept of an application, for the person whose it is."""
    row = await _mine(here, token)
    async with here.db.company(row["company_id"]) as conn:
        actions = await store.shown_actions(conn, row["company_id"], row["application_id"], here.db.now())
    said = {
        "applied_at": row["applied_at"].isoformat(),
        "withdrawn_at": row["withdrawn_at"].isoformat() if row["withdrawn_at"] else None,
        "applicant": row["applicant"],
        "answers": row["answers"],
        "consent": row["consent"],
        "actions": [{"action": each["action"], "at": each["performed_at"].isoformat()} for each in actions],
    }
    headers = {**_PRIVATE, "content-disposition": 'attachment; filename="application.json"'}
    return JSONResponse(said, headers=headers)


@router.post("/applications/{token}/{act}")
async def act(request: Request, here: Here, token: str, act: str) -> Response:
    """Take it back, end its e-mails, or have everything that was said erased."""
    row = await _mine(here, token)
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise Problem(
            403, "FOREIGN_FORM", "Nothing was done: the form was sent from another site.", "Use the page here."
        )
    at = (row["company_id"], row["application_id"], here.db.now())
    async with here.db.company(row["company_id"]) as conn, conn.transaction():
        if act == "withdraw":
            await store.withdraw(conn, *at)
        elif act == "quiet":
            await store.be_quiet(conn, *at)
        elif act == "erase":
            await privacy.erase_applications(conn, at[0], [at[1]], here.db, who="the candidate")
        else:
            raise Problem(404, "NOT_FOUND", "There is no such button.", "Load the page again.")
    return RedirectResponse(f"/applications/{token}", 303, headers=_PRIVATE)
