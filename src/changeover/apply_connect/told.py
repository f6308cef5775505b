"""What an ATS tells of a job on the wire, in our own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Operation(StrEnum):
    """What is to become of the job. ``UPSERT`` is the older form, which said only that it is listed."""

    CREATE = "CREATE"
    UPDATE = "UPDATE"
    UPSERT = "UPSERT"
    RENEW = "RENEW"
    CLOSE = "CLOSE"
    UPGRADE = "UPGRADE"
    DOWNGRADE = "DOWNGRADE"


@dataclass(frozen=True, slots=True)
class Company:
    """How an element names its company: by number, or by name or page where that is all it says."""

    number: int | None = None
    name: str = ""
    page: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """One element that can be looked at. ``places`` begins with the main one; a renewal or closing may tell no more.

    ``form`` is what is asked of those who apply here, as the JSON of `apply_questions`; ``form_number`` changes with it
    and is 0 without one; ``form_flaw`` is why it cannot be used.
    """

    index: int
    external_id: str
    operation: Operation
    company: Company
    full: bool = True
    title: str = ""
    description: str = ""
    places: tuple[str, ...] = ()
    apply_url: str = ""
    listed_at: datetime | None = None
    expires_at: datetime | None = None
    employer_job_id: str = ""
    requisition: str = ""
    workplace: str = ""
    listing: str = "BASIC"
    contract: str = ""
    campaign: str = ""
    public: bool = True
    form: Mapping[str, Any] | None = None
    form_number: int = 0
    form_flaw: str = ""
    webhook_url: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refused:
    """One element that was not taken: its place in the batch, the status, a stable code and the message."""

    index: int
    status: int
    code: str
    message: str
    external_id: str = ""
