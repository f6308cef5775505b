"""The console's page of a company's integrations: who asks, what was sent, what failed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from changeover.apply_connect import enabling, store
from changeover.console.shown import console_page, done
from changeover.migration import store as migrations
from changeover.web.served import CompanyId, Here, Operator
from changeover.webhooks import store as webhooks
from changeover.wording import plural

router = APIRouter(include_in_schema=False)

_SHOWN = 50


def _page(company_id: int) -> str:
    return f"/companies/{company_id}/integrations"


@router.get("/companies/{company}/integrations")
async def integrations(request: Request, here: Here, session: Operator, company_id: CompanyId) -> Response:
    """Every vendor that asks to be this company's ATS, and the newest events that were sent for it."""
    async with here.db.company(company_id) as conn:
        it = await migrations.company(conn, company_id)
        rows = await store.integrations(conn, company_id)
        events = await webhooks.deliveries(conn, company_id, "", _SHOWN)
        refusals = await store.refusals(conn, company_id)
    return console_page(
        request,
        "integrations.html",
        here=here,
        session=session,
        it=it,
        integrations=rows,
        events=events,
        dead=sum(row["state"] == "dead" for row in events),
        refusals=refusals,
    )


@router.post("/companies/{company}/integrations/{integration:int}/enable")
async def enable(here: Here, session: Operator, company_id: CompanyId, integration: int) -> Response:
    """The employer's yes: the vendor may push, and the migration begins."""
    refusal = await enabling.enable(here.flow, here.outbox, company_id, integration, who=session.who)
    told = "Enabled: the ATS may push its jobs, was asked for all of them, and the migration has begun."
    return done(here, _page(company_id), refusal or told)


@router.post("/companies/{company}/integrations/{integration:int}/disable")
async def disable(here: Here, session: Operator, company_id: CompanyId, integration: int) -> Response:
    """The employer's no: the vendor may push no more."""
    refusal = await enabling.disable(here.flow, here.outbox, company_id, integration, who=session.who)
    return done(here, _page(company_id), refusal or "Disabled: this ATS may push no more; what it pushed stays.")


@router.post("/companies/{company}/deliveries/replay")
async def replay(here: Here, company_id: CompanyId, delivery: Annotated[int, Form(ge=0, lt=2**63)] = 0) -> Response:
    """Send an event again, or all that were given up."""
    async with here.db.company(company_id) as conn:
        again = await webhooks.replay(conn, company_id, delivery, here.db.now())
        if again and here.outbox is not None:
            await here.outbox.wake(conn, company_id)
    return done(here, _page(company_id), f"{plural(again, 'event')} will be sent again now.")
