"""Rippling's board: one answer with everything, a row for each place of a job."""

from __future__ import annotations

from typing import Any

from changeover.job import Job
from changeover.sources.ats_boards.board import Board, Record, marked, text
from changeover.sources.links import web
from changeover.sources.workplace import workplace


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


BOARD = Board(
    "rippling", "Rippling", lambda answer: marked(answer, "uuid", "name", "workLocation"), _job, one_answer=True
)
