"""The console's page of an old source's end: which jobs, when, and who is told of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from changeover.console.kinds import kind_name
from changeover.console.shown import console_page, done
from changeover.migration import store as migrations
from changeover.postings.posting import public_id
from changeover.refusal import Refusal
from changeover.snapshot import store as snapshots
from changeover.sunset import notice, store
from changeover.sunset.outlook import look_ahead
from changeover.web.problem import Problem
from changeover.web.served import CompanyId, Here, Operator
from changeover.wording import day

router = APIRouter(include_in_schema=False)

_NO_DAY = Refusal("NO_DAY", "Nothing was done: this is no day.", "Write it as 2027-03-01.")


def _page(company_id: int, source: int) -> str:
    return f"/companies/{company_id}/sources/{source}/sunset"


def day_at(text: str) -> datetime | None:
    """The beginning of a day written as 2027-03-01, in UTC; None if it is none."""
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError:
        return None


@router.get("/companies/{company}/sources/{source:int}/sunset")
async def sunset(
    request: Request,
    here: Here,
    session: Operator,
    company_id: CompanyId,
    source: int,
    on: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    """What its end does, announced or not; nothing is done."""
    async with here.db.company(company_id) as conn:
        it = await migrations.company(conn, company_id)
        row = await snapshots.source(conn, company_id, source)
        if row is None:
            raise Problem(404, "UNKNOWN_SOURCE", "There is no such source.", "See the company's sources.")
        known = await store.announced(conn, company_id)
        contacts = await store.contacts(conn, company_id)
        standing = next((each for each in known if each.source_id == source), None)
        asked = day_at(on)
        by = standing.ends_at if standing else asked or here.db.now() + here.flow.notice
        ahead = await look_ahead(conn, company_id, source, by)
    return console_page(
        request,
        "sunset.html",
        here=here,
        session=session,
        it=it,
        row=row,
        kind=kind_name(row.kind),
        standing=standing,
        contacts=contacts,
        ahead=ahead,
        by=by,
        first=(here.db.now()).date().isoformat(),
        links=[(line, public_id(company_id, line.posting_id)) for line in ahead.closing],
        mails=here.settings.smtp_host != "",
        hours=here.settings.resolve_overdue_hours,
    )


@router.post("/companies/{company}/sources/{source:int}/sunset/announce")
async def announce(
    here: Here,
    session: Operator,
    company_id: CompanyId,
    source: int,
    on: Annotated[str, Form(max_length=10)],
    why: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Announce the end of a source."""
    ends_at = day_at(on)
    if ends_at is None:
        return done(here, _page(company_id, source), _NO_DAY)
    made = await notice.announce(here.db, company_id, source, ends_at, who=session.who, why=why)
    said = f"Announced: this source ends on {day(ends_at)}. Until then it is read and shown as before."
    return done(here, _page(company_id, source), made if isinstance(made, Refusal) else said)


@router.post("/companies/{company}/sources/{source:int}/sunset/withdraw")
async def withdraw(here: Here, session: Operator, company_id: CompanyId, source: int) -> Response:
    """Take the announcement back."""
    refusal = await notice.withdraw(here.db, company_id, source, who=session.who)
    return done(here, _page(company_id, source), refusal or "Withdrawn: the source goes on being read.")


@router.post("/companies/{company}/contacts")
async def contact(
    here: Here,
    session: Operator,
    company_id: CompanyId,
    email: Annotated[str, Form(max_length=200)],
    name: Annotated[str, Form(max_length=200)] = "",
    drop: Annotated[bool, Form()] = False,
) -> Response:
    """Write to this address about the company, or no more."""
    refusal = await notice.set_contact(here.db, company_id, email, name=name, write=not drop, who=session.who)
    said = "The board writes there no more." if drop else "The board writes there from now on."
    return done(here, f"/companies/{company_id}#contacts", refusal or said)
