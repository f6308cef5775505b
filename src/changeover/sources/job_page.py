"""What one career page says: its jobs, that they are over, or that it holds none."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

import xxhash

from changeover.job import Job
from changeover.sources import microdata
from changeover.sources.encoding import decode
from changeover.sources.job_posting import expired, job_of, own_address
from changeover.sources.json_ld import Found, job_postings
from changeover.sources.links import canonical
from changeover.sources.origins import Tally
from changeover.sources.page_head import read_head


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


def read_page(
    body: bytes, url: str, now: datetime, headers: Mapping[str, str] | None = None, tally: Tally | None = None
) -> Page:
    """The jobs in the page's JSON-LD, or in its microdata where it has none. Never raises.

    ``url`` may be empty for a saved page; ``headers`` in lower case; ``tally`` counts where its jobs' fields stood.

    A page that asks not to be indexed says that its job is over, as does a ``validThrough`` in the past.
    """
    charset = (headers or {}).get("content-type", "").partition("charset=")[2].strip(" \"';")
    if b"\0" in body[:64]:  # two or four bytes a sign
        body = decode(body, charset).encode()
    head = read_head(body, url)
    address, noindex = head.address or url, head.noindex
    found = job_postings(body, charset)
    if not found.postings:
        marked = microdata.job_postings(body, charset)
        found = Found(marked) if marked else Found([], found.broken + (marked is None))
    if not found.postings:
        return Page(address, Says.BROKEN if found.broken else Says.NOTHING)
    if noindex or "noindex" in (headers or {}).get("x-robots-tag", "").lower():
        return Page(address, Says.EXPIRED, expired=len(found.postings))
    current = [posting for posting in found.postings if not expired(posting, now)]
    over = len(found.postings) - len(current)
    if not current:
        return Page(address, Says.EXPIRED, expired=over)
    jobs = _distinct(current, address)
    if tally:
        for posting in current:
            tally.look(posting, lambda it: job_of(it, address))
    return Page(address, Says.JOBS, _identified(jobs, address), over)


def page_id(url: str) -> str:
    """What a page is followed by from one reading to the next: its path and query, without host and tracking."""
    parts = urlsplit(canonical(url))
    path = parts.path or "/"
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    return f"{path}?{parts.query}{fragment}" if parts.query else f"{path}{fragment}"


def _distinct(postings: list[dict[str, Any]], address: str) -> tuple[Job, ...]:
    """The jobs of the postings of one page: where there are several, each at the address that it gives itself.

    What a page tells twice (in the site's and in a plug-in's markup) is one job.
    """
    if len(postings) == 1:
        return (job_of(postings[0], address),)
    jobs = [
        dataclasses.replace(job_of(posting, ""), url=own_address(posting, address) or address) for posting in postings
    ]
    return tuple({(job.employer_job_id, job.title, job.location, job.url): job for job in reversed(jobs)}.values())[
        ::-1
    ]


def _identified(jobs: tuple[Job, ...], address: str) -> tuple[Job, ...]:
    """Each job with an id: its own page's, or this page's, told apart by identifier or content where it holds several.

    A saved page that says no address at all goes by its job's identifier, or is left without an id.
    """
    page = page_id(address or jobs[0].url) if address or jobs[0].url else ""
    if len(jobs) == 1:
        return (dataclasses.replace(jobs[0], id=page or jobs[0].employer_job_id),)
    addresses = Counter(page_id(job.url) for job in jobs if job.url)
    return tuple(
        dataclasses.replace(job, id=own)
        if job.url and addresses[own := page_id(job.url)] == 1
        else dataclasses.replace(job, id=f"{page}#{job.employer_job_id or _digest(job)}")
        for job in jobs
    )


def _digest(job: Job) -> str:
    return xxhash.xxh3_64_hexdigest(f"{job.title}\0{job.location}".encode())[:10]
