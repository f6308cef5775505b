"""Ashby's job board API: one answer with everything that is listed; the page's own query is read too."""

from __future__ import annotations

import re
from typing import Any

from changeover.job import Job
from changeover.sources.ats_boards.board import Board, Record, at, kept, listed, marked, records_under, text
from changeover.sources.dates import posted
from changeover.sources.links import web
from changeover.sources.places import several, widened
from changeover.sources.text import description
from changeover.sources.workplace import workplace

_PAGE = re.compile(r"https?://jobs\.ashbyhq\.com/([^/?#]+)")
_PARTS = ("addressLocality", "addressRegion", "addressCountry")


def _records(answer: Any) -> list[Any] | None:
    by_page = marked(at(answer, "data", "jobBoard", "jobPostings"), "id", "title")
    if by_page is not None:
        return by_page
    found = records_under(answer, "jobs", "id", "title", "jobUrl")
    return found if found or (isinstance(answer, dict) and "apiVersion" in answer) else None


def _job(record: Record, _answer: Any) -> Job | None:
    """None for what the employer does not list: it is not public."""
    if record.get("isListed") is False:
        return None
    return Job(
        id=text(record, "id"),
        title=text(record, "title"),
        location=several(_place(one) for one in (record, *listed(record, "secondaryLocations"))),
        description=description(str(record.get("descriptionHtml") or record.get("descriptionPlain") or "")),
        url=web(text(record, "jobUrl")),
        apply_url=web(text(record, "applyUrl")),
        workplace_type=workplace(text(record, "workplaceType"), record.get("isRemote")),
        posted_at=posted(text(record, "publishedAt")),
        extra={
            **kept(record, "department", "team", "employmentType", "compensationTierSummary", "workplaceType"),
            **kept(at(record, "compensation"), "compensationTierSummary"),
            **kept({"salary": _salary(record)}, "salary"),
        },
    )


def _salary(record: Record) -> dict[str, Any] | None:
    """The part of the pay that is salary: the others are equity, bonus and the like."""
    parts = listed(record, "compensation", "summaryComponents")
    return next((part for part in parts if text(part, "compensationType") == "Salary"), None)


def _place(record: Any) -> str:
    written = text(record, "location") or text(record, "locationName")
    city, *wider = (text(record, "address", "postalAddress", part) for part in _PARTS)
    return widened(written, city, *wider)


def _endpoint(url: str) -> str | None:
    found = _PAGE.match(url)
    return f"https://api.ashbyhq.com/posting-api/job-board/{found[1]}" if found else None


BOARD = Board(
    "ashby",
    "Ashby",
    _records,
    _job,
    one_answer=True,
    endpoint=_endpoint,
    query=(("includeCompensation", "true"),),
)
