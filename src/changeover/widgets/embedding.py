"""How an ATS's server gets a widget token for a recruiter, on the API and on the wire."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from changeover.accounts.origins import origin
from changeover.api.fields import ID_PATTERN, Told
from changeover.api.route import api_router
from changeover.apply_connect.caller import Child, audit, companies
from changeover.apply_connect.routes import answer, json_body
from changeover.web.problem import Problem
from changeover.web.served import Asking, CompanyId, Here
from changeover.widgets.admission import make, number, refusal
from changeover.widgets.tokens import Pass

router = api_router("widgets")
wire_router = APIRouter(include_in_schema=False)


class WidgetSeat(Told):
    """A recruiter who is signed in to the ATS, and the page on which widgets are shown."""

    origin: Annotated[str, Field(max_length=300, examples=["https://ats.example"])]
    contract: Annotated[str, Field(pattern=ID_PATTERN, examples=["250784561204989952"])]
    seat: Annotated[
        str, Field(max_length=200, description="The e-mail address of the seat.", examples=["r@ats.example"])
    ]


class WidgetToken(BaseModel):
    """For the recruiter's page alone, and for some minutes; a repeated request is answered without it."""

    token: str | None
    expires_in: Annotated[int, Field(description="Seconds.", examples=[900])]


@router.post("/companies/{company}/widget-tokens", status_code=201, summary="Show widgets to a recruiter")
async def make_widget_token(here: Here, asking: Asking, company_id: CompanyId, body: WidgetSeat) -> WidgetToken:
    """A token for one seat of a contract, on pages of one origin that is registered for the client."""
    _, _, client = asking.key.partition("client ")
    contract = min(int(body.contract), 2**63 - 1)
    told = Pass(company_id, 0, int(client), origin(body.origin) or "", contract, body.seat.strip().casefold())
    token, life = await make(here, told, who=asking.who)
    return WidgetToken(token=token, expires_in=int(life.total_seconds()))


@wire_router.post("/v2/widgetTokens")
@wire_router.post("/rest/widgetTokens")
async def make_token(request: Request, here: Here, application: Child) -> Response:
    """The same on the wire: ``integrationContext``, ``contract`` (URNs), ``origin`` and ``seat``."""
    said = await json_body(request)
    company, contract = (
        number(_text(said, "integrationContext"), "organization"),
        number(_text(said, "contract"), "contract"),
    )
    if company is None or contract is None:
        raise _missing("integrationContext" if company is None else "contract", "must be a URN")
    if company not in await companies(here, application):
        await audit(here, application, company, "POST widgetTokens")
        raise refusal("OTHER_COMPANY")
    at, seat = origin(_text(said, "origin")) or "", _text(said, "seat").strip().casefold()
    told = Pass(company, application.vendor_id, application.application_id, at, contract, seat)
    token, life = await make(here, told, who=application.name)
    return answer({"token": token, "expires_in": int(life.total_seconds())}, 201)


def _text(said: dict[str, Any], name: str) -> str:
    value = said.get(name)
    if not isinstance(value, str | int) or len(str(value)) > 300:
        raise _missing(name, "field is required but not found and has no default value")
    return str(value)


def _missing(name: str, what: str) -> Problem:
    return Problem(422, "ERROR_INVALID_FIELD", f"ERROR :: /{name} :: {what}\n", "Correct it and send it again.")
