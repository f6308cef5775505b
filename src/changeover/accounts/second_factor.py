"""The second factor: codes of a phone's app by time (TOTP, RFC 6238), and recovery codes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

import pyotp

STEP_SECONDS = 30
RECOVERY_CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def for_app(secret: str) -> str:
    """A factor's secret as the app keeps it, in base32."""
    raw = hashlib.sha256(f"second factor:{secret}".encode()).digest()
    return base64.b32encode(raw[:20]).decode()


def address(told: str, email: str, board: str) -> str:
    """The ``otpauth:`` address of a secret, which apps read."""
    return pyotp.TOTP(told).provisioning_uri(name=email, issuer_name=board)


def step_of(told: str, code: str, now: datetime, *, after: int) -> int | None:
    """The time step whose code this is: now's, or the one before or after it for a clock that is off; else None.

    Never a step up to ``after``: a code that was taken is not taken again.
    """
    digits = "".join(code.split())
    if len(digits) != 6 or not digits.isascii() or not digits.isdecimal():
        return None
    at, totp = int(now.timestamp()) // STEP_SECONDS, pyotp.TOTP(told)
    right = [step for step in (at, at - 1, at + 1) if hmac.compare_digest(totp.at(step * STEP_SECONDS), digits)]
    return next((step for step in right if step > after), None)


def new_recovery_codes() -> list[str]:
    """Codes to write down, with 50 random bits each."""
    one = ["".join(secrets.choice(_LETTERS) for _ in range(10)) for _ in range(RECOVERY_CODES)]
    return [f"{each[:5]}-{each[5:]}" for each in one]


def recovery_digest(account_id: int, code: str) -> bytes:
    """What is kept of a recovery code; slow on purpose, since it is short enough to be guessed from a fast hash."""
    told = "".join(code.lower().split()).replace("-", "")
    salt = f"recovery:{account_id}".encode()
    return hashlib.scrypt(told.encode("utf-8", "replace")[:100], salt=salt, n=2**14, r=8, p=1, dklen=32)
