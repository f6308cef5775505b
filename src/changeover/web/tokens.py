"""Operator tokens: the programs that may read or act as the operator, by two secret settings."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Literal

from pydantic import SecretStr

from changeover.settings import Settings


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, as the history names them. ``key`` tells one credential from another and is no secret.

    ``acts``: it may change something. ``csrf`` is a session's token for its forms; a program has none. ``side`` is the
    side that an account writes for in a case of support; empty for who may say it.
    """

    who: str
    key: str
    acts: bool = True
    csrf: str = ""
    side: Literal["employer", "operator", ""] = ""


class Tokens:
    """The tokens of the settings `operator_tokens` and `reader_tokens`, kept as hashes."""

    def __init__(self, settings: Settings) -> None:
        told = [*_split(settings.reader_tokens, acts=False), *_split(settings.operator_tokens, acts=True)]
        self._known = [(_hash(token), _caller(name, token, acts)) for name, token, acts in told]

    def caller(self, token: str) -> Caller | None:
        """Whose token this is, or None; the comparison takes the same time whatever is wrong."""
        hashed = _hash(token)
        right = [caller for known, caller in self._known if hmac.compare_digest(known, hashed)]
        return right[-1] if right else None


def knows(told: SecretStr, token: str) -> bool:
    """Whether a setting of tokens has this one; the comparison takes the same time whatever is wrong."""
    hashed = _hash(token)
    right = [hmac.compare_digest(_hash(known), hashed) for _, known, _ in _split(told, acts=False)]
    return any(right)


def _split(told: SecretStr | None, *, acts: bool) -> list[tuple[str, str, bool]]:
    """(name, token, acts) of each; a token may stand behind a name and a colon."""
    words = told.get_secret_value().split(",") if told else []
    return [(*_named(word.strip()), acts) for word in words]


def _named(word: str) -> tuple[str, str]:
    name, colon, token = word.rpartition(":")
    return (name, token) if colon else ("", word)


def _caller(name: str, token: str, acts: bool) -> Caller:
    mark = _hash(token).hex()[:8]
    return Caller(who=f"API ({name or mark})", key=f"token {mark}", acts=acts)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
