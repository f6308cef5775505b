"""What becomes of each told job, decided against what is known of it: the rules of every operation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import xxhash

from changeover.apply_connect.locations import location_flaw
from changeover.apply_connect.told import Operation, Refused, Told
from changeover.job import Flaw, Job
from changeover.match.gazetteer import plain
from changeover.snapshot.difference import Known

BASIC, PREMIUM, RENEWAL = timedelta(days=180), timedelta(days=30), timedelta(days=30)
LONGEST_PREMIUM = timedelta(days=90)
SHORTEST, LONGEST = 100, 25_000
Row = Mapping[str, Any]
EXCLUDED = "CUSTOMER_EXCLUDED"
# What an operator may say of a job. Telling the job again confirms that it is open; a rule of exclusion outlives that.
FLAGS = {
    "MEMBER_REPORTED": Flaw(
        "MEMBER_REPORTED", "Members reported the job as closed.", "Confirm in the ATS that it is open, or close it."
    ),
    EXCLUDED: Flaw(EXCLUDED, "A rule of the employer's excludes the job.", "Ask the board's support to change it."),
}


@dataclass(frozen=True, slots=True)
class Receipt:
    """The receipt of one place: the source's id of its job, and why it failed, if it did."""

    place: str
    failed: str = ""
    message: str = ""


@dataclass(slots=True)
class Decision:
    """What one element leads to. ``keep`` is the row to keep of it; ``close`` the source's ids to close."""

    told: Told
    receipts: list[Receipt]
    jobs: list[Job] = field(default_factory=list)
    flaws: dict[str, Flaw] = field(default_factory=dict)
    close: list[str] = field(default_factory=list)
    keep: dict[str, Any] | None = None
    until: datetime | None = None
    closes: bool = False
    again: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """What decisions are made by: the time, countries where nothing may be posted, whether a full resync runs."""

    now: datetime
    blocked: frozenset[str]
    resyncing: bool


# A job's title and places are looked at several times, and places are those of many jobs.
_plain = lru_cache(maxsize=8192)(plain)


def place_ids(told: Told) -> list[str]:
    """The source's ids of a told job's places: the ATS's own id, then one for each other place."""
    if len(told.places) < 2:
        return [told.external_id]
    return [
        told.external_id if not nth else f"{told.external_id}@{xxhash.xxh32_hexdigest(_plain(place).encode())}"
        for nth, place in enumerate(told.places)
    ]


def sameness(told: Told) -> int:
    """A number that two postings share if they are one opening told under two ids; never 0."""
    text = told.employer_job_id or told.description
    said = "\x1f".join((_plain(told.title), "\x1e".join(sorted(map(_plain, told.places))), text))
    return (xxhash.xxh3_64_intdigest(said.encode()) >> 1) or 1


def decide(told: Told, row: Row | None, known: Mapping[str, Known], rules: Rules, twin: str) -> Decision | Refused:
    """What becomes of one element. ``row`` is what is kept of it, ``twin`` the address of one that says the same."""
    ids = place_ids(told)
    is_open = bool(row["open"]) if row is not None else (told.external_id in known and known[told.external_id].open)
    if told.operation is Operation.CLOSE:
        return _close(told, row, is_open=is_open)
    if told.operation is Operation.RENEW and not (rules.resyncing and told.full):
        return _renew(told, row, rules, is_open=is_open)
    failure = _not_possible(told, row, rules, is_open=is_open)
    if failure:
        return Decision(told, [Receipt(each, *failure) for each in ids])
    excluded = row is not None and row["flaw"] == EXCLUDED
    general = FLAGS[EXCLUDED] if excluded else _general_flaw(told, twin)
    return _write(told, ids, row if is_open else None, known, rules, general)


def _close(told: Told, row: Row | None, *, is_open: bool) -> Decision | Refused:
    if not is_open:
        message = "Cannot close job which is already closed or does not exist"
        return Refused(told.index, 409, "ERROR_ALREADY_CLOSED", message, told.external_id)
    places = list(row["places"]) if row else [told.external_id]
    return Decision(told, [Receipt(told.external_id)], close=places, closes=True)


def _missing(told: Told) -> tuple[str, str]:
    message = (
        f"{told.operation} was asked for a job that does not exist or is closed: "
        f"externalJobPostingId {told.external_id}. Send it as CREATE."
    )
    return "NOT_EXISTING", message


def _renew(told: Told, row: Row | None, rules: Rules, *, is_open: bool) -> Decision:
    if not is_open or row is None:
        return Decision(told, [Receipt(told.external_id, *_missing(told))])
    ends = max(row["expires_at"] or rules.now, rules.now) + RENEWAL
    ends = min(ends, rules.now + (LONGEST_PREMIUM if row["listing"] == "PREMIUM" else BASIC))
    return Decision(told, [Receipt(told.external_id)], until=told.expires_at or ends)


