"""The review page: what did not match, why, what to change, and a word on the doubts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

from changeover.console.causes import CAUSES, SUGGESTED, TWIN_INVALID, Cause, meaning
from changeover.console.company import page_head
from changeover.console.pictures import share_bar
from changeover.console.sentences import overdue
from changeover.console.shown import console_page
from changeover.console.suggestions import BECAUSE, Suggested, suggested
from changeover.console.support import case_text
from changeover.database.connection import Connection
from changeover.match import store as matches
from changeover.migration import store as migrations
from changeover.migration.state import State
from changeover.migration.store import Company
from changeover.snapshot import store as snapshots
from changeover.sources.text import line
from changeover.web.review_csv import review_file
from changeover.web.served import CompanyId, Here, Operator
from changeover.wording import plural

router = APIRouter(include_in_schema=False)

FEW, MANY = 10, 50
Groups = Mapping[tuple[str, str], int]


@router.get("/companies/{company}/review")
async def review(
    request: Request,
    here: Here,
    session: Operator,
    company_id: CompanyId,
    show: str = "",
    after: str = "",
    find: str = "",
    doubt: str = "",
) -> Response:
    """The page; ``show`` names the cause whose jobs are shown, from the one after ``after``.

    ``find``: only jobs whose title, place or id holds these words. ``doubt``: only suggestions of this rule.
    """
    asked = Asked(show, _key(after), line(find).strip()[:100], doubt if doubt in BECAUSE else "")
    async with here.db.company(company_id) as conn:
        it = await migrations.company(conn, company_id)
        rows = await snapshots.sources(conn, company_id)
        groups = await matches.finding_groups(conn, company_id)
        doubts = await _suggested(conn, company_id, groups, asked)
        causes = [await _cause(conn, company_id, cause, groups, asked) for cause in CAUSES]
        invalid = await _invalid_twins(conn, it, asked.key[0] if show == TWIN_INVALID else -1)
        decided = await matches.decided(conn, company_id, FEW)
    now = here.db.now()
    until = it.activated_at + timedelta(days=here.settings.support_days) if it.activated_at else None
    return console_page(
        request,
        "review.html",
        here=here,
        session=session,
        it=it,
        **page_head(it, rows),
        meaning=meaning(it),
        bar=_bar(it, groups),
        legend=_legend(it, groups),
        doubts=doubts,
        causes=[cause for cause in causes if cause["count"] and (cause["rows"] or not asked.find)],
        invalid=invalid,
        decided=said_at_once(decided),
        shown=show,
        asked=asked,
        search=asked.search(),
        settled=not groups and not invalid["count"] and it.counts.get("paired", 0) > 0,
        reviewed=it.state not in (State.LEGACY, State.FINISHED),
        overdue=overdue(it, now, here.settings.resolve_overdue_hours),
        support_until=until if until and now < until and it.state is not State.FINISHED else None,
        case=case_text(it, groups, f"{here.public_url}/companies/{company_id}/review"),
    )


def _key(text: str) -> tuple[int, int]:
    """The (legacy job, ATS job) that a page comes after; before all of them where the text is none."""
    first, _, second = text.partition("-")
    if all(part.isascii() and part.isdecimal() and len(part) < 20 for part in (first, second)):
        return int(first), int(second)
    return -1, -1


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the review is to be shown: a cause's jobs from after ``key``, those that are so called."""

    show: str
    key: tuple[int, int]
    find: str
    doubt: str

    def after(self, cause: str) -> tuple[int, int]:
        """Where the page of this cause begins."""
        return self.key if self.show == cause else (-1, -1)

    def search(self) -> str:
        """The search as part of a link, with ``&`` at its end; empty where there is none."""
        said = {name: value for name, value in (("find", self.find), ("doubt", self.doubt)) if value}
        return f"{urlencode(said)}&" if said else ""


