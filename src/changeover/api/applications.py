"""Applications for the ATS that pushes the jobs: each with its files, and what became of it told back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal

from fastapi.responses import Response
from pydantic import BaseModel

from changeover.api.route import api_router
from changeover.apply import lifecycle, notices, privacy, store
from changeover.web.problem import Problem
from changeover.web.served import Asking, CompanyId, Here

router = api_router("applications")

Action = Literal[
    "APPLICATION_VIEWED",
    "RESUME_DOWNLOADED",
    "APPLICATION_SCREENED",
    "APPLICATION_INTERVIEWED",
    "APPLICATION_REJECTED",
    "APPLICATION_HIRED",
]
_NONE = Problem(
    404, "NO_SUCH_APPLICATION", "There is no such application of this company.", "Use the id you were told."
)


class FileOf(BaseModel):
    """A file of an application."""

    id: str
    name: str
    media_type: str
    url: str


class ApplicationAnswer(BaseModel):
    """An application: ``answers`` by section, an entry for each time it was answered. ``was_open``: not too late."""

    id: str
    job: str
    applied_at: datetime
    was_open: bool
    withdrawn_at: datetime | None
    applicant: dict[str, Any]
    answers: dict[str, Any]
    consent: dict[str, Any]
    files: list[FileOf]


class ActionTold(BaseModel):
    """What became of an application, and when; now where that is left out."""

    action: Action
    performed_at: datetime | None = None


class ActionTaken(BaseModel):
    """Whether that was news: each action counts once."""

    news: bool


class ActionCancelled(BaseModel):
    """Whether it was taken back; not where the candidate has seen it already, or it was never told."""

    cancelled: bool


@router.get("/companies/{company}/applications/{application:int}", summary="One application")
async def get_application(here: Here, asking: Asking, company_id: CompanyId, application: int) -> ApplicationAnswer:
    """Everything that the candidate said, and where the files are."""
    async with here.db.company(company_id) as conn:
        row = await store.application(conn, company_id, application)
        files = await store.files_of(conn, company_id, application)
        if row is None:
            raise _NONE
        await privacy.looked(conn, company_id, [application], here.db, who=asking.who, what="read")
    base = f"{here.public_url}/api/v1/companies/{company_id}/application-files"
    told = [
        FileOf(id=str(f["file_id"]), name=f["name"], media_type=f["media_type"], url=f"{base}/{f['file_id']}")
        for f in files
    ]
    kept = {name: row[name] for name in ("applied_at", "was_open", "withdrawn_at", "applicant", "answers", "consent")}
    return ApplicationAnswer(id=str(application), job=row["external_job_id"], files=told, **kept)


@router.get(
    "/companies/{company}/application-files/{file:int}", summary="A file of an application", response_class=Response
)
async def get_application_file(here: Here, asking: Asking, company_id: CompanyId, file: int) -> Response:
    """The file, for thirty days after it came."""
    async with here.db.company(company_id) as conn:
        found = await store.file(conn, company_id, file, here.db.now() - lifecycle.FILE_LIFE)
        if found is not None:
            of = [found["application_id"]]
            await privacy.looked(conn, company_id, of, here.db, who=asking.who, what="file")
    if found is None:
        raise Problem(404, "NO_SUCH_FILE", "There is no such file, or its thirty days are over.", "Ask the candidate.")
    headers = {"content-disposition": "attachment", "cache-control": "no-store"}
    return Response(found["content"], 200, headers, found["media_type"])


@router.post("/companies/{company}/applications/{application:int}/actions", summary="What became of an application")
async def tell_application_action(
    here: Here, asking: Asking, company_id: CompanyId, application: int, told: ActionTold
) -> ActionTaken:
    """The candidate sees it on the page of the application, once."""
    now = here.db.now()
    performed = min(told.performed_at or now, now) if _aware(told.performed_at) else now
    at = (told.action, performed, now, asking.who, timedelta(hours=here.settings.rejection_hold_hours))
    async with here.db.company(company_id) as conn:
        if await store.application(conn, company_id, application) is None:
            raise _NONE
        return ActionTaken(news=await notices.tell(here.outbox, conn, company_id, application, *at))


@router.post(
    "/companies/{company}/applications/{application:int}/actions/{action}/cancel",
    summary="Take an action back",
)
async def cancel_application_action(
    here: Here, company_id: CompanyId, application: int, action: Action
) -> ActionCancelled:
    """As long as the candidate has not seen it: a rejection waits for some hours before."""
    async with here.db.company(company_id) as conn:
        if await store.application(conn, company_id, application) is None:
            raise _NONE
        return ActionCancelled(cancelled=await store.take_back(conn, company_id, application, action, here.db.now()))


def _aware(at: datetime | None) -> bool:
    return at is not None and at.tzinfo is not None
