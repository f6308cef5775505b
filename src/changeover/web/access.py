"""Who may call what: one table for every route, and the gate that holds each request to it."""

from __future__ import annotations

import hmac
from enum import StrEnum
from urllib.parse import urlsplit

from fastapi import Request

from changeover.web.problem import Problem
from changeover.web.served import session_of
from changeover.web.session import Session


class Who(StrEnum):
    """A caller. ``CLIENT`` is a program with a token of its own, which its route checks."""

    ANYONE = "anyone"
    OPERATOR = "operator"
    CLIENT = "client"


WHO: dict[str, Who] = {
    # The board: what a job seeker sees.
    "/jobs": Who.ANYONE,
    "/jobs/{posting}": Who.ANYONE,
    "/jobs/{posting}/apply": Who.ANYONE,
    "/applications/{token}": Who.ANYONE,
    "/applications/{token}/copy.json": Who.ANYONE,
    "/applications/{token}/{act}": Who.ANYONE,
    "/jobs.rss": Who.ANYONE,
    "/sitemap.xml": Who.ANYONE,
    "/sitemap/{after}.xml": Who.ANYONE,
    "/robots.txt": Who.ANYONE,
    # The files of the pages, and the way in.
    "/look/{name}": Who.ANYONE,
    "/favicon.ico": Who.ANYONE,
    "/enter": Who.ANYONE,
    # The console.
    "/": Who.OPERATOR,
    "/events": Who.OPERATOR,
    "/companies/{company}": Who.OPERATOR,
    "/companies/{company}/activate": Who.OPERATOR,
    "/companies/{company}/hold": Who.OPERATOR,
    "/companies/{company}/unhold": Who.OPERATOR,
    "/companies/{company}/cancel": Who.OPERATOR,
    "/companies/{company}/options": Who.OPERATOR,
    "/companies/{company}/pairs": Who.OPERATOR,
    "/companies/{company}/resolve": Who.OPERATOR,
    "/companies/{company}/revert": Who.OPERATOR,
    "/companies/{company}/review": Who.OPERATOR,
    "/companies/{company}/review.csv": Who.OPERATOR,
    "/companies/{company}/sources/{source:int}/names": Who.OPERATOR,
    "/companies/{company}/sources/{source:int}/accept": Who.OPERATOR,
    "/companies/{company}/sources/{source:int}/mapping": Who.OPERATOR,
    "/companies/{company}/sources/{source:int}/read": Who.OPERATOR,
    "/companies/{company}/sources/{source:int}/revoke": Who.OPERATOR,
    # The API for programs; what it changes for an operator needs the session's token too.
    "/api/openapi.json": Who.ANYONE,
    "/api/v1/session": Who.OPERATOR,
    "/api/v1/companies": Who.OPERATOR,
    "/api/v1/companies/{company}": Who.OPERATOR,
    "/api/v1/companies/{company}/activate": Who.OPERATOR,
    "/api/v1/companies/{company}/cancel": Who.OPERATOR,
    "/api/v1/companies/{company}/hold": Who.OPERATOR,
    "/api/v1/companies/{company}/pairs": Who.OPERATOR,
    "/api/v1/companies/{company}/rehearse": Who.OPERATOR,
    "/api/v1/companies/{company}/resolve": Who.OPERATOR,
    "/api/v1/companies/{company}/revert": Who.OPERATOR,
    "/api/v1/companies/{company}/review": Who.OPERATOR,
    "/api/v1/companies/{company}/sources/{source:int}/accept/{reading:int}": Who.OPERATOR,
    "/api/v1/companies/{company}/sources/{source:int}/read": Who.OPERATOR,
    "/api/v1/companies/{company}/unhold": Who.OPERATOR,
    "/api/v1/postings/changes": Who.OPERATOR,
    "/api/v1/companies/{company}/jobs": Who.CLIENT,
    # The Apply Connect wire: each call shows a token, which its route checks; a token is given for a secret.
    "/oauth/v2/accessToken": Who.ANYONE,
    **{
        f"/{version}/{resource}": Who.CLIENT
        for version in ("v2", "rest")
        for resource in (
            "simpleJobPostings",
            "simpleJobPostingTasks",
            "jobPostingStatus",
            "jobApplicationLifecycleActions",
            "provisionedApplications",
            "provisionedApplications/",
            "provisionedApplications/{urn}",
            "atsIntegrations",
            "atsIntegrations/{key}/configurations",
            "developerWebhooks",
        )
    },
    "/ambry": Who.CLIENT,
    "/ambry/": Who.CLIENT,
    "/companies/{company}/integrations": Who.OPERATOR,
    "/companies/{company}/integrations/{integration:int}/enable": Who.OPERATOR,
    "/companies/{company}/integrations/{integration:int}/disable": Who.OPERATOR,
    "/companies/{company}/deliveries/replay": Who.OPERATOR,
    # Operations: on loopback until there are accounts, like everything here.
    "/healthz": Who.ANYONE,
    "/readyz": Who.ANYONE,
    "/metrics": Who.ANYONE,
}

_SAFE = {"GET", "HEAD", "OPTIONS"}


async def gate(request: Request) -> None:
    """Let a request through to its route, or refuse it: 401 without a session, 403 for a foreign form.

    A route that the table does not name is reached by nobody.
    """
    who = WHO.get(request.scope["route"].path)
    if who is None:
        raise Problem(404, "NOT_FOUND", "There is no page at this address.", "Start from the first page.")
    if who is not Who.OPERATOR:
        return
    session = session_of(request)
    if session is None:
        raise Problem(
            401,
            "NO_SESSION",
            "This page is for whoever runs this board, and your browser has shown no key to it.",
            "Run `changeover link` on the machine that serves this board, or copy the link that "
            "`changeover serve` printed when it started, and open it in this browser.",
        )
    if request.method not in _SAFE:
        await _same_person(request, session)


async def _same_person(request: Request, session: Session) -> None:
    """A change must come from our own page: from this origin, with the session's own token."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise Problem(
            403,
            "FOREIGN_FORM",
            "Nothing was done: the form was sent from another site.",
            "Open the page here and press the button again.",
        )
    told = request.headers.get("x-csrf-token")
    if told is None and "json" not in request.headers.get("content-type", ""):
        told = str((await request.form()).get("csrf", ""))
    if not hmac.compare_digest((told or "").encode(), session.csrf.encode()):
        raise Problem(
            403,
            "OLD_FORM",
            "Nothing was done: the request does not carry the token of this session.",
            "Send the `csrf` of /api/v1/session as the header X-CSRF-Token."
            if request.url.path.startswith("/api/")
            else "Load the page again and press the button again.",
        )
