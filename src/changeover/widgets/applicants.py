"""The widgets of an applicant: highlights, full profile, files, and the stream that keeps them new."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response, StreamingResponse

from changeover.apply import privacy
from changeover.apply import store as applications
from changeover.apply.lifecycle import STAGES
from changeover.apply.questions import Form as ApplyForm
from changeover.apply.questions import read_form
from changeover.web.problem import Problem
from changeover.web.served import Here, Served
from changeover.widgets import store
from changeover.widgets.admission import Admitted, Asked, Asking, admit, number, refusal
from changeover.widgets.evidence import Finding, State, find
from changeover.widgets.file_words import words_of
from changeover.widgets.profile import Profile, profile
from changeover.widgets.requirements import requirements
from changeover.widgets.shown import OPEN, widget

router = APIRouter(include_in_schema=False)

_ALIVE_SECONDS = 15.0
_STATES = {
    State.SHOWN: "Shown",
    State.PARTLY: "In part",
    State.DENIED: "Says no",
    State.NOT_SAID: "Not said",
}


@router.post("/widgets/applicant-highlights")
async def applicant_highlights(request: Request, here: Here, it: Asking) -> Response:
    """The profile in short, and how it meets the posting: what opens beside a name in a list."""
    return await _shown(request, here, it, "highlights.html")


@router.post("/widgets/full-profile")
async def full_profile(request: Request, here: Here, it: Asking) -> Response:
    """Everything that the candidate told the employer, and how it meets the posting."""
    return await _shown(request, here, it, "profile.html")


async def _shown(request: Request, here: Served, it: Asked, template: str) -> Response:
    application = number(it.application, "jobApplication")
    seat = await admit(request, here, it, application)
    row, said = await _read(here, seat, application)
    found, person = _evidence(here, row, said)
    company = seat.told.company_id
    async with here.db.company(company) as conn:
        actions = await applications.actions(conn, company, row["application_id"])
        others = await store.others(conn, company, row["application_id"])
    return widget(
        request,
        here,
        template,
        it,
        seat,
        application=row,
        profile=person,
        findings=found,
        states=_STATES,
        counts={state: sum(each.state is state for each in found) for state in State},
        stages=[
            (STAGES[each["action"]].word, each["performed_at"])
            for each in actions
            if each["action"] in STAGES and each["cancelled_at"] is None
        ],
        others=others,
        files=said,
    )


async def _read(here: Served, seat: Admitted, application: int | None) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """An application and its files with their words; a line in the log of who looked, or of what was refused."""
    company = seat.told.company_id
    code, row, files = "", None, []
    async with here.db.company(company) as conn:
        row = await store.applied(conn, company, application) if application else None
        code = "NO_SUCH_APPLICATION" if row is None else "ERASED" if row["erased_at"] else ""
        if code:
            await privacy.refused(conn, company, application, here.db, who=seat.who, code=code)
        else:
            await privacy.looked(conn, company, [application or 0], here.db, who=seat.who, what="read")
            files = await store.files(conn, company, application or 0)
    if row is None or code:
        raise refusal(code)
    for each in files:
        if each["words"] is None:
            each["words"] = await _words(here, company, row["application_id"], each["file_id"])
    return row, files


async def _words(here: Served, company: int, application: int, file_id: int) -> str:
    """What a file says; read once, and kept beside it."""
    async with here.db.company(company) as conn:
        found = await store.file(conn, company, application, file_id)
    said = await words_of(bytes(found["content"])) if found else ""
    async with here.db.company(company) as conn:
        await store.keep_words(conn, company, file_id, said)
    return said


def _evidence(here: Served, row: dict[str, Any], files: list[dict[str, Any]]) -> tuple[list[Finding], Profile]:
    read = read_form(row["form"]) if row["form"] else None
    told = [(f"File {each['name']}", each["words"] or "") for each in files]
    person = profile(read if isinstance(read, ApplyForm) else None, row["applicant"], row["answers"], told)
    asked = requirements(row["description"], row["extra"])
    return find(asked, person.said, here.db.now().date()), person


@router.post("/widgets/file")
async def file(request: Request, here: Here, it: Asking, file: Annotated[int, Form(ge=1, lt=2**63)]) -> Response:
    """A file of the application, to be kept by the recruiter's browser and never shown in the frame."""
    application = number(it.application, "jobApplication")
    seat = await admit(request, here, it, application)
    company = seat.told.company_id
    async with here.db.company(company) as conn:
        found = await store.file(conn, company, application or 0, file)
        if found is None:
            await privacy.refused(conn, company, application, here.db, who=seat.who, code="NO_SUCH_FILE")
        else:
            await privacy.looked(conn, company, [application or 0], here.db, who=seat.who, what="file")
    if found is None:
        raise Problem(404, "NO_SUCH_FILE", "This application has no such file.", "Load the page of your ATS again.")
    plain = re.sub(r"[^\w. -]", "_", found["name"], flags=re.ASCII)
    headers = {
        "content-disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(found['name'])}",
        "cache-control": "no-store",
        "content-security-policy": "default-src 'none'; sandbox",
        **OPEN,
    }
    return Response(found["content"], 200, headers, found["media_type"])


@router.post("/widgets/events")
async def events(request: Request, here: Here, it: Asking) -> Response:
    """Server-sent events: one each time that what the widget shows has changed, until the token's time is over."""
    application = number(it.application, "jobApplication")
    seat = await admit(request, here, it, application, configuring=application is None)
    headers = {**OPEN, "cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(_changes(here, seat, application), 200, headers, "text/event-stream")


async def _changes(here: Served, seat: Admitted, application: int | None) -> AsyncIterator[str]:
    company = str(seat.told.company_id)
    before = await _sign(here, seat, application)
    ends = asyncio.get_running_loop().time() + seat.left.total_seconds()
    stream = here.revisions.follow()
    coming = asyncio.ensure_future(anext(stream, None))
    yield ": listening\n\n"
    try:
        while (left := ends - asyncio.get_running_loop().time()) > 0:
            await asyncio.wait({coming}, timeout=min(left, _ALIVE_SECONDS))
            if not coming.done():
                yield ": alive\n\n"
                continue
            told = coming.result()
            if told is None:
                return
            coming = asyncio.ensure_future(anext(stream, None))
            if told.company in ("", company) and (now := await _sign(here, seat, application)) != before:
                before = now
                yield "event: changed\ndata: {}\n\n"
    finally:
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)
        await stream.aclose()


async def _sign(here: Served, seat: Admitted, application: int | None) -> str:
    async with here.db.company(seat.told.company_id) as conn:
        return await store.sign(conn, seat.told, application)
