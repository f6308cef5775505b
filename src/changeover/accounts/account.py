"""An account: who a person is, what part they have on the board, which companies they reach."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What part a person has: ``OPERATOR`` runs the board, ``EMPLOYER`` is of the company, ``RECRUITER`` has a seat."""

    OPERATOR = "operator"
    EMPLOYER = "employer"
    RECRUITER = "recruiter"


MAY = {
    Role.OPERATOR: "runs the board: reaches every company and every page, ends old sources, sets slots and limits, and "
    "says who may sign in and what programs may do",
    Role.EMPLOYER: "is of the companies named here and sees no other: decides pairs, holds, resolves, reverts and "
    "cancels their move, maps their sources, reads their applications, lets an ATS in, writes to support",
    Role.RECRUITER: "is of the companies named here and sees no other: looks at their paid slots and seats, and "
    "changes nothing",
}


@dataclass(frozen=True, slots=True)
class Account:
    """A person who may sign in. ``companies`` are those that an employer or recruiter belongs to.

    ``factor``: a second factor is set up, so signing in takes two steps.
    """

    account_id: int
    email: str
    name: str
    role: Role
    state: str = "active"
    companies: frozenset[int] = frozenset()
    factor: bool = False

    @property
    def who(self) -> str:
        """How the history names this person."""
        return f"{self.name} ({self.email})"

    def reaches(self, company_id: int) -> bool:
        """True if the company's rows may be shown to this person."""
        return self.role is Role.OPERATOR or company_id in self.companies


def address(email: str) -> str:
    """An e-mail address as accounts are known by: trimmed, NFC, in small letters; empty if it is none."""
    told = unicodedata.normalize("NFC", email).strip().lower()
    local, at, domain = told.rpartition("@")
    whole = bool(local and at and domain) and len(told) <= 254 and told.isprintable() and not set(told) & set(' <>,;"')
    return told if whole else ""
