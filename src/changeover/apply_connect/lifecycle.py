"""What becomes of applications, as ATSs tell it; applicants' files; blocked addresses."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from changeover.apply import notices, privacy
from changeover.apply import store as applications
from changeover.apply_connect import payloads_answers, payloads_signals, restli
from changeover.apply_connect.auth import Application
from changeover.apply_connect.caller import Child, Parent, audit, companies, only_method
from changeover.apply_connect.hooks import CHANNEL
from changeover.apply_connect.routes import answer, json_body
from changeover.database.connection import Connection
from changeover.web.problem import Problem
from changeover.web.served import Here, Served
from changeover.webhooks import store as webhooks

router = APIRouter(include_in_schema=False)

FILE_LIFE = timedelta(days=30)
_FILE = re.compile(r"(\d{1,19})-(\d{1,19})")


@router.post("/v2/jobApplicationLifecycleActions")
@router.post("/rest/jobApplicationLifecycleActions")
async def tell_action(request: Request, here: Here, application: Child) -> Response:
    """What became of one application: kept once for each action, however often it is told."""
    only_method(request, "create")
    signal = payloads_signals.signal(await json_body(request), here.db.now())
    mine = await companies(here, application)
    if signal.company_id is not None and signal.company_id not in mine:
        await audit(here, application, signal.company_id, "POST jobApplicationLifecycleActions")
        raise _foreign()
    for company_id in mine:
        async with here.db.company(company_id) as conn:
            if await applications.application(conn, company_id, signal.application_id) is not None:
                at = (signal.action, signal.performed_at, here.db.now(), application.name)
                hold = timedelta(hours=here.settings.rejection_hold_hours)
                await notices.tell(here.outbox, conn, company_id, signal.application_id, *at, hold)
                return answer({}, 201, {"x-restli-id": str(signal.application_id)})
    message = f"Resource urn:li:jobApplication:{signal.application_id} does not exist"
    raise Problem(404, "NOT_FOUND", message, "Use the jobApplicationId that the application came with.")


def _foreign() -> Problem:
    message = "Not enough permissions to access: POST /jobApplicationLifecycleActions"
    return Problem(
        403, "ACCESS_DENIED", message, "Use the token of that company's application.", service_error_code=100
    )


@router.get("/ambry")
@router.get("/ambry/")
async def get_file(request: Request, here: Here, application: Child) -> Response:
    """A file that an applicant sent, for thirty days.

    An empty reference answers the newest file of the caller's own companies, so that a published collection, which
    leaves it for a person to fill in, runs as it is.
    """
    reference = dict(await restli.query(request)).get("x-li-ambry-ep", "")
    match = _FILE.fullmatch(reference)
    found = await _named(here, application, match) if match else None
    if not reference:
        found = await _newest(here, application)
    if found is None:
        raise Problem(404, "NOT_FOUND", "The file does not exist, or its thirty days are over.", "Ask for another.")
    name = re.sub(r"[^\w. -]", "_", found["name"], flags=re.ASCII)
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(found["content"], 200, headers, found["media_type"])


async def _named(here: Served, application: Application, match: re.Match[str]) -> dict[str, Any] | None:
    company_id, file_id = int(match[1]), int(match[2])
    if company_id not in await companies(here, application):
        await audit(here, application, company_id if company_id < 2**63 else 0, "GET ambry")
        return None
    if file_id >= 2**63:
        return None
    async with here.db.company(company_id) as conn:
        return await _fetched(conn, here, application, company_id, file_id)


async def _fetched(
    conn: Connection, here: Served, application: Application, company_id: int, file_id: int
) -> dict[str, Any] | None:
    """A file, and a line in the log of who looked."""
    found = await applications.file(conn, company_id, file_id, here.db.now() - FILE_LIFE)
    if found:
        of = [found["application_id"]]
        await privacy.looked(conn, company_id, of, here.db, who=application.name, what="file")
    return found


async def _newest(here: Served, application: Application) -> dict[str, Any] | None:
    since = here.db.now() - FILE_LIFE
    for company_id in await companies(here, application):
        async with here.db.company(company_id) as conn:
            file_id = await applications.newest_file(conn, company_id, since)
            if file_id is not None:
                return await _fetched(conn, here, application, company_id, file_id)
    return None


@router.get("/v2/developerWebhooks")
@router.get("/rest/developerWebhooks")
async def developer_webhooks(request: Request, here: Here, application: Parent) -> Response:
    """The vendor's addresses, such as those that are blocked."""
    asked = dict(await restli.query(request))
    if asked.get("q") != "parentApplication":
        raise Problem(400, "BAD_QUERY", "Parameter 'q' must be parentApplication", "Send q=parentApplication.")
    wanted = payloads_signals.wanted_state(asked.get("queryCriteria", ""))
    async with here.db.company(application.vendor_id) as conn:
        rows = [row for row in await webhooks.webhooks(conn, application.vendor_id) if row["channel"] == CHANNEL]
    shown = [payloads_signals.webhook(row) for row in rows if wanted in ("", payloads_signals.state(row))]
    start, count = _number(asked.get("start"), 0), _number(asked.get("count"), 100)
    return answer(payloads_answers.elements(shown[start : start + count], start))


@router.post("/v2/developerWebhooks")
@router.post("/rest/developerWebhooks")
async def revalidate(request: Request, here: Here, application: Parent) -> Response:
    """Have blocked addresses challenged again, all of them or those that the body names."""
    named = payloads_signals.named_webhooks(await json_body(request))
    done: list[int] = []
    async with here.db.company(application.vendor_id) as conn:
        for row in await webhooks.webhooks(conn, application.vendor_id):
            if not named or row["url"] in named or str(row["webhook_id"]) in named:
                await webhooks.check_again(conn, application.vendor_id, row["webhook_id"], here.db.now())
                done.append(row["webhook_id"])
                if here.outbox is not None:
                    await here.outbox.wake_check(conn, application.vendor_id, row["webhook_id"])
    return answer({"value": {"revalidated": len(done)}})


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 9 else default
