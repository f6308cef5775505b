"""The console's page of widgets: on which pages each client of a company may show them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from changeover.accounts import clients
from changeover.accounts.origins import origin
from changeover.console.shown import console_page, done
from changeover.migration import store as migrations
from changeover.refusal import Refusal
from changeover.web.served import CompanyId, Here, Operator
from changeover.widgets import store

router = APIRouter(include_in_schema=False)


def _page(company_id: int) -> str:
    return f"/companies/{company_id}/widgets"


@router.get("/companies/{company}/widgets")
async def widgets(request: Request, here: Here, session: Operator, company_id: CompanyId) -> Response:
    """The company's clients and the vendors' applications that speak for it, with their origins."""
    async with here.db.company(company_id) as conn:
        it = await migrations.company(conn, company_id)
        own = await clients.clients(conn, company_id)
        vendors = await store.vendors_of(conn, company_id)
    for each in vendors:
        found = await store.client(here.db, company_id, each["vendor_id"], each["application_id"] or 0)
        each["origins"] = [known for told in (found["origins"] if found else ()) if (known := origin(told))]
    return console_page(request, "widgets.html", here=here, session=session, it=it, clients=own, vendors=vendors)


@router.post("/companies/{company}/widgets/{client:int}/origins")
async def set_origins(
    here: Here,
    session: Operator,
    company_id: CompanyId,
    client: int,
    origins: Annotated[str, Form(max_length=6_000)] = "",
) -> Response:
    """The origins of a client, one a line, in place of those before."""
    at = (here.db, company_id, min(client, 2**63 - 1))
    kept = await clients.set_origins(*at, origins.split(), who=session.who)
    if isinstance(kept, Refusal):
        return done(here, _page(company_id), kept)
    said = f"Widgets may be shown on {', '.join(kept)}." if kept else "Widgets of this client are shown nowhere."
    return done(here, _page(company_id), said)
