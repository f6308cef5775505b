"""The console's pages of support: what waits, a company's cases, one case with its thread."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from changeover import acts
from changeover.console.sentences import NAMES
from changeover.console.shown import console_page, done
from changeover.migration import store as migrations
from changeover.refusal import Refusal
from changeover.support import cases, store
from changeover.support.cases import ABOUT, CAUSES, LONGEST, Side
from changeover.web.problem import Problem
from changeover.web.served import CompanyId, Here, Operator

router = APIRouter(include_in_schema=False)

Words = Annotated[str, Form(max_length=LONGEST)]
As = Annotated[Side, Form(alias="as")]
JobId = Annotated[int, Form(ge=1, lt=2**63)]


def _page(company_id: int, case: int = 0) -> str:
    return f"/companies/{company_id}/cases{f'/{case}' if case else ''}"


@router.get("/support")
async def support(request: Request, here: Here, session: Operator) -> Response:
    """Every company's open cases, and how often each cause was why one was needed."""
    async with here.db.operator() as conn:
        waiting, causes = await store.open_cases(conn), await store.causes(conn)
    return console_page(
        request,
        "support.html",
        here=here,
        session=session,
        waiting=waiting,
        about=ABOUT,
        causes=[(CAUSES[each], count) for each, count in causes.items()],
    )


@router.get("/companies/{company}/cases")
async def list_cases(request: Request, here: Here, session: Operator, company_id: CompanyId) -> Response:
    """A company's cases, and the form that opens one."""
    async with here.db.company(company_id) as conn:
        it = await migrations.company(conn, company_id)
        rows = await store.cases_of(conn, company_id)
    return console_page(
        request, "cases.html", here=here, session=session, it=it, cases=rows, about=ABOUT, causes=CAUSES
    )


@router.post("/companies/{company}/cases")
async def open_case(
    here: Here,
    session: Operator,
    company_id: CompanyId,
    code: Annotated[str, Form(max_length=100)] = "",
    words: Words = "",
    side: As = "employer",
) -> Response:
    """Open a case: the evidence is attached as it stands now."""
    made = await cases.open_case(here.db, company_id, code, words, side=session.side or side, who=session.who)
    if isinstance(made, Refusal):
        return done(here, _page(company_id), made)
    return done(here, _page(company_id, made), "The case is open, with the evidence attached.")


@router.get("/companies/{company}/cases/{case:int}")
async def one_case(request: Request, here: Here, session: Operator, company_id: CompanyId, case: int) -> Response:
    """One case: its thread, the pairs that were proposed, the evidence."""
    async with here.db.company(company_id) as conn:
        it = await migrations.company(conn, company_id)
        row = await store.case(conn, company_id, min(case, 2**63 - 1))
        if row is None:
            raise Problem(404, "UNKNOWN_CASE", "This company has no such case.", "See its list of cases.")
        messages = await store.messages(conn, company_id, case)
        proposals = await store.proposals(conn, company_id, case)
    return console_page(
        request,
        "case.html",
        here=here,
        session=session,
        it=it,
        case=row,
        messages=messages,
        proposals=proposals,
        about=ABOUT,
        states=NAMES,
        causes=CAUSES,
    )


@router.post("/companies/{company}/cases/{case:int}/messages")
async def write(
    here: Here, session: Operator, company_id: CompanyId, case: int, words: Words = "", side: As = "employer"
) -> Response:
    """Write in the case."""
    refusal = await cases.write(here.db, company_id, case, words, side=session.side or side, who=session.who)
    return done(here, _page(company_id, case), refusal or "Sent.")


@router.post("/companies/{company}/cases/{case:int}/proposals")
async def propose(
    here: Here, session: Operator, company_id: CompanyId, case: int, legacy: Words, ats: Words
) -> Response:
    """Support proposes a pair."""
    refusal = await cases.propose(here.db, company_id, case, legacy, ats, who=session.who)
    return done(here, _page(company_id, case), refusal or "Proposed: the employer confirms or rejects it here.")


@router.post("/companies/{company}/cases/{case:int}/pairs")
async def decide(
    here: Here,
    session: Operator,
    company_id: CompanyId,
    case: int,
    legacy: JobId,
    ats: JobId,
    yes: Annotated[bool, Form()] = False,
) -> Response:
    """The employer's word on a pair that was proposed: as on the review page, it outlives every re-match."""
    verdict = "confirmed" if yes else "rejected"
    refusal = await acts.decide_pair(here.flow, company_id, legacy, ats, verdict, who=session.who)
    return done(here, _page(company_id, case), refusal or f"{verdict.capitalize()}, whatever a later match says.")


@router.post("/companies/{company}/cases/{case:int}/close")
async def close(
    here: Here, session: Operator, company_id: CompanyId, case: int, cause: Annotated[str, Form(max_length=50)]
) -> Response:
    """Close the case with its cause."""
    refusal = await cases.close(here.db, company_id, case, cause, who=session.who)
    return done(here, _page(company_id, case), refusal or "The case is closed.")
