"""Workable's account widget: one answer with everything, a row for each place of a job."""

from __future__ import annotations

import re
from typing import Any

from changeover.job import Job
from changeover.sources.ats_boards.board import Board, Record, at, kept, listed, located, records_under, text
from changeover.sources.dates import posted
from changeover.sources.links import web
from changeover.sources.places import several
from changeover.sources.text import description
from changeover.sources.workplace import workplace

_PAGE = re.compile(r"https?://apply\.workable\.com/([\w-]+)/?(?:[?#].*)?$")


def _records(answer: Any) -> list[Any] | None:
    found = records_under(answer, "jobs", "shortcode", "title")
    if found and isinstance(at(found[0], "location"), dict):  # the API for those with a key, which has pages
        return None
    return found if found or (isinstance(answer, dict) and set(answer) <= {"name", "description", "jobs"}) else None


def _job(record: Record, answer: Any) -> Job:
    code = text(record, "code")
    shown = [one for one in listed(record, "locations") if isinstance(one, dict) and not one.get("hidden")]
    return Job(
        id=text(record, "shortcode"),
        title=text(record, "title"),
        location=located(record) or several(located(one, state="region") for one in shown),
        company=text(answer, "name"),
        employer_job_id=code,
        requisition=code,
        description=description(str(record.get("description") or "")),
        url=web(text(record, "url") or text(record, "shortlink")),
        apply_url=web(text(record, "application_url")),
        workplace_type=workplace(text(record, "workplace_type"), record.get("telecommuting")),
        posted_at=posted(text(record, "published_on") or text(record, "created_at")),
        extra=kept(
            record, "department", "employment_type", "experience", "function", "industry", "education",
            "workplace_type", "telecommuting",
        ),
    )  # fmt: skip


def _endpoint(url: str) -> str | None:
    found = _PAGE.match(url)
    return f"https://apply.workable.com/api/v1/widget/accounts/{found[1]}" if found else None


BOARD = Board(
    "workable",
    "Workable",
    _records,
    _job,
    one_answer=True,
    endpoint=_endpoint,
    query=(("details", "true"),),
)
