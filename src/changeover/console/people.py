"""The operator's pages of people: who may sign in, with what part, and where they are signed in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from changeover.accounts import people, store
from changeover.accounts.account import MAY, Role
from changeover.accounts.people import Invited
from changeover.console.shown import console_page, done, refused
from changeover.database.board import BOARD
from changeover.database.connection import Connection
from changeover.database.revise import UnknownCompany
from changeover.migration import store as migrations
from changeover.refusal import Refusal
from changeover.sources.text import line
from changeover.web.clearance import factor_lacking
from changeover.web.problem import Problem
from changeover.web.served import Here, Operator, Served
from changeover.web.session import Session
from changeover.wording import plural

router = APIRouter(include_in_schema=False)

_PAGE, _SHOWN = "/people", 50
_Words = Annotated[str, Form(max_length=4_000)]


@router.get("/people")
async def listed(
    request: Request,
    here: Here,
    session: Operator,
    find: Annotated[str, Query(max_length=200)] = "",
    after: Annotated[str, Query(max_length=254)] = "",
) -> Response:
    """Everyone who may sign in, by address, or those whose address or name holds what is looked for."""
    return await _listed(request, here, session, line(find).strip(), line(after))


async def _listed(
    request: Request, here: Served, session: Session, find: str = "", after: str = "", *, status: int = 200, **said: Any
) -> Response:
    rows = await people.listed(here.db, find=find, after=after, size=_SHOWN + 1)
    async with here.db.operator() as conn:
        called = await _called(conn, [each for row in rows for each in row["companies"]])
    shown = {
        "rows": rows[:_SHOWN],
        "following": rows[_SHOWN - 1]["email"] if len(rows) > _SHOWN else "",
        "called": called,
        "find": find,
        "first": not after,
        "may": MAY,
        "lacking": factor_lacking(here, session, "people"),
        "typed": {"email": "", "name": "", "role": Role.EMPLOYER, "companies": ""},
    }
    return console_page(request, "people.html", here=here, session=session, status=status, **{**shown, **said})


async def _called(conn: Connection, companies: Sequence[int]) -> dict[int, str]:
    """The names of these companies."""
    found = await migrations.companies_of(conn, sorted(set(companies)))
    return {it.company_id: it.name for it in found}


async def _named(here: Served, words: str) -> list[int] | Refusal:
    """The companies that a person typed, one a line, each by its id or its exact name."""
    found = []
    async with here.db.operator() as conn:
        for each in filter(None, map(str.strip, words.splitlines())):
            try:
                found.append(await migrations.find(conn, each))
            except UnknownCompany as unknown:
                return Refusal("UNKNOWN_COMPANY", f"Nothing was done. {unknown}", "Type its exact name, or its id.")
    return found


@router.post("/people")
async def add(
    request: Request,
    here: Here,
    session: Operator,
    email: _Words = "",
    name: _Words = "",
    role: Annotated[Role, Form()] = Role.EMPLOYER,
    companies: _Words = "",
) -> Response:
    """Let a person sign in; the page that answers shows their one-time link, and no page after it does."""
    wanted = await _named(here, companies)
    made = (
        wanted if isinstance(wanted, Refusal) else await people.add(here.db, email, name, role, wanted, who=session.who)
    )
    if isinstance(made, Refusal):
        typed = {"email": email[:254], "name": name[:100], "role": role, "companies": companies}
        return await _listed(request, here, session, status=422, note=refused(made), typed=typed)
    return await _person(request, here, session, made.account.account_id, link=_link(here, made))


def _link(here: Served, made: Invited) -> str:
    return f"{here.public_url}/invitations/{made.secret}"


@router.get("/people/{account:int}")
async def person(request: Request, here: Here, session: Operator, account: int) -> Response:
    """One person: their part, their companies, their second factor, and where they are signed in."""
    return await _person(request, here, session, account)


async def _known(here: Served, account: int) -> dict[str, Any]:
    async with here.db.company(BOARD) as conn:
        row = await store.account(conn, account, here.db.now()) if account < 2**63 else None
    if row is None:
        raise Problem(404, "UNKNOWN_ACCOUNT", "There is no such person here.", "See the list of people.")
    return row


async def _person(
    request: Request, here: Served, session: Session, account: int, *, status: int = 200, **said: Any
) -> Response:
    row, now = await _known(here, account), here.db.now()
    async with here.db.company(BOARD) as conn:
        lasting = await store.sessions(conn, account, now, now - here.lasting.idle)
    async with here.db.operator() as conn:
        called = await _called(conn, row["companies"])
    shown = {
        "row": row,
        "sessions": lasting,
        "called": called,
        "may": MAY,
        "own": session.account is not None and session.account.account_id == account,
        "lacking": factor_lacking(here, session, "people"),
        "link": "",
        "typed": {
            "role": row["role"],
            "companies": "\n".join(called.get(each, str(each)) for each in row["companies"]),
        },
    }
    return console_page(request, "person.html", here=here, session=session, status=status, **{**shown, **said})


@router.post("/people/{account:int}/role")
async def set_role(
    request: Request,
    here: Here,
    session: Operator,
    account: int,
    role: Annotated[Role, Form()],
    companies: _Words = "",
) -> Response:
    """What part a person has from now on, and in which companies; they sign in again."""
    row, wanted = await _known(here, account), await _named(here, companies)
    refusal = wanted if isinstance(wanted, Refusal) else None
    if not isinstance(wanted, Refusal):
        at = (here.db, row["email"], role, wanted)
        refusal = await people.set_role(*at, who=session.who, keep_operator=True)
    if refusal:
        typed = {"role": role, "companies": companies}
        return await _person(request, here, session, account, status=422, note=refused(refusal), typed=typed)
    return done(here, f"{_PAGE}/{account}", f"{row['email']} is {role} from now on, and signs in again.")


@router.post("/people/{account:int}/sessions/end")
async def end_sessions(here: Here, session: Operator, account: int) -> Response:
    """Sign a person out everywhere; they may sign in again."""
    row = await _known(here, account)
    ended = await people.end_sessions(here.db, row["email"], who=session.who)
    told = ended if isinstance(ended, Refusal) else f"{plural(ended, 'session')} ended. Signing in works as before."
    return done(here, f"{_PAGE}/{account}", told)


@router.post("/people/{account:int}/reset")
async def reset(
    request: Request, here: Here, session: Operator, account: int, factor: Annotated[bool, Form()] = False
) -> Response:
    """A new one-time link, shown on the page that answers; with ``factor`` the second factor is taken away."""
    row = await _known(here, account)
    made = await people.reset(here.db, row["email"], factor=factor, who=session.who)
    if isinstance(made, Refusal):
        return done(here, f"{_PAGE}/{account}", made)
    return await _person(request, here, session, account, link=_link(here, made))


@router.post("/people/{account:int}/lock")
async def lock(here: Here, session: Operator, account: int) -> Response:
    """Let a person sign in no more; their sessions end."""
    row = await _known(here, account)
    refusal = await people.disable(here.db, row["email"], who=session.who, keep_operator=True)
    told = f"{row['email']} may not sign in any more, and every session has ended. A new link lets them in again."
    return done(here, f"{_PAGE}/{account}", refusal or told)
