"""Signed words: one-time keys, console sessions and the token that every form of a session carries."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import orjson

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

    ``secret`` is at least 32 bytes that nobody else has. ``clock`` gives seconds since 1970.
    """

    def __init__(self, secret: bytes, clock: Callable[[], float] = time.time) -> None:
        if len(secret) < 32:
            raise ValueError("the secret must have at least 32 bytes")
        self._secret = secret
        self._clock = clock
        # Cookies are shared by all ports of a machine: two boards on it must not overwrite each other's.
        self.cookie = f"changeover_{hmac.digest(secret, b'cookie', hashlib.sha256).hex()[:8]}"

    def sign(self, purpose: str, said: dict[str, Any], *, seconds: float) -> str:
        """``said`` as text that only this secret can make, for one purpose, for so long."""
        body = _packed(orjson.dumps({**said, "until": round(self._clock() + seconds)}))
        return f"{body}.{self._mark(purpose, body)}"

    def read(self, purpose: str, text: str) -> dict[str, Any] | None:
        """What was signed for this purpose; None if it was not, was changed, or has run out."""
        body, _, mark = text.partition(".")
        if not hmac.compare_digest(mark.encode(), self._mark(purpose, body).encode()):
            return None
        try:
            said: dict[str, Any] = orjson.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        except (binascii.Error, orjson.JSONDecodeError):
            return None
        return said if said["until"] > self._clock() else None

    def _mark(self, purpose: str, body: str) -> str:
        return _packed(hmac.digest(self._secret, f"{purpose}\n{body}".encode(), hashlib.sha256))

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

    def form_token(self, nonce: str) -> str:
        """What stands in the forms that are shown to whoever has the cookie with this nonce."""
        return self._mark("form", nonce)


def _packed(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
