"""The jobs of two readings as tables to pair, and what was found with both jobs beside it."""

from __future__ import annotations

import json
from collections.abc import Sequence

import polars as pl
import pyarrow as pa

from changeover.job import Job
from changeover.match.intake import FIELDS
from changeover.sources.record import FIELDS as OF_A_RECORD
from changeover.sources.terms import BASE_SALARY, EMPLOYMENT_TYPES

SHOWN = ("title", "location", "company", "employer_job_id")
# So much of a description is compared.
_DESCRIPTION = 2_000
_TOLD = ("id", "title", "location", "company", "employer_job_id", "url", "requisition", "workplace_type")


def jobs_table(jobs: Sequence[Job], by: str = "") -> pa.Table:
    """The jobs as text columns (intake.FIELDS); ``by`` names the field that becomes their ``group``."""
    columns: dict[str, list[str | None]] = {name: [getattr(job, name) for job in jobs] for name in _TOLD}
    columns["posted_at"] = [job.posted_at.isoformat() if job.posted_at else None for job in jobs]
    for name, told in (("employment_types", EMPLOYMENT_TYPES), ("salary", BASE_SALARY)):
        columns[name] = [said(job, told) or None for job in jobs]
    columns["description"] = [job.description[:_DESCRIPTION] for job in jobs]
    if by:
        columns["group"] = [said(job, by) for job in jobs]
    return pa.table({name: pa.array(columns[name], pa.string()) for name in FIELDS if name in columns})


def said(job: Job, name: str) -> str:
    """What the job's record says in one field, as text; empty where it says nothing."""
    value = getattr(job, name) if name in OF_A_RECORD else job.extra.get(name)
    if value is None:
        return ""
    if name == "posted_at":
        return str(value.isoformat())
    return value.strip() if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def beside(found: pa.Table, legacy: pa.Table, ats: pa.Table) -> pl.DataFrame:
    """What was found, in its order, with the columns ``legacy_title`` … ``ats_employer_job_id`` of both jobs added.

    ``legacy`` and ``ats`` are the tables that were paired, each with ids of its own; a missing side is null.
    """
    rows = pl.DataFrame(pl.from_arrow(found)).with_columns(pl.col(pl.Categorical).cast(pl.String))
    for side, table in (("legacy", legacy), ("ats", ats)):
        jobs = pl.DataFrame(pl.from_arrow(table.select(["id", *SHOWN])))
        named = jobs.rename({name: f"{side}_{name}" for name in jobs.columns})
        rows = rows.join(named, on=f"{side}_id", how="left", maintain_order="left")
    return rows
