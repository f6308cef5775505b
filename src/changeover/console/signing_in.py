"""The pages of signing in: by address and password, by a code, by an invitation; and signing out."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from changeover.accounts import people, signing_in
from changeover.accounts.signing_in import SignedIn
from changeover.console.entering import give_session, go_on, know, own_path, pages, tries_from
from changeover.refusal import Refusal
from changeover.web.anonymous import form_token, hold_to_form, keep
from changeover.web.problem import Problem
from changeover.web.served import Here, Operator, Served
from changeover.webhooks.keys import keys_of

router = APIRouter(include_in_schema=False)

_Word = Annotated[str, Form(max_length=1000)]


def _form(request: Request, here: Served, template: str, refusal: Refusal | None = None, **said: Any) -> Response:
    """A form for who has no session yet, with what was wrong with the last one."""
    nonce, csrf = form_token(request, here)
    shown = {"csrf": csrf, "refusal": refusal, "provider": bool(here.settings.oidc_issuer), **said}
    response = pages.page(template, status=200 if refusal is None else 422, **shown)
    keep(request, here, response, nonce)
    return response


def sign_in_form(
    request: Request, here: Served, refusal: Refusal | None = None, *, email: str = "", to: str = "/"
) -> Response:
    """The page where a person signs in, with what was wrong with the last try."""
    return _form(request, here, "sign_in.html", refusal, email=email, to=to)


def entered(request: Request, here: Served, it: SignedIn, to: str, *, whole: bool) -> Response:
    """Lead a person who has signed in on, first to their second factor where that is due."""
    response = go_on(request, to if whole else f"/sign-in/code?{urlencode({'next': to})}")
    give_session(request, here, response, it.token, here.settings.session_hours * 3600)
    know(request, here, response, it.account.account_id)
    return response


@router.get("/sign-in")
async def sign_in_page(request: Request, here: Here, next: str = "/") -> Response:  # noqa: A002
    """Where a person signs in."""
    return sign_in_form(request, here, to=own_path(next))


@router.post("/sign-in")
async def sign_in(
    request: Request,
    here: Here,
    email: _Word = "",
    password: _Word = "",
    csrf: _Word = "",
    next: _Word = "/",  # noqa: A002
) -> Response:
    """Sign in with an address and a password."""
    hold_to_form(request, here, csrf)
    to = own_path(next)
    begun = await signing_in.by_password(here.db, email, password, here.lasting, tries_from(request, here))
    if isinstance(begun, Refusal):
        return sign_in_form(request, here, begun, email=email[:254], to=to)
    return entered(request, here, begun, to, whole=not begun.account.factor)


@router.get("/sign-in/code")
async def code_page(session: Operator, next: str = "/") -> Response:  # noqa: A002
    """Where the second factor is shown."""
    return pages.page("sign_in_code.html", csrf=session.csrf, refusal=None, to=own_path(next))


@router.post("/sign-in/code")
async def code(
    request: Request,
    here: Here,
    session: Operator,
    code: _Word = "",
    next: _Word = "/",  # noqa: A002
) -> Response:
    """Show the second factor."""
    to = own_path(next)
    if session.begun is None:
        return RedirectResponse(to, 303)
    told = await signing_in.by_code(here.db, keys_of(here.settings), session.begun, code, tries_from(request, here))
    if isinstance(told, Refusal):
        return pages.page("sign_in_code.html", status=422, csrf=session.csrf, refusal=told, to=to)
    response = go_on(request, to)
    give_session(request, here, response, told, here.settings.session_hours * 3600)
    return response


@router.post("/sign-out")
async def sign_out(here: Here, session: Operator) -> Response:
    """End this session."""
    if session.begun is not None:
        await signing_in.sign_out(here.db, session.begun)
    response = RedirectResponse("/sign-in", 303, headers={"cache-control": "no-store"})
    here.signer.forget(response)
    return response


def _over() -> Problem:
    return Problem(
        404,
        "LINK_OVER",
        "This link was used already, or has run out.",
        "Ask whoever runs the board for another one, or sign in at /sign-in.",
    )


@router.get("/invitations/{token}")
async def invitation(request: Request, here: Here, token: str) -> Response:
    """Where an invited person chooses a password."""
    it = await people.invited(here.db, token)
    if it is None:
        raise _over()
    return _form(request, here, "invitation.html", it=it, token_of_link=token)


@router.post("/invitations/{token}")
async def take_invitation(
    request: Request, here: Here, token: str, password: _Word = "", again: _Word = "", csrf: _Word = ""
) -> Response:
    """Take the password that an invited person chose, and let them in."""
    hold_to_form(request, here, csrf)
    it = await people.invited(here.db, token)
    if it is None:
        raise _over()
    refusal = Refusal("NOT_THE_SAME", "Nothing was done: the two are not the same.", "Type it twice.")
    if password == again:
        taken = await people.take_link(here.db, token, password)
        if not isinstance(taken, Refusal):
            how = "a link of whoever runs the board"
            begun = await signing_in.begin(here.db, taken, here.lasting, tries_from(request, here), how=how)
            return entered(request, here, begun, "/", whole=not taken.factor)
        refusal = taken
    return _form(request, here, "invitation.html", refusal, it=it, token_of_link=token)
