"""Where a told job stands, and who must do what about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from changeover import webhooks
from changeover.apply_connect import store
from changeover.apply_connect.deciding import FLAGS
from changeover.database.connection import Connection
from changeover.migration import store as migrations
from changeover.migration.state import State
from changeover.migration.store import Company
from changeover.postings.posting import public_id

CUSTOMER, PARTNER, BOARD = "CUSTOMER", "PARTNER", "LINKEDIN"
# The two numbers of the wire that are known.
_CAP, _TWICE = 1157, 2009


@dataclass(frozen=True, slots=True)
class Detail:
    """Why: a stable code, who must act, a sentence for a person, and the wire's number where it has one."""

    code: str
    whose: str
    sentence: str
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """Where one job stands. ``slot`` is the contract in whose paid slot it is."""

    external_id: str
    listing: str
    apply: str
    promotion: str
    url: str = ""
    listing_detail: Detail | None = None
    apply_detail: Detail | None = None
    promotion_detail: Detail | None = None
    slot: int | None = None
    campaign: str = ""
    raw_location: str = ""
    standardised: str | None = None
    alternates: tuple[str, ...] = ()
    company: str = ""
    company_page: str = ""
    listed_at: datetime | None = None
    expires_at: datetime | None = None
    visibility: str = "PUBLIC"

    @property
    def gist(self) -> str:
        """What is worth telling when it changes."""
        details = (self.listing_detail, self.apply_detail, self.promotion_detail)
        codes = ",".join(each.code if each else "" for each in details)
        return f"{self.listing} {self.apply} {self.promotion} {codes} {self.url}"


@dataclass(frozen=True, slots=True)
class Terms:
    """What statuses are told by: the time, the board's address, how long codes point at support."""

    now: datetime
    url: str
    support: timedelta


async def statuses(
    conn: Connection, company_id: int, keys: Sequence[str], terms: Terms, blocked: frozenset[str]
) -> dict[str, Status]:
    """Where jobs of a company stand, by the ATS's ids; ids that nobody told are left out.

    ``blocked`` are addresses to which no application is sent.
    """
    it = await migrations.company(conn, company_id)
    rows = await store.for_status(conn, company_id, keys)
    unknown = [row["external_id"] for row in rows if not row["told"] and row["posting_id"] is None]
    untold = await store.untold(conn, company_id, unknown) if unknown else {}
    found = {row["external_id"]: _status(it, row, terms, blocked) for row in rows if row["external_id"] not in unknown}
    return found | {key: _untold(it, row, terms) for key, row in untold.items()}


def _status(it: Company, row: Mapping[str, Any], terms: Terms, blocked: frozenset[str]) -> Status:
    listing, why = _listing(it, row, terms)
    apply, apply_why = _apply(row, listing, blocked)
    promoted = listing == "LISTED" and row["promoted"]
    wanted = row["listing"] == "PREMIUM"
    return Status(
        row["external_id"],
        listing,
        apply,
        "PROMOTED" if promoted else "NOT_PROMOTED",
        url=f"{terms.url}/jobs/{public_id(it.company_id, row['posting_id'])}" if listing == "LISTED" else "",
        listing_detail=why,
        apply_detail=apply_why,
        promotion_detail=_NO_SLOT if wanted and not promoted else None,
        slot=row["slot"] if promoted else None,
        campaign=row["campaign"] or "",
        raw_location=row["location"] or "",
        standardised=row["location"] if row["told"] and not (row["flaw"] or "").endswith("LOCATION") else None,
        company=row["company_name"] or it.name,
        company_page=f"{terms.url}/jobs?company={it.company_id}",
        listed_at=row["listed_at"],
        expires_at=row["expires_at"],
        visibility="PARTNER" if row["flaw"] == "NOT_PUBLIC" else "PUBLIC",
    )


_NO_SLOT = Detail("NO_SLOT", CUSTOMER, "The job holds no paid slot yet: it is not listed, or none is free.")
_FLAWS = {
    **{code: (CUSTOMER, f"{flag.sentence} {flag.fix}") for code, flag in FLAGS.items()},
    "INVALID_LOCATION": (CUSTOMER, ""),
    "MISSING_LOCATION": (CUSTOMER, ""),
    "BLOCKED_COUNTRY": (CUSTOMER, ""),
    "ERROR_JOB_DESCRIPTION_TOO_LONG": (CUSTOMER, ""),
    "DESCRIPTION_TOO_SHORT": (CUSTOMER, ""),
    "DUPLICATE_JOB": (CUSTOMER, ""),
    "NOT_PUBLIC": (PARTNER, ""),
}


