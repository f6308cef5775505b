"""The console's page of applications: what became of each, and whether candidates are told."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from changeover.apply import store
from changeover.apply.lifecycle import HELD, STAGES
from changeover.console.shown import console_page, done
from changeover.database.revise import revise
from changeover.migration import store as migrations
from changeover.migration.state import Refusal
from changeover.postings.posting import public_id
from changeover.web.served import CompanyId, Here, Operator

router = APIRouter(include_in_schema=False)

_SHOWN = 100


def _page(company_id: int) -> str:
    return f"/companies/{company_id}/applications"


@router.get("/companies/{company}/applications")
async def applications(request: Request, here: Here, session: Operator, company_id: CompanyId) -> Response:
    """The newest applications without a word of the candidates', and what became of them."""
    async with here.db.company(company_id) as conn:
        it = await migrations.company(conn, company_id)
        rows = await store.told_of(conn, company_id, _SHOWN)
    return console_page(
        request,
        "applications.html",
        here=here,
        session=session,
        it=it,
        stages=STAGES,
        mails=bool(here.settings.smtp_host),
        hold=here.settings.rejection_hold_hours,
        applications=[{**row, "posting": public_id(company_id, row["posting_id"])} for row in rows],
    )


@router.post("/companies/{company}/applications/notices")
async def notices(
    here: Here, session: Operator, company_id: CompanyId, on: Annotated[bool, Form()] = False
) -> Response:
    """The employer's word: candidates are told what becomes of their applications, or not."""
    said = "Candidates are told what becomes of their applications." if on else "Candidates are not told any more."
    async with revise(here.db, company_id, kind="notices", who=session.who, why=said) as change:
        await store.set_notices(change, notices=on)
    return done(here, _page(company_id), said)


@router.post("/companies/{company}/applications/{application:int}/cancel")
async def cancel(here: Here, company_id: CompanyId, application: int) -> Response:
    """Take a rejection back that the candidate has not seen yet."""
    async with here.db.company(company_id) as conn:
        taken = await store.take_back(conn, company_id, min(application, 2**63 - 1), HELD, here.db.now())
    late = Refusal("TOO_LATE", "Nothing was done: the candidate has seen it, or there is nothing to take back.")
    return done(here, _page(company_id), "Taken back: the candidate hears nothing of it." if taken else late)