def said_at_once(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A person's words by the revision in which they were said."""
    return [
        {"revision": revision, "rows": list(group)}
        for revision, group in groupby(rows, key=lambda row: row["revision"])
    ]


async def _suggested(conn: Connection, company_id: int, groups: Groups, asked: Asked) -> dict[str, Any]:
    """Suggested pairs by the job on the board, never one job's suggestions on two pages."""
    known = {rule: jobs for (decision, rule), jobs in groups.items() if decision == "review"}
    kinds = [{"rule": rule, "count": jobs, "words": BECAUSE.get(rule, rule)} for rule, jobs in sorted(known.items())]
    rules = [asked.doubt] if asked.doubt else list(known)
    told: dict[str, Any] = {"count": sum(known.values()), "kinds": kinds, "jobs": [], "following": None}
    if not known:
        return told
    size = MANY if asked.show == SUGGESTED else FEW * 3
    rows = await matches.review_group(
        conn, company_id, "review", rules, after=asked.after(SUGGESTED), size=size + 1, find=asked.find
    )
    jobs: list[Suggested] = suggested(rows)
    more = len(rows) > size
    if more and len(jobs) > 1:
        jobs.pop()
    return {**told, "jobs": jobs, "following": jobs[-1].key if more else None}


async def _cause(conn: Connection, company_id: int, cause: Cause, groups: Groups, asked: Asked) -> dict[str, Any]:
    """One cause with its first jobs, or with the page of them that was asked for."""
    count = sum(groups.get((cause.decision, rule), 0) for rule in cause.rules)
    chosen = asked.show == cause.name
    if not count:
        return {"cause": cause, "count": 0}
    size = MANY if chosen else FEW
    rows = await matches.review_group(
        conn, company_id, cause.decision, cause.rules, after=asked.after(cause.name), size=size + 1, find=asked.find
    )
    following = f"{rows[size - 1]['legacy_job_id']}-{rows[size - 1]['ats_job_id']}" if len(rows) > size else None
    return {"cause": cause, "count": count, "rows": rows[:size], "following": following, "open": chosen}


async def _invalid_twins(conn: Connection, it: Company, after: int) -> dict[str, Any]:
    count = it.counts.get("twin_invalid", 0)
    rows = await matches.invalid_twins(conn, it.company_id, after=after, size=FEW + 1) if count else []
    return {
        "count": count if rows else 0,
        "rows": rows[:FEW],
        "following": f"{rows[FEW - 1]['legacy_job_id']}-0" if len(rows) > FEW else None,
    }


def _parts(it: Company, groups: Groups) -> list[tuple[str, str, int]]:
    """What became of all openings: (class of the picture, words, how many)."""

    def count(*names: tuple[str, str]) -> int:
        return sum(jobs for (decision, rule), jobs in groups.items() if (decision, rule) in names)

    doubts = sum(jobs for (decision, _), jobs in groups.items() if decision == "review")
    lone = sum(jobs for (decision, rule), jobs in groups.items() if decision == "legacy_only" and rule != "pending")
    new = sum(jobs for (decision, rule), jobs in groups.items() if decision == "ats_only" and rule != "pending")
    pending = count(("legacy_only", "pending"), ("ats_only", "pending"))
    return [
        ("matched", "matched", it.counts.get("paired", 0)),
        ("doubt", "to confirm or reject", doubts),
        ("lone-legacy", "only on the board", lone),
        ("lone-ats", "only in the ATS", new),
        ("pending", "too new to say", pending),
    ]


def _bar(it: Company, groups: Groups) -> Any:
    parts = _parts(it, groups)
    told = ", ".join(f"{plural(count, 'job')} {words}" for _, words, count in parts if count) or "no jobs yet"
    return share_bar([(kind, count) for kind, _, count in parts], told)


def _legend(it: Company, groups: Groups) -> list[dict[str, Any]]:
    return [{"kind": kind, "words": words, "count": count} for kind, words, count in _parts(it, groups) if count]


@router.get("/companies/{company}/review.csv")
async def review_download(here: Here, company_id: CompanyId) -> Response:
    """Every pair and every lone job as CSV, streamed."""
    async with here.db.company(company_id) as conn:
        it = await migrations.company(conn, company_id)

    name = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in it.name.lower()).strip("-")
    headers = {
        "content-disposition": f'attachment; filename="review-{name or company_id}.csv"',
        "cache-control": "no-store",
    }
    return StreamingResponse(review_file(here.db, company_id), media_type="text/csv; charset=utf-8", headers=headers)
