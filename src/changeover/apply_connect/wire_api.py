"""What the API says of the wire: who asks to be a company's ATS, and flags on the jobs that it told."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import Depends, Path
from pydantic import BaseModel, Field

from changeover.api.answers import ActAnswer
from changeover.api.fields import Id, Told, conflict, unknown
from changeover.api.route import api_router
from changeover.apply_connect import enabling, store, work
from changeover.apply_connect.deciding import FLAGS
from changeover.apply_connect.store import Wish
from changeover.flow import Flow
from changeover.migration import store as migrations
from changeover.refusal import Refusal
from changeover.sources.text import line
from changeover.web.served import Asking, CompanyId, Here

router = api_router("integrations")


class IntegrationAnswer(BaseModel):
    """An ATS vendor's wish to be a company's ATS, and the employer's word on it."""

    id: Id
    name: Annotated[str, Field(examples=["Best ATS"])]
    kind: Annotated[str, Field(examples=["APPLY_CONNECT"])]
    state: Wish
    requested_at: datetime
    decided_at: datetime | None
    resync_asked_at: datetime | None
    resync_done_at: datetime | None


class IntegrationsAnswer(BaseModel):
    """Everyone who asked, the oldest wish first."""

    integrations: list[IntegrationAnswer]


class Flagging(Told):
    """A job by the ATS's own id, and why it may not be listed; no ``flag`` gives it back to the board."""

    job: Annotated[str, Field(min_length=1, max_length=200, examples=["R-4711"])]
    flag: Literal["MEMBER_REPORTED", "CUSTOMER_EXCLUDED"] | None = None
    why: Annotated[str, Field(max_length=500, examples=["Three people reported it as closed."])] = ""


async def integration_id(integration: Annotated[int, Path(ge=1, description="The integration's id.")]) -> int:
    """An integration's id as it stands in a path; 404 for what cannot be one."""
    if integration >= 2**63:
        raise unknown("UNKNOWN_REQUEST", "integration")
    return integration


IntegrationId = Annotated[int, Depends(integration_id)]


@router.get("/companies/{company}/integrations", summary="Who asks to be its ATS")
async def list_integrations(here: Here, company_id: CompanyId) -> IntegrationsAnswer:
    """ATS vendors that asked over the Apply Connect wire."""
    async with here.db.company(company_id) as conn:
        await migrations.company(conn, company_id)
        found = await store.integrations(conn, company_id)
    told = [
        IntegrationAnswer(
            id=str(it.request_id),
            name=it.name,
            kind=it.kind,
            state=it.state,
            requested_at=it.requested_at,
            decided_at=it.decided_at,
            resync_asked_at=it.resync_at,
            resync_done_at=it.resync_done_at,
        )
        for it in found
    ]
    return IntegrationsAnswer(integrations=told)


@router.post("/companies/{company}/integrations/{integration:int}/enable", summary="Let a vendor be its ATS")
async def enable_integration(
    here: Here, asking: Asking, company_id: CompanyId, integration: IntegrationId
) -> ActAnswer:
    """The employer's yes: the vendor may push, and the migration begins.

    Where that cannot begin it is enabled all the same, and the sentence says why.
    """
    refusal = await enabling.enable(here.flow, here.outbox, company_id, integration, who=asking.who)
    if refusal is not None and refusal.code == "UNKNOWN_REQUEST":
        raise unknown(refusal.code, "integration")
    return ActAnswer(sentence=str(refusal or "Enabled: the ATS may push, and the migration has begun."))


@router.post("/companies/{company}/integrations/{integration:int}/disable", summary="Let a vendor push no more")
async def disable_integration(
    here: Here, asking: Asking, company_id: CompanyId, integration: IntegrationId
) -> ActAnswer:
    """The employer's no: what it pushed stays as it is."""
    refusal = await enabling.disable(here.flow, here.outbox, company_id, integration, who=asking.who)
    if refusal is not None:
        raise unknown(refusal.code, "integration")
    return ActAnswer(sentence="Disabled: this ATS may push no more; what it pushed stays.")


@router.post("/companies/{company}/flags", summary="Take a job from the board, or give it back")
async def flag_job(here: Here, asking: Asking, company_id: CompanyId, body: Flagging) -> ActAnswer:
    """Of a job that the wire told: `jobPostingStatus` tells the flag to the ATS, with what to do.

    `MEMBER_REPORTED` goes when the ATS tells the job again, `CUSTOMER_EXCLUDED` only when it is taken back here.
    """
    told = await flagged(here.flow, company_id, body.job, body.flag or "", line(body.why), who=asking.who)
    if isinstance(told, Refusal):
        raise conflict(told)
    return ActAnswer(sentence=told)


async def flagged(flow: Flow, company_id: int, job: str, flag: str, why: str, *, who: str) -> Refusal | str:
    """Flag a job, or (empty flag) take its flag back; what was done in a sentence, or why nothing was."""
    said = why or (FLAGS[flag].sentence if flag else "The flag was taken back.")
    if not await work.flag(flow, company_id, job, flag, who=who, why=said):
        sentence = f"Nothing was done: no ATS of this company has told a job {job} over the wire."
        return Refusal("UNKNOWN_JOB", sentence, "Send the ATS's own id of the job.")
    return f"{job} is not listed: {flag}." if flag else f"{job} may be listed again."
