"""A small OpenID provider on loopback, made of authlib's own authorization server: what a board signs people in at."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl

from authlib.oauth2.rfc6749 import (
    AuthorizationCodeMixin,
    AuthorizationServer,
    ClientMixin,
    OAuth2Request,
)
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core.grants import OpenIDCode
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from joserfc.jwk import KeySet, RSAKey

from changeover.serving import base_url, listen, serving

CLIENT, SECRET = "changeover", "the board's own secret at the provider"


@dataclass
class Client(ClientMixin):  # type: ignore[misc]
    """The board, as the provider knows it."""

    back: str

    def get_client_id(self) -> str:
        return CLIENT

    def get_default_redirect_uri(self) -> str:
        return self.back

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self.back

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_post"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass
class Code(AuthorizationCodeMixin):  # type: ignore[misc]
    """A code that was given out, for the token endpoint."""

    code: str
    user: dict[str, Any]
    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str
    code_challenge_method: str

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str:
        return self.nonce

    def get_auth_time(self) -> int:
        return int(time.time())

    def get_acr(self) -> str | None:
        return None

    def get_amr(self) -> list[str]:
        return list(self.user.get("amr", ()))


@dataclass
class OpenIDProvider:
    """Who is signed in there (``user``), and how it lies: ``issuer`` and ``key`` are what its tokens say."""

    url: str
    user: dict[str, Any]
    key: RSAKey
    published: RSAKey
    issuer: str = ""
    audience: str = CLIENT
    life: int = 300
    padding: str = ""
    codes: dict[str, Code] = field(default_factory=dict)


class Asked(OAuth2Request):  # type: ignore[misc]
    """A request with its query or its form read."""

    def __init__(self, request: Request, body: str) -> None:
        super().__init__(request.method, str(request.url), headers=dict(request.headers))
        self._said = dict(parse_qsl(body)) or dict(request.query_params)
        self.payload = BasicOAuth2Payload(self._said)

    @property
    def args(self) -> dict[str, str]:
        return self._said

    @property
    def form(self) -> dict[str, str]:
        return self._said


class Server(AuthorizationServer):  # type: ignore[misc]
    """authlib's server, with the code grant, PKCE and OpenID Connect."""

    def __init__(self, it: OpenIDProvider, back: str) -> None:
        super().__init__()
        self.it, self.back = it, back
        self.register_token_generator("default", BearerTokenGenerator(lambda **_: "access-token"))
        self.register_grant(Grant, [CodeChallenge(required=True), Connect(it)])

    def query_client(self, client_id: str) -> Client | None:
        return Client(self.back) if client_id == CLIENT else None

    def save_token(self, token: object, request: object) -> None:
        pass

    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        pass

    def create_oauth2_request(self, request: Asked) -> Asked:
        return request

    def handle_response(self, status: int, body: Any, headers: list[tuple[str, str]]) -> Response:
        kind = JSONResponse if isinstance(body, dict) else Response
        return kind(body or None, status, dict(headers))


class Grant(AuthorizationCodeGrant):  # type: ignore[misc]
    """Codes, kept with the provider."""

    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_post",)

    def save_authorization_code(self, code: str, request: Asked) -> None:
        names = ("redirect_uri", "scope", "nonce", "code_challenge", "code_challenge_method")
        it = self.server.it
        it.codes[code] = Code(code, it.user, *(request.form[name] for name in names))

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        found: Code | None = self.server.it.codes.get(code)
        return found

    def delete_authorization_code(self, authorization_code: Code) -> None:
        self.server.it.codes.pop(authorization_code.code, None)

    def authenticate_user(self, authorization_code: Code) -> dict[str, Any]:
        return authorization_code.user


class Connect(OpenIDCode):  # type: ignore[misc]
    """ID tokens, which say what the provider is told to say."""

    def __init__(self, it: OpenIDProvider) -> None:
        super().__init__(require_nonce=True)
        self.it = it

    def exists_nonce(self, nonce: str, request: Asked) -> bool:
        return False

    def get_client_algorithm(self, client: Client) -> str:
        return "RS256"

    def resolve_client_private_key(self, client: Client) -> RSAKey:
        return self.it.key

    def get_encode_header(self, client: Client) -> dict[str, str]:
        return {"alg": "RS256", "kid": "1"}

    def get_compatible_claims(self, request: Asked) -> dict[str, Any]:
        now = int(time.time())
        says = {"iss": self.it.issuer or self.it.url, "aud": [self.it.audience]}
        return {**says, "iat": now, "exp": now + self.it.life}

    def generate_user_info(self, user: dict[str, Any], scope: str) -> dict[str, Any]:
        return {name: value for name, value in user.items() if name != "amr"}


@asynccontextmanager
async def openid_provider(back: str, user: dict[str, Any]) -> AsyncIterator[OpenIDProvider]:
    """A provider that listens on loopback, at which ``user`` is signed in."""
    key = RSAKey.generate_key(2048, {"kid": "1", "alg": "RS256", "use": "sig"})
    with listen("127.0.0.1", 0) as sock:
        it = OpenIDProvider(base_url(sock), user, key, key)
        server, web = Server(it, back), FastAPI()
        # As much of a board as `serving` asks for.
        web.state.before_stop, web.state.served = (lambda: None), SimpleNamespace(acting=set())

        @web.get("/.well-known/openid-configuration")
        async def description() -> dict[str, Any]:
            ends = {"authorization": "authorize", "token": "token"}
            return {"issuer": it.url, "about": it.padding, "jwks_uri": f"{it.url}/keys"} | {
                f"{name}_endpoint": f"{it.url}/{path}" for name, path in ends.items()
            }

        @web.get("/keys")
        async def keys() -> dict[str, Any]:
            return dict(KeySet([it.published]).as_dict(private=False))

        @web.get("/authorize")
        async def authorize(request: Request) -> Any:
            asked = Asked(request, "")
            grant = server.get_consent_grant(asked, end_user=it.user)
            return server.create_authorization_response(asked, grant_user=it.user, grant=grant)

        @web.post("/token")
        async def token(request: Request) -> Any:
            return server.create_token_response(Asked(request, (await request.body()).decode()))

        async with serving(web, sock):
            yield it
