"""The list of jobs of iCIMS career sites (Jibe): in parts of ten with a total."""

from __future__ import annotations

import re
from typing import Any

from changeover.job import Job
from changeover.sources.ats_boards.board import Board, Paging, Record, at, count, kept, located, records_under, text
from changeover.sources.dates import posted
from changeover.sources.links import web
from changeover.sources.text import description

_PAGE = re.compile(r"(https?://[\w-]+\.jibeapply\.com)(?:/|$)")


def _records(answer: Any) -> list[Any] | None:
    found = records_under(answer, "jobs", "data")
    return found if found or (isinstance(answer, dict) and "totalCount" in answer and "jobs" in answer) else None


def _job(record: Record, _answer: Any) -> Job:
    said = at(record, "data") or {}
    number = text(said, "req_id")
    return Job(
        id=text(said, "slug") or number,
        title=text(said, "title"),
        location=text(said, "full_location") or located(said),
        company=text(said, "hiring_organization"),
        employer_job_id=number,
        requisition=number,
        description=description(str(at(said, "description") or "")),
        url=web(text(said, "meta_data", "canonical_url")),
        apply_url=web(text(said, "apply_url")),
        posted_at=posted(text(said, "posted_date")),
        extra=kept(said, "categories", "employment_type", "department"),
    )


BOARD = Board(
    "jibe",
    "iCIMS (Jibe)",
    _records,
    _job,
    total=lambda answer: count(answer, "totalCount"),
    paging=Paging("page", 10, pages=True),
    endpoint=lambda url: f"{found[1]}/api/jobs" if (found := _PAGE.match(url)) else None,
)
