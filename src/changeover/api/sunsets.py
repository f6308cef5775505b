"""How a program announces the end of an old source, withdraws it, and says whom the board writes to."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Query
from pydantic import AwareDatetime, BaseModel, BeforeValidator, Field, StrictBool

from changeover.api.answers import ActAnswer
from changeover.api.fields import Id, Place, Sentence, SourceId, Title, Told, conflict, unknown
from changeover.api.route import api_router
from changeover.migration import store as migrations
from changeover.refusal import Refusal
from changeover.snapshot import store as snapshots
from changeover.sunset import notice, store
from changeover.sunset.outlook import MOST, How, Outlook, look_ahead
from changeover.sunset.store import Sunset
from changeover.web.served import Asking, CompanyId, Here, Served

router = api_router("sources")


class Announcement(Told):
    """The day on which an old source ends; until then it is read and feeds."""

    ends_at: Annotated[AwareDatetime, Field(examples=["2027-03-01T00:00:00Z"])]
    why: Annotated[str, Field(max_length=500, examples=["The ATS has launched."])] = ""


class LeavingAnswer(BaseModel):
    """A posting that leaves the board on that day, as things stand now."""

    posting: Id
    title: Title
    location: Place


class SunsetAnswer(BaseModel):
    """What the end of a source does. ``announced`` is false while it is only asked what would be."""

    announced: bool
    ends_at: datetime
    ended_at: datetime | None
    why: str
    how: How
    sentence: Sentence
    closes: Annotated[int, Field(ge=0, description="Postings that leave the board.")]
    stays: Annotated[int, Field(ge=0, description="Postings that stay at their address.")]
    opens: Annotated[int, Field(ge=0, description="Jobs that only the ATS has and that appear.")]
    closing: Annotated[list[LeavingAnswer], Field(description=f"The first {MOST} of them.")]

    @classmethod
    def of(cls, it: Sunset | None, ends_at: datetime, ahead: Outlook) -> SunsetAnswer:
        """The answer for an outlook, announced or not."""
        lines = [
            LeavingAnswer(posting=str(each.posting_id), title=each.title, location=each.location)
            for each in ahead.closing
        ]
        return cls(
            announced=it is not None, ends_at=ends_at, ended_at=it.ended_at if it else None, why=it.why if it else "",
            how=ahead.how, sentence=ahead.sentence, closes=ahead.closes, stays=ahead.stays, opens=ahead.opens,
            closing=lines,
        )  # fmt: skip


class Contact(Told):
    """Somebody of the employer's whom the board writes to, or (``write`` false) writes to no more."""

    email: Annotated[str, Field(max_length=200, examples=["talent@example.org"])]
    name: Annotated[str, Field(max_length=200)] = ""
    write: StrictBool = True


class ContactAnswer(BaseModel):
    """Whom the board writes to."""

    email: str
    name: str


class ContactsAnswer(BaseModel):
    """Everybody of the employer's whom the board writes to."""

    contacts: list[ContactAnswer]


def _as_written(told: object) -> object:
    """A moment as ISO 8601 writes it: a bare number would be taken for seconds since 1970."""
    if isinstance(told, str) and not re.match(r"\d{4}-\d\d-\d\d", told):
        raise ValueError("write it like 2027-03-01T00:00:00Z")
    return told


@router.get("/companies/{company}/sources/{source:int}/sunset", summary="What the end of a source does")
async def get_sunset(
    here: Here,
    company_id: CompanyId,
    source: SourceId,
    on: Annotated[
        AwareDatetime | None,
        BeforeValidator(_as_written),
        Query(description="A day to ask about; else the announced one, or now."),
    ] = None,
) -> SunsetAnswer:
    """To which postings, as things stand now. Nothing is changed."""
    return await _answer(here, company_id, source, on)


async def _answer(here: Served, company_id: int, source: int, on: datetime | None = None) -> SunsetAnswer:
    async with here.db.company(company_id) as conn:
        await migrations.company(conn, company_id)
        if await snapshots.source(conn, company_id, source) is None:
            raise unknown("UNKNOWN_SOURCE", "source")
        it = next((it for it in await store.announced(conn, company_id) if it.source_id == source), None)
        day = on or (it.ends_at if it else here.db.now())
        return SunsetAnswer.of(it, day.astimezone(UTC), await look_ahead(conn, company_id, source, day))


@router.post("/companies/{company}/sources/{source:int}/sunset/announce", summary="Announce the end of a source")
async def announce_sunset(
    here: Here, asking: Asking, company_id: CompanyId, source: SourceId, body: Announcement
) -> SunsetAnswer:
    """The employer's contacts are told at once and a week before. It can be withdrawn until the day."""
    made = await notice.announce(here.db, company_id, source, body.ends_at, who=asking.who, why=body.why)
    if isinstance(made, Refusal):
        raise conflict(made)
    return await _answer(here, company_id, source)


@router.post("/companies/{company}/sources/{source:int}/sunset/withdraw", summary="Withdraw the end of a source")
async def withdraw_sunset(here: Here, asking: Asking, company_id: CompanyId, source: SourceId) -> ActAnswer:
    """Only until its day; the employer's contacts are told."""
    refusal = await notice.withdraw(here.db, company_id, source, who=asking.who)
    if refusal is not None:
        raise conflict(refusal)
    return ActAnswer(sentence="Withdrawn: the source goes on being read.")


@router.get("/companies/{company}/contacts", summary="Whom the board writes to")
async def list_contacts(here: Here, company_id: CompanyId) -> ContactsAnswer:
    """The employer's addresses for what concerns its migration."""
    async with here.db.company(company_id) as conn:
        await migrations.company(conn, company_id)
        rows = await store.contacts(conn, company_id)
    return ContactsAnswer(contacts=[ContactAnswer(email=row["email"], name=row["name"]) for row in rows])


@router.post("/companies/{company}/contacts", summary="Say whom the board writes to")
async def set_contact(here: Here, asking: Asking, company_id: CompanyId, body: Contact) -> ContactsAnswer:
    """One address more, or with `write` false one less."""
    at = (here.db, company_id, body.email)
    refusal = await notice.set_contact(*at, name=body.name, write=body.write, who=asking.who)
    if refusal is not None:
        raise conflict(refusal)
    return await list_contacts(here, company_id)
