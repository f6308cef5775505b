"""SmartRecruiters' postings API: in parts, with the number found."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

from changeover.job import Job
from changeover.sources.ats_boards.board import (
    Ask,
    Board,
    Detail,
    Paging,
    Record,
    at,
    count,
    json_value,
    kept,
    records_under,
    text,
)
from changeover.sources.dates import posted
from changeover.sources.links import web
from changeover.sources.places import place
from changeover.sources.text import description
from changeover.sources.workplace import workplace

_PAGE = re.compile(r"https?://(?:jobs|careers)\.smartrecruiters\.com/([\w.-]+)")
_SECTIONS = ("companyDescription", "jobDescription", "qualifications", "additionalInformation")


def _records(answer: Any) -> list[Any] | None:
    found = records_under(answer, "content", "id", "name")
    return found if count(answer, "totalFound") is not None else None


def _job(record: Record, _answer: Any) -> Job:
    reference, company = text(record, "refNumber"), text(record, "company", "identifier")
    page = f"https://jobs.smartrecruiters.com/{company}/{text(record, 'id')}" if company else ""
    return Job(
        id=text(record, "id"),
        title=text(record, "name"),
        location=_place(at(record, "location") or {}),
        company=text(record, "company", "name"),
        employer_job_id=reference,
        requisition=reference,
        description=_told(record),
        url=web(text(record, "postingUrl")) or page,
        apply_url=web(text(record, "applyUrl")),
        workplace_type=workplace(*(name for name in ("hybrid", "remote") if at(record, "location", name) is True)),
        posted_at=posted(text(record, "releasedDate")),
        extra={
            **{
                name: said
                for name in ("department", "function", "industry", "typeOfEmployment", "experienceLevel")
                if (said := text(record, name, "label"))
            },
            **kept(record, "uuid", "jobAdId"),
        },
    )


def _place(said: Record) -> str:
    """The place; a country's code is in small letters, and what is written whole has gaps: ``Cluj, , Romania``."""
    written = [part for part in text(said, "fullLocation").split(",") if part.strip()]
    city, region, country = (text(said, part) for part in ("city", "region", "country"))
    land = country.upper() if len(country) == len("no") else country
    return ", ".join(part.strip() for part in written) or place(city, region, land)


def _told(record: Any) -> str:
    return description("".join(str(at(record, "jobAd", "sections", s, "text") or "") for s in _SECTIONS))


def _detailed(job: Job, body: bytes) -> Job | None:
    said = json_value(body)
    if text(said, "id") != job.id:
        return None
    return dataclasses.replace(
        job,
        description=_told(said),
        apply_url=web(text(said, "applyUrl")) or job.apply_url,
        url=web(text(said, "postingUrl")) or job.url,
    )


def _endpoint(url: str) -> str | None:
    found = _PAGE.match(url)
    return f"https://api.smartrecruiters.com/v1/companies/{found[1]}/postings" if found else None


BOARD = Board(
    "smartrecruiters",
    "SmartRecruiters",
    _records,
    _job,
    total=lambda answer: count(answer, "totalFound"),
    paging=Paging("offset", 100, "limit"),
    endpoint=_endpoint,
    detail=Detail(lambda job, url: Ask(f"{url.partition('?')[0].rstrip('/')}/{job.id}"), _detailed),
    knows_itself=False,
)
