"""A JSON list at a web address, read on over the further pages whose addresses it tells."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from changeover.sources import json_list, records
from changeover.sources.address import shown
from changeover.sources.answer import Fetched, FetchFailed
from changeover.sources.ats_boards.board import Record, json_value
from changeover.sources.content import MAX_HELD, MAX_PARTS, Shape, parts
from changeover.sources.fetch import Fetcher
from changeover.sources.job_posting import listed_job
from changeover.sources.json_answer import read_found
from changeover.sources.json_job import flat, plainly, row_of
from changeover.sources.json_ld import is_type, postings_in
from changeover.sources.json_list import Found
from changeover.sources.links import as_safe_as, host_of, web
from changeover.sources.raw import LINK, TOTALS
from changeover.sources.source import Completeness, Problem, Reading
from changeover.wording import plural

KINDS = (json_list.KIND, records.KIND)
_MOST = 2_000
# What tells a further page by its address; a token or a number is nothing that could be asked for without guessing.
_ADDRESSES = ("next", "nextpage", "nexturl", "nextlink", "nextpageurl", "nextpagelink", "nexthref", "odatanextlink",
              "@odatanextlink", "@nextlink")  # fmt: skip
_IN = ("href", "url", "link", "uri", "@id")
_NAMED = ("rel", "relation", "name", "type")
# An address, and no token: it begins as one does, or has a query.
_ADDRESS = re.compile(r"https?://|//|[/?]|\.{1,2}/|[\w.\-]++(?:/[\w.\-]++)*+/?\?[^?=\s]++=")
_LINK = re.compile(r"<([^<>]*)>([^<>]*)")
_REL = re.compile(r""";\s*rel\s*=\s*("[^"]*"|'[^']*'|[^\s;,"']+)""", re.IGNORECASE)
_LINKS = 100
_MAY_LACK = "so jobs may be missing"
Progress = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class Page:
    """One answer as it came: its JSON value, its own address, its headers, and what it takes of the memory."""

    answer: Any
    url: str
    headers: Mapping[str, str]
    size: int = 0
    parts: int = 0


def leads_on(headers: Mapping[str, str]) -> str:
    """The next page's address as a ``Link`` header (RFC 8288) tells it; empty where it tells none."""
    for address, said in _LINK.findall(headers.get("link", "")[:LINK]):
        rel = _REL.search(said)
        if rel and "next" in rel[1].strip("\"'").lower().split():
            return str(address).strip()
    return ""


async def read_on(
    reading: Reading, first: Page, fetcher: Fetcher, kind: str, now: datetime, progress: Progress | None = None
) -> Reading:
    """The reading of all the pages that the first leads to; ``reading``, its own, where it leads to none by an address.

    A page that fails, is elsewhere, is no list or only repeats is the last, and leaves the reading partial, as does a
    total that is not met. ``kind`` is the kind that was asked for; ``now`` decides what is expired.
    """
    found = await asyncio.to_thread(_found, first.answer)
    if found is None:
        return _doubted(reading) if leads_on(first.headers) and reading.complete else reading
    pages = _Pages(first, found, kind, now)
    if not pages.next and not pages.stopped and not (reading.complete and pages.short):
        return reading
    while pages.next:
        await pages.turn(fetcher)
        if progress:
            progress(pages.size, None)
    return await asyncio.to_thread(pages.reading)


