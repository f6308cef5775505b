"""A posting as schema.org JobPosting, the form that search engines read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup


def job_posting(row: Mapping[str, Any], url: str) -> dict[str, Any]:
    """The JobPosting of a live posting's row; what the employer did not say is left out."""
    said: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "url": url,
        "title": row["title"],
        "description": row["description"] or row["title"],
        "hiringOrganization": {"@type": "Organization", "name": row["company_name"] or row["employer"]},
        "directApply": False,
    }
    if row["employer_job_id"]:
        # Never an id of ours instead: readers take a different identifier for a different opening.
        said["identifier"] = {"@type": "PropertyValue", "name": row["employer"], "value": row["employer_job_id"]}
    if row["posted_at"]:
        said["datePosted"] = row["posted_at"].date().isoformat()
    if row["location"]:
        said["jobLocation"] = {
            "@type": "Place",
            "address": {"@type": "PostalAddress", "addressLocality": row["location"]},
        }
    if row["workplace_type"].lower() == "remote":
        said["jobLocationType"] = "TELECOMMUTE"
    return said


def as_script(said: Mapping[str, Any]) -> Markup:
    """JSON that cannot end the script element it stands in."""
    return Markup(json.dumps(said, ensure_ascii=False, indent=1).replace("<", "\\u003c"))  # noqa: S704
