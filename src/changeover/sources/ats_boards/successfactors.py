"""SuccessFactors career sites: ten jobs at a time, in every language that the site has."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urljoin

from changeover.job import Job
from changeover.sources.answer import FetchFailed
from changeover.sources.ats_boards.board import (
    Ask,
    Board,
    Detail,
    Record,
    Variant,
    at,
    count,
    kept,
    listed,
    records_under,
    text,
)
from changeover.sources.ats_boards.own_page import described
from changeover.sources.dates import posted
from changeover.sources.encoding import decode
from changeover.sources.fetch import Fetcher
from changeover.sources.places import several
from changeover.sources.source import Problem

_LOCALE = re.compile(r"[?&;]locale=([a-z]{2}_[A-Z]{2})|\"locale\"\s*:\s*\"([a-z]{2}_[A-Z]{2})\"")
_MOST = 40


def _records(answer: Any) -> list[Any] | None:
    found = records_under(answer, "jobSearchResult", "response")
    return found if found or count(answer, "totalJobs") is not None else None


def _job(record: Record, _answer: Any) -> Job:
    said = at(record, "response") or {}
    locale = next((text({"l": one}, "l") for one in listed(said, "supportedLocales")), "")
    return Job(
        id=text(said, "id"),
        title=text(said, "unifiedStandardTitle"),
        location=several(text({"place": one}, "place") for one in listed(said, "jobLocationShort")),
        employer_job_id=text(said, "id"),
        posted_at=posted(text(said, "unifiedStandardStart")),
        extra={**kept(said, "unifiedUrlTitle", "businessUnit_obj", "department", "filter1", "filter2"),
               **({"locale": locale} if locale else {})},
    )  # fmt: skip


async def _locales(fetcher: Fetcher, url: str) -> list[Variant] | Problem:
    """A job appears only in the languages that it was published in, so each that the site offers is asked for."""
    page = await fetcher.get(urljoin(url, "/"))
    if isinstance(page, FetchFailed):
        return Problem(page.code, page.sentence)
    found = [one or other for one, other in _LOCALE.findall(decode(page.body))]
    return [{"locale": locale} for locale in list(dict.fromkeys(found))[:_MOST] or ["en_US"]]


def _request(url: str, variant: Variant, _seen: int, page: int) -> Ask:
    body = {"keywords": "", "locale": variant.get("locale", "en_US"), "location": "", "pageNumber": page - 1,
            "sortBy": "recent"}  # fmt: skip
    return Ask(urljoin(url, "/services/recruiting/v1/jobs"), body)


def _page(job: Job, url: str) -> str:
    locale = job.extra.get("locale") or "en_US"
    return urljoin(url, f"/job/{job.extra.get('unifiedUrlTitle') or 'job'}/{job.id}-{locale}")


BOARD = Board(
    "successfactors_site",
    "SuccessFactors",
    _records,
    _job,
    total=lambda answer: count(answer, "totalJobs"),
    request=_request,
    variants=_locales,
    page=_page,
    detail=Detail(lambda job, _url: Ask(job.url) if job.url else None, described),
)
