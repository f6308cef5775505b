"""Oracle Recruiting Cloud: requisitions in parts with their total, or the detail of one."""

from __future__ import annotations

from typing import Any

from changeover.job import Job
from changeover.sources.ats_boards.board import Board, Record, count, kept, listed, marked, text
from changeover.sources.dates import posted
from changeover.sources.places import place, several
from changeover.sources.text import description
from changeover.sources.workplace import workplace

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
        extra=kept(record, "PostingEndDate", "PrimaryLocationCountry", "JobFamily", "JobFunction", "JobSchedule"),
    )


def _total(answer: Any) -> int | None:
    found = [count(item, "TotalJobsCount") for item in listed(answer, "items")]
    told = [number for number in found if number is not None]
    return sum(told) if told else None


BOARD = Board("oracle", "Oracle Recruiting", _records, _job, total=_total)
