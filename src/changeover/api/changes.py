"""How a board that has its own site follows the live set: an ordered stream, resumed anywhere."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel

from changeover.api.route import api_router
from changeover.postings.changes import Kind, follow, parse_cursor, record
from changeover.web.problem import Problem
from changeover.web.served import Here

router = api_router("postings")


class ShownPostingAnswer(BaseModel):
    """A live posting as the board shows it now. ``feed`` is the lane that supplies it; ``promoted`` has a slot."""

    url: str
    title: str
    location: str
    company: str
    employer: str
    employer_job_id: str
    description: str
    apply_url: str
    workplace_type: str
    posted_at: datetime | None
    feed: str
    promoted: bool


class ChangeAnswer(BaseModel):
    """One posting at one revision: hold it as told (`opened`, `changed`) or let go of it (`closed`).

    ``cause`` is what the company's history calls the revision. All entries with the same ``group`` and with
    ``feeder_changed`` are one cut-over or one way back. Of two entries on one posting the one with the higher
    ``revision`` holds. ``moved_to``: the posting that a closed one redirects to.
    """

    change: Kind
    id: str
    company: str
    revision: int
    group: str
    at: datetime | None
    cause: str
    feeder_changed: bool
    moved_to: str | None
    posting: ShownPostingAnswer | None


class ChangesAnswer(BaseModel):
    """A page of the stream. Keep ``next`` with what the page changed; ask again at once while ``more``."""

    changes: list[ChangeAnswer]
    next: str
    more: bool


@router.get(
    "/postings/changes",
    summary="What opened, changed or closed on the whole board",
    responses={422: {"description": "The cursor is not one that this stream gave."}},
)
async def follow_changes(
    here: Here,
    after: Annotated[str, Query(max_length=120, description="The `next` of the page before; empty to start.")] = "",
    size: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> ChangesAnswer:
    """An ordered, resumable stream of the live set.

    Without `after` it begins with all that is live. Whoever holds each posting that is `opened` or `changed` and lets
    go of each that is `closed` holds exactly the live set when `more` is false. At a cut-over a paired posting is
    `changed`, never closed and opened.
    """
    cursor = parse_cursor(after) if after else None
    if after and cursor is None:
        raise Problem(
            422, "NOT_A_CURSOR", "This stream gave no such cursor.", "Send the `next` of a page, or start without one."
        )
    page = await follow(here.db, cursor, size)
    changes = [ChangeAnswer.model_validate(record(entry, here.public_url)) for entry in page.entries]
    return ChangesAnswer(changes=changes, next=str(page.next), more=page.more)
