"""The console's page of applications: what became of each, and whether candidates are told."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from changeover.apply import choices, privacy, store
from changeover.apply.lifecycle import HELD, STAGES, TOO_LATE
from changeover.console.shown import console_page, done
from changeover.migration import store as migrations
from changeover.postings.posting import public_id
from changeover.refusal import Refusal
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
        log = await privacy.log(conn, company_id)
    return console_page(
        request,
        "applications.html",
        here=here,
        session=session,
        it=it,
        stages=STAGES,
        mails=bool(here.settings.smtp_host),
        log=log,
        retention=here.settings.retention_days if it.retention_days is None else it.retention_days,
        hold=here.settings.rejection_hold_hours,
        applications=[{**row, "posting": public_id(company_id, row["posting_id"])} for row in rows],
    )


@router.post("/companies/{company}/applications/notices")
async def notices(
    here: Here, session: Operator, company_id: CompanyId, on: Annotated[bool, Form()] = False
) -> Response:
    """The employer's word: candidates are told what becomes of their applications, or not."""
    said = await choices.tell_candidates(here.db, company_id, on=on, who=session.who)
    return done(here, _page(company_id), said)


@router.post("/companies/{company}/applications/apply")
async def apply(here: Here, session: Operator, company_id: CompanyId, on: Annotated[bool, Form()] = False) -> Response:
    """The employer's word: applications are taken on the board, or the button leads to the employer."""
    return done(here, _page(company_id), await choices.take_here(here.db, company_id, on=on, who=session.who))


@router.post("/companies/{company}/applications/retention")
async def retention(
    here: Here, session: Operator, company_id: CompanyId, days: Annotated[str, Form(max_length=5)] = ""
) -> Response:
    """After how many days applications are erased; 0 is never, empty is the board's own number."""
    told = days.strip()
    if told and not (told.isascii() and told.isdecimal()):
        refusal = Refusal("NO_NUMBER", "Nothing was done: this is no number.", "Write digits, or leave it empty.")
        return done(here, _page(company_id), refusal)
    said = await choices.keep(here.db, company_id, int(told) if told else None, who=session.who)
    return done(here, _page(company_id), said)


@router.post("/companies/{company}/applications/{application:int}/cancel")
async def cancel(here: Here, company_id: CompanyId, application: int) -> Response:
    """Take a rejection back that the candidate has not seen yet."""
    async with here.db.company(company_id) as conn:
        taken = await store.take_back(conn, company_id, min(application, 2**63 - 1), HELD, here.db.now())
    return done(here, _page(company_id), "Taken back: the candidate hears nothing of it." if taken else TOO_LATE)
