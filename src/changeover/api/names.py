"""Whose jobs stand under each name of a consolidated feed: told to a program, and corrected by one."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, Field

from changeover.api.answers import ActAnswer
from changeover.api.fields import Cursor, Id, SourceId, Told, conflict, unknown
from changeover.api.route import api_router
from changeover.consolidated import store
from changeover.consolidated.handing import FEED, assign
from changeover.migration import store as migrations
from changeover.snapshot import store as snapshots
from changeover.web.served import Asking, CompanyId, Here, Served

router = api_router("sources")

EmployerName = Annotated[str, Field(max_length=2_000, examples=["Ferrous & Sons"])]


class NameAnswer(BaseModel):
    """An employer's name in a feed, empty for jobs that name none.

    ``handed_to``: the company that its jobs are handed to; ``waits``: nobody knows.
    """

    name: EmployerName
    jobs: int
    handed_to: Id | None
    waits: bool
    said_by: str
    seen_at: datetime


class NamesAnswer(BaseModel):
    """A page of names: those that wait first, then by how many jobs they have."""

    names: list[NameAnswer]
    next: Cursor


class Handing(Told):
    """A person's word on one name: the company that its jobs belong to; null leaves them out."""

    name: EmployerName
    company: Id | None = None


@router.get("/companies/{company}/sources/{source:int}/names", summary="The names that a consolidated feed tells")
async def list_names(
    here: Here,
    company_id: CompanyId,
    source_id: SourceId,
    after: Annotated[int, Query(ge=0, le=10**9, description="The `next` of the page before.")] = 0,
    size: Annotated[int, Query(ge=1, le=1_000)] = 200,
) -> NamesAnswer:
    """Each with its jobs, and whom they are handed to."""
    await _feed(here, company_id, source_id)
    async with here.db.company(company_id) as conn:
        found = await store.names(conn, company_id, source_id)
    shown = [
        NameAnswer(
            name=it.name,
            jobs=it.jobs,
            handed_to=str(it.handed_to) if it.handed_to is not None else None,
            waits=it.waits,
            said_by=it.said_by,
            seen_at=it.seen_at,
        )
        for it in found[after : after + size]
    ]
    return NamesAnswer(names=shown, next=str(after + size) if len(found) > after + size else None)


@router.post("/companies/{company}/sources/{source:int}/names", summary="Say whose jobs stand under a name")
async def hand_name(here: Here, asking: Asking, company_id: CompanyId, source_id: SourceId, body: Handing) -> ActAnswer:
    """The next reading, which is due now, hands them over."""
    await _feed(here, company_id, source_id)
    to = int(body.company) if body.company else None
    if to is not None and to >= 2**63:
        raise unknown("UNKNOWN_COMPANY", "company")
    refusal = await assign(here.flow, company_id, source_id, body.name, to, who=asking.who)
    if refusal is not None:
        raise conflict(refusal)
    told = "are left out" if to is None else "are handed over with the next reading, which is due now"
    return ActAnswer(sentence=f"The jobs of {store.shown(body.name)} {told}.")


async def _feed(here: Served, company_id: int, source_id: int) -> None:
    async with here.db.company(company_id) as conn:
        await migrations.company(conn, company_id)
        row = await snapshots.source(conn, company_id, source_id)
    if row is None or row.kind != FEED:
        raise unknown("UNKNOWN_SOURCE", "source")
