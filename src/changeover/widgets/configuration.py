"""The configuration widget: the employer activates its ATS, and chooses what candidates meet."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from changeover import acts
from changeover.apply import store as applications
from changeover.apply_connect import enabling
from changeover.database.connection import Connection
from changeover.database.revise import revise
from changeover.migration import store as migrations
from changeover.migration.state import State
from changeover.refusal import Refusal
from changeover.web.served import Here, Served
from changeover.widgets import store
from changeover.widgets.admission import Admitted, Asked, Asking, admit
from changeover.widgets.shown import widget

router = APIRouter(include_in_schema=False)

_SENTENCES = {
    State.LEGACY: "Your jobs come from your old source.",
    State.MATCHING: "Your old source and your ATS are being compared; the board does not change until they match.",
    State.READY: "Every job matches; the move to your ATS follows by itself, unless it is held.",
    State.CUT_OVER: "Your jobs come from your ATS. The old source is kept for the way back.",
    State.FINISHED: "Your jobs come from your ATS.",
}


@router.post("/widgets/ats-integration")
async def configuration(request: Request, here: Here, it: Asking) -> Response:
    """How the integration stands, with the buttons that change it."""
    seat = await admit(request, here, it, configuring=True)
    return await _shown(request, here, it, seat)


async def _shown(
    request: Request, here: Served, it: Asked, seat: Admitted, outcome: Refusal | str | None = None
) -> Response:
    company_id = seat.told.company_id
    async with here.db.company(company_id) as conn:
        company = await migrations.company(conn, company_id)
        vendor = await _vendor(conn, seat)
    active = company.state is not State.LEGACY and vendor in (None, "enabled")
    kinds = [name for name, on in (("APPLY_CONNECT", active), ("APPLY", active and company.apply_here)) if on]
    return widget(
        request,
        here,
        "configuration.html",
        it,
        seat,
        status=409 if isinstance(outcome, Refusal) else 200,
        company=company,
        active=active,
        may_activate=not active,
        sentence=_SENTENCES[company.state],
        integrations=kinds,
        hold=here.settings.rejection_hold_hours,
        note=_note(outcome),
    )


async def _vendor(conn: Connection, seat: Admitted) -> str | None:
    """The employer's word on the vendor's application; None where the client is the company's own."""
    told = seat.told
    return await store.integration(conn, told.company_id, told.vendor_id, told.client_id) if told.vendor_id else None


def _note(outcome: Refusal | str | None) -> dict[str, Any] | None:
    if outcome is None:
        return None
    if isinstance(outcome, Refusal):
        return {"good": False, "sentence": str(outcome), "code": outcome.code}
    return {"good": True, "sentence": outcome, "code": ""}


@router.post("/widgets/ats-integration/activate")
async def activate(request: Request, here: Here, it: Asking) -> Response:
    """The employer's yes: the ATS may push, and the migration begins."""
    seat = await admit(request, here, it, configuring=True)
    told = seat.told
    if told.vendor_id:
        async with here.db.company(told.company_id) as conn:
            asked = await store.request(conn, told.company_id, told.vendor_id, told.client_id)
        refusal = await enabling.enable(here.flow, here.outbox, told.company_id, asked or 0, who=seat.who)
    else:
        refusal = await acts.activate(here.flow, told.company_id, who=seat.who)
    return await _shown(request, here, it, seat, refusal or "The integration is active: your jobs are being compared.")


@router.post("/widgets/ats-integration/choices")
async def choices(
    request: Request,
    here: Here,
    it: Asking,
    apply: Annotated[bool, Form()] = False,
    notices: Annotated[bool, Form()] = False,
) -> Response:
    """Applying on the board on or off, telling candidates on or off."""
    seat = await admit(request, here, it, configuring=True)
    why = (
        f"Applications are {'taken on the board' if apply else 'taken at the employer only'}, "
        f"and candidates are {'told' if notices else 'not told'} what becomes of them."
    )
    async with revise(here.db, seat.told.company_id, kind="apply_here", who=seat.who, why=why) as change:
        await applications.set_apply_here(change, here=apply)
        await applications.set_notices(change, notices=notices)
    return await _shown(request, here, it, seat, "Saved.")
