"""The way into the console of one machine: a link that works once and begins a session."""

from __future__ import annotations

import secrets
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from changeover.console.entering import give_session, go_on, own_path
from changeover.web.problem import Problem
from changeover.web.served import Here, session_of
from changeover.web.session import SESSION_SECONDS, Signer

router = APIRouter(include_in_schema=False)

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
    to = own_path(next)
    if await session_of(request) is not None:
        return RedirectResponse(to, 303, headers={"cache-control": "no-store"})
    said = here.signer.read("enter", key)
    if said is None or not here.used_keys.first(said["nonce"], said["until"]):
        raise Problem(
            401,
            "LINK_USED" if said else "LINK_NOT_VALID",
            "This link has been used already." if said else "This link is not valid any more.",
            "Each link works once. Run `changeover link` for a new one.",
        )
    response = go_on(request, to)
    give_session(request, here, response, here.signer.begin("operator"), SESSION_SECONDS)
    return response
