"""Passwords: what argon2 makes of them is kept, and they are compared by it."""

from __future__ import annotations

import asyncio
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 12, 200
_HASHER = PasswordHasher()
# Each takes 64 MB while it is at work: however many sign in at once, there are two.
_AT_WORK = ThreadPoolExecutor(2, thread_name_prefix="argon2")


def flaw(password: str, email: str) -> str:
    """Why a password cannot be taken, as a sentence; empty if it can."""
    told = _one(password)
    if len(told) < SHORTEST:
        return f"A password has at least {SHORTEST} characters; a sentence of a few words is a good one."
    if len(told) > LONGEST:
        return f"A password has at most {LONGEST} characters."
    if len(set(told)) < 5 or told.lower() in (email, email.partition("@")[0]):
        return "This password is the first that anyone would try."
    return ""


async def hashed(password: str) -> str:
    """What is kept of a password."""
    return await asyncio.get_running_loop().run_in_executor(_AT_WORK, _HASHER.hash, _one(password))


async def right(kept: str, password: str) -> bool:
    """True if this is the password of which ``kept`` was made; it takes as long where nothing is kept."""
    told = _one(password)[: LONGEST + 1]
    return await asyncio.get_running_loop().run_in_executor(_AT_WORK, _verify, kept, told)


def _verify(kept: str, told: str) -> bool:
    try:
        return _HASHER.verify(kept or _nobodys(), told) and bool(kept)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    return _HASHER.hash("nobody's")


def _one(password: str) -> str:
    """Two keyboards may write one letter in two ways."""
    return unicodedata.normalize("NFKC", password)
