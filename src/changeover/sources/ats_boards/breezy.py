"""Breezy's list of positions: one answer with everything."""

from __future__ import annotations

import re
from typing import Any

from changeover.job import Job
from changeover.sources.ats_boards.board import Ask, Board, Detail, Record, at, kept, listed, located, marked, text
from changeover.sources.ats_boards.own_page import described
from changeover.sources.dates import posted
from changeover.sources.links import web
from changeover.sources.places import several
from changeover.sources.text import description
from changeover.sources.workplace import workplace

_PAGE = re.compile(r"https?://([\w-]+)\.breezy\.hr(?:/|$)")


def _job(record: Record, _answer: Any) -> Job:
    return Job(
        id=text(record, "id"),
        title=text(record, "name"),
        location=several(
            text(one, "name") or located(one) for one in (at(record, "location"), *listed(record, "locations"))
        ),
        company=text(record, "company", "name"),
        description=description(str(record.get("description") or "")),
        url=web(text(record, "url")),
        workplace_type=workplace(at(record, "location", "is_remote")),
        posted_at=posted(text(record, "published_date")),
        extra=kept(record, "friendly_id", "department", "type", "salary"),
    )


def _endpoint(url: str) -> str | None:
    found = _PAGE.match(url)
    return f"https://{found[1]}.breezy.hr/json" if found else None


BOARD = Board(
    "breezy",
    "Breezy",
    lambda answer: marked(answer, "id", "friendly_id", "name"),
    _job,
    one_answer=True,
    endpoint=_endpoint,
    detail=Detail(lambda job, _url: Ask(job.url) if job.url else None, described),
)
