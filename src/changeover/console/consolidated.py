"""The page of a consolidated feed: whose names it tells, and whom their jobs are handed to."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from changeover.console.shown import console_page, done
from changeover.consolidated import store
from changeover.consolidated.handing import FEED, assign
from changeover.database.revise import UnknownCompany
from changeover.migration import store as migrations
from changeover.refusal import Refusal
from changeover.snapshot import store as snapshots
from changeover.web.problem import Problem
from changeover.web.served import CompanyId, Here, Operator

router = APIRouter(include_in_schema=False)

_SHOWN = 200
_LEAVE_OUT = "-"


@router.get("/companies/{company}/sources/{source:int}/names")
async def names(
    request: Request, here: Here, session: Operator, company_id: CompanyId, source: int, find: str = ""
) -> Response:
    """Every name with its jobs, those that wait first; ``find`` shows those that hold these letters."""
    async with here.db.company(company_id) as conn:
        it = await migrations.company(conn, company_id)
        row = await snapshots.source(conn, company_id, source)
        if row is None or row.kind != FEED:
            raise Problem(404, "NO_SUCH_FEED", "There is no consolidated feed here.", "See the company's sources.")
        found = await store.names(conn, company_id, source)
    async with here.db.operator() as conn:
        given = {name.handed_to for name in found if name.handed_to is not None}
        called = {known.company_id: known.name for known in await migrations.companies_of(conn, sorted(given))}
    shown = [name for name in found if find.casefold() in name.key]
    return console_page(
        request,
        "names.html",
        here=here,
        session=session,
        it=it,
        row=row,
        find=find,
        names=shown[:_SHOWN],
        more=max(0, len(shown) - _SHOWN),
        called=called,
        waiting=sum(name.jobs for name in found if name.waits),
        handed=sum(name.jobs for name in found if name.handed_to is not None),
        companies=len(given),
    )


@router.post("/companies/{company}/sources/{source:int}/names")
async def hand(
    here: Here,
    session: Operator,
    company_id: CompanyId,
    source: int,
    name: Annotated[str, Form(max_length=2000)] = "",
    to: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """A person's word on one name: a company by its name or id, or ``-`` for none here."""
    page = f"/companies/{company_id}/sources/{source}/names"
    target: int | None = None
    try:
        if to.strip() != _LEAVE_OUT:
            async with here.db.operator() as conn:
                target = await migrations.find(conn, to.strip())
    except UnknownCompany as unknown:
        return done(here, page, Refusal("UNKNOWN_COMPANY", str(unknown), "Type the company's exact name, or its id."))
    refusal = await assign(here.flow, company_id, source, name, target, who=session.who)
    told = "are left out" if target is None else "are handed over with the next reading, which is due now"
    return done(here, page, refusal or f"The jobs of {store.shown(name)} {told}.")
