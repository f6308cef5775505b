"""How the console shows a page and answers a form: the session's token, and what was just done."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from changeover.refusal import Refusal
from changeover.web.look import Pages
from changeover.web.served import Served
from changeover.web.session import Session

pages = Pages("changeover.console")

_NOTE_SECONDS = 60


def _note_cookie(here: Served) -> str:
    """Where what a form did waits for the page that follows it, to be told once."""
    return f"{here.signer.cookie}_note"


def console_page(
    request: Request, template: str, *, here: Served, session: Session, status: int = 200, **said: Any
) -> Response:
    """A page of the console for this session; it tells what the last form did, once."""
    note = here.signer.read("note", request.cookies.get(_note_cookie(here), ""))
    shown = {
        "csrf": session.csrf,
        "path": request.url.path,
        "me": session,
        "note": note,
        "now": here.db.now(),
        "position": here.revisions.position,
        "public_url": here.public_url,
    }
    response = pages.page(template, status=status, **{**shown, **said})
    if note is not None:
        response.delete_cookie(_note_cookie(here), httponly=True, samesite="strict")
    return response


def refused(refusal: Refusal, **more: Any) -> dict[str, Any]:
    """A refusal as a note on the very page that answers."""
    return {"good": False, "sentence": str(refusal), "code": refusal.code, "undo": None, **more}


def undo(to: str, **fields: object) -> dict[str, Any]:
    """The form that takes an act back, for the note that tells of it: where it is sent, and with what."""
    return {"to": to, "fields": {name: str(value) for name, value in fields.items()}}


def done(here: Served, to: str, outcome: Refusal | str, *, back: dict[str, Any] | None = None) -> Response:
    """Answer a form with the page it belongs to, which tells ``outcome``: what was done, or why not.

    ``back`` is how it is taken back (``undo``): a button beside what is told.
    """
    said = (
        refused(outcome)
        if isinstance(outcome, Refusal)
        else {"good": True, "sentence": outcome, "code": "", "undo": back}
    )
    response = RedirectResponse(to, 303, headers={"cache-control": "no-store"})
    text = here.signer.sign("note", said, seconds=_NOTE_SECONDS)
    response.set_cookie(_note_cookie(here), text, max_age=_NOTE_SECONDS, httponly=True, samesite="strict")
    return response
