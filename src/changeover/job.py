"""One opening in one shape, whatever source told it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson
import xxhash


class Lane(StrEnum):
    """The side a job stands on: the source the board had, or the employer's ATS."""

    LEGACY = "legacy"
    ATS = "ats"

    @property
    def other(self) -> Lane:
        """The lane across."""
        return Lane.ATS if self is Lane.LEGACY else Lane.LEGACY


@dataclass(frozen=True, slots=True)
class Job:
    """One opening at one place, as one source tells it.

    ``id`` is the source's own id, unique within one source. Text is NFC without control
    characters; ``description`` is sanitised HTML; unknown fields are the empty string.
    ``extra`` keeps what else the source said, JSON values only.
    """

    id: str
    title: str
    location: str = ""
    company: str = ""
    employer_job_id: str = ""
    requisition: str = ""
    description: str = ""
    url: str = ""
    apply_url: str = ""
    workplace_type: str = ""
    posted_at: datetime | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    def as_record(self) -> dict[str, Any]:
        """The job as a JSONL or CSV record; empty fields are left out, ``extra`` is flattened."""
        named = {name: getattr(self, name) for name in _NAMED}
        filled = {key: value for key, value in named.items() if value or key in ("id", "title", "location")}
        if self.posted_at is not None:
            filled["posted_at"] = self.posted_at.isoformat()
        return {**{k: v for k, v in self.extra.items() if k not in named}, **filled}

    def digest(self) -> bytes:
        """16 bytes that change when anything the source said about the job changes (XXH3-128)."""
        return xxhash.xxh3_128_digest(orjson.dumps(self.as_record(), option=orjson.OPT_SORT_KEYS))


_NAMED = tuple(f.name for f in dataclasses.fields(Job) if f.name != "extra")


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why a job cannot be posted: a stable code, a sentence for a person, what to do."""

    code: str
    sentence: str
    fix: str


MISSING_TITLE = Flaw(
    "MISSING_TITLE", "The job has no title, so it cannot be posted.", "Give the job a title at its source."
)


def flaw(job: Job) -> Flaw | None:
    """What makes the job invalid, or None. An invalid job is kept and shown, never posted."""
    return None if job.title.strip() else MISSING_TITLE
