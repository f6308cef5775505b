"""The operator's pages of programs: companies' clients, vendors' applications, their secrets."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from changeover import adding
from changeover.accounts import clients
from changeover.accounts.scopes import DEFAULT, MEANS, Scope
from changeover.apply_connect import vendors
from changeover.console.shown import console_page, done, refused
from changeover.database.revise import UnknownCompany
from changeover.migration import store as migrations
from changeover.refusal import Refusal
from changeover.sources.text import line
from changeover.web.clearance import factor_lacking
from changeover.web.problem import Problem
from changeover.web.served import CompanyId, Here, Operator, Served
from changeover.web.session import Session
from changeover.webhooks.keys import keys_of

router = APIRouter(include_in_schema=False)

_PAGE, _SHOWN, _MOST = "/programs", 50, 2**63 - 1
_Word = Annotated[str, Form(max_length=400)]
_Scopes = Annotated[list[Scope] | None, Form()]
_Find = Annotated[str, Query(max_length=200)]


@router.get("/programs")
async def programs(
    request: Request,
    here: Here,
    session: Operator,
    find: _Find = "",
    after: Annotated[str, Query(max_length=40, pattern=r"^(\d{1,18}-\d{1,18})?$")] = "",
) -> Response:
    """Every company's programs, a page at a time, and the vendors that speak the wire."""
    return await _programs(request, here, session, line(find).strip(), after)


async def _programs(
    request: Request, here: Served, session: Session, find: str = "", after: str = "", *, status: int = 200, **said: Any
) -> Response:
    company, _, last = (after or "0-0").partition("-")
    async with here.db.operator() as conn:
        rows = await clients.every_client(conn, find, (int(company), int(last)), _SHOWN + 1, here.db.now())
    shown = {
        "rows": rows[:_SHOWN],
        "following": f"{rows[_SHOWN - 1]['company_id']}-{rows[_SHOWN - 1]['client_id']}" if len(rows) > _SHOWN else "",
        "first": not after,
        "vendors": await vendors.vendors(here.db, find, _SHOWN),
        "find": find,
        "means": MEANS,
        "lacking": factor_lacking(here, session, "programs"),
        "typed": {"company": "", "name": "", "scopes": DEFAULT},
    }
    return console_page(request, "programs.html", here=here, session=session, status=status, **{**shown, **said})


@router.post("/programs")
async def add(
    request: Request,
    here: Here,
    session: Operator,
    company: _Word = "",
    name: _Word = "",
    scopes: _Scopes = None,
) -> Response:
    """Let a program of a company ask; the page that answers shows its token, and no page after it does."""
    wanted: int | Refusal
    called = adding.named(line(name), "a program")
    try:
        async with here.db.operator() as conn:
            wanted = await migrations.find(conn, company.strip())
    except UnknownCompany as unknown:
        wanted = Refusal("UNKNOWN_COMPANY", f"Nothing was done. {unknown}", "Type its exact name, or its id.")
    refusal = next((each for each in (wanted, called) if isinstance(each, Refusal)), None)
    if refusal or isinstance(wanted, Refusal) or isinstance(called, Refusal):
        typed = {"company": company, "name": name, "scopes": scopes or ()}
        return await _programs(request, here, session, status=422, note=refused(refusal or _NO_CLIENT), typed=typed)
    token = await clients.add_client(here.db, wanted, called, who=session.who, scopes=_in_order(scopes))
    return await _client(request, here, session, wanted, int(token.split("_")[2]), secret=token)


_NO_CLIENT = Refusal("UNKNOWN_CLIENT", "Nothing was done: there is no such program any more.")


def _in_order(scopes: list[Scope] | None) -> list[Scope]:
    return [each for each in Scope if each in (scopes or ())]


@router.get("/companies/{company}/clients/{client:int}")
async def client(request: Request, here: Here, session: Operator, company_id: CompanyId, client: int) -> Response:
    """A company's program: what its tokens open, which are live, when it asked last."""
    return await _client(request, here, session, company_id, client)


async def _client(
    request: Request, here: Served, session: Session, company_id: int, client_id: int, **said: Any
) -> Response:
    async with here.db.company(company_id) as conn:
        company = await migrations.company(conn, company_id)
        row = await clients.client(conn, company_id, min(client_id, _MOST), here.db.now())
    if row is None:
        raise Problem(404, "UNKNOWN_CLIENT", "This company has no such program.", "See the list of programs.")
    lacking = factor_lacking(here, session, "programs")
    shown = {"row": row, "company": company, "means": MEANS, "lacking": lacking, "secret": "", **said}
    return console_page(request, "client.html", here=here, session=session, **shown)


