"""What a program may ask of a company's postings and its past: what is live, what was, did it hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import Query
from fastapi.responses import Response, StreamingResponse

from changeover.api.fields import Before, PostingId, below, cut, unknown
from changeover.api.posting_answers import (
    BrokenAnswer,
    EventAnswer,
    HistoryAnswer,
    LiveAnswer,
    OverviewAnswer,
    PostingAnswer,
    PostingsAnswer,
    ShownAnswer,
    ShownPageAnswer,
    SideAnswer,
    StateCountAnswer,
    VerifyAnswer,
    WaitingAnswer,
)
from changeover.api.route import api_router
from changeover.api.source_answers import HeldAnswer
from changeover.contracts import store as contracts
from changeover.migration import store as migrations
from changeover.postings import history, live
from changeover.postings.posting import public_id
from changeover.snapshot import store as snapshots
from changeover.web.review_csv import review_file
from changeover.web.served import CompanyId, Here, Served

router = api_router("postings")

_SHOWN = 100

Size = Annotated[int, Query(ge=1, le=1000)]


def _url(here: Served, company_id: int, posting: int) -> str:
    return f"{here.public_url}/jobs/{public_id(company_id, posting)}"


def _told(shape: type[Any], row: Mapping[str, Any], **more: Any) -> Any:
    """An answer of the fields that a row has by the same names, and of others."""
    return shape.model_validate({**{name: row[name] for name in shape.model_fields if name in row}, **more})


@router.get("/companies/{company}/postings", summary="A company's live postings")
async def list_postings(here: Here, company_id: CompanyId, before: Before = None, size: Size = 100) -> PostingsAnswer:
    """As the board shows them, newest first, paged by an id that never changes."""
    async with here.db.company(company_id) as conn:
        await migrations.company(conn, company_id)
    rows = await live.page(here.db, company_id=company_id, before=below(before), size=size + 1)
    shown, last = cut(rows, size)
    promoted = await contracts.promoted(here.db, shown)
    told = [
        _told(
            LiveAnswer,
            r,
            id=str(r["posting_id"]),
            url=_url(here, company_id, r["posting_id"]),
            promoted=(company_id, r["posting_id"]) in promoted,
        )
        for r in shown
    ]
    return PostingsAnswer(postings=told, next=str(last["posting_id"]) if last else None)


@router.get("/companies/{company}/postings/{posting:int}", summary="One posting")
async def get_posting(here: Here, company_id: CompanyId, posting: PostingId) -> PostingAnswer:
    """Live with what it shows, closed, or merged into another; and the jobs of its two sides."""
    async with here.db.company(company_id) as conn:
        await migrations.company(conn, company_id)
        found = await history.posting_now(conn, company_id, posting)
    if found is None:
        raise unknown("UNKNOWN_POSTING", "posting")
    row = found.row
    sides = [_told(SideAnswer, s, job=str(s["job_id"]), source=str(s["source_id"])) for s in found.sides]
    moved = str(row["alias_of"]) if row["alias_of"] else None
    answer: PostingAnswer = _told(
        PostingAnswer,
        row,
        id=str(posting),
        state="live" if row["live"] else "moved" if moved else "closed",
        url=_url(here, company_id, posting),
        moved_to=moved,
        feed=row["lane"],
        sides=sides,
    )
    return answer


@router.get("/companies/{company}/postings/{posting:int}/history", summary="When a posting was live")
async def posting_history(
    here: Here,
    company_id: CompanyId,
    posting: PostingId,
    after: Annotated[str | None, Query(pattern=r"^\d{1,18}$", description="The `next` of the page before.")] = None,
    size: Size = 100,
) -> ShownPageAnswer:
    """Each time from a revision to a revision, and the job it showed; a move of the feed ends one and begins one."""
    async with here.db.company(company_id) as conn:
        await migrations.company(conn, company_id)
        if await history.posting_now(conn, company_id, posting) is None:
            raise unknown("UNKNOWN_POSTING", "posting")
        rows = await history.shown(conn, company_id, posting, after=int(after or -1), size=size + 1)
    shown, last = cut(rows, size)
    told = [_told(ShownAnswer, row, job=str(row["job_id"])) for row in shown]
    return ShownPageAnswer(shown=told, next=str(last["from_revision"]) if last else None)


@router.get("/companies/{company}/history", summary="What happened to a company", tags=["companies"])
async def company_history(
    here: Here,
    company_id: CompanyId,
    before: Before = None,
    size: Size = 100,
    all_readings: bool = True,
) -> HistoryAnswer:
    """Its revisions, newest first: when, who, why. ``all_readings`` false leaves out those that told nothing new."""
    async with here.db.company(company_id) as conn:
        await migrations.company(conn, company_id)
        rows = await migrations.events(conn, company_id, before=below(before), size=size + 1, all_readings=all_readings)
    shown, last = cut(rows, size)
    return HistoryAnswer(events=[EventAnswer.of(row) for row in shown], next=str(last["revision"]) if last else None)


@router.get("/companies/{company}/verify", summary="Check the promises again", tags=["companies"])
async def verify_company(here: Here, company_id: CompanyId) -> VerifyAnswer:
    """Promises 1 to 4 over everything recorded: no gap, no duplicate, one feed, the same identity throughout."""
    found = await history.verify(here.db, company_id)
    broken = [BrokenAnswer(**asdict(each)) for each in found.broken[:1000]]
    told = {name: getattr(found, name) for name in VerifyAnswer.model_fields if name != "broken"}
    return VerifyAnswer(**told, broken=broken)


@router.get("/companies/{company}/review.csv", summary="The review as CSV", tags=["companies"], response_class=Response)
async def get_review_csv(here: Here, company_id: CompanyId) -> Response:
    """Every pair and lone job, in the columns of `changeover match`."""
    async with here.db.company(company_id) as conn:
        it = await migrations.company(conn, company_id)

    headers = {
        "content-disposition": f'attachment; filename="review-{company_id}.csv"',
        "cache-control": "no-store",
        "etag": f'"{it.revision}-{it.flowed_revision}"',
    }
    return StreamingResponse(review_file(here.db, company_id), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/overview", summary="The whole board at a glance", tags=["companies"])
async def get_overview(here: Here) -> OverviewAnswer:
    """Companies by state, the readings that are held, the resolves that wait for a source."""
    async with here.db.operator() as conn:
        by_state = await migrations.by_state(conn)
        held = await snapshots.held_readings(conn, _SHOWN)
        waiting = await migrations.waiting_resolves(conn, _SHOWN)
    return OverviewAnswer(
        states={state: StateCountAnswer(companies=count, held=of) for state, (count, of) in by_state.items()},
        held_readings=[
            _told(
                HeldAnswer,
                row,
                company=str(row["company_id"]),
                source=str(row["source_id"]),
                reading=str(row["reading_id"]),
            )
            for row in held
        ],
        waiting_resolves=[
            WaitingAnswer(company=str(it.company_id), name=it.name, since=it.resolve_at) for it in waiting
        ],
    )
