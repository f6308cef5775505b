"""Which field of a feed is which: first records beside their jobs, corrected, previewed, saved."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from changeover import acts
from changeover.console.shown import console_page, done, refused
from changeover.job import Job
from changeover.migration import store as migrations
from changeover.readings import not_readable
from changeover.refusal import Refusal
from changeover.snapshot import store as snapshots
from changeover.snapshot.store import SourceRow
from changeover.sources.dates import Order
from changeover.sources.fetch_rules import fetch_rules
from changeover.sources.mapped_feed import look, preview
from changeover.sources.mapping import FIELDS, NEEDED, FieldMapping, Sample, flaw, from_record, guess, unclear_dates
from changeover.sources.source import Problem
from changeover.sources.terms import BASE_SALARY, EMPLOYMENT_TYPES, in_words
from changeover.sources.text import line
from changeover.web.served import CompanyId, Here, Operator, Served
from changeover.web.session import Session

router = APIRouter(include_in_schema=False)

_PATIENCE_SECONDS = 25.0
_SHOWN = 3
_LONGEST = 160
_NAMES = {
    "id": "Id", "title": "Title", "location": "Location, in words", "city": "City", "state": "State or region",
    "country": "Country", "company": "Company", "employer_job_id": "Employer Job ID", "requisition": "Requisition",
    "url": "Address of the job", "apply_url": "Address to apply at", "description": "Description",
    "posted_at": "Posted on", "workplace_type": "Workplace", "employment_type": "Full or part time", "salary": "Pay",
    "salary_min": "Pay, at least", "salary_max": "Pay, at most", "salary_currency": "Currency of the pay",
    "salary_period": "What the pay is for: hour, month, year",
}  # fmt: skip
_DATES = {
    Order.UNKNOWN: "Only what has one meaning",
    Order.DAY_FIRST: "3 April (day first)",
    Order.MONTH_FIRST: "March 4 (month first)",
}


@dataclass(frozen=True, slots=True)
class _Choice:
    """One field of the form: its name, what it is called, and the path chosen in each of its selects."""

    field: str
    name: str
    needed: bool
    paths: tuple[str, ...]


@router.get("/companies/{company}/sources/{source:int}/mapping")
async def mapping_page(request: Request, here: Here, session: Operator, company_id: CompanyId, source: int) -> Response:
    """The mapping that the source has, or a guess."""
    row = await _row(here, company_id, source)
    if isinstance(row, Refusal):
        return done(here, f"/companies/{company_id}#sources", row)
    kept = from_record(row.mapping) if row.mapping is not None else None
    mapping = kept if isinstance(kept, FieldMapping) else None
    sample = await _sample(here, row, mapping.record if mapping else "")
    return await _page(request, here, session, row, sample, mapping)


@router.post("/companies/{company}/sources/{source:int}/mapping")
async def mapping_form(request: Request, here: Here, session: Operator, company_id: CompanyId, source: int) -> Response:
    """Show what the chosen mapping makes of the records or, asked to, keep it."""
    row = await _row(here, company_id, source)
    if isinstance(row, Refusal):
        return done(here, f"/companies/{company_id}#sources", row)
    form = await request.form()
    if _said(form, "act") == "forget":
        refusal = await acts.map_source(here.flow, company_id, source, None, who=session.who)
        told = "The mapping is forgotten: the source is recognised by its form again, and is being read so."
        return done(here, f"/companies/{company_id}#sources", refusal or told)
    record = _said(form, "record")
    sample = await _sample(here, row, record)
    # Other records have other fields, so what was chosen for those before means nothing here.
    mapping = _chosen(form, record) if record == _said(form, "looked_at") else None
    if _said(form, "act") != "save" or mapping is None or isinstance(sample, Problem):
        return await _page(request, here, session, row, sample, mapping)
    if flaw(mapping, sample) is not None:
        return await _page(request, here, session, row, sample, mapping, status=422)
    refusal = await acts.map_source(here.flow, company_id, source, mapping, who=session.who)
    told = "The mapping is kept, and the source is being read by it; what it says shows here as soon as it is in."
    return done(here, f"/companies/{company_id}#sources", refusal or told)


async def _row(here: Served, company_id: int, source: int) -> SourceRow | Refusal:
    async with here.db.company(company_id) as conn:
        await migrations.company(conn, company_id)
        row = await snapshots.source(conn, company_id, source) if source < 2**63 else None
    return row if row is not None and row.active and row.pulled else not_readable(row)


async def _sample(here: Served, row: SourceRow, record: str) -> Sample | Problem:
    try:
        return await asyncio.wait_for(look(row.location, fetch_rules(here.settings), record=record), _PATIENCE_SECONDS)
    except TimeoutError:
        return Problem("TOO_SLOW", "The source has not answered in time. Look at this page again in a while.")


def _said(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value[:200] if isinstance(value, str) else ""


def _chosen(form: FormData, record: str) -> FieldMapping:
    """The mapping that the form says; a path twice is said once."""
    fields = {
        name: tuple(dict.fromkeys(path[:200] for path in form.getlist(name)[:8] if isinstance(path, str) and path))
        for name in FIELDS
    }
    dates = _said(form, "dates")
    return FieldMapping(record, fields, Order(dates) if dates in list(Order) else Order.UNKNOWN, full="full" in form)


async def _page(
    request: Request,
    here: Served,
    session: Session,
    row: SourceRow,
    sample: Sample | Problem,
    mapping: FieldMapping | None,
    *,
    status: int = 200,
) -> Response:
    async with here.db.company(row.company_id) as conn:
        it = await migrations.company(conn, row.company_id)
    said: dict[str, Any] = {"it": it, "row": row, "sample": None, "kept": row.mapping is not None}
    if isinstance(sample, Problem):
        said["note"] = refused(Refusal(sample.code, sample.sentence, ""))
    else:
        made = mapping or guess(sample)
        said |= _shown(sample, made)
        if wrong := flaw(made, sample):
            said["note"] = refused(Refusal(wrong.code, wrong.sentence, ""))
        elif unclear := unclear_dates(made, sample):
            said["note"] = refused(Refusal(unclear.code, unclear.sentence, ""))
    return console_page(request, "mapping.html", here=here, session=session, status=status, **said)


def _shown(sample: Sample, made: FieldMapping) -> dict[str, Any]:
    examples = sample.examples()
    jobs = preview(made, sample)
    return {
        "sample": sample,
        "records": list(dict.fromkeys((sample.record, *sample.others))),
        "paths": {path: _cut(value, 40) for path, value in examples.items()},
        "choices": [_choice(name, made.fields.get(name, ())) for name in FIELDS],
        "dates": [(str(order), name, order is made.dates) for order, name in _DATES.items()],
        "full": made.full,
        "pairs": [
            {"record": _lines(record), "job": _job(job)}
            for record, job in zip(sample.records[:_SHOWN], jobs, strict=False)
        ],
    }


def _choice(name: str, paths: Sequence[str]) -> _Choice:
    """A select for each path and, once there is one, for what to take where that says nothing; an id is one path."""
    shown = tuple(paths[:1]) or ("",) if name == "id" else (*paths, "") if paths else ("",)
    return _Choice(name, _NAMES[name], name in NEEDED, shown)


def _lines(record: Mapping[str, list[str]]) -> list[tuple[str, str]]:
    said = ((path, _cut(line(" · ".join(values)), _LONGEST)) for path, values in record.items() if "*/" not in path)
    return [(path, text) for path, text in said if text]


def _job(job: Job) -> list[tuple[str, str]]:
    """What the job says, in the words of the form."""
    told = job.as_record()
    said = {
        **told,
        "description": line(job.description),
        "employment_type": ", ".join(told.get(EMPLOYMENT_TYPES, ())),
        "salary": in_words(told.get(BASE_SALARY)),
    }
    names = {
        **{name: _NAMES[name] for name in FIELDS if name not in ("city", "state", "country") and "salary_" not in name},
        "location": "Location",
    }
    return [(shown, _cut(str(said.get(name) or ""), _LONGEST)) for name, shown in names.items()]


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
