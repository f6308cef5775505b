"""Recruitee's offers: one answer with everything that is published."""

from __future__ import annotations

import re
from typing import Any

from changeover.job import Job
from changeover.sources.ats_boards.board import Board, Record, kept, listed, located, records_under, text
from changeover.sources.dates import posted
from changeover.sources.links import web
from changeover.sources.places import several
from changeover.sources.text import description
from changeover.sources.workplace import workplace

_PAGE = re.compile(r"https?://([\w-]+)\.recruitee\.com(?:/|$)")


def _job(record: Record, _answer: Any) -> Job | None:
    """None for an offer that is not published."""
    if text(record, "status") not in ("", "published"):
        return None
    places = several(located(one) for one in listed(record, "locations"))
    return Job(
        id=text(record, "id"),
        title=text(record, "title"),
        location=places or text(record, "location") or located(record, state="state_name"),
        company=text(record, "company_name"),
        description=description(f"{record.get('description') or ''}{record.get('requirements') or ''}"),
        url=web(text(record, "careers_url")),
        apply_url=web(text(record, "careers_apply_url")),
        workplace_type=workplace(*(kind for kind in ("hybrid", "remote") if record.get(kind) is True)),
        posted_at=posted(text(record, "published_at") or text(record, "created_at")),
        extra=kept(
            record, "department", "employment_type_code", "experience_code", "category_code", "salary", "slug", "guid",
            "min_hours", "max_hours", "close_at", "updated_at", "tags", "remote", "hybrid", "on_site",
        ),
    )  # fmt: skip


def _endpoint(url: str) -> str | None:
    found = _PAGE.match(url)
    return f"https://{found[1]}.recruitee.com/api/offers/" if found else None


BOARD = Board(
    "recruitee",
    "Recruitee",
    lambda answer: records_under(answer, "offers", "id", "title"),
    _job,
    one_answer=True,
    endpoint=_endpoint,
)
