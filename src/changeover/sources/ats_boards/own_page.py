"""What a job's own page tells of it where the ATS's list leaves it out: its JobPosting."""

from __future__ import annotations

import dataclasses
from typing import Any

from changeover.job import Job
from changeover.sources import microdata
from changeover.sources.job_posting import job_of
from changeover.sources.json_ld import job_postings

_FILLED = ("location", "company", "employer_job_id", "workplace_type", "posted_at", "apply_url")


def described(job: Job, body: bytes) -> Job | None:
    """The job with the description that its page gives, and with what its list left empty; None without any."""
    found = job_postings(body).postings or microdata.job_postings(body)
    if not found:
        return None
    told = job_of(found[0], job.url)
    filled: dict[str, Any] = {name: getattr(told, name) for name in _FILLED if not getattr(job, name)}
    extra = {**told.extra, **job.extra}
    return dataclasses.replace(job, description=told.description or job.description, extra=extra, **filled)
