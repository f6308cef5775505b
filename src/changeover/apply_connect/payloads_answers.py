"""The answers of the wire: results, tasks, statuses and refusals, in the shape that clients read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from changeover.apply_connect.ingest import Receipted, Result
from changeover.apply_connect.status import Detail, Status
from changeover.apply_connect.told import Refused
from changeover.web.problem import Problem

_TASK = re.compile(r"urn:li:simpleJobPostingTask:([0-9a-fA-F-]{36})")
_APPLICATION = re.compile(r"urn:li:developerApplication:(\d{1,19})")
_JOB_APPLICATION = re.compile(r"(?:urn:li:jobApplication:)?(\d{1,19})")
# By what a task failed: the family of messages that clients sort by.
_FAMILIES = {
    "INVALID_LOCATION": "JOB_FIELD_PROCESSOR_GEO_LOCATION",
    "MISSING_LOCATION": "JOB_FIELD_PROCESSOR_STANDARDIZED_LOCATION",
    "BLOCKED_COUNTRY": "JOB_FIELD_PROCESSOR_COUNTRY_CODE",
    "DESCRIPTION_TOO_SHORT": "JOB_FIELD_PROCESSOR_DESCRIPTION",
    "ERROR_JOB_DESCRIPTION_TOO_LONG": "JOB_FIELD_PROCESSOR_DESCRIPTION",
    "DUPLICATE_JOB": "ErrorCode:2009",
}
# What was asked for could not be done at all, whoever feeds the board.
_IMPOSSIBLE = {"DUPLICATE_CREATE", "NOT_EXISTING", "ONE_LOCATION_ONLY"}


def refusal(problem: Problem) -> dict[str, Any]:
    """The body of a request that was refused as a whole."""
    more = {name: value for name, value in problem.more.items() if name != "service_error_code"}
    message = problem.sentence if problem.status < 500 else f"{problem.sentence} {problem.fix}"
    code = problem.more.get("service_error_code", 0)
    return {"serviceErrorCode": code, "code": problem.code, "message": message, "status": problem.status, **more}


def task_urn(company_id: int, task_id: int) -> str:
    """A task's name: it carries the company's id, so that a look-up goes to one shard."""
    return f"urn:li:simpleJobPostingTask:{UUID(int=company_id << 64 | task_id)}"


def parse_task(text: str) -> tuple[int, int] | None:
    """The company's and the task's ids in a task's name, or None."""
    match = _TASK.fullmatch(text.strip())
    if not match:
        return None
    try:
        number = UUID(match[1]).int
    except ValueError:
        return None
    company_id, task_id = number >> 64, number & (2**64 - 1)
    return (company_id, task_id) if company_id < 2**63 and task_id < 2**63 else None


def application_urn(application_id: int) -> str:
    """An application's name."""
    return f"urn:li:developerApplication:{application_id}"


def parse_application(text: str) -> int | None:
    """The number in an application's name, or None."""
    match = _APPLICATION.fullmatch(text.strip())
    return int(match[1]) if match and int(match[1]) < 2**63 else None


def parse_job_application(value: object) -> int | None:
    """The number of a job application, told as its name or bare; None if it is neither."""
    match = _JOB_APPLICATION.fullmatch(str(value).strip()) if isinstance(value, str | int) else None
    return int(match[1]) if match and int(match[1]) < 2**63 else None


def organization_urn(company_id: int) -> str:
    """A company's name on the wire."""
    return f"urn:li:organization:{company_id}"


def created(results: Iterable[tuple[int, Result]]) -> dict[str, Any]:
    """The answer to a batch: an element for each place of each job, or for each refusal, in the batch's order."""
    elements: list[dict[str, Any]] = []
    for company_id, it in results:
        if isinstance(it, Receipted):
            elements += [_accepted(task_urn(company_id, task), it.external_id) for task in it.tasks]
        else:
            elements.append(_failed(it))
    return {"elements": elements}


def _accepted(urn: str, external_id: str) -> dict[str, Any]:
    location = "/simpleJobPostings/" + urn.replace(":", "%3A")
    return {"id": urn, "status": 202, "location": location, "entity": {"externalJobPostingId": external_id}}


