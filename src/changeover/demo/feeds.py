"""The XML feeds of the demo's employers: Indeed's shape and a plain one, whole or cut off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime

from lxml import etree

from changeover.demo.employers import Employer, Entry, LegacyKind

CUT_AT = 0.6
"""A broken feed ends inside the description of the job at this share of the list."""


def feed(employer: Employer, jobs: Sequence[Entry], url: str) -> bytes:
    """The employer's whole XML feed in the shape it uses; ``url`` is the address of its career site."""
    if employer.legacy is LegacyKind.INDEED_FEED:
        return _written(_indeed(employer, jobs, url))
    return _written(_plain(employer, jobs, url))


def cut_off(whole: bytes) -> bytes:
    """The feed as a publisher leaves it that stopped writing in the middle of a job."""
    starts = [at for at in range(len(whole)) if whole.startswith(b"<description>", at)]
    if not starts:
        return whole[: len(whole) // 2]
    return whole[: starts[int(len(starts) * CUT_AT)] + 60]


def _indeed(employer: Employer, jobs: Sequence[Entry], url: str) -> etree._Element:
    source = etree.Element("source")
    _say(source, "publisher", employer.name)
    _say(source, "publisherurl", url)
    _say(source, "lastBuildDate", format_datetime(_built(jobs)))
    for job in jobs:
        _indeed_job(etree.SubElement(source, "job"), employer, job, url)
    return source


def _indeed_job(record: etree._Element, employer: Employer, job: Entry, url: str) -> None:
    said = {
        "title": job.title,
        "date": format_datetime(job.posted_at),
        "referencenumber": job.number,
        "requisitionid": job.employer_job_id,
        "url": f"{url}jobs/{job.number}",
        "company": employer.name,
        "sourcename": employer.name,
        "city": job.place.city,
        "state": job.place.region,
        "country": job.place.country,
        "description": employer.description(job),
        "salary": str(job.pay or ""),
        "jobtype": job.type.replace("-", ""),
        "category": job.department,
        "remotetype": {"remote": "Fully remote", "hybrid": "Hybrid remote"}.get(job.workplace, ""),
    }
    for name, text in said.items():
        _say_raw(record, name, text)


def _plain(employer: Employer, jobs: Sequence[Entry], url: str) -> etree._Element:
    listing = etree.Element("jobs")
    for job in jobs:
        record = etree.SubElement(listing, "job")
        _say(record, "id", job.number)
        _say(record, "reference", job.employer_job_id)
        _say(record, "title", job.title)
        _say(record, "company", employer.name)
        _say(record, "location", f"{job.place.city}, {job.place.region}, {job.place.country}")
        _say(record, "department", job.department)
        _say(record, "type", job.type)
        _say(record, "workplace_type", job.workplace)
        _say(record, "salary", str(job.pay or ""))
        _say(record, "url", f"{url}jobs/{job.number}")
        _say(record, "date", job.posted_at.date().isoformat())
        _say_raw(record, "description", employer.description(job))
    return listing


def _built(jobs: Sequence[Entry]) -> datetime:
    """When the feed last changed: the same feed gives the same bytes."""
    return max((job.changed_at for job in jobs), default=datetime(2020, 1, 1, tzinfo=UTC))


def _say(record: etree._Element, name: str, text: str) -> None:
    etree.SubElement(record, name).text = text


def _say_raw(record: etree._Element, name: str, text: str) -> None:
    etree.SubElement(record, name).text = etree.CDATA(text)


def _written(root: etree._Element) -> bytes:
    return bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True))
