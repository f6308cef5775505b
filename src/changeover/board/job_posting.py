"""A posting as schema.org JobPosting, the form that search engines read."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from markupsafe import Markup

from changeover.ids import made_at
from changeover.match.places import read_place

# The words of schema.org for employment, by the letters of what sources say.
_EMPLOYMENT = {
    "fulltime": "FULL_TIME",
    "permanent": "FULL_TIME",
    "parttime": "PART_TIME",
    "contract": "CONTRACTOR",
    "contractor": "CONTRACTOR",
    "temporary": "TEMPORARY",
    "intern": "INTERN",
    "internship": "INTERN",
    "volunteer": "VOLUNTEER",
    "perdiem": "PER_DIEM",
    "other": "OTHER",
}
_SAID_AS = ("employmentType", "employment_type", "employmentStatus", "jobtype", "type", "commitment")


def job_posting(row: Mapping[str, Any], url: str, *, direct: bool = False) -> dict[str, Any]:
    """The JobPosting of a live posting's row; what the employer did not say is left out.

    ``direct``: people apply here. A job without a date of its own is dated by when the board first showed it.
    """
    said: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "url": url,
        "title": row["title"],
        "description": row["description"] or row["title"],
        "datePosted": (row["posted_at"] or made_at(row["posting_id"])).date().isoformat(),
        "hiringOrganization": {"@type": "Organization", "name": row["company_name"] or row["employer"]},
        "directApply": direct,
    }
    if row["employer_job_id"]:
        # Never an id of ours instead: readers take a different identifier for a different opening.
        said["identifier"] = {"@type": "PropertyValue", "name": row["employer"], "value": row["employer_job_id"]}
    said |= _where(row["location"], remote=row["workplace_type"].lower() == "remote")
    return said | _more(row.get("extra") or {})


def _where(location: str, *, remote: bool) -> dict[str, Any]:
    """The places of a job; for a remote one, where its holder may live, if that is known."""
    said: dict[str, Any] = {}
    places = [_place(part) for part in location.split(";") if part.strip()]
    if places:
        said["jobLocation"] = places[0] if len(places) == 1 else places
    if remote:
        said["jobLocationType"] = "TELECOMMUTE"
        countries = [{"@type": "Country", "name": code} for code in sorted(read_place(location).countries)]
        if countries:
            said["applicantLocationRequirements"] = countries[0] if len(countries) == 1 else countries
    return said


def _place(told: str) -> dict[str, Any]:
    """City, region and country as far as the words and the gazetteer tell them apart."""
    parts = [part.strip() for part in told.split(",") if part.strip()]
    countries = read_place(told).countries
    country = next(iter(countries)) if len(countries) == 1 else ""
    last = read_place(parts[-1])
    named = last.countries == countries and not last.cities and not last.regions
    if country and named and len(parts) > 1:
        parts.pop()
    address = {"addressLocality": parts[0], "addressRegion": ", ".join(parts[1:]), "addressCountry": country}
    return {
        "@type": "Place",
        "address": {"@type": "PostalAddress", **{name: value for name, value in address.items() if value}},
    }


def _more(extra: Mapping[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {}
    told = next((extra[name] for name in _SAID_AS if extra.get(name)), "")
    kinds = [_EMPLOYMENT.get(re.sub("[^a-z]", "", str(each).lower())) for each in _each(told)]
    if known := sorted({kind for kind in kinds if kind}):
        said["employmentType"] = known[0] if len(known) == 1 else known
    if until := _day(extra.get("validThrough")):
        said["validThrough"] = until
    return said


def _each(told: Any) -> list[Any]:
    return told[:10] if isinstance(told, list) else [told]


def _day(told: Any) -> str:
    try:
        return datetime.fromisoformat(told).isoformat() if isinstance(told, str) else ""
    except ValueError:
        return ""


def as_script(said: Mapping[str, Any]) -> Markup:
    """JSON that cannot end the script element it stands in."""
    return Markup(json.dumps(said, ensure_ascii=False, indent=1).replace("<", "\\u003c"))  # noqa: S704
