"""The way into the console until accounts exist: a link that works once and begins a session."""

from __future__ import annotations

import re
import secrets
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from changeover.web.look import Pages
from changeover.web.problem import Problem
from changeover.web.served import Here, session_of
from changeover.web.session import SESSION_SECONDS, Signer

router = APIRouter(include_in_schema=False)
pages = Pages("changeover.console")

_OWN_PATH = re.compile(r"/(?:[\w.~?&=%+-][\w.~?&=%+/-]*)?", re.ASCII)

# As long as a day of work: the link is shown to one person, once.
LINK_SECONDS = 12 * 3600.0


def make_link(secret: bytes, base_url: str, next_path: str = "/", *, seconds: float = LINK_SECONDS) -> str:
    """A link into the console at ``base_url``: it works once in each process that serves it, for so long."""
    said = {"key": Signer(secret).sign("enter", {"nonce": secrets.token_urlsafe(9)}, seconds=seconds)}
    if next_path != "/":
        said["next"] = next_path
    return f"{base_url.rstrip('/')}/enter?{urlencode(said, safe='/')}"


@router.get("/enter")
async def enter(request: Request, here: Here, key: str = "", next: str = "/") -> Response:  # noqa: A002
    """Take a one-time key and begin a session."""
    # No other address can be written in these letters: browsers read a backslash or a tab as they please.
    to = next if _OWN_PATH.fullmatch(next) else "/"
    if session_of(request) is not None:
        return RedirectResponse(to, 303, headers={"cache-control": "no-store"})
    said = here.signer.read("enter", key)
    if said is None or not here.used_keys.first(said["nonce"], said["until"]):
        raise Problem(
            401,
            "LINK_USED" if said else "LINK_NOT_VALID",
            "This link has been used already." if said else "This link is not valid any more.",
            "Each link works once. Run `changeover link` for a new one.",
        )
    # A browser that came here from another site would not send a strict cookie along a redirect.
    foreign = request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin")
    response: Response = pages.page("entered.html", to=to) if foreign else RedirectResponse(to, 303)
    response.set_cookie(
        here.signer.cookie,
        here.signer.begin("operator"),
        max_age=SESSION_SECONDS,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    response.headers["cache-control"] = "no-store"
    return response
