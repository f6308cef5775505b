"""Eightfold's positions: in parts of at most ten, with their count in newer answers; in two namings."""

from __future__ import annotations

import re
from typing import Any

from changeover.job import Job
from changeover.sources.ats_boards.board import Board, Paging, Record, count, kept, listed, records_under, text
from changeover.sources.dates import posted
from changeover.sources.links import web
from changeover.sources.places import several
from changeover.sources.text import description
from changeover.sources.workplace import workplace

_PAGE = re.compile(r"(https?://[\w-]+\.eightfold\.ai)/careers[^#]*?[?&](domain=[\w.-]+)")


def _endpoint(url: str) -> str | None:
    found = _PAGE.match(url)
    return f"{found[1]}/api/apply/v2/jobs?{found[2]}" if found else None


def _job(record: Record, _answer: Any) -> Job:
    number = text(record, "display_job_id") or text(record, "displayJobId") or text(record, "ats_job_id")
    places = [text({"place": one}, "place") for one in listed(record, "locations")]
    return Job(
        id=text(record, "id"),
        title=text(record, "name"),
        location=several(places) or text(record, "location"),
        employer_job_id=number,
        requisition=number,
        description=description(str(record.get("job_description") or "")),
        url=web(text(record, "canonicalPositionUrl")),
        workplace_type=workplace(text(record, "work_location_option"), text(record, "workLocationOption")),
        posted_at=posted(record.get("t_create") or record.get("postedTs")),
        extra=kept(record, "department", "business_unit", "t_update"),
    )


BOARD = Board(
    "eightfold",
    "Eightfold",
    lambda answer: records_under(answer, "positions", "id", "name"),
    _job,
    total=lambda answer: count(answer, "count"),
    paging=Paging("start", 10, "num"),
    endpoint=_endpoint,
)
