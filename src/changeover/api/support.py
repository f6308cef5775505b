"""How a program opens cases of support, reads and writes in them, proposes pairs and closes them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import Depends, Path
from pydantic import BaseModel, Field

from changeover.api.answers import ActAnswer
from changeover.api.fields import Id, Told, conflict, unknown
from changeover.api.route import api_router
from changeover.migration import store as migrations
from changeover.refusal import Refusal
from changeover.support import cases, store
from changeover.support.cases import LONGEST, Side
from changeover.web.problem import Problem
from changeover.web.served import Asking, CompanyId, Here

router = api_router("support")

Words = Annotated[str, Field(max_length=LONGEST, examples=["Three jobs find no twin."])]
Code = Literal["", "MIGRATION_MISSING_JOB_POSTING", "MIGRATION_MISSING_SCRAPED_JOB"]


async def case_id(case: Annotated[int, Path(ge=1, description="The case's id.")]) -> int:
    """A case's id as it stands in a path; 404 for what cannot be one."""
    if case >= 2**63:
        raise unknown("UNKNOWN_CASE", "case")
    return case


CaseId = Annotated[int, Depends(case_id)]


class CaseInList(BaseModel):
    """A case. ``cause`` is empty while it is open."""

    id: Id
    code: str
    opened_at: datetime
    cause: str
    messages: int


class CasesAnswer(BaseModel):
    """A company's cases, those that are open first."""

    cases: list[CaseInList]


class OpenCase(BaseModel):
    """A case that waits. ``last_side`` wrote last: null where nobody did."""

    company: Id
    name: str
    case: Id
    code: str
    opened_at: datetime
    last_side: Side | None


class OpenCasesAnswer(BaseModel):
    """What waits, the oldest first, and how many cases each cause has closed."""

    cases: list[OpenCase]
    causes: dict[str, int]


class MessageAnswer(BaseModel):
    """What one side wrote."""

    side: Side
    who: str
    at: datetime
    words: str


class ProposalAnswer(BaseModel):
    """A pair that support proposed, by our job ids; ``said`` is the employer's word: confirmed, rejected, or none."""

    legacy_job: Id
    ats_job: Id
    legacy_title: str
    ats_title: str
    said: str


class CaseAnswer(BaseModel):
    """A case with its thread, and the evidence as it stood when it was opened."""

    id: Id
    code: str
    opened_at: datetime
    opened_by: str
    cause: str
    closed_at: datetime | None
    messages: list[MessageAnswer]
    proposals: list[ProposalAnswer]
    evidence: dict[str, Any]


class NewCase(Told):
    """What a case is about; the evidence is attached."""

    code: Code = ""
    words: Words = ""
    side: Side = "employer"


class NewMessage(Told):
    """What one side writes."""

    words: Annotated[str, Field(min_length=1, max_length=LONGEST, pattern=r"\S", examples=["Look at job L-104."])]
    side: Side = "operator"


class Proposal(Told):
    """Two jobs, by their sources' ids or ours."""

    legacy: Annotated[str, Field(min_length=1, max_length=200, examples=["L-104"])]
    ats: Annotated[str, Field(min_length=1, max_length=200, examples=["A-7"])]


class Closing(Told):
    """The cause that a case is counted by."""

    cause: Annotated[str, Field(json_schema_extra={"enum": list(cases.CAUSES)}, examples=["mended_in_ats"])]


@router.get("/cases", summary="Every company's open cases")
async def list_open_cases(here: Here) -> OpenCasesAnswer:
    """At most 200, and how often each cause was why a case was needed."""
    async with here.db.operator() as conn:
        rows, causes = await store.open_cases(conn), await store.causes(conn)
    names = ("name", "code", "opened_at", "last_side")
    waiting = [
        OpenCase(company=str(row["company_id"]), case=str(row["case_id"]), **{name: row[name] for name in names})
        for row in rows
    ]
    return OpenCasesAnswer(cases=waiting, causes=causes)


@router.get("/companies/{company}/cases", summary="A company's cases")
async def list_cases(here: Here, company_id: CompanyId) -> CasesAnswer:
    """Those that are open first."""
    async with here.db.company(company_id) as conn:
        await migrations.company(conn, company_id)
        rows = await store.cases_of(conn, company_id)
    names = ("code", "opened_at", "cause", "messages")
    return CasesAnswer(cases=[CaseInList(id=str(row["case_id"]), **{n: row[n] for n in names}) for row in rows])


@router.post("/companies/{company}/cases", summary="Open a case")
async def open_case(here: Here, asking: Asking, company_id: CompanyId, body: NewCase) -> CaseAnswer:
    """With the newest snapshots of both sides, the findings and the reasons as they stand now."""
    at = (here.db, company_id, body.code, body.words)
    made = await cases.open_case(*at, side=asking.side or body.side, who=asking.who)
    if isinstance(made, Refusal):
        raise conflict(made)
    return await get_case(here, company_id, made)


@router.get("/companies/{company}/cases/{case:int}", summary="One case")
async def get_case(here: Here, company_id: CompanyId, case: CaseId) -> CaseAnswer:
    """Its thread, the pairs that were proposed, the evidence."""
    async with here.db.company(company_id) as conn:
        await migrations.company(conn, company_id)
        row = await store.case(conn, company_id, case)
        if row is None:
            raise unknown("UNKNOWN_CASE", "case")
        messages, proposals = (
            await store.messages(conn, company_id, case),
            await store.proposals(conn, company_id, case),
        )
    names = ("code", "opened_at", "opened_by", "cause", "closed_at", "evidence")
    return CaseAnswer(
        id=str(case),
        messages=[MessageAnswer(**each) for each in messages],
        proposals=[
            ProposalAnswer(
                legacy_job=str(each["legacy_job_id"]),
                ats_job=str(each["ats_job_id"]),
                legacy_title=each["legacy_title"],
                ats_title=each["ats_title"],
                said=each["said"],
            )
            for each in proposals
        ],
        **{name: row[name] for name in names},
    )


@router.post("/companies/{company}/cases/{case:int}/messages", summary="Write in a case")
async def write_in_case(here: Here, asking: Asking, company_id: CompanyId, case: CaseId, body: NewMessage) -> ActAnswer:
    """While it is open."""
    refusal = await cases.write(here.db, company_id, case, body.words, side=asking.side or body.side, who=asking.who)
    return _told(refusal, "Sent.")


@router.post("/companies/{company}/cases/{case:int}/proposals", summary="Propose a pair")
async def propose_pair(here: Here, asking: Asking, company_id: CompanyId, case: CaseId, body: Proposal) -> ActAnswer:
    """The employer confirms or rejects it in the case."""
    refusal = await cases.propose(here.db, company_id, case, body.legacy, body.ats, who=asking.who)
    return _told(refusal, "Proposed.")


@router.post("/companies/{company}/cases/{case:int}/close", summary="Close a case")
async def close_case(here: Here, asking: Asking, company_id: CompanyId, case: CaseId, body: Closing) -> ActAnswer:
    """With the cause that it is counted by."""
    return _told(await cases.close(here.db, company_id, case, body.cause, who=asking.who), "Closed.")


def _told(refusal: Refusal | None, sentence: str) -> ActAnswer:
    if refusal is None:
        return ActAnswer(sentence=sentence)
    if refusal.code == "UNKNOWN_CASE":
        raise unknown(refusal.code, "case")
    if refusal.code == "UNKNOWN_CAUSE":
        raise Problem(422, "INVALID_REQUEST", refusal.sentence, refusal.fix)
    raise conflict(refusal)
