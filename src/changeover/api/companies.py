"""What a program may ask: where companies stand, what did not match, what would change."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response

from changeover import acts
from changeover.api.answers import (
    CompaniesAnswer,
    CompanyAnswer,
    FindingAnswer,
    PreviewAnswer,
    ReviewAnswer,
    SessionAnswer,
)
from changeover.match import store as matches
from changeover.migration import store as migrations
from changeover.migration.state import State
from changeover.web.problem import Problem
from changeover.web.served import CompanyId, Here, Operator

router = APIRouter(prefix="/api/v1", tags=["companies"])

Decision = Literal["paired", "review", "legacy_only", "ats_only"]
UNMATCHED: tuple[Decision, ...] = ("review", "legacy_only", "ats_only")


@router.get("/session", summary="Who asks")
async def session(session: Operator) -> SessionAnswer:
    """The session of the request's cookie, with the token that its changes must carry."""
    return SessionAnswer(who=session.who, csrf=session.csrf)


@router.get("/companies", summary="All companies")
async def companies(
    here: Here,
    state: State | None = None,
    after: Annotated[str, Query(pattern=r"^\d{1,18}$")] = "0",
    size: Annotated[int, Query(ge=1, le=200)] = 50,
) -> CompaniesAnswer:
    """A page of companies by id, or of those in one state."""
    async with here.db.operator() as conn:
        rows = await migrations.companies(conn, after=int(after), size=size + 1, state=state)
    more = str(rows[size - 1].company_id) if len(rows) > size else None
    return CompaniesAnswer(companies=[CompanyAnswer.of(it) for it in rows[:size]], next=more)


@router.get("/companies/{company}", summary="One company", response_model=CompanyAnswer)
async def company(request: Request, here: Here, company_id: CompanyId) -> Response:
    """State, counts and reasons. The `ETag` is its revision, so `If-None-Match` costs next to nothing."""
    async with here.db.company(company_id) as conn:
        it = await migrations.company(conn, company_id)
    headers = {"etag": f'"{it.revision}-{it.flowed_revision}"', "cache-control": "no-cache"}
    if request.headers.get("if-none-match") == headers["etag"]:
        return Response(status_code=304, headers=headers)
    return JSONResponse(CompanyAnswer.of(it).model_dump(mode="json"), headers=headers)


@router.get("/companies/{company}/review", summary="What did not match")
async def review(
    here: Here,
    company_id: CompanyId,
    decision: Annotated[list[Decision] | None, Query()] = None,
    after: Annotated[str, Query(pattern=r"^\d{1,19}-\d{1,19}$")] = "",
    size: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> ReviewAnswer:
    """A page of findings: those that did not match, or of the decisions that are named."""
    legacy, _, ats = after.partition("-")
    async with here.db.company(company_id) as conn:
        await migrations.company(conn, company_id)
        rows = await matches.review_page(
            conn,
            company_id,
            decision or UNMATCHED,
            after=(int(legacy), int(ats)) if after else (-1, -1),
            size=size + 1,
        )
    more = f"{rows[size - 1]['legacy_job_id']}-{rows[size - 1]['ats_job_id']}" if len(rows) > size else None
    return ReviewAnswer(findings=[FindingAnswer.of(row) for row in rows[:size]], next=more)


@router.post("/companies/{company}/rehearse", summary="What a move would change")
async def rehearse(here: Here, company_id: CompanyId) -> PreviewAnswer:
    """Exactly what resolve (or, after the cut-over, revert) would do now. Nothing is changed."""
    rehearsal = await acts.preview(here.flow, company_id)
    if len(rehearsal.preview.closing) + len(rehearsal.preview.opening) > 200_000:
        raise Problem(413, "TOO_MUCH_TO_SHOW", "The preview is too large for one answer.", "See it in the console.")
    return PreviewAnswer.of(rehearsal.move, rehearsal.preview)
