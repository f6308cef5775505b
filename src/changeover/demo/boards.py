"""The public job boards of the demo's ATSs: the shapes of Greenhouse, Lever and Ashby."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from changeover.demo.employers import AtsKind, Employer, Entry

EMPLOYMENT = {
    "full-time": ("Full-time", "FullTime"),
    "part-time": ("Part-time", "PartTime"),
    "contract": ("Contract", "Contract"),
    "temporary": ("Temporary", "Temporary"),
    "internship": ("Internship", "Intern"),
}


def hosted_url(origin: str, employer: Employer, job: Entry) -> str:
    """Where the ATS shows the job to a person; ``origin`` has no trailing slash."""
    path = "{slug}/jobs/{number}" if employer.ats is AtsKind.GREENHOUSE else "{slug}/{number}"
    return f"{origin}/{employer.ats or 'ats'}/" + path.format(slug=employer.slug, number=job.number)


def greenhouse(employer: Employer, jobs: Sequence[Entry], origin: str, *, content: bool) -> dict[str, Any]:
    """Greenhouse's answer: ``jobs`` and ``meta.total``; with ``content`` the escaped descriptions too."""
    records = [_greenhouse_job(employer, job, origin, content=content) for job in jobs]
    return {"jobs": records, "meta": {"total": len(records)}}


def _greenhouse_job(employer: Employer, job: Entry, origin: str, *, content: bool) -> dict[str, Any]:
    number = int(job.number)
    record: dict[str, Any] = {
        "absolute_url": hosted_url(origin, employer, job),
        "internal_job_id": number - 1_000_000_000,
        "location": {"name": job.place.text},
        "metadata": None,
        "id": number,
        "updated_at": job.changed_at.isoformat(timespec="seconds"),
        "requisition_id": job.employer_job_id or None,
        "title": job.title,
        "company_name": employer.name,
        "first_published": job.posted_at.isoformat(timespec="seconds"),
        "language": "de" if "(m/w/d)" in job.title else "en",
    }
    if content:
        record["content"] = html.escape(employer.description(job))
        record["departments"] = [{"id": _small_id(job.department), "name": job.department, "child_ids": []}]
        record["offices"] = [{"id": _small_id(job.place.city), "name": job.place.city, "location": job.place.text}]
    return record


def lever(employer: Employer, jobs: Sequence[Entry], origin: str) -> list[dict[str, Any]]:
    """Lever's answer: a bare list. An employer job id, where there is one, is in ``requisitionCodes``."""
    return [_lever_job(employer, job, origin) for job in jobs]


def _lever_job(employer: Employer, job: Entry, origin: str) -> dict[str, Any]:
    page = hosted_url(origin, employer, job)
    record: dict[str, Any] = {
        "id": job.number,
        "text": job.title,
        "categories": {
            "commitment": EMPLOYMENT[job.type][0],
            "department": job.department,
            "location": job.place.text,
            "allLocations": [job.place.text],
        },
        "country": job.place.country,
        "workplaceType": job.workplace,
        "createdAt": int(job.posted_at.timestamp() * 1000),
        "description": employer.description(job),
        "descriptionPlain": _plain(employer.description(job)),
        "lists": [],
        "additional": "",
        "additionalPlain": "",
        "requisitionCodes": [job.employer_job_id] if job.employer_job_id else [],
        "hostedUrl": page,
        "applyUrl": f"{page}/apply",
    }
    if job.pay:
        interval = f"per-{job.pay.unit.lower()}-salary"
        record["salaryRange"] = {
            "min": job.pay.low,
            "max": job.pay.high,
            "currency": job.pay.currency,
            "interval": interval,
        }
    return record


def ashby(employer: Employer, jobs: Sequence[Entry], origin: str, *, compensation: bool) -> dict[str, Any]:
    """Ashby's answer: ``jobs`` and ``apiVersion``; with ``compensation`` the pay in words."""
    return {"jobs": [_ashby_job(employer, job, origin, compensation=compensation) for job in jobs], "apiVersion": "1"}


def _ashby_job(employer: Employer, job: Entry, origin: str, *, compensation: bool) -> dict[str, Any]:
    page = hosted_url(origin, employer, job)
    place = job.place
    record: dict[str, Any] = {
        "id": job.number,
        "title": job.title,
        "department": job.department,
        "team": job.department,
        "employmentType": EMPLOYMENT[job.type][1],
        "location": place.text,
        "secondaryLocations": [],
        "address": {
            "postalAddress": {
                "addressLocality": place.city,
                "addressRegion": place.region,
                "addressCountry": place.country_name,
            }
        },
        "publishedAt": job.posted_at.isoformat(timespec="milliseconds"),
        "isListed": True,
        "isRemote": job.workplace == "remote",
        "workplaceType": {"onsite": "OnSite", "hybrid": "Hybrid", "remote": "Remote"}[job.workplace],
        "jobUrl": page,
        "applyUrl": f"{page}/application",
        "descriptionHtml": employer.description(job),
        "descriptionPlain": _plain(employer.description(job)),
    }
    if compensation:
        record["compensation"] = {"compensationTierSummary": str(job.pay) if job.pay else None, "compensationTiers": []}
    return record


def _plain(markup: str) -> str:
    return LexborHTMLParser(markup).text(separator="\n").strip()


def _small_id(name: str) -> int:
    return int.from_bytes(name.encode()[:3], "big")
