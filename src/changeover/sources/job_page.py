"""What one career page says: its jobs, that they are over, or that it holds none."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

import xxhash
from selectolax.lexbor import LexborHTMLParser

from changeover.job import Job
from changeover.sources.encoding import decode
from changeover.sources.job_posting import expired, job_of
from changeover.sources.json_ld import job_postings
from changeover.sources.links import canonical, host_of, web


class Says(StrEnum):
    """What a page says about jobs."""

    JOBS = "jobs"
    EXPIRED = "expired"
    NOTHING = "nothing"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Page:
    """A page's answer: ``address`` is the one it gives itself, ``expired`` how many of its jobs are over."""

    address: str
    says: Says
    jobs: tuple[Job, ...] = ()
    expired: int = 0


def read_page(body: bytes, url: str, now: datetime, headers: Mapping[str, str] | None = None) -> Page:
    """The jobs in the page's JSON-LD. ``url`` may be empty for a saved page; ``headers`` in lower case. Never raises.

    A page that asks not to be indexed says that its job is over, as does a ``validThrough`` in the past.
    """
    content_type = (headers or {}).get("content-type", "")
    text = decode(body, content_type.partition("charset=")[2].strip(" \"';"))
    address, noindex = _address(text, url)
    found = job_postings(text)
    if not found.postings:
        return Page(address, Says.BROKEN if found.broken else Says.NOTHING)
    if noindex or "noindex" in (headers or {}).get("x-robots-tag", "").lower():
        return Page(address, Says.EXPIRED, expired=len(found.postings))
    current = [posting for posting in found.postings if not expired(posting, now)]
    over = len(found.postings) - len(current)
    if not current:
        return Page(address, Says.EXPIRED, expired=over)
    jobs = tuple(job_of(posting, address) for posting in current)
    return Page(address, Says.JOBS, _identified(jobs, address), over)


def _address(text: str, url: str) -> tuple[str, bool]:
    """The page's own address (its canonical link where that is of the same site), and whether it says noindex."""
    head = LexborHTMLParser(text[:200_000])
    noindex = any(
        "noindex" in (node.attributes.get("content") or "").lower()
        for node in head.css("meta[name=robots], meta[name=ROBOTS], meta[name=googlebot]")
    )
    for node in head.css("link[rel=canonical], meta[property='og:url']"):
        said = web(node.attributes.get("href") or node.attributes.get("content") or "", url)
        if said and urlsplit(said).path.strip("/") and (not url or host_of(said) == host_of(url)):
            return said, noindex
    return url, noindex


def page_id(url: str) -> str:
    """What a page is followed by from one reading to the next: its path and query, without host and tracking."""
    parts = urlsplit(canonical(url))
    path = parts.path or "/"
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    return f"{path}?{parts.query}{fragment}" if parts.query else f"{path}{fragment}"


def _identified(jobs: tuple[Job, ...], address: str) -> tuple[Job, ...]:
    """Each job with an id: the page's, told apart by identifier or content where a page holds several.

    A saved page that says no address at all goes by its job's identifier, or is left without an id.
    """
    page = page_id(address or jobs[0].url) if address or jobs[0].url else ""
    if len(jobs) == 1:
        return (dataclasses.replace(jobs[0], id=page or jobs[0].employer_job_id),)
    return tuple(
        dataclasses.replace(job, id=f"{page}#{job.employer_job_id or _digest(job)}", requisition=job.requisition)
        for job in jobs
    )


def _digest(job: Job) -> str:
    return xxhash.xxh3_64_hexdigest(f"{job.title}\0{job.location}".encode())[:10]
