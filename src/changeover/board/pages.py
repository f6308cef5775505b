"""What a job seeker sees: the live postings, each at an address that never changes."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from changeover.board import description
from changeover.board.job_posting import as_script, job_posting
from changeover.postings import live
from changeover.postings.posting import parse_public_id, public_id
from changeover.web.look import Pages
from changeover.web.problem import Problem
from changeover.web.served import Here

router = APIRouter(include_in_schema=False)
pages = Pages("changeover.board")

PAGE = 50
# A board's pages change with every reading: they are asked for anew each time.
_FRESH = {"cache-control": "no-cache"}


@router.get("/jobs")
async def jobs(here: Here, company: str = "", after: str = "") -> Response:
    """The newest postings of the board, or of one company."""
    of = _number(company) if company else None
    before = _number(after) if after else live.NEWEST
    if before is None or (company and of is None):
        raise Problem(404, "NOT_FOUND", "There is no such list of jobs.", "Start from all jobs.")
    rows = await live.page(here.db, company_id=of, before=before, size=PAGE + 1)
    shown = [{**row, "id": public_id(row["company_id"], row["posting_id"])} for row in rows[:PAGE]]
    return pages.page(
        "jobs.html",
        headers=_FRESH,
        jobs=shown,
        company=company,
        employer=shown[0]["employer"] if of and shown else "",
        first=not after,
        following=shown[-1]["posting_id"] if len(rows) > PAGE else None,
    )


def _number(text: str) -> int | None:
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
        return _shown(found.row, f"{here.public_url}/jobs/{posting}")
    if found.alias_of is not None:
        return RedirectResponse(f"/jobs/{public_id(ids[0], found.alias_of)}", 308, headers=_FRESH)
    return pages.page("closed.html", status=410, headers=_FRESH, company=ids[0])


def _shown(row: dict[str, Any], canonical: str) -> Response:
    return pages.page(
        "job.html",
        headers=_FRESH,
        job=row,
        canonical=canonical,
        description=description.shown(row["description"] or ""),
        apply=_web_address(row["apply_url"]) or _web_address(row["url"]),
        markup=as_script(job_posting(row, canonical)),
    )


def _web_address(url: str) -> str:
    """The address, if it is one of the web: nothing else may stand behind a button."""
    return url if url.startswith(("https://", "http://")) else ""