class _Pages:
    """The pages of one list as they are read, one after the other."""

    def __init__(self, first: Page, found: Found, kind: str, now: datetime) -> None:
        self._first, self._kind, self._now = first, kind, now
        self._jobs: list[Any] = []
        self._included: list[Any] = []
        self._known: set[tuple[str, str, str]] = set()
        self._asked = {first.url}
        self._doubts: list[Problem] = []
        self._end: Problem | None = None
        self._number = self._pages_told = self.size = self._parts = 0
        self._total: int | None = None
        self._total_of_the_first = False
        self._goes_on = self._says_more = False
        self.next = ""
        self._take(first, found)

    @property
    def stopped(self) -> bool:
        """True if there is a further page that could not be read."""
        return self._end is not None

    @property
    def short(self) -> bool:
        """True if there are to be more jobs than were told so far."""
        return self._total is not None and self._total > len(self._jobs)

    @property
    def _more_told(self) -> bool:
        return self._goes_on or self._pages_told > self._number

    async def turn(self, fetcher: Fetcher) -> None:
        """Ask for the next page and take what it tells; ``next`` is then the one after it, empty at the end."""
        url, self.next, page_is = self.next, "", f"Page {self._number + 1} of the list"
        self._asked.add(url)
        fetched = await fetcher.get(url)
        if isinstance(fetched, FetchFailed):
            self._stop(fetched.code, f"{page_is} could not be read, {_MAY_LACK}: {fetched.sentence}")
            return
        weight = parts(fetched.body, Shape.JSON)
        if self.size + len(fetched.body) > MAX_HELD or self._parts + weight > MAX_PARTS:
            most = f"{MAX_HELD // 1_000_000} MB or {MAX_PARTS:,} lists and objects"
            self._stop("TOO_LARGE", f"{page_is} makes it larger than {most}; the rest was not read; give it in parts.")
            return
        page, found = await asyncio.to_thread(_opened, fetched, weight)
        if found is None:
            self._stop("NOT_A_LIST", f"{page_is} is no list of jobs, {_MAY_LACK}; try again later.")
            return
        self._asked.add(fetched.url)
        fresh = await asyncio.to_thread(self._take, page, found)
        if not fresh and (found.jobs or self.next):
            self._stop("PAGES_REPEAT", f"{page_is} only repeats what earlier ones told, {_MAY_LACK}; try again later.")

    def reading(self) -> Reading:
        """What all pages say together."""
        listed, doubts = len(self._jobs), list(self._doubts)
        if self._total is not None and self.short:
            doubts.append(self._missing(self._total))
        elif self._says_more or (self._total is None and not self._end and self._more_told):
            what = f"The last of {plural(self._number, 'page')} that the list leads to says that there are more"
            doubts.append(Problem("MORE_PAGES", f"{what} and not where, {_MAY_LACK}; give an address that tells all."))
        if self._end and self._total != listed:  # all that it says it has was told: then what comes after is nothing
            doubts.insert(0, self._end)
        answer = self._first.answer
        answer = {**answer, "included": self._included} if isinstance(answer, dict) else self._jobs
        found = Found(self._jobs, (), tuple(doubts))
        postings = postings_in(self._jobs) if self._kind in ("", json_list.KIND) else []
        made = json_list.of_postings(postings, found, self._now) if postings else read_found(found, answer, self._kind)
        return replace(made, claimed=self._total)

    def _take(self, page: Page, found: Found) -> bool:
        """Keep what earlier pages did not tell, and look for the page after this one; False if nothing is new."""
        self._number += 1
        self.size += page.size
        self._parts += page.parts
        fresh = found.jobs if self._number == 1 else self._fresh(found.jobs)
        self._jobs += fresh
        beside = page.answer.get("included") if isinstance(page.answer, dict) else None
        self._included += beside if isinstance(beside, list) else []
        self._count(page, found, new=bool(fresh))
        self._look_on(page, found)
        return bool(fresh)

    def _fresh(self, told: list[Any]) -> list[Any]:
        """What no earlier page told: an opening's rows for its other places, but no job that slipped onto this page."""
        self._known = self._known or set(map(_row, self._jobs))
        rows = [(_row(element), element) for element in told]
        fresh = [element for row, element in rows if not row[0] or row not in self._known]
        self._known.update(row for row, _ in rows)
        return fresh

    def _count(self, page: Page, found: Found, *, new: bool) -> None:
        """Take note of the total that the page tells, and of an error."""
        listed = len(found.jobs)
        doubts, total = json_list.more_than(listed, found.around)
        self._doubts += [doubt for doubt in doubts if doubt.code == "ERROR_TOLD"]
        total = _told_by(page.headers) if total is None else total
        if self._number == 1:
            self._total, self._total_of_the_first = total, total == listed
            return
        if self._total_of_the_first and new:  # it counts its page
            self._total, self._total_of_the_first = None, False
        if total is None or total == listed:
            return
        if self._total is not None and total < self._total:
            self._doubts.append(
                Problem(
                    "LIST_SHRANK",
                    f"The list went from {plural(self._total, 'job')} to {total:,} while it was read, so a job may "
                    "have slipped from one page to the one before; it is read again at its next turn.",
                )
            )
        self._total = total

    def _look_on(self, page: Page, found: Found) -> None:
        """Find the address of the page after this one, or why it is not asked for."""
        around = list(json_list.holders(found.around))
        self._pages_told = max(self._pages_told, json_list.pages_told(around))
        told = next(filter(_ADDRESS.match, _addresses(around)), "") or leads_on(page.headers)
        url = as_safe_as(page.url, web(told, page.url)) if told else ""
        self._goes_on = not url and json_list.leads_further(around)
        self._says_more = not url and json_list.says_more(around)
        if not url:
            return
        last = f"Page {self._number} of the list"
        if url in self._asked:
            self._stop("PAGES_REPEAT", f"{last} leads back to an earlier one, {_MAY_LACK}; try again later.")
        elif _host(url) != _host(self._first.url):
            what = f"{last} leads to {shown(url)}, which is another host and was not asked, {_MAY_LACK}"
            self._stop("PAGE_ELSEWHERE", f"{what}; give the address of a list that stays on its host.")
        elif self._number >= _MOST:
            self._stop("TOO_MANY_PAGES", f"The list goes on for over {_MOST:,} pages; the rest was not read.")
        else:
            self.next = url

    def _stop(self, code: str, sentence: str) -> None:
        self.next, self._end = "", Problem(code, sentence)

    def _missing(self, total: int) -> Problem:
        where = "its page" if self._number == 1 else f"its {self._number:,} pages"
        what = f"The list says that it has {plural(total, 'job')}, and {where} told {len(self._jobs):,}"
        return Problem("COUNT_MISMATCH", f"{what}, so the rest is missing; it is read again at its next turn.")


