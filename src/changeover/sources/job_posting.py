"""A schema.org JobPosting as a Job: text, numbers, objects and lists of them wherever they stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from changeover.job import Job
from changeover.sources.dates import posted
from changeover.sources.links import canonical, web
from changeover.sources.places import country, place, several
from changeover.sources.terms import with_terms
from changeover.sources.text import description, line, scalar, tidy
from changeover.sources.workplace import workplace

_KEPT = ("validThrough", "employmentType", "baseSalary", "industry", "occupationalCategory", "workHours",
         "jobImmediateStart", "directApply", "experienceRequirements", "educationRequirements", "totalJobOpenings",
         "applicantLocationRequirements", "jobLocationType", "inLanguage")  # fmt: skip

_FILLED = ("id", "location", "company", "employer_job_id", "description", "url", "apply_url", "workplace_type",
           "posted_at")  # fmt: skip


def job_of(posting: dict[str, Any], url: str) -> Job:
    """The job that the posting tells. ``url`` is the page's address, if known; the id is left to the caller."""
    remote = workplace(_text(posting.get("jobLocationType")), _text(posting.get("workplaceType")))
    return Job(
        id="",
        title=_text(posting.get("title")) or _text(posting.get("name")),
        location=_places(posting),
        company=_name(posting.get("hiringOrganization")),
        employer_job_id=identifier(posting),
        description=_description(posting.get("description")),
        url=url or own_address(posting, ""),
        workplace_type=remote,
        posted_at=posted(_text(posting.get("datePosted"))),
        extra=with_terms({key: tidy(posting[key]) for key in _KEPT if posting.get(key) not in (None, "", [], {})}),
    )


def own_address(posting: dict[str, Any], page: str) -> str:
    """The address that the posting gives itself on the page at ``page``; empty if it gives none."""
    return web(_text(posting.get("url")), page)


def identifier(posting: dict[str, Any]) -> str:
    """The employer's own id of the job: an identifier that is a string, a number or a PropertyValue; no address."""
    for said in _each(posting.get("identifier")):
        value = said.get("value", said.get("@value")) if isinstance(said, dict) else said
        text = _text(value)
        if text and "://" not in text:
            return text
    return ""


def listed_job(posting: dict[str, Any]) -> Job:
    """The job of a posting that stands in no page, by its identifier or else its address."""
    job = job_of(posting, "")
    return replace(job, id=job.employer_job_id or canonical(job.url))


def filled(job: Job, other: Job | None) -> Job:
    """The job with what the other tells of it where it says nothing itself."""
    told = {name: said for name in _FILLED if other and not getattr(job, name) and (said := getattr(other, name))}
    return replace(job, **told)


def expired(posting: dict[str, Any], now: datetime) -> bool:
    """True if ``validThrough`` is over; a date without a time is over when its day is, everywhere on earth."""
    said = _text(posting.get("validThrough"))
    until = posted(said)
    if until is None:
        return False
    if ":" not in said:
        until += timedelta(days=1, hours=12)
    return until < now


def _each(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        yield from value[:200]
    elif value is not None:
        yield value


def _text(value: Any) -> str:
    """The first scalar in the value, as one line; of an object its ``@value`` or ``name``."""
    for said in _each(value):
        if isinstance(said, dict):
            said = said.get("@value", said.get("name"))
        if text := scalar(said):
            return text
    return ""


def _description(value: Any) -> str:
    said = next((part for part in _each(value) if isinstance(part, str) and part.strip()), "")
    return description(said)


def _name(value: Any) -> str:
    for said in _each(value):
        text = _text(said.get("name", said.get("legalName"))) if isinstance(said, dict) else scalar(said)
        if text:
            return text
    return ""


def _places(posting: dict[str, Any]) -> str:
    told = several(_place(said) for said in _each(posting.get("jobLocation")))
    return told or several(_area(said) for said in _each(posting.get("applicantLocationRequirements")))


_PLACE = ("addressLocality", "addressRegion", "addressCountry")


def _place(said: Any) -> str:
    if not isinstance(said, dict):
        return scalar(said)
    for address in _each(said.get("address", said)):
        if not isinstance(address, dict):
            return scalar(address)
        city, region, land = (_text(address.get(part)) for part in _PLACE)
        if told := place(city, region, land) if city or region else country(land):
            return told
    return line(_text(said.get("name")))


def _area(said: Any) -> str:
    name = _text(said.get("name")) if isinstance(said, dict) else scalar(said)
    if isinstance(said, dict) and said.get("@type") == "Country":
        name = country(name)
    return f"Remote, {name}" if name else ""
