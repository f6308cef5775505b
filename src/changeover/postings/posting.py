"""A posting's public id, and which of two postings survives when their jobs are paired."""

from __future__ import annotations

import re
from dataclasses import dataclass

from changeover.job import Lane

_PUBLIC_ID = re.compile(r"([1-9]\d{0,18})-([1-9]\d{0,18})")
_MAX = 2**63


def public_id(company_id: int, posting_id: int) -> str:
    """The id in a posting's URL: it carries the company's, so that a look-up goes to one shard."""
    return f"{company_id}-{posting_id}"


def parse_public_id(text: str) -> tuple[int, int] | None:
    """(company_id, posting_id) of a public id, or None if it is not one."""
    match = _PUBLIC_ID.fullmatch(text)
    if not match:
        return None
    company_id, posting_id = int(match[1]), int(match[2])
    return (company_id, posting_id) if company_id < _MAX and posting_id < _MAX else None


@dataclass(frozen=True, slots=True)
class Side:
    """One job and the posting it stands on. ``public`` counts the revisions at which it was live."""

    job_id: int
    posting_id: int
    lane: Lane
    live: bool
    public: int = 0


def survivor(legacy: Side, ats: Side) -> Side:
    """The side whose posting keeps its id when the two are paired.

    The posting that is live now keeps its id; if neither is, the one that was public longer; then
    the older, which is the smaller id (shared rule: identity-and-concurrency, Pairing).
    """
    if legacy.live != ats.live:
        return legacy if legacy.live else ats
    return min(legacy, ats, key=lambda side: (-side.public, side.posting_id))
