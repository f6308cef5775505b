"""The push endpoint: an ATS tells the board its jobs, and each change, in real time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from fastapi import Request
from pydantic import BaseModel

from changeover import flow as runs
from changeover.api.route import api_router
from changeover.apply import forms
from changeover.refusal import Refusal
from changeover.sources.ats_push import MAX_BATCH, BatchRefused, Status, loaded, parse
from changeover.sources.text import scalar
from changeover.web.problem import Problem
from changeover.web.served import Asking, CompanyId, Here, Served

router = api_router("push")

_EXAMPLE = {
    "jobs": [
        {"id": "4711", "title": "Night Baker", "location": "York, England", "employer_job_id": "CB-801"},
        {"id": "4712", "status": "closed"},
    ],
    "closed": ["4713"],
    "complete": False,
}


class ElementAnswer(BaseModel):
    """One element that was not taken, and why; the others were."""

    index: int
    id: str
    pointer: str
    code: str
    detail: str


class PushAnswer(BaseModel):
    """What became of a push: committed before it was answered."""

    revision: str
    taken: int
    closed: int
    refused: list[ElementAnswer]


@router.post(
    "/companies/{company}/jobs",
    summary="Tell a company's jobs",
    responses={
        401: {"description": "No live token of a client."},
        403: {"description": "The token is another company's."},
        409: {"description": "The company has no source that pushes."},
        413: {"description": "The body is too large."},
        422: {"description": "The batch as a whole cannot be taken."},
    },
    openapi_extra={"requestBody": {"content": {"application/json": {"example": _EXAMPLE}}, "required": True}},
)
async def push_jobs(request: Request, here: Here, asking: Asking, company_id: CompanyId) -> PushAnswer:
    """Up to 1,000 jobs by the ATS's own ids: new, changed, closed, or told again, which changes nothing.

    One element's mistake is that element's alone; a form that cannot be used makes its job one that is applied for at
    the employer. ``complete``: every open job of the company has
    been told by now, so that a job never told counts as missing.
    """
    body = await request.body()
    batch = await asyncio.to_thread(parse, body)
    if isinstance(batch, BatchRefused):
        large = batch.code in ("BATCH_TOO_LARGE", "BATCH_TOO_LONG")
        fix = f"Send at most {MAX_BATCH:,} jobs at once." if large else "Send an object with `jobs`, a list of jobs."
        raise Problem(413 if large else 422, batch.code, f"Nothing was taken. {batch.sentence}", fix)
    jobs = [told.job for told in batch.pushed if told.status is Status.OPEN]
    closed = [*(told.job.id for told in batch.pushed if told.status is Status.CLOSED), *batch.closed]
    done = await runs.take_push(here.flow, company_id, jobs, closed, complete=batch.complete, who=asking.who)
    if isinstance(done, Refusal):
        raise Problem(409, done.code, done.sentence, done.fix)
    refused_forms = await _forms(here, company_id, asking.who, body, [job.id for job in jobs])
    refused = [
        ElementAnswer(index=p.index, id=p.job_id, pointer=p.pointer, code=p.code, detail=p.sentence)
        for p in batch.problems
    ]
    return PushAnswer(revision=str(done), taken=len(jobs), closed=len(closed), refused=[*refused, *refused_forms])


async def _forms(here: Served, company_id: int, who: str, body: bytes, taken: Sequence[str]) -> list[ElementAnswer]:
    """Keep the apply forms of the jobs that were taken; those that cannot be used, though their jobs were."""
    told: dict[str, tuple[int, Any]] = {}
    if b'"apply_questions"' in body:
        said = loaded(body)
        elements = said.get("jobs") if isinstance(said, dict) else said
        for index, element in enumerate(elements or ()):
            if isinstance(element, dict) and element.get("apply_questions") is not None:
                told[scalar(element.get("id"))] = (index, element["apply_questions"])
    asked = {key: told[key][1] for key in taken if key in told}
    without = [key for key in taken if key not in told]
    refused = await forms.told(here.db, company_id, asked, without, who=who)
    return [
        ElementAnswer(index=told[key][0], id=key, pointer="/apply_questions", code=it.code, detail=it.sentence)
        for key, it in refused.items()
    ]
