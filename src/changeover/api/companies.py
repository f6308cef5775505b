"""What a program may ask: where companies stand, what did not match, what would change."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Query
from fastapi.responses import Response

from changeover import acts
from changeover.api.answers import (
    CompaniesAnswer,
    CompanyAnswer,
    FindingAnswer,
    PreviewAnswer,
    ReviewAnswer,
    SessionAnswer,
)
from changeover.api.fields import cut
from changeover.api.route import api_router
from changeover.match import store as matches
from changeover.migration import store as migrations
from changeover.migration.state import State
from changeover.web.problem import Problem
from changeover.web.served import Asking, CompanyId, Here

router = api_router("companies")

Decision = Literal["paired", "review", "legacy_only", "ats_only"]
UNMATCHED: tuple[Decision, ...] = ("review", "legacy_only", "ats_only")


@router.get("/session", summary="Who asks")
async def get_session(asking: Asking) -> SessionAnswer:
    """Whose credential the request shows; a session is told the token that its changes must carry."""
    return SessionAnswer(who=asking.who, acts=asking.acts, csrf=asking.csrf)


@router.get("/companies", summary="All companies")
async def list_companies(
    here: Here,
    state: State | None = None,
    after: Annotated[str, Query(pattern=r"^\d{1,18}$", description="The `next` of the page before.")] = "0",
    size: Annotated[int, Query(ge=1, le=200)] = 50,
) -> CompaniesAnswer:
    """A page of companies by id, or of those in one state."""
    async with here.db.operator() as conn:
        rows = await migrations.companies(conn, after=int(after), size=size + 1, state=state)
    shown, last = cut(rows, size)
    return CompaniesAnswer(
        companies=[CompanyAnswer.of(it) for it in shown], next=str(last.company_id) if last else None
    )


@router.get("/companies/{company}", summary="One company")
async def get_company(response: Response, here: Here, company_id: CompanyId) -> CompanyAnswer:
    """State, counts and reasons. The `ETag` is its revision, which is what `If-Match` of an act names."""
    async with here.db.company(company_id) as conn:
        it = await migrations.company(conn, company_id)
    response.headers["etag"] = f'"{it.revision}-{it.flowed_revision}"'
    return CompanyAnswer.of(it)


@router.get("/companies/{company}/review", summary="What did not match")
async def get_review(
    here: Here,
    company_id: CompanyId,
    decision: Annotated[list[Decision] | None, Query()] = None,
    after: Annotated[
        str | None, Query(pattern=r"^\d{1,19}-\d{1,19}$", description="The `next` of the page before.")
    ] = None,
    size: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> ReviewAnswer:
    """A page of findings: those that did not match, or of the decisions that are named."""
    legacy, _, ats = (after or "").partition("-")
    async with here.db.company(company_id) as conn:
        await migrations.company(conn, company_id)
        rows = await matches.review_page(
            conn,
            company_id,
            decision or UNMATCHED,
            after=(int(legacy), int(ats)) if after else (-1, -1),
            size=size + 1,
        )
    shown, last = cut(rows, size)
    more = f"{last['legacy_job_id']}-{last['ats_job_id']}" if last else None
    return ReviewAnswer(findings=[FindingAnswer.of(row) for row in shown], next=more)


@router.post("/companies/{company}/rehearse", summary="What a move would change")
async def rehearse(here: Here, company_id: CompanyId) -> PreviewAnswer:
    """Exactly what resolve (or, after the cut-over, revert) would do now. Nothing is changed."""
    rehearsal = await acts.preview(here.flow, company_id)
    if len(rehearsal.preview.closing) + len(rehearsal.preview.opening) > 200_000:
        raise Problem(413, "TOO_MUCH_TO_SHOW", "The preview is too large for one answer.", "See it in the console.")
    return PreviewAnswer.of(rehearsal.move, rehearsal.preview)
