"""Pinpoint's postings: one answer with everything."""

from __future__ import annotations

import html
import re
from typing import Any

from changeover.job import Job
from changeover.sources.ats_boards.board import Board, Record, at, kept, records_under, text
from changeover.sources.links import web
from changeover.sources.text import description
from changeover.sources.workplace import workplace

_PAGE = re.compile(r"(https?://[\w-]+\.pinpointhq\.com)(?:/|$)")
_PAY = ("compensation", "compensation_minimum", "compensation_maximum", "compensation_currency",
        "compensation_frequency")  # fmt: skip
_PARTS = ("key_responsibilities", "skills_knowledge_expertise", "benefits")


def _job(record: Record, _answer: Any) -> Job:
    number = text(record, "job", "requisition_id") or text(record, "requisition_id") or text(record, "reference")
    department = text(record, "job", "department", "name") or text(record, "department", "name")
    return Job(
        id=text(record, "id"),
        title=text(record, "title"),
        location=text(record, "location", "name"),
        employer_job_id=number,
        requisition=number or text(record, "job", "id"),
        description=_description(record),
        url=web(text(record, "url")),
        workplace_type=workplace(text(record, "workplace_type")),
        extra={
            **(kept(record, *_PAY) if record.get("compensation_visible") is not False else {}),
            **kept(record, "employment_type", "workplace_type", "deadline_at"),
            **({"department": department} if department else {}),
        },
    )


def _description(record: Record) -> str:
    parts = [str(record.get("description") or "")]
    for name in _PARTS:
        if said := at(record, name):
            heading = text(record, f"{name}_header")
            parts.append(f"<h3>{html.escape(heading)}</h3>{said}" if heading else str(said))
    return description("".join(parts))


def _records(answer: Any) -> list[Any] | None:
    found = records_under(answer, "data", "id", "title", "location")
    if answer == {"data": []}:
        return []
    return (
        found
        if found and any(isinstance(r, dict) and {"workplace_type", "compensation"} & set(r) for r in found)
        else None
    )


BOARD = Board(
    "pinpoint",
    "Pinpoint",
    _records,
    _job,
    one_answer=True,
    endpoint=lambda url: f"{found[1]}/postings.json" if (found := _PAGE.match(url)) else None,
)
