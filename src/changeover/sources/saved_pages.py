"""Career pages saved as files: one page, or a folder of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from changeover.job import Job
from changeover.sources.identity import settle
from changeover.sources.job_page import Page, Says, read_page
from changeover.sources.origins import Tally
from changeover.sources.source import Completeness, Problem, Reading, failed

KIND = "pages"
MAX_BYTES = 50_000_000
_SHOWN = 20
_SUFFIXES = frozenset((".html", ".htm", ".xhtml", ".shtml", ".php", ".aspx"))


def read_folder(folder: Path, now: datetime) -> Reading:
    """The jobs of every saved page in the folder and below it. Complete if every page held at least one job."""
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _SUFFIXES and path.is_file())
    if not paths:
        return failed(
            KIND, "NO_PAGES", f"The folder {folder.name} holds no saved web pages (*.html); give one that does."
        )
    tally = Tally()
    pages = ((str(path.relative_to(folder)), _read(path, now, tally)) for path in paths)
    return _judged(pages, len(paths), tally)


def read_one(body: bytes, name: str, now: datetime) -> Reading:
    """The jobs of one saved page."""
    tally = Tally()
    return _judged([(name, read_page(body, "", now, tally=tally))], 1, tally)


def _read(path: Path, now: datetime, tally: Tally) -> Page:
    if path.stat().st_size > MAX_BYTES:
        return Page("", Says.BROKEN)
    return read_page(path.read_bytes(), "", now, tally=tally)


def _judged(pages: Iterable[tuple[str, Page]], count: int, tally: Tally) -> Reading:
    jobs: list[Job] = []
    problems: list[Problem] = []
    broken = over = 0
    for name, page in pages:
        jobs.extend(job if job.id else dataclasses.replace(job, id=name) for job in page.jobs)
        over += page.says is Says.EXPIRED
        broken += page.says is Says.BROKEN
        if page.says is not Says.JOBS and len(problems) < _SHOWN:
            problems.append(_problem(name, page))
    if not jobs and not over:
        if count == 1:
            return failed(KIND, problems[0].code, problems[0].sentence)
        return failed(
            KIND,
            "NO_JOB_POSTING",
            f"None of the {count} saved pages carries a JobPosting (JSON-LD); save the pages of single jobs, or give "
            "the site's XML feed or ATS.",
        )
    settled = settle(jobs)
    whole = Completeness.COMPLETE if not problems else Completeness.PARTIAL
    return Reading(
        KIND, settled.jobs, whole, [*problems, *settled.problems], settled.unreadable + broken, origins=tally.found()
    )


def _problem(name: str, page: Page) -> Problem:
    if page.says is Says.EXPIRED:
        return Problem("EXPIRED", f"{name}: the job on this page is over (past its last day, or not to be indexed).")
    if page.says is Says.BROKEN:
        return Problem("BROKEN_JOB_POSTING", f"{name}: its JobPosting cannot be made out; save the page again.")
    return Problem(
        "NO_JOB_POSTING",
        f"{name}: this page carries no JobPosting (JSON-LD), so no job was read from it; save a single job's page.",
    )
