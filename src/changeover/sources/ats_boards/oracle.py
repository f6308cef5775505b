"""Oracle Recruiting Cloud: requisitions in parts with their total, or the detail of one."""

from __future__ import annotations

import dataclasses
import re
from typing import Any
from urllib.parse import quote, urlsplit

from changeover.job import Job
from changeover.sources.ats_boards.board import (
    Ask,
    Board,
    Detail,
    Record,
    Variant,
    count,
    json_value,
    kept,
    listed,
    marked,
    text,
)
from changeover.sources.dates import posted
from changeover.sources.places import place, several
from changeover.sources.text import description
from changeover.sources.workplace import workplace

_PAGE = re.compile(r"(https?://[^/]+)/hcmUI/CandidateExperience/[\w-]+/sites/([\w-]+)")
_SITE = re.compile(r"siteNumber=\"?([\w-]+)")
_API = "/hcmRestApi/resources/latest/"
_SIZE = 25
_EXPANDED = "requisitionList.workLocation,requisitionList.secondaryLocations"
"""Without it the list is empty although its total is not."""

_PARTS = ("ExternalDescriptionStr", "ExternalResponsibilitiesStr", "ExternalQualificationsStr")


def _records(answer: Any) -> list[Any] | None:
    if isinstance(answer, dict) and {"Id", "Title", "PrimaryLocation"} <= set(answer):
        return [answer]
    lists = [listed(item, "requisitionList") for item in listed(answer, "items") if isinstance(item, dict)]
    if not any("requisitionList" in item for item in listed(answer, "items") if isinstance(item, dict)):
        return None
    return marked([record for found in lists for record in found], "Id", "Title")


def _job(record: Record, _answer: Any) -> Job:
    number = text(record, "RequisitionNumber")
    further = [text(one, "Name") for one in listed(record, "secondaryLocations")]
    country = text(record, "PrimaryLocationCountry")
    written = text(record, "PrimaryLocation")
    first = place(written, country) if len(country) > 2 and country not in written else written
    told = "".join(str(record.get(part) or "") for part in _PARTS)
    return Job(
        id=text(record, "Id"),
        title=text(record, "Title"),
        location=several([first, *further]),
        employer_job_id=number or text(record, "Id"),
        requisition=number,
        description=description(told or str(record.get("ShortDescriptionStr") or "")),
        workplace_type=workplace(text(record, "WorkplaceType"), text(record, "WorkplaceTypeCode")),
        posted_at=posted(text(record, "PostedDate") or text(record, "ExternalPostedStartDate")),
        extra=kept(record, "PostingEndDate", "PrimaryLocationCountry", "JobFamily", "JobFunction", "JobSchedule",
                   "WorkplaceType", "WorkplaceTypeCode"),
    )  # fmt: skip


def _total(answer: Any) -> int | None:
    found = [count(item, "TotalJobsCount") for item in listed(answer, "items")]
    told = [number for number in found if number is not None]
    return sum(told) if told else None


def _endpoint(url: str) -> str | None:
    found = _PAGE.match(url)
    return f"{found[1]}{_API}recruitingCEJobRequisitions?finder=findReqs;siteNumber={found[2]}" if found else None


def _site(url: str) -> str:
    found = _SITE.search(url)
    return found[1] if found else "CX_1"


def _request(url: str, _variant: Variant, seen: int, _page: int) -> Ask:
    asked = f"findReqs;siteNumber={_site(url)},limit={_SIZE},offset={seen},sortBy=POSTING_DATES_DESC"
    return Ask(f"{url.partition('?')[0]}?onlyData=true&expand={_EXPANDED}&finder={quote(asked, safe=';=,')}")


def _ask_detail(job: Job, url: str) -> Ask:
    finder = quote(f'ById;Id="{job.id}",siteNumber={_site(url)}', safe=";=,")
    base = url.partition("recruitingCEJobRequisitions")[0]
    return Ask(f"{base}recruitingCEJobRequisitionDetails?expand=all&onlyData=true&finder={finder}")


def _detailed(job: Job, body: bytes) -> Job | None:
    said = json_value(body)
    one = next(iter(listed(said, "items")), said)
    if not isinstance(one, dict) or text(one, "Id") != job.id:
        return None
    told = "".join(str(one.get(part) or "") for part in _PARTS) or str(one.get("ShortDescriptionStr") or "")
    number = text(one, "RequisitionNumber")
    return dataclasses.replace(
        job,
        description=description(told) or job.description,
        workplace_type=job.workplace_type or workplace(text(one, "WorkplaceType"), text(one, "WorkplaceTypeCode")),
        employer_job_id=number or job.employer_job_id,
        requisition=number or job.requisition,
    )


def _page(job: Job, url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/hcmUI/CandidateExperience/en/sites/{_site(url)}/job/{job.id}"


BOARD = Board(
    "oracle",
    "Oracle Recruiting",
    _records,
    _job,
    total=_total,
    endpoint=_endpoint,
    request=_request,
    page=_page,
    detail=Detail(_ask_detail, _detailed),
)
