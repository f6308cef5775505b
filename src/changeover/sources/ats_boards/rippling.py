"""Rippling's board: one answer with everything, a row for each place of a job."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

from changeover.job import Job
from changeover.sources.ats_boards.board import Ask, Board, Detail, Record, at, json_value, marked, text
from changeover.sources.dates import posted
from changeover.sources.links import web
from changeover.sources.text import description
from changeover.sources.workplace import workplace

_PAGE = re.compile(r"https?://ats\.rippling\.com/(?:[a-z]{2}-[A-Z]{2}/)?([\w-]+)(?:/jobs)?/?(?:[?#].*)?$")


def _job(record: Record, _answer: Any) -> Job:
    where, department = text(record, "workLocation", "label"), text(record, "department", "label")
    return Job(
        id=text(record, "uuid"),
        title=text(record, "name"),
        location=where,
        url=web(text(record, "url")),
        workplace_type=workplace(where if "remote" in where.lower() or "hybrid" in where.lower() else ""),
        extra={"department": department} if department else {},
    )


def _detailed(job: Job, body: bytes) -> Job | None:
    said = json_value(body)
    if text(said, "uuid") != job.id:
        return None
    parts = at(said, "description")
    told = "".join(str(at(parts, name) or "") for name in ("role", "company")) if isinstance(parts, dict) else parts
    return dataclasses.replace(
        job,
        description=description(str(told or "")),
        company=job.company or text(said, "companyName"),
        posted_at=posted(text(said, "createdOn")),
    )


def _endpoint(url: str) -> str | None:
    found = _PAGE.match(url)
    return f"https://api.rippling.com/platform/api/ats/v1/board/{found[1]}/jobs" if found else None


BOARD = Board(
    "rippling",
    "Rippling",
    lambda answer: marked(answer, "uuid", "name", "workLocation"),
    _job,
    one_answer=True,
    endpoint=_endpoint,
    detail=Detail(lambda job, url: Ask(f"{url.partition('?')[0].rstrip('/')}/{job.id}"), _detailed),
)