def _listing(it: Company, row: Mapping[str, Any], terms: Terms) -> tuple[str, Detail | None]:
    if row["flaw"]:
        whose, sentence = _FLAWS.get(row["flaw"], (BOARD, ""))
        number = _TWICE if row["flaw"] == "DUPLICATE_JOB" else None
        return "NOT_LISTED", Detail(row["flaw"], whose, sentence or row["flaw_detail"], number)
    is_open = row["open"] if row["told_open"] is None else row["told_open"]
    if not is_open:
        return "NOT_LISTED", Detail("CLOSED", PARTNER, "The ATS has closed the job, or its time is over.")
    if row["live"]:
        return "LISTED", None
    if not row["valid"]:
        return "NOT_LISTED", Detail("INVALID", CUSTOMER, "The job cannot be posted as it is: see its task.")
    if it.state is State.LEGACY:
        sentence = "The employer's jobs still come from its old source. Activate the integration on this board."
        return "NOT_LISTED", Detail("NOT_ACTIVATED", CUSTOMER, sentence)
    if row["code"] == _MISSING_SCRAPED:
        return "NOT_LISTED", _migration(it, _MISSING_SCRAPED, _NO_TWIN, row["fix"], terms)
    return "IN_PROGRESS", Detail("", BOARD, "The job is being compared with the employer's old source.")


_MISSING_SCRAPED, _MISSING_POSTING = "MIGRATION_MISSING_SCRAPED_JOB", "MIGRATION_MISSING_JOB_POSTING"
_NO_TWIN = "The job has no twin in the employer's old source, so it is posted when the employer has moved."
_UNTOLD = "The job is posted from the employer's old source, and the ATS has not told it."


def _migration(it: Company, code: str, sentence: str, fix: str, terms: Terms) -> Detail:
    """A code of the migration: in the first weeks it points at support, which has the case filled in."""
    helped = it.activated_at is not None and terms.now < it.activated_at + terms.support
    review = f"{terms.url}/companies/{it.company_id}/review"
    to_do = f"Ask this board's support, whose case is filled in at {review}." if helped else fix
    return Detail(code, CUSTOMER, " ".join(part for part in (sentence, to_do) if part))


def _untold(it: Company, row: Mapping[str, Any], terms: Terms) -> Status:
    """A job of the old source that the ATS has not told."""
    live = it.feed == "legacy"
    fix = "Publish it in the ATS, with the id that the old source shows."
    why = _migration(it, _MISSING_POSTING, _UNTOLD, fix, terms)
    return Status(
        row["external_id"],
        "LISTED" if live else "NOT_LISTED",
        "NOT_ENABLED",
        "NOT_PROMOTED",
        url=f"{terms.url}/jobs/{public_id(it.company_id, row['posting_id'])}" if live else "",
        listing_detail=why if it.state in (State.MATCHING, State.READY) else None,
        apply_detail=Detail("NOT_TOLD", PARTNER, _UNTOLD),
        raw_location=row["location"],
        company=it.name,
    )


_FORM_FLAWS = {
    "WEBHOOK_NOT_HTTPS": (PARTNER, "The address for applications is not https."),
    "QUESTION_TWICE": (PARTNER, "Two questions have the same identifier, so the job is posted without applying here."),
    "BAD_PREREQUISITE": (
        PARTNER,
        "A question depends on an answer that cannot be given, so it is posted without applying here.",
    ),
    "BAD_APPLY_QUESTIONS": (
        PARTNER,
        "A question cannot be asked as it was told: it says in several ways or in none how it is answered, or its "
        "choices or limits cannot be met.",
    ),
    "APPLICANT_CAP": (CUSTOMER, "The job has the most applicants that a free job may have; promote it to a paid slot."),
    "APPLY_OFF": (CUSTOMER, "The employer has switched applying on this board off, in its ATS or on this board."),
    "DELIVERY_FAILED": (PARTNER, "The first application could not be delivered, so applicants go to the ATS's page."),
}


def _apply(row: Mapping[str, Any], listing: str, blocked: frozenset[str]) -> tuple[str, Detail | None]:
    if not row["form"]:
        return "NOT_ENABLED", Detail("NO_FORM", PARTNER, "No attempt to enable applying on this board was found.")
    if row["apply_flaw"]:
        whose, sentence = _FORM_FLAWS.get(row["apply_flaw"], (BOARD, "Applying here is off."))
        number = _CAP if row["apply_flaw"] == "APPLICANT_CAP" else None
        return "NOT_ENABLED", Detail(row["apply_flaw"], whose, sentence, number)
    if row["webhook_url"] in blocked:
        sentence = f"{webhooks.FAILED_CHALLENGE}, so no application can be delivered."
        return "NOT_ENABLED", Detail("WEBHOOK_BLOCKED", PARTNER, sentence)
    if listing == "LISTED":
        return "ENABLED", None
    waiting = listing == "IN_PROGRESS"
    return ("IN_PROGRESS" if waiting else "NOT_ENABLED"), Detail("NOT_LISTED", CUSTOMER, "The job is not listed.")
