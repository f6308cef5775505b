"""Career pages saved as files: one page, or a folder of them."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable
from datetime import datetime
from email import message_from_bytes
from pathlib import Path

from changeover.job import Job
from changeover.sources.ats_behind import ats_behind
from changeover.sources.identity import settle
from changeover.sources.job_page import Page, Says, read_page
from changeover.sources.links import web
from changeover.sources.origins import Tally
from changeover.sources.page_data import jobs_told, reading_of
from changeover.sources.source import Completeness, Problem, Reading, failed

KIND = "pages"
MAX_BYTES = 50_000_000
_SHOWN = 20
_ARCHIVE_HEAD = 2_048
_HEADER = re.compile(rb"[A-Za-z-]{2,40}: ")
_SUFFIXES = frozenset((".html", ".htm", ".xhtml", ".shtml", ".php", ".aspx", ".mhtml", ".mht"))


def is_archive(start: bytes) -> bool:
    """True if bytes that begin so are a page saved as a web archive."""
    return bool(_HEADER.match(start)) and b"multipart/related" in start[:_ARCHIVE_HEAD]


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
    address, page = _unpacked(body)
    said = read_page(page, address, now, tally=tally)
    told = jobs_told(page, address) if said.says is Says.NOTHING else None
    reading = reading_of(told, KIND, address) if told and told.records else _judged([(name, said)], 1, tally)
    behind = None if reading.jobs else ats_behind([(address, page)])
    return dataclasses.replace(reading, problems=[*reading.problems, behind.problem]) if behind else reading


def _unpacked(body: bytes) -> tuple[str, bytes]:
    """The address and markup of a page that a browser saved as a web archive (.mhtml); other pages as they are."""
    if not is_archive(body):
        return "", body
    try:
        parts = list(message_from_bytes(body).walk())
    except RecursionError:  # parts in parts, for ever
        return "", body
    for part in parts:
        if part.get_content_type() == "text/html" and isinstance(page := part.get_payload(decode=True), bytes):
            return web(str(part.get("Content-Location", ""))), page
    return "", body


def _read(path: Path, now: datetime, tally: Tally) -> Page:
    if path.stat().st_size > MAX_BYTES:
        return Page("", Says.BROKEN)
    address, page = _unpacked(path.read_bytes())
    return read_page(page, address, now, tally=tally)


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
