"""Who may call what: one table for every route, and the gate that holds each request to it."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import Request

from changeover.web.clearance import Who, admit, no_session
from changeover.web.problem import Problem
from changeover.web.programs import NO_CREDENTIAL, SAFE, program
from changeover.web.served import served, session_of
from changeover.web.session import Session
from changeover.web.tokens import Caller

WHO: dict[str, Who] = {
    # The board: what a job seeker sees.
    "/jobs": Who.ANYONE,
    "/jobs/{posting}": Who.ANYONE,
    "/jobs/{posting}/apply": Who.ANYONE,
    "/applications/{token}": Who.ANYONE,
    "/applications/{token}/copy.json": Who.ANYONE,
    "/applications/{token}/{act}": Who.ANYONE,
    "/unsubscribe/{token}": Who.ANYONE,
    "/candidates": Who.ANYONE,
    "/candidates/{token}": Who.ANYONE,
    "/candidates/{token}/copy.zip": Who.ANYONE,
    "/candidates/{token}/erase": Who.ANYONE,
    "/jobs.rss": Who.ANYONE,
    "/sitemap.xml": Who.ANYONE,
    "/sitemap/{after}.xml": Who.ANYONE,
    "/robots.txt": Who.ANYONE,
    # The files of the pages, and the way in.
    "/look/{name}": Who.ANYONE,
    "/favicon.ico": Who.ANYONE,
    "/enter": Who.ANYONE,
    "/sign-in": Who.ANYONE,
    "/sign-in/code": Who.HALF,
    "/sign-in/oidc": Who.ANYONE,
    "/sign-in/oidc/back": Who.ANYONE,
    "/sign-out": Who.HALF,
    "/invitations/{token}": Who.ANYONE,
    # One's own account.
    "/account": Who.SIGNED_IN,
    "/account/password": Who.SIGNED_IN,
    "/account/sessions/end": Who.SIGNED_IN,
    "/account/factor": Who.SIGNED_IN,
    "/account/factor/confirm": Who.SIGNED_IN,
    "/account/factor/remove": Who.SIGNED_IN,
    # The console.
    "/": Who.SIGNED_IN,
    "/events": Who.SIGNED_IN,
    "/subscriptions": Who.OPERATOR,
    "/subscriptions/replay": Who.OPERATOR,
    "/subscriptions/{subscription:int}/rotate": Who.OPERATOR,
    "/subscriptions/{subscription:int}/remove": Who.OPERATOR,
    "/subscriptions/{subscription:int}/enable": Who.OPERATOR,
    "/people": Who.OPERATOR,
    "/people/{account:int}": Who.OPERATOR,
    "/people/{account:int}/lock": Who.OPERATOR,
    "/people/{account:int}/reset": Who.OPERATOR,
    "/people/{account:int}/role": Who.OPERATOR,
    "/people/{account:int}/sessions/end": Who.OPERATOR,
    "/programs": Who.OPERATOR,
    "/vendors": Who.OPERATOR,
    "/vendors/{application}": Who.OPERATOR,
    "/vendors/{application}/revoke": Who.OPERATOR,
    "/vendors/{application}/rotate": Who.OPERATOR,
    "/companies/{company}/clients/{client:int}": Who.OPERATOR,
    "/companies/{company}/clients/{client:int}/revoke": Who.OPERATOR,
    "/companies/{company}/clients/{client:int}/rotate": Who.OPERATOR,
    "/companies/{company}/clients/{client:int}/scopes": Who.OPERATOR,
    "/companies/{company}": Who.EMPLOYER,
    "/companies/{company}/activate": Who.EMPLOYER,
    "/setup": Who.OPERATOR,
    "/setup/{dry_run:int}": Who.OPERATOR,
    "/setup/{dry_run:int}/add": Who.OPERATOR,
    "/support": Who.OPERATOR,
    "/companies/{company}/cases": Who.EMPLOYER,
    "/companies/{company}/cases/{case:int}": Who.EMPLOYER,
    "/companies/{company}/cases/{case:int}/close": Who.OPERATOR,
    "/companies/{company}/cases/{case:int}/messages": Who.EMPLOYER,
    "/companies/{company}/cases/{case:int}/pairs": Who.EMPLOYER,
    "/companies/{company}/cases/{case:int}/proposals": Who.OPERATOR,
    "/companies/{company}/groups": Who.EMPLOYER,
    "/companies/{company}/hold": Who.EMPLOYER,
    "/companies/{company}/unhold": Who.EMPLOYER,
    "/companies/{company}/applications": Who.EMPLOYER,
    "/companies/{company}/applications/apply": Who.EMPLOYER,
    "/companies/{company}/applications/notices": Who.EMPLOYER,
    "/companies/{company}/applications/retention": Who.EMPLOYER,
    "/companies/{company}/applications/{application:int}/cancel": Who.EMPLOYER,
    "/companies/{company}/cancel": Who.EMPLOYER,
    "/companies/{company}/options": Who.EMPLOYER,
    "/companies/{company}/pairs": Who.EMPLOYER,
    "/companies/{company}/pairs/ticked": Who.EMPLOYER,
    "/companies/{company}/words/back": Who.EMPLOYER,
    "/companies/{company}/resolve": Who.EMPLOYER,
    "/companies/{company}/revert": Who.EMPLOYER,
    "/companies/{company}/review": Who.EMPLOYER,
    "/companies/{company}/review.csv": Who.EMPLOYER,
    "/companies/{company}/review/words": Who.EMPLOYER,
    "/companies/{company}/slots": Who.RECRUITER,
    "/companies/{company}/slots/limit": Who.OPERATOR,
    "/companies/{company}/slots/{contract:int}/change": Who.EMPLOYER,
    "/companies/{company}/slots/{contract:int}/seats": Who.EMPLOYER,
    "/companies/{company}/widgets": Who.EMPLOYER,
    "/companies/{company}/widgets/{client:int}/origins": Who.EMPLOYER,
    "/companies/{company}/sources/{source:int}/names": Who.OPERATOR,
    "/companies/{company}/sources/{source:int}/accept": Who.EMPLOYER,
    "/companies/{company}/sources/{source:int}/mapping": Who.EMPLOYER,
    "/companies/{company}/sources/{source:int}/read": Who.EMPLOYER,
    "/companies/{company}/sources/{source:int}/reparse": Who.EMPLOYER,
    "/companies/{company}/sources/{source:int}/revoke": Who.OPERATOR,
    "/companies/{company}/sources/{source:int}/tells": Who.EMPLOYER,
    "/companies/{company}/sources/{source:int}/told": Who.EMPLOYER,
    "/companies/{company}/sources/{source:int}/sunset": Who.EMPLOYER,
    "/companies/{company}/sources/{source:int}/sunset/announce": Who.OPERATOR,
    "/companies/{company}/sources/{source:int}/sunset/withdraw": Who.OPERATOR,
    "/companies/{company}/contacts": Who.EMPLOYER,
    # The API for programs. What it changes for a session needs the session's own token too.
    "/api/": Who.ANYONE,
    "/api/openapi.json": Who.ANYONE,
    "/api/v1/session": Who.COMPANY_PROGRAM,
    "/api/v1/overview": Who.PROGRAM,
    "/api/v1/people": Who.PROGRAM,
    "/api/v1/people/{account:int}": Who.PROGRAM,
    "/api/v1/people/{account:int}/lock": Who.PROGRAM,
    "/api/v1/people/{account:int}/reset": Who.PROGRAM,
    "/api/v1/people/{account:int}/role": Who.PROGRAM,
    "/api/v1/people/{account:int}/sessions/end": Who.PROGRAM,
    "/api/v1/vendors": Who.PROGRAM,
    "/api/v1/vendors/{application}": Who.PROGRAM,
    "/api/v1/vendors/{application}/revoke": Who.PROGRAM,
    "/api/v1/vendors/{application}/rotate": Who.PROGRAM,
    "/api/v1/companies": Who.PROGRAM,
    "/api/v1/companies/{company}": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/activate": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/cancel": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/clients": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/clients/{client:int}/origins": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/clients/{client:int}": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/clients/{client:int}/revoke": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/clients/{client:int}/rotate": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/clients/{client:int}/scopes": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/applicant-limit": Who.PROGRAM,
    "/api/v1/companies/{company}/access-log": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/applications": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/applications/{application:int}/cancel": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/candidate-rules": Who.COMPANY_PROGRAM,
    "/api/v1/cases": Who.PROGRAM,
    "/api/v1/companies/{company}/cases": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/cases/{case:int}": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/cases/{case:int}/close": Who.PROGRAM,
    "/api/v1/companies/{company}/cases/{case:int}/messages": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/cases/{case:int}/proposals": Who.PROGRAM,
    "/api/v1/companies/{company}/contracts": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/contracts/{contract:int}/change": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/contracts/{contract:int}/rehearse": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/contracts/{contract:int}/seats": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/flags": Who.PROGRAM,
    "/api/v1/companies/{company}/integrations": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/integrations/{integration:int}/enable": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/integrations/{integration:int}/disable": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/history": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/hold": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/options": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/pairs": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/pairs/bulk": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/pairs/groups": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/postings": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/postings/{posting:int}": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/postings/{posting:int}/history": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/rehearse": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/resolve": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/revert": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/review": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/review.csv": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/sources": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/sources/{source:int}": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/sources/{source:int}/accept/{reading:int}": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/sources/{source:int}/mapping": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/sources/{source:int}/mapping/guess": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/sources/{source:int}/names": Who.PROGRAM,
    "/api/v1/companies/{company}/sources/{source:int}/read": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/sources/{source:int}/readings": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/sources/{source:int}/reparse": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/sources/{source:int}/revoke": Who.PROGRAM,
    "/api/v1/companies/{company}/sources/{source:int}/tells": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/sources/{source:int}/told": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/sources/{source:int}/sunset": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/sources/{source:int}/sunset/announce": Who.PROGRAM,
    "/api/v1/companies/{company}/sources/{source:int}/sunset/withdraw": Who.PROGRAM,
    "/api/v1/companies/{company}/contacts": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/unhold": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/verify": Who.PROGRAM,
    "/api/v1/postings/changes": Who.PROGRAM,
    "/api/v1/subscriptions": Who.PROGRAM,
    "/api/v1/subscriptions/{subscription:int}": Who.PROGRAM,
    "/api/v1/subscriptions/{subscription:int}/rotate": Who.PROGRAM,
    "/api/v1/subscriptions/{subscription:int}/enable": Who.PROGRAM,
    "/api/v1/deliveries": Who.PROGRAM,
    "/api/v1/deliveries/replay": Who.PROGRAM,
    "/api/v1/companies/{company}/deliveries": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/deliveries/replay": Who.COMPANY_PROGRAM,
    "/api/v1/companies/{company}/jobs": Who.CLIENT,
    "/api/v1/companies/{company}/applications/{application:int}": Who.CLIENT,
    "/api/v1/companies/{company}/applications/{application:int}/actions": Who.CLIENT,
    "/api/v1/companies/{company}/applications/{application:int}/actions/{action}/cancel": Who.CLIENT,
    "/api/v1/companies/{company}/application-files/{file:int}": Who.CLIENT,
    "/api/v1/companies/{company}/widget-tokens": Who.CLIENT,
    # Widgets in the pages of an ATS: each call shows a widget token, which its route checks.
    "/widgets/{name}": Who.ANYONE,
    "/widgets/applicant-highlights": Who.SEAT,
    "/widgets/full-profile": Who.SEAT,
    "/widgets/file": Who.SEAT,
    "/widgets/events": Who.SEAT,
    "/widgets/ats-integration": Who.SEAT,
    "/widgets/ats-integration/activate": Who.SEAT,
    "/widgets/ats-integration/choices": Who.SEAT,
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
            "widgetTokens",
        )
    },
    "/ambry": Who.CLIENT,
    "/ambry/": Who.CLIENT,
    "/companies/{company}/integrations": Who.EMPLOYER,
    "/companies/{company}/integrations/{integration:int}/enable": Who.EMPLOYER,
    "/companies/{company}/integrations/{integration:int}/disable": Who.EMPLOYER,
    "/companies/{company}/deliveries/replay": Who.EMPLOYER,
    # Operations: on loopback until there are accounts, like everything here.
    "/healthz": Who.ANYONE,
    "/readyz": Who.ANYONE,
    "/metrics": Who.ANYONE,
}

# Where a method may be called by fewer than the rest of its path.
FEWER: dict[tuple[str, str], Who] = {
    ("POST", "/companies/{company}/slots"): Who.OPERATOR,
    ("PATCH", "/api/v1/companies/{company}"): Who.PROGRAM,
    ("POST", "/api/v1/companies/{company}/sources"): Who.PROGRAM,
    ("POST", "/api/v1/companies/{company}/contracts"): Who.PROGRAM,
}


def who_may(method: str, path: str) -> Who | None:
    """Who may call a route by a method; None for a route that nobody reaches."""
    return FEWER.get((method, path), WHO.get(path))


async def gate(request: Request) -> None:
    """Let a request through to its route, or refuse it: 401 without a credential, 403 for a foreign form.

    A route that the table does not name is reached by nobody. The caller is kept in the request's state.
    """
    path = request.scope["route"].path
    who = who_may(request.method, path)
    if who is None:
        raise Problem(404, "NOT_FOUND", "There is no page at this address.", "Start from the first page.")
    if who in (Who.ANYONE, Who.CLIENT, Who.SEAT) or getattr(request.state, "caller", None) is not None:
        return
    programs = who in (Who.PROGRAM, Who.COMPANY_PROGRAM)
    if programs and "authorization" in request.headers:
        request.state.caller = await program(request, who, path)
        return
    session = await session_of(request)
    if session is None:
        raise NO_CREDENTIAL if programs else await no_session(request)
    admit(request, session, who, path)
    if request.method not in SAFE:
        await _same_person(request, session)
    request.state.caller = Caller(session.who, f"session {session.nonce}", csrf=session.csrf, side=session.side)


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
    if not served(request).signer.own_form(session.nonce, told or ""):
        raise Problem(
            403,
            "OLD_FORM",
            "Nothing was done: the request does not carry the token of this session.",
            "Send the `csrf` of /api/v1/session as the header X-CSRF-Token."
            if request.url.path.startswith("/api/")
            else "Load the page again and press the button again.",
        )