def _failed(it: Refused) -> dict[str, Any]:
    error: dict[str, Any] = {
        "status": it.status,
        "code": it.code,
        "serviceErrorCode": 0,
        "message": it.message,
        "errorDetailType": "com.linkedin.restli.common.ErrorDetails",
    }
    if it.external_id:
        error["errorDetails"] = {"externalJobPostingId": it.external_id}
    return {"status": it.status, "error": error}


def batch(
    results: Mapping[str, Any], errors: Mapping[str, Mapping[str, Any]] | None = None, status: int | None = None
) -> dict[str, Any]:
    """A batch answer: results and errors by key."""
    failed = errors or {}
    statuses = {key: error["status"] for key, error in failed.items()}
    if status is not None:
        statuses |= dict.fromkeys(results, status)
    return {"results": dict(results), "statuses": statuses, "errors": dict(failed)}


def error(status: int, message: str, service_error_code: int = 0) -> dict[str, Any]:
    """One key's error in a batch answer."""
    return {"status": status, "message": message, "serviceErrorCode": service_error_code}


def task(urn: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """A task as it stands: still fed by the old source, live, or failed, with its message."""
    said: dict[str, Any] = {"id": urn, "status": _task_status(row), "externalJobPostingId": row["external_id"]}
    if row["posting_id"] and not row["failed"]:
        said["jobPosting"] = f"urn:li:jobPosting:{row['posting_id']}"
    if row["location"]:
        said["location"] = row["location"]
    if row["failed"]:
        family = _FAMILIES.get(row["failed"])
        said["errorMessage"] = f"{family} :: {row['message']}" if family else row["message"]
    return said


def _task_status(row: Mapping[str, Any]) -> str:
    if row["failed"] in _IMPOSSIBLE:
        return "FAILED"
    if row["feed"] == "legacy":
        return "PROCESSED"
    return "FAILED" if row["failed"] else "SUCCEEDED"


def _millis(moment: datetime | None) -> int | None:
    return round(moment.timestamp() * 1000) if moment else None


def _detail(it: Detail | None) -> dict[str, Any] | None:
    if it is None:
        return None
    said = {"errorType": f"{it.whose}_ERROR", "statusMessage": f"{it.code}: {it.sentence}" if it.code else it.sentence}
    return {"errorCode": it.number, **said} if it.number else said


def status(it: Status) -> dict[str, Any]:
    """A job's status; what is not known is left out."""
    info = {
        "expireAt": _millis(it.expires_at),
        "listedAt": _millis(it.listed_at),
        "location": it.standardised,
        "alternateLocations": list(it.alternates) or None,
        "companyDetails": {
            "companyName": it.company,
            "companyPage": it.company_page,
            "name": it.company,
            "pageUrl": it.company_page,
        },
        "visibilityTag": it.visibility,
    }
    said = {
        "externalJobPostingId": it.external_id,
        "jobPostingUrl": it.url,
        "listingStatus": it.listing,
        "listingStatusDetail": _detail(it.listing_detail),
        "linkedInApplyStatus": it.apply,
        "linkedInApplyStatusDetail": _detail(it.apply_detail),
        "promotionStatus": it.promotion,
        "promotionStatusDetail": _detail(it.promotion_detail),
        "jobCampaign": f"urn:li:jobCampaign:{it.slot}" if it.slot else "",
        "partnerJobCampaign": it.campaign,
        "rawLocation": it.raw_location,
        "jobPostingInfo": {name: value for name, value in info.items() if value is not None},
    }
    return {name: value for name, value in said.items() if value not in (None, "") or name == "rawLocation"}


def credentials(urn: str, client_id: str, secret: str) -> dict[str, Any]:
    """A new application's name and what it signs in with; the secret is shown this once."""
    return {"key": urn, "credentials": {"client_id": client_id, "client_secret": secret}}


def application(row: Mapping[str, Any], client_id: str) -> dict[str, Any]:
    """An application as it was provisioned."""
    return {
        "key": application_urn(row["application_id"]),
        "credentials": {"client_id": client_id},
        "uniqueForeignId": row["foreign_id"],
        "name": row["name"],
        "description": row["description"],
        "validJsSdkDomains": row["js_domains"],
        "oauth2AuthorizedCallbackUrls": row["callback_urls"],
    }


def elements(rows: Sequence[Mapping[str, Any]], start: int = 0) -> dict[str, Any]:
    """A page of a collection."""
    page = {"start": start, "count": len(rows), "links": []}
    return {"elements": list(rows), "paging": page}
