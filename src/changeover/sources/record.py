"""One record of our own form (id, title, location, …) as a Job, and what in it cannot be right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from changeover.job import Job
from changeover.sources.dates import posted
from changeover.sources.links import web
from changeover.sources.terms import with_terms
from changeover.sources.text import description, line, scalar, tidy
from changeover.sources.workplace import workplace

FIELDS = (
    "id",
    "title",
    "location",
    "company",
    "employer_job_id",
    "requisition",
    "description",
    "url",
    "apply_url",
    "workplace_type",
    "posted_at",
)
"""The names of a record's own fields, in the order of a CSV's columns; every other field goes to ``extra``."""


def job_of(record: Mapping[str, Any]) -> Job:
    """The job that the record tells; a field of the wrong type says nothing. Never raises."""
    said = {name: scalar(record.get(name)) for name in FIELDS}
    told = record.get("description")
    work = said["workplace_type"]
    return Job(
        id=said["id"],
        title=said["title"],
        location=said["location"],
        company=said["company"],
        employer_job_id=said["employer_job_id"],
        requisition=said["requisition"],
        description=description(told) if isinstance(told, str) else "",
        url=web(said["url"]),
        apply_url=web(said["apply_url"]),
        workplace_type=workplace(work) or line(work),
        posted_at=posted(record.get("posted_at")),
        extra=with_terms(
            {
                name: kept
                for key, value in record.items()
                if (name := line(str(key))) and name not in FIELDS and (kept := tidy(value)) not in (None, "", [], {})
            }
        ),
    )
