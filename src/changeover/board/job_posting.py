"""A posting as schema.org JobPosting, the form that search engines read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from markupsafe import Markup

from changeover.ids import made_at
from changeover.match.places import postal_parts, read_place
from changeover.sources.terms import with_terms


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
    places = [place for part in location.split(";") if (place := _place(part))]
    if places:
        said["jobLocation"] = places[0] if len(places) == 1 else places
    if remote:
        said["jobLocationType"] = "TELECOMMUTE"
        where = read_place(location)
        doubtful = bool(where.regions) and len(where.countries) > len({code[:2] for code in where.inside})
        named = [] if doubtful else sorted(where.countries)
        countries = [{"@type": "Country", "name": code} for code in named]
        if countries:
            said["applicantLocationRequirements"] = countries[0] if len(countries) == 1 else countries
    return said


def _place(told: str) -> dict[str, Any] | None:
    """The place, or None where it names none."""
    address = dict(zip(("addressLocality", "addressRegion", "addressCountry"), postal_parts(told), strict=True))
    said = {name: value for name, value in address.items() if value}
    return {"@type": "Place", "address": {"@type": "PostalAddress", **said}} if said else None


def _more(extra: Mapping[str, Any]) -> dict[str, Any]:
    """How the job is held, what it pays and until when it is open, as far as its source said so."""
    said, extra = dict[str, Any](), with_terms(dict(extra))
    if types := extra.get("employment_types"):
        said["employmentType"] = types[0] if len(types) == 1 else types
    said |= _paid(extra.get("base_salary"))
    if until := _day(extra.get("validThrough")):
        said["validThrough"] = until
    return said


def _paid(pay: Any) -> dict[str, Any]:
    """The pay where its currency is known: readers take an amount without one for an error."""
    if not isinstance(pay, Mapping) or not pay.get("currency"):
        return {}
    ends = {"minValue": pay.get("min"), "maxValue": pay.get("max"), "unitText": pay.get("unit")}
    value = {"@type": "QuantitativeValue", **{name: end for name, end in ends.items() if end is not None}}
    return {"baseSalary": {"@type": "MonetaryAmount", "currency": pay["currency"], "value": value}}


def _day(told: Any) -> str:
    try:
        return datetime.fromisoformat(told).isoformat() if isinstance(told, str) else ""
    except ValueError:
        return ""


def as_script(said: Mapping[str, Any]) -> Markup:
    """JSON that cannot end the script element it stands in."""
    return Markup(json.dumps(said, ensure_ascii=False, indent=1).replace("<", "\\u003c"))  # noqa: S704  as said