def _not_possible(told: Told, row: Row | None, rules: Rules, *, is_open: bool) -> tuple[str, str] | None:
    """Why the operation cannot be done on the job as it stands, as code and message."""
    changing = told.operation in (Operation.UPDATE, Operation.UPGRADE, Operation.DOWNGRADE)
    if changing and not is_open and not rules.resyncing:
        return _missing(told)
    promoted = told.listing != (row["listing"] if row else "BASIC")
    if changing and promoted and len(told.places) > 1:
        return "ONE_LOCATION_ONLY", f"Only jobs with a single location can be moved to {told.listing}."
    return None


def _write(
    told: Told, ids: Sequence[str], row: Row | None, known: Mapping[str, Known], rules: Rules, general: Flaw | None
) -> Decision:
    decision = Decision(told, [], again=row is not None and bool(row["flaw"]))
    jobs = _jobs(told, ids)
    live = row is not None and not row["flaw"]
    if told.operation is Operation.CREATE and live and any(_differs(job, known) for job in jobs):
        message = (
            "A job with the same partnerIdentifier already exists. Dropping the duplicate: "
            f"externalJobPostingId {told.external_id}."
        )
        decision.receipts = [Receipt(job.id, "DUPLICATE_CREATE", message) for job in jobs]
        return decision
    for job in jobs:
        flaw = general or _place_flaw(told, job, rules)
        decision.receipts.append(Receipt(job.id, flaw.code, f"{flaw.sentence} {flaw.fix}") if flaw else Receipt(job.id))
        if flaw and flaw.code != "NOT_PUBLIC" and live and job.id in known and known[job.id].open:
            # What is live stays as it was: a mistake in an update takes nothing from the board.
            continue
        if flaw:
            decision.flaws[job.id] = flaw
        decision.jobs.append(job)
    if row is not None:
        # A place that the job no longer has.
        mine = {job.id for job in jobs}
        decision.close = [place for place in row["places"] if place not in mine]
    if decision.jobs or decision.close or not any(each.failed for each in decision.receipts):
        decision.keep = _kept(told, row, jobs, decision.flaws, rules)
    return decision


def _differs(job: Job, known: Mapping[str, Known]) -> bool:
    return job.id not in known or not known[job.id].open or known[job.id].digest != job.digest()


def _jobs(told: Told, ids: Sequence[str]) -> list[Job]:
    several = len(told.places) > 1
    return [
        Job(
            id=key,
            title=told.title,
            location=place,
            company=told.company.name,
            employer_job_id=told.employer_job_id or told.external_id,
            requisition=told.requisition or (told.external_id if several else ""),
            description=told.description,
            apply_url=told.apply_url,
            workplace_type=told.workplace,
            posted_at=told.listed_at,
            extra=told.extra,
        )
        for key, place in zip(ids, told.places, strict=True)
    ]


def _general_flaw(told: Told, twin: str) -> Flaw | None:
    """What is wrong with the job wherever it is."""
    length = len(told.description)
    if not told.public:
        return Flaw("NOT_PUBLIC", "The job is not PUBLIC, so it is not posted.", "Send it again as PUBLIC to post it.")
    if length < SHORTEST:
        return Flaw(
            "DESCRIPTION_TOO_SHORT",
            f"The description has {length} characters, fewer than {SHORTEST}.",
            "Describe the job in the ATS.",
        )
    if length > LONGEST:
        return Flaw(
            "ERROR_JOB_DESCRIPTION_TOO_LONG",
            f"The description has {length:,} characters, more than {LONGEST:,}.",
            "Shorten it in the ATS.",
        )
    if twin:
        return Flaw(
            "DUPLICATE_JOB",
            f"Another live posting says the same: duplicateJobPostingUrl {twin}.",
            "Close one of the two in the ATS, or give each its own companyJobCode.",
        )
    return None


def _place_flaw(told: Told, job: Job, rules: Rules) -> Flaw | None:
    return location_flaw(job.location, remote=told.workplace == "remote", blocked=rules.blocked)


def _kept(told: Told, row: Row | None, jobs: list[Job], flaws: Mapping[str, Flaw], rules: Rules) -> dict[str, Any]:
    main = flaws.get(jobs[0].id)
    premium = told.listing == "PREMIUM"
    moved = row is not None and row["listing"] != told.listing
    ends = told.expires_at or (row["expires_at"] if row and not moved else None)
    return {
        "external_id": told.external_id,
        "places": [job.id for job in jobs],
        "location": told.places[0],
        "flaw": main.code if main else "",
        "flaw_detail": f"{main.sentence} {main.fix}" if main else "",
        "apply_flaw": told.form_flaw,
        "listing": told.listing,
        "contract": told.contract,
        "campaign": told.campaign,
        "webhook_url": told.webhook_url,
        "form_number": told.form_number,
        "sameness": sameness(told),
        "listed_at": told.listed_at,
        "expires_at": ends or rules.now + (PREMIUM if premium or moved else BASIC),
    }
