"""Greenhouse's job board API: one answer with everything and its total, or by department or office."""

from __future__ import annotations

import re
from typing import Any

from changeover.job import Job
from changeover.sources.ats_boards.board import (
    Board,
    Record,
    at,
    count,
    grouped,
    kept,
    listed,
    marked,
    records_under,
    text,
)
from changeover.sources.dates import posted
from changeover.sources.links import web
from changeover.sources.places import several
from changeover.sources.text import description
from changeover.sources.workplace import workplace

_PAGE = re.compile(
    r"https?://(?:boards|job-boards)(?:\.eu)?\.greenhouse\.io/(?:embed/job_(?:board|app)(?:/js)?\?(?:[^#]*&)?for=)?([\w-]+)"
)
_API = re.compile(r"https?://(?:boards-api|api)(?:\.eu)?\.greenhouse\.io/v1/boards/([\w-]+)")
_NOWHERE = frozenset(("hybrid", "remote", "onsite", "on-site", "in office", "distributed"))


def _records(answer: Any) -> list[Any] | None:
    found = records_under(answer, "jobs", "absolute_url", "id")
    if found or count(answer, "meta", "total") is not None:
        return found
    within = next((groups for key in ("departments", "offices") if (groups := listed(answer, key))), [])
    return marked(grouped(within, "jobs"), "absolute_url", "id") or None


def _job(record: Record, _answer: Any) -> Job:
    """``id`` is the post. A job may have several, so ``internal_job_id`` stands in for a missing requisition."""
    requisition = text(record, "requisition_id")
    written = text(record, "location", "name")
    return Job(
        id=text(record, "id"),
        title=text(record, "title"),
        location=_location(written, record),
        company=text(record, "company_name"),
        employer_job_id=requisition,
        requisition=requisition or text(record, "internal_job_id"),
        description=description(str(record.get("content") or "")),
        url=web(text(record, "absolute_url")),
        workplace_type=workplace(written),
        posted_at=posted(text(record, "first_published") or text(record, "updated_at")),
        extra={
            **kept(
                record,
                "internal_job_id",
                "language",
                "updated_at",
                "application_deadline",
                "metadata",
                "pay_input_ranges",
            ),
            **_pay(record),
            **_names("departments", record),
            **_names("offices", record),
        },
    )


def _location(written: str, record: Record) -> str:
    """The location; some boards write only how the work is done there, and the place in the offices alone."""
    if written and written.casefold() not in _NOWHERE:
        return written
    offices = several(text(office, "location") or text(office, "name") for office in listed(record, "offices"))
    return offices or written


def _pay(record: Record) -> dict[str, Any]:
    """The first of the pay ranges, which are told in cents; its title says for what time: "Annual Salary"."""
    ranges = listed(record, "pay_input_ranges")
    low, high = (count(ranges[0], end) if ranges else None for end in ("min_cents", "max_cents"))
    if not (low or high):
        return {}
    ends = {"min": low / 100 if low else None, "max": high / 100 if high else None}
    said = {**ends, "currency": text(ranges[0], "currency_type"), "unit": text(ranges[0], "title")}
    return {"salary_range": {name: part for name, part in said.items() if part}}


def _names(key: str, record: Record) -> dict[str, str]:
    names = several(text(part, "name") for part in listed(record, key))
    return {key: names} if names else {}


# Boards of the EU have pages of their own and are told by the same API: there is no boards-api.eu
# (strelov1/freehire#156, #528).
def _endpoint(url: str) -> str | None:
    found = _PAGE.match(url) or _API.match(url)
    return f"https://boards-api.greenhouse.io/v1/boards/{found[1]}/jobs" if found else None


BOARD = Board(
    "greenhouse",
    "Greenhouse",
    _records,
    _job,
    total=lambda answer: count(at(answer, "meta"), "total"),
    one_answer=True,
    endpoint=_endpoint,
    query=(("content", "true"), ("pay_transparency", "true")),
)
