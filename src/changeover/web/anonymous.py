"""Forms of who has no session yet: bound to the browser that asked for them, and to our own page."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.responses import Response

from changeover.web.problem import Problem
from changeover.web.served import Served

_SECONDS, _COOKIE = 3600, "_form"


def form_token(request: Request, here: Served) -> tuple[str, str]:
    """A nonce for the browser's cookie, the one it has if it has one, and the token that the form carries."""
    nonce = _nonce(request, here) or secrets.token_urlsafe(18)
    return nonce, here.signer.form_token(nonce)


def keep(request: Request, here: Served, response: Response, nonce: str) -> None:
    """Give the browser the cookie that its form is bound to."""
    response.set_cookie(
        f"{here.signer.cookie}{_COOKIE}",
        here.signer.sign("form", {"nonce": nonce}, seconds=_SECONDS),
        max_age=_SECONDS,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )


def _nonce(request: Request, here: Served) -> str:
    said = here.signer.read("form", here.signer.cookie_of(request.cookies, _COOKIE))
    return str(said["nonce"]) if said else ""


def hold_to_form(request: Request, here: Served, told: str) -> None:
    """Refuse a form of another site or another browser: nobody is signed in as somebody else unawares."""
    origin, nonce = request.headers.get("origin"), _nonce(request, here)
    foreign = origin is not None and urlsplit(origin).netloc != request.headers.get("host")
    if foreign or not nonce or not here.signer.own_form(nonce, told):
        raise Problem(
            403,
            "OLD_FORM",
            "Nothing was done: the form is too old, or was not sent from our own page.",
            "Load the page again, let it keep its cookie, and press the button again.",
        )
