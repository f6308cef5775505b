"""A career site read over HTTP: robots, the addresses of job pages, and each page's JobPosting."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from changeover.job import Job
from changeover.sources.answer import NOT_KEPT, Fetched, FetchFailed
from changeover.sources.ats_behind import ats_behind
from changeover.sources.fetch import Fetcher
from changeover.sources.identity import settle
from changeover.sources.job_page import Page, Says, page_id, read_page
from changeover.sources.listing import looks_like_job
from changeover.sources.origins import Tally
from changeover.sources.page_data import reading_of
from changeover.sources.page_head import asks_for_a_person
from changeover.sources.robots import Robots, read_robots
from changeover.sources.site_addresses import MAX_PAGES, Addresses, find, find_in_data, nearest_first
from changeover.sources.source import Completeness, Problem, Reading, failed
from changeover.wording import plural

KIND = "career_site"
Progress = Callable[[int, int | None], None]
_IN_A_ROW = 10
_SHOWN = 5
_LOOKED_AT = 5
# Pages that are looked at where no address is called like a job's.
_TRIED = 100


@dataclass
class Visits:
    """What the job pages said, by their address."""

    pages: dict[str, Page] = field(default_factory=dict)
    gone: dict[str, str] = field(default_factory=dict)
    failures: dict[str, FetchFailed] = field(default_factory=dict)
    left: int = 0
    in_a_row: int = 0
    tally: Tally = field(default_factory=Tally)
    looked_at: list[tuple[str, bytes]] = field(default_factory=list)


async def read_site(url: str, fetcher: Fetcher, now: datetime, progress: Progress | None = None) -> Reading:
    """Everything that the career site at ``url`` (its listing, its sitemap, or one job's page) says.

    Complete only if every job page that the sitemap or listing names has answered. ``now`` decides what is expired.
    """
    robots = await read_robots(fetcher, url)
    if isinstance(robots, FetchFailed):
        return failed(KIND, robots.code, robots.sentence)
    if not robots.allows(url):
        return failed(
            KIND,
            "ROBOTS_FORBID",
            f"The robots.txt of {urlsplit(url).netloc} forbids reading this address; ask the site to allow it.",
        )
    start = await fetcher.get(url)
    if isinstance(start, FetchFailed):
        return failed(KIND, start.code, start.sentence)
    found = await find(fetcher, robots, start)
    if not found.jobs and asks_for_a_person(start.body):
        blocked = _blocked(start.url)
        return failed(KIND, blocked.code, blocked.sentence)
    progress, looked_at = progress or _unseen, [(start.url, start.body)]
    if not found.jobs:
        page = read_page(start.body, start.url, now, start.headers)
        untold, reading = page.says is Says.NOTHING, _without_addresses(page, found)
    else:
        if looks_like_job(start.url) and read_page(start.body, start.url, now, start.headers).says is Says.JOBS:
            found.jobs.setdefault(start.url)  # one job's page that links to others
        visits = await _visit(fetcher, list(found.jobs), now, progress)
        reading = _reading(found, visits)
        untold = _say_nothing(visits)
        looked_at.extend(visits.looked_at)
    if untold:
        asked = _Asked(fetcher, robots, now, progress, looked_at)
        reading = await _otherwise(asked, start, found) or reading
    return _with_offer(reading, looked_at)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What pages are asked for with, and those that were looked at for the ATS behind them."""

    fetcher: Fetcher
    robots: Robots
    now: datetime
    progress: Progress
    looked_at: list[tuple[str, bytes]]


async def _otherwise(asked: _Asked, start: Fetched, visited: Addresses) -> Reading | None:
    """What the data in the listing's scripts lead to, what pages of any name carry, or what the data tell."""
    found, told, goes_on = await find_in_data(asked.fetcher, asked.robots, start)
    found.doubts[:0] = visited.doubts
    if new := [address for address in found.jobs if address not in visited.jobs]:
        visits = await _visit(asked.fetcher, new, asked.now, asked.progress)
        if not _say_nothing(visits):
            return _reading(found, visits)
    if not visited.jobs and (tried := await _by_trial(asked, visited, start.url)):
        return tried
    if not told.records:
        return None
    read = reading_of(told, KIND, start.url, goes_on=goes_on)
    if not visited.doubts:
        return read
    return dataclasses.replace(read, completeness=Completeness.PARTIAL, problems=[*visited.doubts, *read.problems])


def _say_nothing(visits: Visits) -> bool:
    """Whether every page was there and none of them says anything of a job, not even that it is over."""
    missing = visits.gone or visits.failures or visits.left
    return not missing and all(page.says is Says.NOTHING for page in visits.pages.values())


async def _by_trial(asked: _Asked, found: Addresses, start: str) -> Reading | None:
    """The reading of a site none of whose addresses is called like a job's, from pages that carry one; else None."""
    addresses = nearest_first(found.others, start)
    visits = await _visit(asked.fetcher, addresses[:_TRIED], asked.now, asked.progress)
    visits.pages = {url: page for url, page in visits.pages.items() if page.says is not Says.NOTHING}
    if not any(page.says is Says.JOBS for page in visits.pages.values()):
        return None
    visits.left += max(0, len(addresses) - _TRIED)
    asked.looked_at.extend(visits.looked_at)
    return _reading(found, visits)


def _unseen(_done: int, _all: int | None) -> None:
    """What is told of the progress where nobody looks."""


def _blocked(url: str) -> FetchFailed:
    where = f"{urlsplit(url).netloc}{urlsplit(url).path}"[:200]
    why = "answers with a check whether a person asks, not with its page"
    return FetchFailed("BLOCKED", f"{where} {why}; ask whoever runs the site to let this reader in.", url)


def _with_offer(reading: Reading, pages: list[tuple[str, bytes]]) -> Reading:
    """The reading with the ATS behind the site told last, where its pages lead to one."""
    behind = ats_behind(pages)
    if behind is None:
        return reading
    return dataclasses.replace(reading, problems=[*reading.problems, behind.problem])


def _without_addresses(page: Page, found: Addresses) -> Reading:
    if page.says in (Says.JOBS, Says.EXPIRED):
        settled = settle(page.jobs)
        whole = Completeness.PARTIAL if found.doubts else Completeness.COMPLETE
        return Reading(KIND, settled.jobs, whole, [*found.doubts, *settled.problems], settled.unreadable)
    if found.doubts:
        return failed(KIND, found.doubts[0].code, found.doubts[0].sentence)
    if found.elsewhere:
        return failed(KIND, "JOBS_ELSEWHERE", _elsewhere(found))
    if found.sitemaps and not found.other and not found.forbidden:
        return Reading(
            KIND, (), Completeness.COMPLETE, [Problem("NO_JOBS", "The site's sitemap is whole and names no job page.")]
        )
    return failed(
        KIND,
        "NO_JOBS_FOUND",
        "No job page was found from this address (no sitemap that names one, no link that looks like one, no "
        "JobPosting on it); give the address of the list of jobs, of its sitemap, or of its feed.",
    )


def _elsewhere(found: Addresses) -> str:
    host, _ = found.elsewhere.most_common(1)[0]
    pages = plural(found.elsewhere.total(), "page that looks", "pages that look")
    return (
        f"The site names {pages} like a job on another host ({host}), which is a site of its own and was not "
        f"read; give its address: https://{host}/."
    )


async def _visit(fetcher: Fetcher, addresses: list[str], now: datetime, progress: Progress) -> Visits:
    visits = Visits(left=len(addresses))
    if len(addresses) > MAX_PAGES:
        addresses = addresses[:MAX_PAGES]
    waiting, looked_at = iter(addresses), frozenset(addresses[:_LOOKED_AT])

    async def one_after_the_other() -> None:
        for address in waiting:
            if visits.in_a_row >= _IN_A_ROW and not fetcher.replayed:
                return
            await _visit_one(fetcher, address, now, visits, look=address in looked_at)
            progress(len(addresses) - visits.left, len(addresses))

    await asyncio.gather(*(one_after_the_other() for _ in range(fetcher.rules.parallel)))
    # In the order of the list, whichever came first.
    visits.pages = {address: visits.pages[address] for address in addresses if address in visits.pages}
    visits.gone = {address: visits.gone[address] for address in addresses if address in visits.gone}
    visits.failures = {address: visits.failures[address] for address in addresses if address in visits.failures}
    visits.looked_at.sort()
    return visits


async def _visit_one(fetcher: Fetcher, address: str, now: datetime, visits: Visits, *, look: bool) -> None:
    fetched = await fetcher.get(address)
    if isinstance(fetched, FetchFailed) and fetched.code == NOT_KEPT:
        return
    visits.left -= 1
    if isinstance(fetched, FetchFailed):
        if fetched.status in (404, 410):
            visits.gone[address] = page_id(address)
            visits.in_a_row = 0
        else:
            visits.failures[address] = fetched
            visits.in_a_row += 1
        return
    if asks_for_a_person(fetched.body):
        visits.failures[address] = _blocked(fetched.url)
        return
    visits.in_a_row = 0
    visits.pages[address] = read_page(fetched.body, fetched.url, now, fetched.headers, visits.tally)
    if look:
        visits.looked_at.append((fetched.url, fetched.body))


def _reading(found: Addresses, visits: Visits) -> Reading:
    pages = visits.pages.values()
    nothing = sum(page.says is Says.NOTHING for page in pages)
    broken = sum(page.says is Says.BROKEN for page in pages)
    over = len(visits.gone) + sum(page.expired for page in pages)
    jobs = _told_once(visits.pages)
    doubts = [*found.doubts, *_doubts(found, visits)]
    if not jobs and not over:
        code, sentence = _why_none(doubts, nothing, broken)
        return failed(KIND, code, sentence)
    settled = settle(jobs)
    elsewhere = [Problem("JOBS_ELSEWHERE", _elsewhere(found))] if found.elsewhere else []
    notes = [*elsewhere, *_notes(nothing, broken, over), *settled.problems]
    whole = Completeness.PARTIAL if doubts else Completeness.COMPLETE
    expired = [page_id(page.address or url) for url, page in visits.pages.items() if page.says is Says.EXPIRED]
    return Reading(
        KIND,
        settled.jobs,
        whole,
        [*doubts, *notes],
        settled.unreadable + broken,
        gone=tuple(dict.fromkeys([*visits.gone.values(), *expired])),
        origins=visits.tally.found(),
    )


def _told_once(pages: dict[str, Page]) -> Iterable[Job]:
    """The jobs of the pages; pages that name one canonical address and one title are one page."""
    by_address: dict[str, list[tuple[str, Page]]] = {}
    for url, page in pages.items():
        by_address.setdefault(page.address, []).append((url, page))
    jobs: list[Job] = []
    own_pages = {page_id(address) for address, same in by_address.items() if any(page.jobs for _, page in same)}
    for address, same in by_address.items():
        titles = {tuple(job.title for job in page.jobs) for _, page in same if page.jobs}
        if len(titles) <= 1:
            told = next((page.jobs for _, page in same if page.jobs), ())
            # What a page tells of others (similar jobs) is told by their own pages.
            jobs.extend(job for job in told if job.id not in own_pages or job.id == page_id(address))
            continue
        # One canonical address on different jobs is a mistake of the site: each goes by its own address.
        for url, page in same:
            own = page_id(url)
            jobs.extend(
                dataclasses.replace(job, id=own if len(page.jobs) == 1 else f"{own}#{number}", url=url)
                for number, job in enumerate(page.jobs)
            )
    return jobs


def _doubts(found: Addresses, visits: Visits) -> list[Problem]:
    failures = list(visits.failures.values())
    doubts = [
        Problem(failure.code, f"A job page could not be read: {failure.sentence}", page_id(failure.url))
        for failure in failures[:_SHOWN]
    ]
    if (more := len(failures) - _SHOWN) > 0:
        code = failures[_SHOWN].code
        doubts.append(Problem(code, f"{plural(more, 'more job page')} could not be read; try again later."))
    if visits.left:
        why = f"the site stopped answering, or has more pages than are read: {MAX_PAGES:,}, or {_TRIED} of any name"
        asked = plural(visits.left, "job page was", "job pages were")
        doubts.append(Problem("PAGES_LEFT", f"{asked} not asked for ({why}); try again later."))
    if found.forbidden:
        what = plural(found.forbidden, "page that looks like a job", "pages that look like jobs")
        doubts.append(Problem("ROBOTS_FORBID", f"robots.txt forbids reading {what}; ask the site to allow them."))
    return doubts


def _notes(nothing: int, broken: int, over: int) -> list[Problem]:
    notes = []
    if nothing:
        what = plural(nothing, "page that looks like a job has", "pages that look like jobs have")
        notes.append(
            Problem("NO_JOB_POSTING", f"{what} no JobPosting; if they are open jobs, ask the site to mark them up.")
        )
    if broken:
        what = f"{plural(broken, 'page carries', 'pages carry')} a JobPosting that cannot be made out"
        notes.append(Problem("BROKEN_JOB_POSTING", f"{what}; ask the site to correct its JSON-LD."))
    if over:
        notes.append(
            Problem(
                "EXPIRED",
                f"{plural(over, 'job is', 'jobs are')} over (page gone, not to be indexed, or past its last day).",
            )
        )
    return notes


def _why_none(doubts: list[Problem], nothing: int, broken: int) -> tuple[str, str]:
    if doubts:
        return doubts[0].code, doubts[0].sentence
    if broken:
        return _notes(0, broken, 0)[0].code, _notes(0, broken, 0)[0].sentence
    return (
        "NO_JOB_POSTING",
        f"Of {plural(nothing, 'page that looks', 'pages that look')} like a job none carries a JobPosting (JSON-LD), "
        "so nothing was read and nothing invented; ask the site to mark its jobs up, or give its XML feed or ATS.",
    )
