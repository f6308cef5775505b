"""Lever's postings API: a bare list in parts; whole when a part is short and every part was new."""

from __future__ import annotations

import html
import re
from typing import Any

from changeover.job import Job
from changeover.sources.ats_boards.board import Board, Paging, Record, at, grouped, kept, listed, marked, text
from changeover.sources.dates import posted
from changeover.sources.links import web
from changeover.sources.places import several
from changeover.sources.text import description
from changeover.sources.workplace import workplace

_PAGE = re.compile(r"https?://jobs(\.eu)?\.lever\.co/([\w.-]+)")


def _records(answer: Any) -> list[Any] | None:
    """The list itself, or what stands in its groups, where it was asked for by team or place."""
    found = marked(answer, "text", "categories")
    return found if found is not None else marked(grouped(answer, "postings"), "text", "categories") or None


def _job(record: Record, _answer: Any) -> Job:
    places = listed(record, "categories", "allLocations") or [at(record, "categories", "location")]
    codes = [text({"code": code}, "code") for code in listed(record, "requisitionCodes")]
    requisition = next(filter(None, codes), "")
    return Job(
        id=text(record, "id"),
        title=text(record, "text"),
        location=several(text({"place": one}, "place") for one in places),
        employer_job_id=requisition,
        requisition=requisition,
        description=_description(record),
        url=web(text(record, "hostedUrl")),
        apply_url=web(text(record, "applyUrl")),
        workplace_type=workplace(text(record, "workplaceType")),
        posted_at=posted(record.get("createdAt")),
        extra={
            **kept(at(record, "categories"), "team", "department", "commitment"),
            **kept(record, "country", "salaryRange", "tags", "workplaceType"),
        },
    )


def _description(record: Record) -> str:
    parts = [str(record.get("description") or "")]
    for part in listed(record, "lists"):
        if isinstance(part, dict):
            heading = html.escape(text(part, "text"))
            parts.append(f"<h3>{heading}</h3><ul>{part.get('content') or ''}</ul>")
    parts.append(str(record.get("additional") or ""))
    return description("".join(parts))


def _endpoint(url: str) -> str | None:
    found = _PAGE.match(url)
    return f"https://api{found[1] or ''}.lever.co/v0/postings/{found[2]}" if found else None


BOARD = Board(
    "lever",
    "Lever",
    _records,
    _job,
    one_answer=True,
    paging=Paging("skip", 100, "limit"),
    endpoint=_endpoint,
    query=(("mode", "json"),),
)
