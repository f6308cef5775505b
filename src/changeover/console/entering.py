"""The cookie of a session, set and taken away; where a person goes on after signing in."""

from __future__ import annotations

import re

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from changeover.accounts.signing_in import From
from changeover.web.look import Pages
from changeover.web.senders import network
from changeover.web.served import Served

pages = Pages("changeover.console")

_OWN_PATH = re.compile(r"/(?:[\w.~?&=%+-][\w.~?&=%+/-]*)?", re.ASCII)
_KNOWN, _KNOWN_SECONDS = "_known", 180 * 86_400


def own_path(text: str) -> str:
    """``text`` if it is a path of this board, else the first page."""
    # No other address can be written in these letters: browsers read a backslash or a tab as they please.
    return text if _OWN_PATH.fullmatch(text) else "/"


def go_on(request: Request, to: str) -> Response:
    """Lead on to a page of ours, with a cookie that was just set."""
    # A browser that came here from another site would not send a strict cookie along a redirect.
    foreign = request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin")
    response: Response = pages.page("entered.html", to=to) if foreign else RedirectResponse(to, 303)
    response.headers["cache-control"] = "no-store"
    return response


def give_session(request: Request, here: Served, response: Response, cookie: str, seconds: int) -> None:
    """Give the browser its session."""
    response.set_cookie(
        here.signer.cookie,
        cookie,
        max_age=seconds,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )


def know(request: Request, here: Served, response: Response, account_id: int) -> None:
    """Let the browser be known to an account: failures elsewhere do not keep its owner waiting here."""
    response.set_cookie(
        f"{here.signer.cookie}{_KNOWN}",
        here.signer.sign("known", {"account": str(account_id)}, seconds=_KNOWN_SECONDS),
        max_age=_KNOWN_SECONDS,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )


def tries_from(request: Request, here: Served) -> From:
    """Where a try to sign in comes from."""
    said = here.signer.read("known", here.signer.cookie_of(request.cookies, _KNOWN))
    host = request.client.host if request.client else ""
    return From(network(host), request.headers.get("user-agent", ""), int(said["account"]) if said else 0)
