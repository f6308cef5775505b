"""What a program may do with the people who sign in: list, let in, change a part, lock out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import Depends, Path, Query
from pydantic import BaseModel, Field

from changeover.accounts import people, store
from changeover.accounts.account import Role
from changeover.accounts.people import Invited
from changeover.api.answers import ActAnswer
from changeover.api.fields import Id, Told
from changeover.api.route import api_router
from changeover.database.board import BOARD
from changeover.refusal import Refusal
from changeover.web.problem import Problem
from changeover.web.served import Asking, Here, Served
from changeover.wording import plural

router = api_router("people")

Email = Annotated[str, Field(max_length=254, examples=["ada@example.org"])]
Companies = Annotated[
    list[Id], Field(max_length=1_000, description="Of an employer or recruiter; an operator reaches all, and has none.")
]
_STATUS = {"UNKNOWN_ACCOUNT": 404, "ACCOUNT_EXISTS": 409, "LAST_OPERATOR": 409}


class NewPerson(Told):
    """Somebody who may sign in from now on."""

    email: Email
    name: Annotated[str, Field(max_length=100, examples=["Ada"])] = ""
    role: Role
    companies: Companies = Field(default_factory=list)


class Part(Told):
    """A person's part, and where."""

    role: Role
    companies: Companies = Field(default_factory=list)


class Reset(Told):
    """Whether the second factor is taken away too."""

    second_factor: bool = False


class PersonAnswer(BaseModel):
    """Somebody who may sign in. ``seen_at``: of the sessions that are kept, when one was used last."""

    id: Id
    email: Email
    name: Annotated[str, Field(examples=["Ada"])]
    role: Role
    state: Literal["invited", "active", "disabled"]
    companies: list[Id]
    second_factor: bool
    created_at: datetime
    signed_in_at: datetime | None
    seen_at: datetime | None


class PeopleAnswer(BaseModel):
    """A page of people, by address."""

    people: list[PersonAnswer]
    next: Annotated[str | None, Field(examples=[None], description="Where the next page begins; null on the last.")]


class LinkAnswer(BaseModel):
    """A one-time link by which a person chooses a password: told once, so a repeated request is answered without it."""

    id: Id
    link: Annotated[str | None, Field(examples=["https://board.example/invitations/…", None])]


async def known(here: Here, account: Annotated[int, Path(ge=1, description="The person's id.")]) -> dict[str, Any]:
    """The account of an id as it stands in a path; 404 for what is none."""
    async with here.db.company(BOARD) as conn:
        row = await store.account(conn, account, here.db.now()) if account < 2**63 else None
    if row is None:
        raise Problem(404, "UNKNOWN_ACCOUNT", "There is no such person here.", "Send an id that the list tells.")
    return row


Person = Annotated[dict[str, Any], Depends(known)]


@router.get("/people", summary="Who may sign in")
async def list_people(
    here: Here,
    after: Annotated[str, Query(max_length=254, description="The `next` of the page before.")] = "",
    size: Annotated[int, Query(ge=1, le=200)] = 50,
) -> PeopleAnswer:
    """Everyone with an account, by address."""
    rows = await people.listed(here.db, after=after.replace("\0", ""), size=size + 1)
    shown = rows[:size]
    return PeopleAnswer(people=[_person(row) for row in shown], next=shown[-1]["email"] if len(rows) > size else None)


def _person(row: dict[str, Any]) -> PersonAnswer:
    return PersonAnswer(
        **{name: row[name] for name in ("email", "name", "role", "state", "created_at", "signed_in_at", "seen_at")},
        id=str(row["account_id"]),
        companies=[str(each) for each in row["companies"]],
        second_factor=row["factor"],
    )


@router.post("/people", status_code=201, summary="Let a person sign in")
async def add_person(here: Here, asking: Asking, body: NewPerson) -> LinkAnswer:
    """Hand them the link: it works once, within seven days."""
    companies = [int(each) for each in body.companies]
    made = await people.add(here.db, body.email, body.name, body.role, companies, who=asking.who)
    return _link(here, made)


def _link(here: Served, made: Invited | Refusal) -> LinkAnswer:
    if isinstance(made, Refusal):
        raise _refused(made)
    return LinkAnswer(id=str(made.account.account_id), link=f"{here.public_url}/invitations/{made.secret}")


def _refused(it: Refusal) -> Problem:
    return Problem(_STATUS.get(it.code, 422), it.code, it.sentence, it.fix)


@router.get("/people/{account:int}", summary="A person")
async def read_person(row: Person) -> PersonAnswer:
    """Their part, their companies, whether they have a second factor, and when they were here."""
    return _person(row)


@router.post("/people/{account:int}/role", summary="Give a person another part")
async def set_person_role(here: Here, asking: Asking, row: Person, body: Part) -> ActAnswer:
    """Their sessions end. Not of the last operator who could sign in: 409."""
    at = (here.db, row["email"], body.role, [int(each) for each in body.companies])
    refusal = await people.set_role(*at, who=asking.who, keep_operator=True)
    if refusal:
        raise _refused(refusal)
    return ActAnswer(sentence=f"{row['email']} is {body.role} from now on, and signs in again.")


@router.post("/people/{account:int}/sessions/end", summary="Sign a person out everywhere")
async def end_person_sessions(here: Here, asking: Asking, row: Person) -> ActAnswer:
    """They may sign in again."""
    ended = await people.end_sessions(here.db, row["email"], who=asking.who)
    if isinstance(ended, Refusal):
        raise _refused(ended)
    return ActAnswer(sentence=f"{plural(ended, 'session')} ended.")


@router.post("/people/{account:int}/reset", summary="Give a person a new link")
async def reset_person(here: Here, asking: Asking, row: Person, body: Reset | None = None) -> LinkAnswer:
    """For who cannot get in, or was locked out: every session ends, and the link works once, within a day."""
    factor = (body or Reset()).second_factor
    return _link(here, await people.reset(here.db, row["email"], factor=factor, who=asking.who))


@router.post("/people/{account:int}/lock", summary="Let a person sign in no more")
async def lock_person(here: Here, asking: Asking, row: Person) -> ActAnswer:
    """Their sessions end; what they did stays in the history. Not of the last operator who could sign in: 409."""
    refusal = await people.disable(here.db, row["email"], who=asking.who, keep_operator=True)
    if refusal:
        raise _refused(refusal)
    return ActAnswer(sentence=f"{row['email']} may not sign in any more.")
