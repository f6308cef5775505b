"""Signed words: one-time keys, console sessions and the token that every form of a session carries."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import orjson
from fastapi.responses import Response

from changeover.accounts.account import Account, Role
from changeover.accounts.sessions import Begun

SESSION_SECONDS = 12 * 3600


@dataclass(frozen=True, slots=True)
class Session:
    """A person who is in. ``csrf`` stands in every form that the session is shown.

    ``begun``: the session of an account; None for who came by a one-time link of this machine, as its operator.
    """

    nonce: str
    who: str
    csrf: str
    begun: Begun | None = None

    @property
    def account(self) -> Account | None:
        """Whose session it is; None for a link's."""
        return self.begun.account if self.begun else None

    @property
    def operator(self) -> bool:
        """True for whoever runs the board."""
        return self.account is None or self.account.role is Role.OPERATOR

    @property
    def side(self) -> Literal["employer", "operator", ""]:
        """The side that this person writes for in a case of support; empty for who came by a link, and says it."""
        if self.account is None:
            return ""
        return "operator" if self.operator else "employer"

    def reaches(self, company_id: int) -> bool:
        """True if the company's rows may be shown to this person."""
        return self.account is None or self.account.reaches(company_id)


class Signer:
    """Signs small words with the program's secret and reads them back while they last.

    ``secrets`` are each at least 32 bytes that nobody else has: the first signs, what any has signed is read. ``clock``
    gives seconds since 1970.
    """

    def __init__(self, *secrets: bytes, clock: Callable[[], float] = time.time) -> None:
        if not secrets or any(len(each) < 32 for each in secrets):
            raise ValueError("the secret must have at least 32 bytes")
        self._secrets = secrets
        self._clock = clock
        # Cookies are shared by all ports of a machine: two boards on it must not overwrite each other's.
        named = [hmac.digest(each, b"cookie", hashlib.sha256).hex()[:8] for each in secrets]
        self.cookie, *self._older_cookies = [f"changeover_{each}" for each in named]

    def cookie_of(self, cookies: Mapping[str, str], suffix: str = "") -> str:
        """What a browser sends in the cookie of this board, or in the one of a secret before it; else nothing."""
        names = [f"{each}{suffix}" for each in (self.cookie, *self._older_cookies)]
        return next((cookies[name] for name in names if name in cookies), "")

    def forget(self, response: Response) -> None:
        """Have the browser forget its session."""
        for name in (self.cookie, *self._older_cookies):
            response.delete_cookie(name, httponly=True, samesite="strict")

    def sign(self, purpose: str, said: dict[str, Any], *, seconds: float) -> str:
        """``said`` as text that only this secret can make, for one purpose, for so long."""
        body = _packed(orjson.dumps({**said, "until": round(self._clock() + seconds)}))
        return f"{body}.{_mark(self._secrets[0], purpose, body)}"

    def read(self, purpose: str, text: str) -> dict[str, Any] | None:
        """What was signed for this purpose; None if it was not, was changed, or has run out."""
        body, _, mark = text.partition(".")
        if not self._marked(mark, purpose, body):
            return None
        try:
            said: dict[str, Any] = orjson.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        except (binascii.Error, orjson.JSONDecodeError):
            return None
        return said if said["until"] > self._clock() else None

    def _marked(self, told: str, purpose: str, body: str) -> bool:
        right = [hmac.compare_digest(_mark(each, purpose, body).encode(), told.encode()) for each in self._secrets]
        return any(right)

    def begin(self, who: str) -> str:
        """The cookie of a new session."""
        return self.sign("session", {"nonce": secrets.token_urlsafe(18), "who": who}, seconds=SESSION_SECONDS)

    def session(self, cookie: str | None) -> Session | None:
        """The session of a one-time link that a cookie proves, or None."""
        said = self.read("session", cookie) if cookie else None
        if said is None:
            return None
        return Session(said["nonce"], said["who"], self.form_token(said["nonce"]))

    def session_of(self, begun: Begun) -> Session:
        """The session of an account, with the token of its forms."""
        nonce = begun.hash.hex()
        return Session(nonce, begun.account.who, self.form_token(nonce), begun)

    def sender(self, network: str) -> str:
        """A word for the network that a form comes from, of which nobody else can tell it."""
        return f"sender {_mark(self._secrets[0], 'sender', network)}"

    def form_token(self, nonce: str) -> str:
        """What stands in the forms that are shown to whoever has the cookie with this nonce."""
        return _mark(self._secrets[0], "form", nonce)

    def own_form(self, nonce: str, told: str) -> bool:
        """Whether a form carries the token that whoever has this nonce was shown."""
        return self._marked(told, "form", nonce)


def _mark(secret: bytes, purpose: str, body: str) -> str:
    return _packed(hmac.digest(secret, f"{purpose}\n{body}".encode(), hashlib.sha256))


def _packed(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
