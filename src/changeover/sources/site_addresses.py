"""Where a career site's job pages are: from its sitemaps, or from its listing and the pages after it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from urllib.parse import urldefrag, urljoin, urlsplit

from changeover.sources.answer import Fetched, FetchFailed
from changeover.sources.fetch import Fetcher
from changeover.sources.links import as_safe_as, host_of
from changeover.sources.listing import MOST_LINKS, Listing, could_be_job, looks_like_job, read_listing
from changeover.sources.page_data import Told, doubts_of, jobs_told
from changeover.sources.robots import Robots
from changeover.sources.sitemap import Sitemap, read_sitemap
from changeover.sources.source import Problem
from changeover.wording import plural

MAX_PAGES = 20_000
_MAX_SITEMAPS = 200
_MAX_LISTINGS = 500


@dataclass
class Addresses:
    """Job pages found, doubts whether they are all, and what was looked at on the way.

    ``others``: pages that are not called like jobs, and may be some all the same.
    """

    jobs: dict[str, None] = field(default_factory=dict)
    others: dict[str, None] = field(default_factory=dict)
    doubts: list[Problem] = field(default_factory=list)
    sitemaps: int = 0
    other: int = 0
    elsewhere: Counter[str] = field(default_factory=Counter)
    forbidden: int = 0


async def find(fetcher: Fetcher, robots: Robots, start: Fetched) -> Addresses:
    """The addresses of the job pages of the site whose first page, or sitemap, is ``start``."""
    found = Addresses()
    own = await asyncio.to_thread(read_sitemap, start.body)
    if own is not None:
        await _from_sitemaps(fetcher, robots, start.url, [], found, own)
        return found
    await _from_sitemaps(fetcher, robots, start.url, _likely_sitemaps(robots, start.url), found)
    listed = await asyncio.to_thread(read_listing, start.body, start.url)
    by_sitemap = bool(found.jobs)
    _take_listed(found, robots, start.url, listed)
    for address in listed.others:
        _take_other(found, robots, address)
    if not by_sitemap:
        await _from_listing(fetcher, robots, start, listed.further, found)
    return found


async def find_in_data(fetcher: Fetcher, robots: Robots, start: Fetched) -> tuple[Addresses, Told, bool]:
    """The job pages that the data in the listing's scripts name, these data, and whether the listing goes on."""
    found = Addresses()
    told = await asyncio.to_thread(jobs_told, start.body, start.url)
    listed = await asyncio.to_thread(read_listing, start.body, start.url)
    _take(found, robots, start.url, told.addresses, sure=True)
    if found.jobs and listed.further:
        await _from_listing(fetcher, robots, start, listed.further, found, _data_listing)
    elif found.jobs:
        found.doubts.extend(doubts_of(told))
    if lacking := len(told.records) - len(told.addresses):
        what = f"{plural(lacking, 'job')} in the page's data has no page of its own there, or shares it"
        found.doubts.append(Problem("UNPROVEN", f"{what}, so jobs may be missing."))
    return found, told, bool(listed.further)


def _data_listing(body: bytes, url: str) -> Listing:
    return Listing(tuple(jobs_told(body, url).addresses), read_listing(body, url).further)


def _likely_sitemaps(robots: Robots, url: str) -> list[str]:
    beside = urljoin(url, "sitemap.xml")
    named = [as_safe_as(url, urljoin(url, address)) for address in robots.sitemaps]
    return list(dict.fromkeys([beside, *named] if named else [beside, urljoin(url, "/sitemap.xml")]))


async def _from_sitemaps(
    fetcher: Fetcher, robots: Robots, start: str, waiting: list[str], found: Addresses, first: Sitemap | None = None
) -> None:
    seen = set(waiting)
    sitemap = first
    if len(waiting) > _MAX_SITEMAPS:
        found.doubts.append(_too_many_sitemaps())
        del waiting[_MAX_SITEMAPS:]
    while sitemap is not None or waiting:
        if len(found.jobs) > MAX_PAGES:
            return  # more than are asked for, which is told
        if sitemap is None:
            sitemap = await _sitemap(fetcher, waiting.pop(0), found)
        if sitemap is None:
            continue
        found.sitemaps += 1
        addresses = [as_safe_as(start, address) for address in sitemap.addresses]
        if not sitemap.whole:
            found.doubts.append(
                Problem("CUT_OFF", "A sitemap of the site is cut off or too large, so jobs may be missing.")
            )
        if sitemap.index:
            further = [a for a in addresses if a not in seen]  # a site may keep them elsewhere
            if len(seen) + len(further) > _MAX_SITEMAPS:
                found.doubts.append(_too_many_sitemaps())
            further = further[: max(0, _MAX_SITEMAPS - len(seen))]
            seen.update(further)
            waiting.extend(further)
        else:
            _take(found, robots, start, _nearest(addresses, start))
        sitemap = None


