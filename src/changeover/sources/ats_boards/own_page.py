"""What a job's own page tells of it where the ATS's list leaves it out: its JobPosting."""

from __future__ import annotations

import dataclasses

from changeover.job import Job
from changeover.sources import microdata
from changeover.sources.job_posting import filled, job_of
from changeover.sources.json_ld import job_postings


def described(job: Job, body: bytes) -> Job | None:
    """The job with the description that its page gives, and with what its list left empty; None without any."""
    found = job_postings(body).postings or microdata.job_postings(body)
    if not found:
        return None
    told = job_of(found[0], job.url)
    description, extra = told.description or job.description, {**told.extra, **job.extra}
    return filled(dataclasses.replace(job, description=description, extra=extra), told)
