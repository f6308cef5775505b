"""Workday's postings: twenty at a time, 2,000 at most, so a larger list is read facet by facet."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from changeover.job import Job
from changeover.sources.ats_boards.board import (
    Ask,
    Board,
    Detail,
    Record,
    Split,
    Variant,
    at,
    count,
    json_value,
    kept,
    listed,
    records_under,
    text,
)
from changeover.sources.dates import posted
from changeover.sources.places import several
from changeover.sources.text import description
from changeover.sources.workplace import workplace

CAP = 2_000
"""The most that one query counts and hands out on most tenants; past it the pages begin again at the first."""

_SIZE = 20
"""More at once is answered with 400."""

_REQUISITION = re.compile(r"_([A-Za-z]{0,6}[-_]?\d[\w-]{0,60})$")
_PAGE = re.compile(r"https?://(([\w-]+)\.wd\d+\.myworkdayjobs(?:-impl)?\.com)/(?:[a-z]{2}-[A-Z]{2}/)?([\w-]+)")
_SITE = re.compile(r"https?://(wd\d+\.myworkdaysite\.com)/(?:[a-z]{2}-[A-Z]{2}/)?recruiting/([\w-]+)/([\w-]+)")
# "3 Locations": how many, and none of them; the job's own answer tells which.
_HOW_MANY = re.compile(r"\d+ \D+$")
_LIST = re.compile(r"/wday/cxs/([\w-]+)/([\w-]+)/jobs")
_ONE_EACH = ("jobFamilyGroup", "jobFamily", "workerSubType", "timeType")
"""Facets of which a job has one value, so that their counts add up to the number of jobs."""


def _job(record: Record, _answer: Any) -> Job:
    """``bulletFields`` are shown by some tenants as the requisition and by others as anything: they are no ids."""
    path = text(record, "externalPath")
    found = _REQUISITION.search(path)
    number = found[1] if found else ""
    return Job(
        id=path,
        title=text(record, "title"),
        location="" if _HOW_MANY.match(place := text(record, "locationsText")) else place,
        employer_job_id=number,
        requisition=number,
        workplace_type=workplace(text(record, "remoteType")),
        extra=kept(record, "postedOn", "timeType", "bulletFields"),
    )


def _endpoint(url: str) -> str | None:
    found = _PAGE.match(url)
    if found and found[3] != "wday":
        return f"https://{found[1]}/wday/cxs/{found[2]}/{found[3]}/jobs"
    found = _SITE.match(url)
    return f"https://{found[1]}/wday/cxs/{found[2]}/{found[3]}/jobs" if found else None


def _request(url: str, variant: Variant, seen: int, _page: int) -> Ask:
    return Ask(url, {"appliedFacets": dict(variant), "limit": _SIZE, "offset": seen, "searchText": ""})


def _facets(answer: Any) -> Iterator[tuple[str, list[Record]]]:
    """Each facet's name and values; some facets stand within another as its only value."""
    waiting = [one for one in listed(answer, "facets") if isinstance(one, dict)]
    while waiting:
        facet = waiting.pop(0)
        values = [value for value in listed(facet, "values") if isinstance(value, dict)]
        waiting.extend(value for value in values if "facetParameter" in value)
        plain = [value for value in values if text(value, "id") and "facetParameter" not in value]
        if plain:
            yield text(facet, "facetParameter"), plain


def _split(answer: Any, variant: Variant) -> Split | None:
    """A list at the cap, as a list for each value of a facet; without such a facet it cannot be split."""
    total = count(answer, "total") or 0
    if total < CAP:
        return None
    facets = {name: values for name, values in _facets(answer) if name not in variant and len(values) > 1}
    if not facets:
        return Split([], 0) if total == CAP else None
    sums = {name: sum(count(value, "count") or 0 for value in values) for name, values in facets.items()}
    name = next((n for n in _ONE_EACH if n in facets), "") or min(facets, key=lambda n: _largest(facets[n]))
    told = max((sums[n] for n in _ONE_EACH if n in sums), default=0)
    claimed = max(told, total)
    return Split([{**variant, name: [text(value, "id")]} for value in facets[name]], claimed)


def _largest(values: list[Record]) -> int:
    return max(count(value, "count") or 0 for value in values)


def _place(job: Job, url: str) -> str:
    parts, found = urlsplit(url), _LIST.search(url)
    if not found:
        return ""
    if parts.netloc.endswith("myworkdaysite.com"):
        return f"{parts.scheme}://{parts.netloc}/recruiting/{found[1]}/{found[2]}{job.id}"
    return f"{parts.scheme}://{parts.netloc}/{found[2]}{job.id}"


def _ask_detail(job: Job, url: str) -> Ask | None:
    return Ask(f"{url.partition('?')[0].removesuffix('/jobs')}{job.id}") if job.id.startswith("/") else None


def _detailed(job: Job, body: bytes) -> Job | None:
    said = json_value(body)
    one = at(said, "jobPostingInfo")
    if not isinstance(one, dict):
        return None
    places = [text(one, "location"), *(text({"place": p}, "place") for p in listed(one, "additionalLocations"))]
    number = text(one, "jobReqId") or job.employer_job_id
    return dataclasses.replace(
        job,
        description=description(str(one.get("jobDescription") or "")),
        location=several(places) or job.location,
        company=text(said, "hiringOrganization", "name"),
        employer_job_id=number,
        requisition=number,
        posted_at=posted(text(one, "startDate")),
        workplace_type=job.workplace_type or workplace(text(one, "remoteType")),
        extra={**job.extra, **kept(one, "timeType", "canApply", "endDate")},
    )


BOARD = Board(
    "workday",
    "Workday",
    lambda answer: records_under(answer, "jobPostings", "title", "externalPath"),
    _job,
    total=lambda answer: count(answer, "total"),
    endpoint=_endpoint,
    request=_request,
    split=_split,
    page=_place,
    detail=Detail(_ask_detail, _detailed),
)