def _too_many_sitemaps() -> Problem:
    return Problem("TOO_MANY_PAGES", f"The site has over {_MAX_SITEMAPS} sitemaps; the rest was not read.")


async def _sitemap(fetcher: Fetcher, url: str, found: Addresses) -> Sitemap | None:
    fetched = await fetcher.get(url)
    if isinstance(fetched, FetchFailed):
        if fetched.status is None or fetched.status >= 500 or fetched.status == 429:
            found.doubts.append(Problem(fetched.code, f"A sitemap could not be read: {fetched.sentence}"))
        return None
    return await asyncio.to_thread(read_sitemap, fetched.body)


def _nearest(addresses: list[str], start: str) -> list[str]:
    """The job pages below the address that was given, where there are any; else all of the site."""
    folder = urljoin(start, ".")
    near = [address for address in addresses if address.startswith(folder) and looks_like_job(address)]
    if near and urlsplit(folder).path.strip("/"):
        return [address for address in addresses if address.startswith(folder)]
    return addresses


def _take(
    found: Addresses, robots: Robots, start: str, addresses: tuple[str, ...] | list[str], *, sure: bool = False
) -> None:
    """Take in what looks like a job, or is ``sure`` to be one."""
    here = urldefrag(start)[0].rstrip("/")
    for address in addresses:
        if host_of(address) != host_of(start):
            found.elsewhere.update([urlsplit(address).netloc] if looks_like_job(address) else [])
            continue
        if address.rstrip("/") == here:
            continue
        if not sure and not looks_like_job(address):
            found.other += 1
            _take_other(found, robots, address)
        elif not robots.allows(address):
            found.forbidden += 1
        else:
            found.jobs[address] = None


def _take_other(found: Addresses, robots: Robots, address: str) -> None:
    if len(found.others) < MAX_PAGES and could_be_job(address) and robots.allows(address):
        found.others[address] = None


def nearest_first(addresses: Iterable[str], start: str) -> list[str]:
    """The addresses, those below the one that was given before all others."""
    folder = urljoin(start, ".")
    return sorted(addresses, key=lambda address: not address.startswith(folder))


def _take_listed(found: Addresses, robots: Robots, start: str, listed: Listing, *, sure: bool = False) -> None:
    _take(found, robots, start, listed.jobs, sure=sure)
    if not listed.whole:
        found.doubts.append(
            Problem("TOO_MANY_LINKS", f"A page of the site has over {MOST_LINKS:,} links; the rest was not looked at.")
        )


async def _from_listing(
    fetcher: Fetcher,
    robots: Robots,
    start: Fetched,
    further: tuple[str, ...],
    found: Addresses,
    look: Callable[[bytes, str], Listing] = read_listing,
) -> None:
    seen, waiting = {start.url, *further}, list(further)
    while waiting and len(found.jobs) <= MAX_PAGES:
        url = waiting.pop(0)
        if len(seen) > _MAX_LISTINGS:
            found.doubts.append(
                Problem("TOO_MANY_PAGES", f"The listing goes on for over {_MAX_LISTINGS} pages; the rest was not read.")
            )
            return
        if not robots.allows(url):
            found.forbidden += 1
            continue
        fetched = await fetcher.get(url)
        if isinstance(fetched, FetchFailed):
            if fetched.status not in (404, 410):
                found.doubts.append(Problem(fetched.code, f"A page of the listing is missing: {fetched.sentence}"))
            continue
        listed = await asyncio.to_thread(look, fetched.body, fetched.url)
        before = len(found.jobs)
        _take_listed(found, robots, start.url, listed, sure=look is _data_listing)
        if len(found.jobs) > before:  # a page that only repeats leads round in a circle
            new = [address for address in listed.further if address not in seen]
            seen.update(new)
            waiting.extend(new)
