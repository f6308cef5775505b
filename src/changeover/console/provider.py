"""The way to the OpenID provider and back: what must not change on it waits in the browser's cookie."""

from __future__ import annotations

from dataclasses import asdict

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from changeover.accounts import oidc, signing_in
from changeover.accounts.oidc import AuthorizationRequest, Provider, ProviderFailed
from changeover.console.entering import own_path, tries_from
from changeover.console.signing_in import entered, sign_in_form
from changeover.refusal import Refusal
from changeover.web.problem import Problem
from changeover.web.served import Here, Served

router = APIRouter(include_in_schema=False)

_SECONDS, _BACK = 600, "/sign-in/oidc/back"


def _provider(here: Served) -> Provider:
    told = here.settings
    if not told.oidc_issuer:
        raise Problem(404, "NO_PROVIDER", "People do not sign in elsewhere on this board.", "Sign in at /sign-in.")
    secret = told.oidc_client_secret.get_secret_value() if told.oidc_client_secret else ""
    return Provider(told.oidc_issuer, told.oidc_client_id, secret, f"{here.public_url}{_BACK}")


def _cookie(here: Served) -> str:
    return f"{here.signer.cookie}_provider"


@router.get("/sign-in/oidc")
async def there(request: Request, here: Here, next: str = "/") -> Response:  # noqa: A002
    """Go to the provider."""
    asked_for = AuthorizationRequest.new()
    try:
        to = await oidc.there(_provider(here), asked_for)
    except ProviderFailed as problem:
        return _failed(request, here, str(problem))
    response = RedirectResponse(to, 303, headers={"cache-control": "no-store"})
    said = {**asdict(asked_for), "next": own_path(next)}
    # Lax: the provider's redirect back is a step from another site, on which a strict cookie would not come along.
    response.set_cookie(
        _cookie(here),
        here.signer.sign("provider", said, seconds=_SECONDS),
        max_age=_SECONDS,
        path="/sign-in/oidc",
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return response


@router.get(_BACK)
async def back(request: Request, here: Here) -> Response:
    """Come back from the provider, and in."""
    at, said = _provider(here), here.signer.read("provider", request.cookies.get(_cookie(here), ""))
    if said is None or not here.used_keys.first(said["state"], said["until"]):
        return _failed(request, here, "This way was begun in another browser, taken already, or too long ago.")
    try:
        proven = await oidc.back(
            at, AuthorizationRequest(said["state"], said["nonce"], said["verifier"]), request.query_params
        )
    except ProviderFailed as problem:
        return _failed(request, here, str(problem))
    account = await oidc.account_of(here.db, proven)
    if isinstance(account, Refusal):
        return sign_in_form(request, here, account)
    begun = await signing_in.begin(
        here.db, account, here.lasting, tries_from(request, here), how=at.issuer, factor=proven.factors
    )
    response = entered(request, here, begun, said["next"], whole=proven.factors or not account.factor)
    response.delete_cookie(_cookie(here), path="/sign-in/oidc", httponly=True, samesite="lax")
    return response


def _failed(request: Request, here: Served, sentence: str) -> Response:
    return sign_in_form(request, here, Refusal("PROVIDER_FAILED", f"You are not signed in. {sentence}", "Try again."))
