"""Whose job a consolidated feed tells: employers by name, and the jobs of each apart."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from changeover.job import Job

NAMELESS = ""


@dataclass(slots=True)
class Employer:
    """A name in a feed as it wrote it last, and the jobs under it."""

    name: str
    jobs: list[Job] = field(default_factory=list)


def key(name: str) -> str:
    """The name as it is compared: NFC, lower case, single spaces. Legal forms stay: they tell companies apart."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def by_employer(jobs: Iterable[Job]) -> dict[str, Employer]:
    """The jobs of a reading by their employer's key; those that name none are under ``NAMELESS``. O(n)."""
    found: dict[str, Employer] = {}
    for job in jobs:
        found.setdefault(key(job.company), Employer(job.company)).jobs.append(job)
    return found
