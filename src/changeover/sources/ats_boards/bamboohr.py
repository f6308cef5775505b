"""BambooHR's careers list: one answer with everything, and its total."""

from __future__ import annotations

import re
from typing import Any

from changeover.job import Job
from changeover.sources.ats_boards.board import Board, Record, at, count, kept, located, records_under, text
from changeover.sources.workplace import workplace

_PAGE = re.compile(r"https?://([\w-]+)\.bamboohr\.com(?:/|$)")


def _records(answer: Any) -> list[Any] | None:
    found = records_under(answer, "result", "id", "jobOpeningName")
    return found if found or count(answer, "meta", "totalCount") is not None else None


def _job(record: Record, _answer: Any) -> Job:
    return Job(
        id=text(record, "id"),
        title=text(record, "jobOpeningName"),
        location=located(at(record, "atsLocation")) or located(at(record, "location")),
        workplace_type=workplace(record.get("isRemote")),
        extra=kept(record, "departmentLabel", "employmentStatusLabel", "locationType"),
    )


def _endpoint(url: str) -> str | None:
    found = _PAGE.match(url)
    return f"https://{found[1]}.bamboohr.com/careers/list" if found else None


BOARD = Board(
    "bamboohr",
    "BambooHR",
    _records,
    _job,
    total=lambda answer: count(answer, "meta", "totalCount"),
    one_answer=True,
    endpoint=_endpoint,
)