def _doubted(reading: Reading) -> Reading:
    """The reading of JSON lines or a table whose answer leads to more of them."""
    what = "The answer's Link header leads to a further page, which of this kind of list is not read"
    more = Problem("MORE_PAGES", f"{what}; give an address that tells all jobs at once.")
    return replace(reading, completeness=Completeness.PARTIAL, problems=[more, *reading.problems])


def _opened(fetched: Fetched, weight: int) -> tuple[Page, Found | None]:
    answer = json_value(fetched.body)
    return Page(answer, fetched.url, fetched.headers, len(fetched.body), weight), _found(answer)


def _found(answer: Any) -> Found | None:
    """The list of jobs of an answer, which may be empty; None where it has none."""
    if found := json_list.find(answer):
        return found
    if postings := postings_in(answer):
        return Found(postings, (plainly(answer),) if isinstance(answer, dict) else ())
    return Found([], json_list.around(answer)) if json_list.empty(answer) else None


def _row(element: Any) -> tuple[str, str, str]:
    if not isinstance(element, dict):
        return "", "", ""
    if is_type(element, "JobPosting"):
        job = listed_job(element)
        return job.id, job.title, job.location
    return row_of(plainly(flat(element)))


def _addresses(around: list[Record]) -> Iterator[str]:
    """What the objects around a list tell of a next page that may be its address."""
    for holder in around:
        yield from (_href(holder.get(name)) for name in _ADDRESSES)
        for listed in (holder.get("links"), holder.get("link")):
            for link in listed[:_LINKS] if isinstance(listed, list) else ():
                said = plainly(link) if isinstance(link, dict) else {}
                yield _href(said) if any(said.get(by) == "next" for by in _NAMED) else ""


def _href(value: Any) -> str:
    if isinstance(value, dict):
        said = plainly(value)
        value = next((said[name] for name in _IN if isinstance(said.get(name), str)), "")
    return value.strip() if isinstance(value, str) and "{" not in value else ""


def _told_by(headers: Mapping[str, str]) -> int | None:
    """The number of jobs that a header says there are: ``X-Total-Count: 45``, ``Content-Range: items 0-9/45``."""
    told = (headers.get(name, "").rpartition("/")[2].strip() for name in TOTALS)
    return next((int(said) for said in told if said.isascii() and said.isdigit() and len(said) < 10), None)


def _host(url: str) -> tuple[str, str, int]:
    parted = urlsplit(url)
    host, port = host_of(url), parted.port
    return (host, "", 0) if port is None else (host, parted.scheme, port)
