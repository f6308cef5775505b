"""How a program says what candidates are told and how long they are kept, and reads who looked."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel, Field, StrictBool

from changeover.api.answers import ActAnswer
from changeover.api.fields import Id, Told, conflict
from changeover.api.route import api_router
from changeover.apply import privacy, store
from changeover.apply.lifecycle import HELD, TOO_LATE
from changeover.database.revise import revise
from changeover.migration import store as migrations
from changeover.postings.posting import public_id
from changeover.web.served import Asking, CompanyId, Here

router = api_router("candidates")


class CandidateRules(Told):
    """What holds from now on. ``notices``: the employer agrees that candidates are told what becomes of theirs."""

    notices: StrictBool
    retention_days: Annotated[
        int | None, Field(ge=0, le=36_500, description="0 keeps for ever; null is the board's own number.")
    ]
    apply: Annotated[
        StrictBool | None, Field(description="Whether applications are taken on the board; null leaves it as it is.")
    ] = None


class RulesAnswer(BaseModel):
    """The rules as they stand."""

    notices: bool
    retention_days: int | None
    apply: bool


class StageAnswer(BaseModel):
    """What became of an application; from ``shown_at`` on the candidate sees it, unless it was taken back before."""

    action: Annotated[str, Field(examples=["APPLICATION_REJECTED"])]
    performed_at: datetime
    shown_at: datetime
    cancelled_at: datetime | None


class BareApplicationAnswer(BaseModel):
    """An application without a word of the candidate's."""

    id: Id
    posting: Annotated[str, Field(examples=["250784561204989952-250784561204989953"])]
    applied_at: datetime
    withdrawn_at: datetime | None
    erased_at: datetime | None
    stages: list[StageAnswer]


class BareApplicationsAnswer(BaseModel):
    """The newest of them, newest first."""

    applications: list[BareApplicationAnswer]


class AccessAnswer(BaseModel):
    """Who looked at an application, took it out or erased it, or was refused a look, and the ``code`` of why."""

    application: Id | None
    at: datetime
    who: str
    what: Annotated[str, Field(examples=["read"])]
    code: Annotated[str, Field(examples=[""])]


class AccessesAnswer(BaseModel):
    """The newest of them, newest first."""

    accesses: list[AccessAnswer]


@router.get("/companies/{company}/candidate-rules", summary="What candidates are told, and for how long they are kept")
async def get_candidate_rules(here: Here, company_id: CompanyId) -> RulesAnswer:
    """As the employer said."""
    async with here.db.company(company_id) as conn:
        it = await migrations.company(conn, company_id)
    return RulesAnswer(notices=it.notices, retention_days=it.retention_days, apply=it.apply_here)


@router.post("/companies/{company}/candidate-rules", summary="Say what candidates are told, and for how long kept")
async def set_candidate_rules(here: Here, asking: Asking, company_id: CompanyId, body: CandidateRules) -> ActAnswer:
    """All at once."""
    why = f"Candidates are {'told' if body.notices else 'not told'} what becomes of their applications."
    async with revise(here.db, company_id, kind="notices", who=asking.who, why=why) as change:
        await store.set_notices(change, notices=body.notices)
        await privacy.set_retention(change, body.retention_days)
        if body.apply is not None:
            await store.set_apply_here(change, here=body.apply)
    return ActAnswer(sentence="The rules for candidates are saved.")


@router.get("/companies/{company}/applications", summary="The newest applications, and what became of them")
async def list_applications(
    here: Here, company_id: CompanyId, size: Annotated[int, Query(ge=1, le=1000)] = 100
) -> BareApplicationsAnswer:
    """Without a word of the candidates': those are the ATS's."""
    async with here.db.company(company_id) as conn:
        await migrations.company(conn, company_id)
        rows = await store.told_of(conn, company_id, size)
    return BareApplicationsAnswer(applications=[_bare(company_id, row) for row in rows])


def _bare(company_id: int, row: dict[str, Any]) -> BareApplicationAnswer:
    names = ("action", "performed_at", "shown_at", "cancelled_at")
    return BareApplicationAnswer(
        id=str(row["application_id"]),
        posting=public_id(company_id, row["posting_id"]),
        applied_at=row["applied_at"],
        withdrawn_at=row["withdrawn_at"],
        erased_at=row["erased_at"],
        stages=[StageAnswer(**{name: each[name] for name in names}) for each in row["actions"]],
    )


@router.post("/companies/{company}/applications/{application:int}/cancel", summary="Take a held rejection back")
async def cancel_rejection(here: Here, company_id: CompanyId, application: int) -> ActAnswer:
    """As long as the candidate has not seen it; then 409."""
    async with here.db.company(company_id) as conn:
        taken = await store.take_back(conn, company_id, min(application, 2**63 - 1), HELD, here.db.now())
    if not taken:
        raise conflict(TOO_LATE)
    return ActAnswer(sentence="Taken back: the candidate hears nothing of it.")


@router.get("/companies/{company}/access-log", summary="Who looked at applications")
async def get_access_log(here: Here, company_id: CompanyId) -> AccessesAnswer:
    """The newest thousand: read, a file fetched, exported, erased, refused."""
    async with here.db.company(company_id) as conn:
        await migrations.company(conn, company_id)
        rows = await privacy.log(conn, company_id, size=1_000)
    told = [
        AccessAnswer(
            application=str(row["application_id"]) if row["application_id"] else None,
            at=row["at"],
            who=row["who"],
            what=row["what"],
            code=row["code"],
        )
        for row in rows
    ]
    return AccessesAnswer(accesses=told)
