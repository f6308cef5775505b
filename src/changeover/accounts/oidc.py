"""Signing in at an OpenID provider: the authorization code with PKCE, and what the ID token proves."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx2
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import get_well_known_url
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from changeover.accounts import store
from changeover.accounts.account import Account, address
from changeover.database.board import revise_board
from changeover.database.connection import Database
from changeover.refusal import Refusal
from changeover.sources.address import own_machine

SCOPE = "openid email profile"
# Signatures by a key that the provider publishes; never `none`, never a shared secret.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
_LEEWAY_SECONDS, _TIMEOUT_SECONDS, _LARGEST = 60, 10, 1_000_000


@dataclass(frozen=True, slots=True)
class Provider:
    """An OpenID provider, and what this board is called there. ``secret`` is empty for a public client."""

    issuer: str
    client_id: str
    secret: str
    back: str


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """What must come back unchanged from the provider, and the secret half of PKCE."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> AuthorizationRequest:
        """Three times 256 random bits."""
        return cls(*(secrets.token_urlsafe(32) for _ in range(3)))


@dataclass(frozen=True, slots=True)
class Proven:
    """Who the provider says that it is. ``factors``: it says that more than a password was shown."""

    issuer: str
    subject: str
    email: str
    factors: bool


class ProviderFailed(Exception):
    """The provider did not answer, or said what cannot be believed; the message is a sentence."""


async def _json(http: httpx2.AsyncClient, method: str, url: str, **said: Any) -> dict[str, Any]:
    """What an address of the provider answers. Raises ProviderFailed."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not own_machine(parts.hostname or ""):
        raise ProviderFailed("The OpenID provider names an address without https.")
    try:
        async with http.stream(method, url, headers={"accept": "application/json"}, **said) as answer:
            body = bytearray()
            async for part in answer.aiter_bytes():
                body += part
                if len(body) > _LARGEST:
                    raise ProviderFailed("The OpenID provider answers with more than a megabyte.")
        told = json.loads(body)
    except (httpx2.HTTPError, ValueError):
        raise ProviderFailed("The OpenID provider does not answer, or not as one.") from None
    if answer.status_code != 200 or not isinstance(told, dict):
        code = told.get("error", "") if isinstance(told, dict) else ""
        raise ProviderFailed(f"The OpenID provider refused: {answer.status_code} {code}".strip()[:200] + ".")
    return told


async def _discovered(http: httpx2.AsyncClient, issuer: str) -> dict[str, Any]:
    """The provider's own description. Raises ProviderFailed."""
    told = await _json(http, "GET", get_well_known_url(issuer, external=True))
    wanted = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    if told.get("issuer") != issuer or not all(isinstance(told.get(name), str) for name in wanted):
        raise ProviderFailed("The OpenID provider describes itself under another name, or not wholly.")
    return told


def _client() -> httpx2.AsyncClient:
    return httpx2.AsyncClient(timeout=_TIMEOUT_SECONDS, follow_redirects=False, trust_env=False)


async def there(at: Provider, asked_for: AuthorizationRequest) -> str:
    """The address at the provider where a person signs in. Raises ProviderFailed."""
    async with _client() as http:
        told = await _discovered(http, at.issuer)
    asked = {
        "response_type": "code",
        "client_id": at.client_id,
        "redirect_uri": at.back,
        "scope": SCOPE,
        "state": asked_for.state,
        "nonce": asked_for.nonce,
        "code_challenge": create_s256_code_challenge(asked_for.verifier),
        "code_challenge_method": "S256",
    }
    endpoint = str(told["authorization_endpoint"])
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"


async def back(at: Provider, asked_for: AuthorizationRequest, said: Mapping[str, str]) -> Proven:
    """Whom the provider's answer proves. Raises ProviderFailed."""
    if not secrets.compare_digest(said.get("state", "").encode(), asked_for.state.encode()):
        raise ProviderFailed("The answer is to another question than this browser asked.")
    if said.get("iss", at.issuer) != at.issuer:
        raise ProviderFailed("Another provider has answered.")
    if "error" in said or not said.get("code"):
        raise ProviderFailed(f"The OpenID provider let nobody in: {said.get('error', 'no code')[:100]}.")
    async with _client() as http:
        told = await _discovered(http, at.issuer)
        asked = {
            "grant_type": "authorization_code",
            "code": said["code"],
            "redirect_uri": at.back,
            "client_id": at.client_id,
            "code_verifier": asked_for.verifier,
        }
        if at.secret:
            asked["client_secret"] = at.secret
        tokens = await _json(http, "POST", told["token_endpoint"], data=asked)
        keys = await _json(http, "GET", told["jwks_uri"])
    return _proven(at, asked_for, str(tokens.get("id_token", "")), keys)


def _proven(at: Provider, asked_for: AuthorizationRequest, token: str, keys: dict[str, Any]) -> Proven:
    """What a signed ID token says, checked as OpenID Connect Core 3.1.3.7 wants. Raises ProviderFailed."""
    try:
        read = jwt.decode(token, KeySet.import_key_set(keys), algorithms=ALGORITHMS)  # type: ignore[arg-type]
        wanted = {"iss": {"essential": True, "value": at.issuer}, "aud": {"essential": True, "value": at.client_id}}
        claims = CodeIDToken(read.claims, read.header, wanted, {"nonce": asked_for.nonce, "client_id": at.client_id})
        claims.validate(leeway=_LEEWAY_SECONDS)
    except Exception as problem:  # each library names its own
        if isinstance(problem, JoseError | ValueError | KeyError | TypeError) or "authlib" in type(problem).__module__:
            raise ProviderFailed("What the OpenID provider says of you cannot be believed.") from None
        raise
    email = str(claims.get("email", "")) if claims.get("email_verified") is True else ""
    amr = claims.get("amr") or []
    return Proven(at.issuer, str(claims["sub"]), address(email), factors="mfa" in amr)


_UNKNOWN = Refusal(
    "NO_ACCOUNT",
    "You are not signed in: nobody has made an account for you here.",
    "Ask whoever runs the board for one, under the e-mail address that your organization knows.",
)


async def account_of(db: Database, it: Proven) -> Account | Refusal:
    """The account of whom a provider has proven: known by its subject, or by an address that the provider checked.

    Nobody gets an account by signing in: whoever runs the board makes it first.
    """
    found: Account | Refusal = _UNKNOWN
    async with revise_board(
        db, kind="provider_bound", who="", why="An account is known at the OpenID provider."
    ) as change:
        row = await store.by_subject(change.conn, it.issuer, it.subject)
        known = row is not None
        if row is None:
            row = await store.by_email(change.conn, it.email)
        if row is None or row["state"] == "disabled" or (not known and row["subject"]):
            raise change.nothing_changed()
        found = store.account_of(row)
        if known:
            raise change.nothing_changed()
        change.who, change.detail = found.who, {"account": str(found.account_id), "issuer": it.issuer}
        await store.set_subject(change.conn, found.account_id, it.issuer, it.subject)
    return found
