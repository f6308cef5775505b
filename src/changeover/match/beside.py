"""The jobs of two readings as tables to pair, and what was found with both jobs beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa

from changeover.job import Job
from changeover.match.intake import FIELDS
from changeover.sources.record import FIELDS as OF_A_RECORD

SHOWN = ("title", "location", "company", "employer_job_id")
# So much of a description is compared.
_DESCRIPTION = 2_000
_TOLD = ("id", "title", "location", "company", "employer_job_id", "url", "requisition", "workplace_type")


def jobs_table(jobs: Sequence[Job], by: str = "") -> pa.Table:
    """The jobs as text columns (intake.FIELDS); ``by`` names the field that becomes their ``group``."""
    columns: dict[str, list[str | None]] = {name: [getattr(job, name) for job in jobs] for name in _TOLD}
    columns["posted_at"] = [job.posted_at.isoformat() if job.posted_at else None for job in jobs]
    columns["description"] = [job.description[:_DESCRIPTION] for job in jobs]
    if by:
        columns["group"] = [said(job, by) for job in jobs]
    return pa.table({name: pa.array(columns[name], pa.string()) for name in FIELDS if name in columns})


def said(job: Job, name: str) -> str:
    """What the job's record says in one field, as text; empty where it says nothing."""
    value = job.posted_at.isoformat() if name == "posted_at" and job.posted_at else _value(job, name)
    return value.strip() if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _value(job: Job, name: str) -> Any:
    value = getattr(job, name) if name in OF_A_RECORD else job.extra.get(name, "")
    return "" if value is None else value


def rows(found: pa.Table, legacy: Sequence[Job], ats: Sequence[Job]) -> Iterator[dict[str, Any]]:
    """Each row of the match with the fields of match_csv.COLUMNS, ``evidence``, and ``group`` where there are groups.

    Ids are those of the readings, unique within each; a side without a job is None throughout.
    """
    sides = {"legacy": {job.id: job for job in legacy}, "ats": {job.id: job for job in ats}}
    for batch in found.to_batches(max_chunksize=10_000):
        for row in batch.to_pylist():
            for side, jobs in sides.items():
                job = jobs.get(row[f"{side}_id"] or "")
                row |= {f"{side}_{name}": getattr(job, name) if job else None for name in SHOWN}
            yield row
