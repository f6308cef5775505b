"""What a session must be for a route: of whom, of which company, with how recent a second factor."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Literal
from urllib.parse import urlencode

from fastapi import Request

from changeover.accounts import store
from changeover.accounts.account import Role
from changeover.database.board import BOARD
from changeover.web.problem import Problem, wants_html
from changeover.web.served import Served, possible_company, served
from changeover.web.session import Session

# How long a second factor that was shown is good for an act that wants it.
RECENT = timedelta(hours=1)
# The acts that may want a second factor (setting `second_factor`), and what they do.
ACTS = {
    "resolve": "resolve a company",
    "revert": "revert a company",
    "cancel": "cancel a company",
    "people": "change who may sign in",
    "programs": "change what programs may do",
}
_MOVES = ("/resolve", "/revert", "/cancel")
_CLIENTS = "/companies/{company}/clients"


def factor_act(method: str, path: str) -> str:
    """The act of the setting `second_factor` that a call is; empty for none.

    The pages that rehearse a move ask for it too; who may sign in, and which programs there are, is told without.
    """
    own = path.removeprefix("/api/v1")
    moved = own.removeprefix("/companies/{company}")
    if moved != own and moved in _MOVES:
        return moved[1:]
    if method == "GET":
        return ""
    if own.startswith("/people"):
        return "people"
    opens = own.startswith(("/programs", "/vendors", _CLIENTS)) and not own.endswith("/origins")
    return "programs" if opens else ""


class Who(StrEnum):
    """The least that a caller must be.

    ``HALF`` has a session, also one that still owes its second factor; ``SIGNED_IN`` a whole one. ``RECRUITER`` and
    ``EMPLOYER`` are of the company in the address, and the operator is of all. ``PROGRAM`` has an operator token, or
    is the operator; ``COMPANY_PROGRAM`` that, or is of the company: an employer, or a client with the scope. ``CLIENT``
    is a program with a token of its own company, ``SEAT`` a recruiter with a widget token; either is checked by its
    route.
    """

    ANYONE = "anyone"
    HALF = "half"
    SIGNED_IN = "signed_in"
    RECRUITER = "recruiter"
    EMPLOYER = "employer"
    OPERATOR = "operator"
    PROGRAM = "program"
    COMPANY_PROGRAM = "company_program"
    CLIENT = "client"
    SEAT = "seat"


_ROLES = {
    Who.RECRUITER: (Role.RECRUITER, Role.EMPLOYER, Role.OPERATOR),
    Who.EMPLOYER: (Role.EMPLOYER, Role.OPERATOR),
    Who.COMPANY_PROGRAM: (Role.EMPLOYER, Role.OPERATOR),
    Who.OPERATOR: (Role.OPERATOR,),
    Who.PROGRAM: (Role.OPERATOR,),
}


def admit(request: Request, session: Session, who: Who, path: str) -> None:
    """Let a session through to a route, or raise the Problem that says what it lacks."""
    if who is Who.HALF or session.begun is None:
        return
    if not session.begun.whole:
        raise _factor_due(request)
    company = request.path_params.get("company")
    if company is not None and not session.reaches(possible_company(str(company))):
        # As if it were not there: nobody learns which companies are on the board.
        sentence = f"There is no company {int(company)} here. `changeover company list` shows those there are."
        raise Problem(404, "UNKNOWN_COMPANY", sentence, "See the list of companies.")
    if session.begun.account.role not in _ROLES.get(who, tuple(Role)):
        raise Problem(
            403,
            "NOT_YOURS",
            "Nothing was done: this is not for your part on the board.",
            "Ask whoever runs it; your account's page says what part you have.",
        )
    act = factor_act(request.method, path)
    lacking = factor_lacking(served(request), session, act)
    if lacking == "none":
        raise Problem(
            403,
            "NO_SECOND_FACTOR",
            f"Nothing was done: to {ACTS[act]}, this board asks for a second factor, and you have none yet.",
            "Set one up on your account's page, /account. It takes a phone and a minute.",
        )
    if lacking:
        raise _factor_due(request)


def factor_lacking(here: Served, session: Session, act: str) -> Literal["", "none", "due"]:
    """What a session lacks for an act: a second factor, or that it was shown lately; empty if nothing."""
    begun = session.begun
    if begun is None or act not in here.settings.second_factor.split():
        return ""
    if not begun.account.factor and begun.factor_at is None:
        return "none"
    return "due" if begun.factor_at is None or here.db.now() - begun.factor_at > RECENT else ""


def _factor_due(request: Request) -> Problem:
    if wants_html(request) and request.method == "GET":
        return _elsewhere(request, "/sign-in/code")
    return Problem(
        403,
        "SECOND_FACTOR",
        "Nothing was done: your second factor is asked for, and was not shown lately.",
        "Open /sign-in/code, type the code that your app shows, and do it again.",
    )


async def no_session(request: Request) -> Problem:
    """What a browser without a session is told: to sign in where anyone can, else how the console is opened."""
    here = served(request)
    async with here.db.company(BOARD) as conn:
        accounts = bool(here.settings.oidc_issuer) or await store.any_account(conn)
    if accounts and wants_html(request) and request.method == "GET":
        return _elsewhere(request, "/sign-in")
    return Problem(
        401,
        "NO_SESSION",
        "This page is for whoever runs this board, and your browser has shown no key to it.",
        "Run `changeover link` on the machine that serves this board, or copy the link that "
        "`changeover serve` printed when it started, and open it in this browser."
        + (" Or sign in at /sign-in." if accounts else ""),
    )


def _elsewhere(request: Request, path: str) -> Problem:
    """A redirect to where what is missing is asked for, and back."""
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    to = f"{path}?{urlencode({'next': back})}"
    return Problem(303, "SIGN_IN", "Sign in first.", f"Open {path}.", headers={"location": to})
