"""BambooHR: one answer with its total, or the older embedded page where that is gone."""

from __future__ import annotations

import dataclasses
import re
from typing import Any
from urllib.parse import urljoin

from changeover.job import Job
from changeover.sources.ats_boards.board import (
    Ask,
    Board,
    Detail,
    Record,
    at,
    count,
    json_value,
    kept,
    located,
    records_under,
    text,
)
from changeover.sources.dates import posted
from changeover.sources.encoding import decode
from changeover.sources.page_tree import page_tree
from changeover.sources.text import description
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
        extra=kept(record, "departmentLabel", "employmentStatusLabel", "locationType", "isRemote"),
    )


def _value(body: bytes) -> Any:
    """The list, or the embedded page in the list's form; a tenant has one, the other, or both."""
    said = json_value(body)
    if said is not None or b"BambooHR-ATS" not in body:
        return said
    tree = page_tree(decode(body))
    if tree is None:
        return None
    rows = []
    for node in tree.css("li[id^=bhrJobs_], li.BambooHR-ATS-Jobs-Item"):
        link, place = node.css_first("a"), node.css_first(".BambooHR-ATS-Location")
        name = link.text(strip=True) if link else ""
        number = (node.attributes.get("id") or "").rpartition("_")[2]
        rows.append(
            {"id": number, "jobOpeningName": name, "location": {"city": place.text(strip=True) if place else ""}}
        )
    return {"meta": {"totalCount": len(rows)}, "result": rows}


def _detailed(job: Job, body: bytes) -> Job | None:
    said = at(json_value(body), "result", "jobOpening")
    if not isinstance(said, dict):
        return None
    return dataclasses.replace(
        job,
        description=description(str(said.get("description") or "")),
        posted_at=posted(text(said, "datePosted")),
        extra={**job.extra, **kept(said, "compensation", "minimumExperience")},
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
    value=_value,
    page=lambda job, url: urljoin(url, f"/careers/{job.id}"),
    instead=lambda url: urljoin(url, "/jobs/embed2.php") if "/careers/list" in url else None,
    detail=Detail(lambda job, url: Ask(urljoin(url, f"/careers/{job.id}/detail")), _detailed),
)
