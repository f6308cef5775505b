"""What ATSs tell of applications, and the addresses of receivers, as the wire says them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from changeover.apply_connect.payloads_answers import application_urn, parse_job_application
from changeover.web.problem import Problem

ACTIONS = (
    "APPLICATION_VIEWED",
    "RESUME_DOWNLOADED",
    "APPLICATION_REJECTED",
    "APPLICATION_SCREENED",
    "APPLICATION_INTERVIEWED",
    "APPLICATION_HIRED",
)
_CONTEXT = re.compile(r"(?:urn:li:(?:organization|company):)?(\d{1,19})")
_STATE = re.compile(r"webhookStatus:(\w+)")


@dataclass(frozen=True, slots=True)
class Signal:
    """What became of one application, and when; the company where that was told."""

    application_id: int
    action: str
    performed_at: datetime
    company_id: int | None


def _bad(field: str, what: str) -> Problem:
    return Problem(422, "ERROR_INVALID_FIELD", f"ERROR :: /{field} :: {what}\n", "Correct it and send it again.")


def signal(said: Mapping[str, Any], now: datetime) -> Signal:
    """The signal that a body tells; raises Problem 422 with the field that is wrong."""
    for name in ("jobApplicationId", "action", "performedAt"):
        if name not in said:
            raise _bad(name, "field is required but not found and has no default value")
    application_id = parse_job_application(said["jobApplicationId"])
    if application_id is None:
        raise _bad("jobApplicationId", "must be urn:li:jobApplication:N")
    if said["action"] not in ACTIONS:
        raise _bad("action", f'"{str(said["action"])[:60]}" is not an enum symbol')
    return Signal(application_id, said["action"], _moment(said["performedAt"], now), _company(said))


def _moment(value: object, now: datetime) -> datetime:
    text = str(value).strip()
    if isinstance(value, bool) or not isinstance(value, int | str) or not text.isdecimal() or len(text) > 15:
        raise _bad("performedAt", f"{text[:40]} cannot be coerced to Long")
    number = int(text)
    moment = datetime.fromtimestamp(min(number / 1000 if number >= 100_000_000_000 else number, 4e9), UTC)
    if moment > now + timedelta(minutes=5):
        raise _bad("performedAt", "must not be in the future")
    return moment


def _company(said: Mapping[str, Any]) -> int | None:
    context = said.get("integrationContext")
    if context in (None, ""):
        return None
    match = _CONTEXT.fullmatch(str(context).strip()) if isinstance(context, str | int) else None
    if match is None or int(match[1]) >= 2**63:
        raise _bad("integrationContext", "must be urn:li:organization:N")
    return int(match[1])


def state(row: Mapping[str, Any]) -> str:
    """An address's state as the wire calls it."""
    return {"new": "PENDING", "active": "ACTIVE", "blocked": "BLOCKED", "off": "INACTIVE"}[row["state"]]


def wanted_state(criteria: str) -> str:
    """The state that a query asks for; empty for every one."""
    match = _STATE.search(criteria)
    return match[1] if match else ""


def webhook(row: Mapping[str, Any]) -> dict[str, Any]:
    """One address of a vendor."""
    application = row["recipient"].split(":")[1]
    return {
        "id": row["webhook_id"],
        "developerApplication": application_urn(int(application)),
        "eventType": row["event"] or None,
        "webhookUrl": row["url"],
        "webhookStatus": state(row),
        "failureReason": row["problem"],
        "consecutiveFailures": row["failures"],
        "lastValidatedAt": round(row["checked_at"].timestamp() * 1000) if row["checked_at"] else None,
    }


def named_webhooks(said: Mapping[str, Any]) -> set[str]:
    """The addresses that a revalidation names; none means every one."""
    found = said.get("webhookUrls") or said.get("ids") or []
    return {str(each) for each in found} if isinstance(found, list) else set()
