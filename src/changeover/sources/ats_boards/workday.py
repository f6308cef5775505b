"""Workday's postings: at most twenty at once, with a total; bullet fields are not taken as ids."""

from __future__ import annotations

import re
from typing import Any

from changeover.job import Job
from changeover.sources.ats_boards.board import Board, Record, count, kept, records_under, text
from changeover.sources.workplace import workplace

_REQUISITION = re.compile(r"_([A-Za-z]{0,6}[-_]?\d[\w-]*)$")


def _job(record: Record, _answer: Any) -> Job:
    path = text(record, "externalPath")
    found = _REQUISITION.search(path)
    number = found[1] if found else ""
    return Job(
        id=path,
        title=text(record, "title"),
        location=text(record, "locationsText"),
        employer_job_id=number,
        requisition=number,
        workplace_type=workplace(text(record, "remoteType")),
        extra=kept(record, "postedOn", "timeType", "bulletFields"),
    )


BOARD = Board(
    "workday",
    "Workday",
    lambda answer: records_under(answer, "jobPostings", "title", "externalPath"),
    _job,
    total=lambda answer: count(answer, "total"),
)
