"""Every route with who may call it, as a page of the docs."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import FastAPI
from starlette.routing import BaseRoute, Route

from changeover.accounts.scopes import Scope, scope_of
from changeover.web.access import who_may
from changeover.web.clearance import Who, factor_act
from changeover.web.programs import changes

WORDS = {
    Who.ANYONE: "anyone",
    Who.HALF: "who has a session, also before the second factor",
    Who.SIGNED_IN: "who is signed in",
    Who.RECRUITER: "recruiter or employer of the company, operator",
    Who.EMPLOYER: "employer of the company, operator",
    Who.OPERATOR: "operator",
    Who.PROGRAM: "operator, operator's token",
    Who.COMPANY_PROGRAM: "employer of the company, operator, operator's token",
    Who.SEAT: "recruiter with a widget's token",
    Who.CLIENT: "token of the company's client or of the vendor's application",
}


def walk(routes: list[BaseRoute]) -> Iterator[Route]:
    """Every route of an application, those of its routers too."""
    for route in routes:
        inner = getattr(route, "original_router", None) or getattr(route, "router", None)
        if isinstance(route, Route):
            yield route
        elif inner is not None:
            yield from walk(inner.routes)
        else:
            raise TypeError(f"{route!r} is no route and no router")


def calls(web: FastAPI) -> list[tuple[str, str]]:
    """Every (method, path) of an application, in order of the paths."""
    found = {
        (method, route.path)
        for route in walk(web.routes)
        for method in route.methods or ()
        if method not in ("HEAD", "OPTIONS")
    }
    return sorted(found, key=lambda call: (call[1], call[0]))


def scope_needed(method: str, path: str) -> Scope | None:
    """The scope with which a company's client may make a call; None where none opens it."""
    who = who_may(method, path)
    if who not in (Who.COMPANY_PROGRAM, Who.CLIENT) or not path.startswith("/api/"):
        return None
    return scope_of(path, changes=changes(method, path))


def page(web: FastAPI) -> str:
    """The page, in Markdown."""
    lines = [
        "# Who may call what",
        "",
        "Made from the one table in the code that every request is held to, and checked by a test that makes every "
        "call as everyone. *Factor*: an account must have shown its second factor within the hour, where the setting "
        "`second_factor` names the act. *Scope*: with it a company's own client may call it too.",
        "",
        "| call | who may | scope | factor |",
        "|---|---|---|---|",
    ]
    for method, path in calls(web):
        who = who_may(method, path)
        told = WORDS[who] if who else "nobody"
        lines.append(
            f"| {method} `{path}` | {told} | {scope_needed(method, path) or ''} | {factor_act(method, path)} |"
        )
    return "\n".join(lines) + "\n"
