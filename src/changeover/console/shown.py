"""How the console shows a page and answers a form: the session's token, and what was just done."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from changeover.migration.state import Refusal
from changeover.web.look import Pages
from changeover.web.served import Served
from changeover.web.session import Session

pages = Pages("changeover.console")

# What a form did, told once on the page that follows it.
NOTE = "changeover_note"
_NOTE_SECONDS = 60


def console_page(here: Served, session: Session, template: str, *, status: int = 200, **said: Any) -> Response:
    """A page of the console for this session."""
    return pages.page(template, status=status, **{"csrf": session.csrf, "note": None, "now": here.db.now(), **said})


def note(here: Served, request: Request) -> dict[str, Any] | None:
    """What the last form did, if this page is the first after it."""
    return here.signer.read("note", request.cookies.get(NOTE, ""))


def forget_note(response: Response) -> Response:
    """The page was shown: what it told of is told no more."""
    response.delete_cookie(NOTE, path="/", httponly=True, samesite="strict")
    return response


def done(here: Served, to: str, outcome: Refusal | str | None) -> Response:
    """Answer a form with the page it belongs to, which tells ``outcome``: a sentence, or why not."""
    response = RedirectResponse(to, 303, headers={"cache-control": "no-store"})
    if outcome is not None:
        said = {"good": isinstance(outcome, str), "sentence": str(outcome)}
        if isinstance(outcome, Refusal):
            said["code"] = outcome.code
        text = here.signer.sign("note", said, seconds=_NOTE_SECONDS)
        response.set_cookie(NOTE, text, max_age=_NOTE_SECONDS, httponly=True, samesite="strict")
    return response
