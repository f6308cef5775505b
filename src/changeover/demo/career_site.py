"""The facts on the career sites: JobPosting as JSON-LD, the sitemap, and jobs by department."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from lxml import etree

from changeover.demo.employers import Employer, Entry

SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
VALID_DAYS = 180

EMPLOYMENT_TYPE = {
    "full-time": "FULL_TIME",
    "part-time": "PART_TIME",
    "contract": "CONTRACTOR",
    "temporary": "TEMPORARY",
    "internship": "INTERN",
}


def job_posting(employer: Employer, job: Entry, url: str, site: str) -> dict[str, Any]:
    """The page's JobPosting in the vocabulary of schema.org; ``url`` is the job page, ``site`` the career site."""
    said: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "JobPosting",
        "title": job.title,
        "description": employer.description(job),
        "identifier": {"@type": "PropertyValue", "name": employer.name, "value": job.employer_job_id},
        "datePosted": job.posted_at.date().isoformat(),
        "validThrough": (job.changed_at + timedelta(days=VALID_DAYS)).isoformat(timespec="seconds"),
        "employmentType": EMPLOYMENT_TYPE[job.type],
        "hiringOrganization": {"@type": "Organization", "name": employer.name, "sameAs": site},
        "jobLocation": {
            "@type": "Place",
            "address": {
                "@type": "PostalAddress",
                "addressLocality": job.place.city,
                "addressRegion": job.place.region,
                "addressCountry": job.place.country,
            },
        },
        "url": url,
        "directApply": False,
    }
    if job.workplace == "remote":
        said["jobLocationType"] = "TELECOMMUTE"
        said["applicantLocationRequirements"] = {"@type": "Country", "name": job.place.country_name}
    if job.pay:
        said["baseSalary"] = _salary(job)
    return said


def _salary(job: Entry) -> dict[str, Any] | None:
    if job.pay is None:
        return None
    value = {
        "@type": "QuantitativeValue",
        "minValue": job.pay.low,
        "maxValue": job.pay.high,
        "unitText": job.pay.unit,
    }
    return {"@type": "MonetaryAmount", "currency": job.pay.currency, "value": value}


def sitemap(jobs: Sequence[Entry], site: str) -> bytes:
    """The employer's sitemap: its list of jobs and each job page; ``site`` ends in a slash."""
    root = etree.Element("urlset", nsmap={None: SITEMAP})
    pages = [(site, "")] + [(f"{site}jobs/{job.number}", job.changed_at.isoformat(timespec="seconds")) for job in jobs]
    for address, changed in pages:
        url = etree.SubElement(root, "url")
        etree.SubElement(url, "loc").text = address
        if changed:
            etree.SubElement(url, "lastmod").text = changed
    return bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True))


def by_department(jobs: Sequence[Entry]) -> list[tuple[str, list[Entry]]]:
    """The jobs grouped by department, both in the order of the alphabet."""
    ordered = sorted(jobs, key=lambda job: (job.department, job.title, job.place.city))
    return [(name, list(group)) for name, group in itertools.groupby(ordered, key=lambda job: job.department)]
