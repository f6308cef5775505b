"""The page of one's own account: password, second factor, and where one is signed in."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from changeover.accounts import second_factor, signing_in, store
from changeover.accounts.sessions import Begun
from changeover.console.entering import give_session, tries_from
from changeover.console.shown import console_page, done, refused
from changeover.database.board import BOARD
from changeover.migration import store as migrations
from changeover.refusal import Refusal
from changeover.web.problem import Problem
from changeover.web.served import Here, Operator, Served
from changeover.web.session import Session
from changeover.webhooks.keys import keys_of

router = APIRouter(include_in_schema=False)

_PAGE = "/account"
_Word = Annotated[str, Form(max_length=1000)]


def _own(session: Session) -> Begun:
    if session.begun is None:
        sentence = "Nothing was done: you came in by a link of this machine, which is no account."
        raise Problem(409, "NO_ACCOUNT", sentence, "`changeover account add` makes one.")
    return session.begun


async def _page(request: Request, here: Served, session: Session, *, status: int = 200, **said: Any) -> Response:
    begun, now = session.begun, here.db.now()
    shown: dict[str, Any] = {"sessions": [], "codes_left": 0, "companies": [], "password": False}
    if begun is not None:
        async with here.db.company(BOARD) as conn:
            row = await store.by_id(conn, begun.account.account_id)
            shown["sessions"] = await store.sessions(conn, begun.account.account_id, now, now - here.lasting.idle)
            shown["codes_left"] = await store.recovery_codes(conn, begun.account.account_id)
            shown["password"] = bool(row and row["password"])
        shown["companies"] = [await _company(here, each) for each in sorted(begun.account.companies)]
    told: dict[str, Any] = {
        "mine": session.account,
        "here_hash": begun.hash if begun else b"",
        "secret": "",
        "uri": "",
        "codes": [],
    }
    return console_page(request, "account.html", here=here, session=session, status=status, **{**shown, **told, **said})


async def _company(here: Served, company_id: int) -> dict[str, Any]:
    async with here.db.company(company_id) as conn:
        it = await migrations.company(conn, company_id)
    return {"company_id": company_id, "name": it.name}


@router.get("/account")
async def account(request: Request, here: Here, session: Operator) -> Response:
    """One's own account."""
    return await _page(request, here, session)


@router.post("/account/password")
async def password(
    request: Request, here: Here, session: Operator, old: _Word = "", new: _Word = "", again: _Word = ""
) -> Response:
    """Change one's password; every other session ends."""
    begun = _own(session)
    told: str | Refusal = Refusal("NOT_THE_SAME", "Nothing was changed: the two are not the same.", "Type it twice.")
    if new == again:
        told = await signing_in.change_password(here.db, begun, old, new, here.lasting, tries_from(request, here))
    if isinstance(told, Refusal):
        return await _page(request, here, session, status=422, note=refused(told))
    response = done(here, _PAGE, "Your password is changed, and every other session has ended.")
    give_session(request, here, response, told, here.settings.session_hours * 3600)
    return response


@router.post("/account/sessions/end")
async def end_sessions(here: Here, session: Operator) -> Response:
    """Sign out everywhere, here too."""
    await signing_in.sign_out(here.db, _own(session), everywhere=True)
    response = RedirectResponse("/sign-in", 303, headers={"cache-control": "no-store"})
    here.signer.forget(response)
    return response


@router.post("/account/factor")
async def begin_factor(request: Request, here: Here, session: Operator) -> Response:
    """Begin to set up a second factor: the page that answers shows its secret."""
    begun = _own(session)
    secret = await signing_in.begin_factor(here.db, keys_of(here.settings), begun)
    if isinstance(secret, Refusal):
        return done(here, _PAGE, secret)
    return await _page(request, here, session, **_shown(here, begun, secret))


def _shown(here: Served, begun: Begun, secret: str) -> dict[str, Any]:
    board = here.public_url.partition("://")[2]
    spaced = " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
    return {"secret": spaced, "uri": second_factor.address(secret, begun.account.email, board)}


@router.post("/account/factor/confirm")
async def confirm_factor(request: Request, here: Here, session: Operator, code: _Word = "") -> Response:
    """Set the second factor up by its first code; the page that answers shows the recovery codes, once."""
    begun, keys = _own(session), keys_of(here.settings)
    told = await signing_in.confirm_factor(here.db, keys, begun, code, tries_from(request, here))
    if isinstance(told, Refusal):
        secret = await signing_in.factor_begun(here.db, keys, begun)
        if secret is None:
            return done(here, _PAGE, told)
        return await _page(request, here, session, status=422, note=refused(told), **_shown(here, begun, secret))
    token, codes = told
    fresh = await here.session_of(token)
    response = await _page(request, here, fresh or session, codes=codes)
    give_session(request, here, response, token, here.settings.session_hours * 3600)
    return response


@router.post("/account/factor/remove")
async def remove_factor(here: Here, session: Operator) -> Response:
    """Take the second factor away."""
    await signing_in.drop_factor(here.db, _own(session))
    return done(here, _PAGE, "Your second factor is gone; you sign in with your password alone.")
