"""The programs that ask: the operator's, and those of one company within their scopes."""

from __future__ import annotations

import structlog
from fastapi import Request

from changeover.accounts.clients import client_of
from changeover.accounts.scopes import MEANS, scope_of
from changeover.web.clearance import Who
from changeover.web.problem import Problem
from changeover.web.served import served
from changeover.web.tokens import Caller

log = structlog.get_logger()

SAFE = {"GET", "HEAD", "OPTIONS"}
# Asked by POST, and yet nothing is changed: a token that only reads may ask.
_CHANGES_NOTHING = {
    "/api/v1/companies/{company}/rehearse",
    "/api/v1/companies/{company}/sources/{source:int}/mapping/guess",
    "/api/v1/companies/{company}/contracts/{contract:int}/rehearse",
}
NO_CREDENTIAL = Problem(
    401,
    "NO_CREDENTIAL",
    "Nothing was done: the request shows no credential of whoever runs this board.",
    "Send `Authorization: Bearer …` with a token of the setting operator_tokens, or open the console with "
    "`changeover link` and send its cookie.",
    headers={"www-authenticate": "Bearer"},
)
_CLIENTS = "chg_"


def _token(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").strip().partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def changes(method: str, path: str) -> bool:
    """True if a call changes something; a rehearsal does not."""
    return method not in SAFE and path not in _CHANGES_NOTHING


async def program(request: Request, who: Who, path: str) -> Caller:
    """The program whose token the request shows, if it may do this. Raises Problem 401 or 403."""
    token = _token(request)
    if token.startswith(_CLIENTS) and who is Who.COMPANY_PROGRAM:
        return await client_caller(request, path)
    caller = served(request).tokens.caller(token) if token else None
    if caller is None:
        raise NO_CREDENTIAL
    if not caller.acts and changes(request.method, path):
        raise Problem(
            403,
            "READ_ONLY",
            "Nothing was done: this token may read, and change nothing.",
            "Use a token of the setting operator_tokens for what changes something.",
        )
    return caller


async def client_caller(request: Request, path: str) -> Caller:
    """The client of the company in the address that the request's token names. Raises Problem 401 or 403."""
    client = await client_of(served(request).db, _token(request))
    if client is None:
        raise Problem(
            401,
            "NO_TOKEN",
            "Nothing was taken: the request shows no live token.",
            "Send `Authorization: Bearer …` with the token that `changeover client add` printed.",
            headers={"www-authenticate": "Bearer"},
        )
    if str(client.company_id) != request.path_params.get("company"):
        log.warning(
            "a token was shown for another company", company=client.company_id, client=client.client_id, path=path
        )
        raise Problem(
            403,
            "WRONG_COMPANY",
            "Nothing was taken: this token belongs to another company.",
            "Use the token of the company in the address.",
        )
    scope = scope_of(path, changes=changes(request.method, path))
    if scope is None or scope not in client.scopes:
        lacks = f"lacks the scope `{scope}`: to {MEANS[scope]}" if scope else "does not open this, with any scope"
        raise Problem(
            403,
            "MISSING_SCOPE",
            f"Nothing was done: this token {lacks}.",
            "Give the client the scope with `changeover client scopes`, or use another token.",
            scope=str(scope or ""),
        )
    return Caller(client.name, f"client {client.client_id}", side="employer")