def _client_page(company_id: int, client_id: int) -> str:
    return f"/companies/{company_id}/clients/{client_id}"


@router.post("/companies/{company}/clients/{client:int}/rotate")
async def rotate_client(
    request: Request, here: Here, session: Operator, company_id: CompanyId, client: int
) -> Response:
    """A new token, shown on the page that answers; the one before it works for another day."""
    token = await clients.rotate(here.db, company_id, min(client, _MOST), who=session.who)
    if token is None:
        return done(here, _PAGE, _NO_CLIENT)
    return await _client(request, here, session, company_id, client, secret=token)


@router.post("/companies/{company}/clients/{client:int}/scopes")
async def set_scopes(
    here: Here, session: Operator, company_id: CompanyId, client: int, scopes: _Scopes = None
) -> Response:
    """What the program's tokens open from now on; a box that is not ticked is not sent."""
    wanted, at = _in_order(scopes), (here.db, company_id, min(client, _MOST))
    if not await clients.set_scopes(*at, wanted, who=session.who):
        return done(here, _PAGE, _NO_CLIENT)
    told = f"From its next request on its tokens open: {', '.join(wanted) or 'nothing'}."
    return done(here, _client_page(company_id, client), told)


@router.post("/companies/{company}/clients/{client:int}/revoke")
async def revoke_client(here: Here, session: Operator, company_id: CompanyId, client: int) -> Response:
    """End every token of the program at once."""
    refusal = await clients.revoke(here.db, company_id, min(client, _MOST), who=session.who)
    if refusal == clients.UNKNOWN:
        return done(here, _PAGE, _NO_CLIENT)
    told = "Revoked: its tokens open nothing any more. What it pushed stays; a new token lets it in again."
    return done(here, _client_page(company_id, client), refusal or told)


@router.post("/vendors")
async def add_vendor(request: Request, here: Here, session: Operator, name: _Word = "") -> Response:
    """Make a vendor; the page that answers shows its parent application's secret, and no page after it does."""
    called = adding.named(line(name), "a vendor")
    if isinstance(called, Refusal):
        return await _programs(request, here, session, status=422, note=refused(called))
    made = await vendors.make(here.db, keys_of(here.settings), called, who=session.who)
    return await _vendor(request, here, session, made.application.client_id, secret=made.secret)


@router.get("/vendors/{application}")
async def vendor(request: Request, here: Here, session: Operator, application: str, find: _Find = "") -> Response:
    """A vendor's application: its secrets, and of a parent the applications that it provisioned."""
    return await _vendor(request, here, session, application, find=line(find).strip())


async def _vendor(
    request: Request, here: Served, session: Session, application: str, find: str = "", secret: str = ""
) -> Response:
    row = await vendors.application(here.db, application)
    if row is None:
        raise Problem(404, "UNKNOWN_APPLICATION", "No vendor has this application.", "See the list of programs.")
    customers = await vendors.customers(here.db, row["vendor_id"], find, _SHOWN) if row["kind"] == "parent" else []
    lacking = factor_lacking(here, session, "programs")
    said: dict[str, Any] = {"row": row, "customers": customers, "find": find, "secret": secret, "lacking": lacking}
    return console_page(request, "vendor.html", here=here, session=session, **said)


@router.post("/vendors/{application}/rotate")
async def rotate_vendor(request: Request, here: Here, session: Operator, application: str) -> Response:
    """A new secret, shown on the page that answers; the one before it works for another day."""
    secret = await vendors.renew(here.db, keys_of(here.settings), application, who=session.who)
    if isinstance(secret, Refusal):
        return done(here, _PAGE, secret)
    return await _vendor(request, here, session, application, secret=secret)


@router.post("/vendors/{application}/revoke")
async def revoke_vendor(here: Here, session: Operator, application: str) -> Response:
    """End every secret and token of an application at once; of a parent those of its customers too."""
    told = await vendors.revoke(here.db, application, who=session.who)
    if isinstance(told, Refusal):
        return done(here, _PAGE, told)
    whose = "It and every customer's application" if told["kind"] == "parent" else "It"
    sentence = f"Revoked: {whose} may do nothing on the wire any more. A new secret lets it in again."
    return done(here, f"/vendors/{application}", sentence)
