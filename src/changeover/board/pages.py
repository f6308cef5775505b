"""What a job seeker sees: the live postings, each at an address that never changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from fastapi.responses import RedirectResponse, Response

from changeover.apply import notices
from changeover.board import description
from changeover.board.job_posting import as_script, job_posting
from changeover.contracts import store as contracts
from changeover.postings import live
from changeover.postings.posting import parse_public_id, public_id
from changeover.postings.search import LONGEST, SINCE, WORKPLACES, Search, meaning
from changeover.postings.search import page as found_page
from changeover.postings.search import promoted as found_promoted
from changeover.sources.text import line
from changeover.web.look import Pages
from changeover.web.problem import Problem
from changeover.web.served import Here, Served

router = APIRouter(include_in_schema=False)
pages = Pages("changeover.board")

PAGE = 50
# Promoted postings at the head of a first page.
_AHEAD = 3
# A board's pages change with every reading: they are asked for anew each time.
FRESH = {"cache-control": "no-cache"}

_NO_LIST = Problem(404, "NOT_FOUND", "There is no such list of jobs.", "Start from all jobs.")
Asked = Annotated[str, Query(max_length=2_000)]


def asked(q: Asked = "", place: Asked = "", workplace: Asked = "", since: Asked = "", company: Asked = "") -> Search:
    """What the address of a list asks for; 404 for an address that cannot be one."""
    of = number(company) if company else None
    days = number(since) if since else 0
    if (company and of is None) or (since and days not in SINCE) or (workplace and workplace not in WORKPLACES):
        raise _NO_LIST
    words, where = (line(text)[:LONGEST].strip() for text in (q, place))
    return Search(words, where, workplace, days or 0, of)


def query(search: Search, **more: object) -> str:
    """The search as the query of an address, always in the same order; empty where nothing is asked."""
    named = {
        "q": search.words,
        "place": search.place,
        "workplace": search.workplace,
        "since": search.since,
        "company": search.company,
    }
    told = {name: value for name, value in {**named, **more}.items() if value}
    return f"?{urlencode(told)}" if told else ""


def mails(here: Served) -> bool:
    """Whether this board sends e-mail."""
    return here.outbox is not None and notices.CHANNEL in here.outbox.channels


@dataclass(frozen=True, slots=True)
class Listed:
    """Live postings that match, newest first, and the promoted ones that go ahead of them; with their public ids.

    Those ahead have their own place among the ``rows`` as well.
    """

    rows: list[dict[str, Any]]
    ahead: list[dict[str, Any]]


async def listed(here: Served, search: Search, before: int, size: int, *, ahead: int = 0) -> Listed:
    """Up to ``size`` that are older than ``before``, and up to ``ahead`` that are promoted."""
    first: list[dict[str, Any]] = []
    if search.company and not search.asks:
        rows = await live.page(here.db, company_id=search.company, before=before, size=size)
    else:
        async with here.db.board() as conn:
            terms = await meaning(conn, search, here.db.now())
            if terms is None:
                return Listed([], [])
            rows = await found_page(conn, terms, company=search.company, before=before, size=size)
            if ahead and rows:
                first = await found_promoted(conn, terms, here.db.now(), size=ahead)
    promoted = await contracts.promoted(here.db, rows)
    return Listed(
        [_named(row, (row["company_id"], row["posting_id"]) in promoted) for row in rows],
        [_named(row, True) for row in first],
    )


def _named(row: dict[str, Any], promoted: bool) -> dict[str, Any]:
    return {**row, "id": public_id(row["company_id"], row["posting_id"]), "promoted": promoted}


@router.get("/jobs")
async def jobs(
    here: Here,
    q: Asked = "",
    place: Asked = "",
    workplace: Asked = "",
    since: Asked = "",
    company: Asked = "",
    after: Asked = "",
) -> Response:
    """The newest postings of the board, or those that match."""
    search = asked(q, place, workplace, since, company)
    before = number(after) if after else live.NEWEST
    if before is None:
        raise _NO_LIST
    found = await listed(here, search, before, PAGE + 1, ahead=0 if after or search.company else _AHEAD)
    shown = found.rows[:PAGE]
    top = {row["id"] for row in found.ahead}
    more = len(found.rows) > PAGE
    return pages.page(
        "jobs.html",
        headers=FRESH,
        jobs=[*found.ahead, *(row for row in shown if row["id"] not in top)],
        search=search,
        company=search.company,
        employer=shown[0]["employer"] if search.company and shown else "",
        first=not after,
        more=more,
        following=f"/jobs{query(search, after=shown[-1]['posting_id'])}" if more else None,
        newest=f"/jobs{query(search)}",
        feed=f"/jobs.rss{query(search)}",
        canonical=f"{here.public_url}/jobs{query(search, after=after)}",
        anywhere=f"/jobs{query(Search(words=search.words, company=search.company))}",
        workplaces=WORKPLACES,
        days=SINCE,
    )


def number(text: str) -> int | None:
    """A positive 63-bit number, or None."""
    return int(text) if text.isascii() and text.isdecimal() and 0 < int(text[:20]) < 2**63 else None


@router.get("/jobs/{posting}")
async def job(here: Here, posting: str) -> Response:
    """One posting: its page, where it redirects for ever, that it has closed, or that it never was."""
    ids = parse_public_id(posting)
    found = await live.look_up(here.db, *ids) if ids else None
    if ids is None or found is None or not found.existed:
        raise Problem(404, "NO_SUCH_JOB", "There never was a job at this address.", "See all jobs.")
    if found.row is not None:
        apply_here = f"/jobs/{posting}/apply" if found.row["apply_here"] else ""
        return _shown(found.row, f"{here.public_url}/jobs/{posting}", apply_here)
    if found.alias_of is not None:
        return RedirectResponse(f"/jobs/{public_id(ids[0], found.alias_of)}", 308, headers=FRESH)
    return pages.page("closed.html", status=410, headers=FRESH, company=ids[0])


def _shown(row: dict[str, Any], canonical: str, apply_here: str) -> Response:
    return pages.page(
        "job.html",
        headers=FRESH,
        job=row,
        canonical=canonical,
        description=description.shown(row["description"] or ""),
        apply=_web_address(row["apply_url"]) or _web_address(row["url"]),
        apply_here=apply_here,
        markup=as_script(job_posting(row, canonical, direct=bool(apply_here))),
    )


def _web_address(url: str) -> str:
    """The address, if it is one of the web: nothing else may stand behind a button."""
    return url if url.startswith(("https://", "http://")) else ""
