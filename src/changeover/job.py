"""One opening in one shape, whatever source told it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
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
    _digest: bytes = field(default=b"", init=False, repr=False, compare=False)

    def as_record(self) -> dict[str, Any]:
        """The job as a JSONL or CSV record; empty fields are left out, ``extra`` is flattened."""
        record = self._record()
        if self.posted_at is not None:
            record["posted_at"] = self.posted_at.isoformat()
        return record

    def _record(self) -> dict[str, Any]:
        told = zip(_NAMED, _values(self), strict=True)
        record = {key: value for key, value in told if value or key in _ALWAYS}
        more = self.extra
        if not _OWN.isdisjoint(more):
            more = {key: value for key, value in more.items() if key not in _OWN}
        return {**more, **record}

    def digest(self) -> bytes:
        """16 bytes that change when anything the source said about the job changes (XXH3-128); worked out once."""
        if not self._digest:
            # It writes the moment as ``isoformat`` does, but for seconds of an offset, in a tenth of the time.
            told = orjson.dumps(self._record(), option=orjson.OPT_SORT_KEYS)
            object.__setattr__(self, "_digest", xxhash.xxh3_128_digest(told))
        return self._digest


_NAMED = tuple(field.name for field in dataclasses.fields(Job) if field.name not in ("extra", "_digest"))
_OWN = frozenset(_NAMED)
_ALWAYS = frozenset(("id", "title", "location"))
_values = attrgetter(*_NAMED)


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
