"""What programs read of the board: the sitemap in parts, searches as RSS, and what may be crawled."""

from __future__ import annotations

import asyncio
from email.utils import format_datetime

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse, Response

from changeover.board.pages import FRESH, PAGE, Asked, asked, listed, number, pages, query
from changeover.ids import made_at
from changeover.postings import live, search
from changeover.postings.posting import public_id
from changeover.web.problem import Problem
from changeover.web.served import Here

router = APIRouter(include_in_schema=False)

# A sitemap may hold 50,000 addresses; postings that close leave a part with fewer.
PART = 40_000
_NOT_FOR_ROBOTS = ("/jobs/*/apply", "/applications", "/companies", "/api/", "/enter")
_HOUR = {"cache-control": "max-age=3600"}


@router.get("/robots.txt")
async def robots(here: Here) -> Response:
    """Every list and job may be read; forms, the console and the API may not."""
    closed = "".join(f"Disallow: {path}\n" for path in _NOT_FOR_ROBOTS)
    return PlainTextResponse(
        f"User-agent: *\nAllow: /jobs\n{closed}\nSitemap: {here.public_url}/sitemap.xml\n", headers=_HOUR
    )


@router.get("/sitemap.xml")
async def sitemap(here: Here) -> Response:
    """The index of the sitemap's parts."""
    starts = await search.boundaries(here.db, PART)
    parts = [f"{here.public_url}/sitemap/{start}.xml" for start in starts]
    return pages.xml("sitemaps.xml", parts=parts, headers=_HOUR)


@router.get("/sitemap/{after}.xml")
async def part(here: Here, after: str) -> Response:
    """One part: the live postings after one that stood there when the index was read."""
    start = 0 if after == "0" else number(after)
    if start is None:
        raise Problem(404, "NOT_FOUND", "There is no such part of the sitemap.", "Start from /sitemap.xml.")
    rows = await search.oldest(here.db, after=start, size=PART)
    addresses = [f"{here.public_url}/jobs/{public_id(row['company_id'], row['posting_id'])}" for row in rows]
    # Forty thousand lines are made beside the loop that serves everybody else.
    return await asyncio.to_thread(pages.xml, "sitemap.xml", addresses=addresses, headers=_HOUR)


@router.get("/jobs.rss")
async def rss(
    here: Here, q: Asked = "", place: Asked = "", workplace: Asked = "", since: Asked = "", company: Asked = ""
) -> Response:
    """The newest postings, or those that match a search, for whoever follows them with a reader of feeds."""
    wanted = asked(q, place, workplace, since, company)
    rows = (await listed(here, wanted, live.NEWEST, PAGE)).rows
    for row in rows:
        row["at"] = format_datetime(row["posted_at"] or made_at(row["posting_id"]))
    return pages.xml(
        "jobs.rss",
        headers=FRESH,
        media_type="application/rss+xml",
        jobs=rows,
        search=wanted,
        here=here.public_url,
        page=f"{here.public_url}/jobs{query(wanted)}",
        itself=f"{here.public_url}/jobs.rss{query(wanted)}",
    )
