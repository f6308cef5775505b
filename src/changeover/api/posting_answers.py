"""The shapes in which the API tells of postings, of the past, and of what a check of it found."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from changeover.api.fields import Code, Cursor, Id, Place, Revision, Sentence, Title, Who
from changeover.api.source_answers import HeldAnswer
from changeover.job import Lane
from changeover.migration.state import State

Url = Annotated[str, Field(examples=["https://board.example/jobs/7-8"])]


class LiveAnswer(BaseModel):
    """A live posting in a list."""

    id: Id
    url: Url
    title: Title
    location: Place
    employer: Annotated[str, Field(examples=["Ferrous & Sons"])]
    employer_job_id: Annotated[str, Field(examples=["CB-801"])]
    workplace_type: str
    posted_at: datetime | None
    promoted: Annotated[bool, Field(description="It holds a paid slot.")]


class PostingsAnswer(BaseModel):
    """A page of a company's live postings, newest first."""

    postings: list[LiveAnswer]
    next: Cursor


class SideAnswer(BaseModel):
    """A job that stands on a posting. ``flaw``: why it cannot be posted, where it cannot."""

    lane: Lane
    job: Id
    source: Id
    source_job_id: Annotated[str, Field(examples=["L-104"])]
    title: Title
    location: Place
    employer_job_id: Annotated[str, Field(examples=["CB-801"])]
    open: bool
    valid: bool
    flaw: str


class PostingAnswer(BaseModel):
    """A posting as it stands. ``moved_to``: the posting that its address redirects to for ever."""

    id: Id
    state: Literal["live", "closed", "moved"]
    url: Url
    moved_to: Id | None
    feed: Lane | None
    title: Title | None
    location: Place | None
    employer: str | None
    employer_job_id: str | None
    description: str | None
    apply_url: str | None
    workplace_type: str | None
    posted_at: datetime | None
    sides: list[SideAnswer]


class ShownAnswer(BaseModel):
    """From which revision to which a posting was live, why it began and ended, and the job that it showed."""

    from_revision: Revision
    from_at: datetime | None
    from_kind: Annotated[str | None, Field(examples=["reading_taken"])]
    to_revision: Revision | None
    to_at: datetime | None
    to_kind: Annotated[str | None, Field(examples=["resolved"])]
    lane: Lane
    job: Id
    source_job_id: Annotated[str, Field(examples=["L-104"])]
    title: Title


class ShownPageAnswer(BaseModel):
    """A page of the times in which a posting was live, oldest first."""

    shown: list[ShownAnswer]
    next: Cursor


class EventAnswer(BaseModel):
    """One revision of a company: what happened, who did it, why, and how the company stood after it."""

    revision: Revision
    at: datetime
    kind: Annotated[str, Field(examples=["activated"])]
    who: Who
    why: Sentence
    feed: Lane
    state: State
    detail: dict[str, Any]

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> EventAnswer:
        """The answer for a revision's row."""
        return cls.model_validate({name: row[name] for name in cls.model_fields})


class HistoryAnswer(BaseModel):
    """A page of a company's history, newest first."""

    events: list[EventAnswer]
    next: Cursor


class BrokenAnswer(BaseModel):
    """A promise that was not kept, and at which revision."""

    promise: int
    code: Code
    revision: Revision
    sentence: Sentence


class VerifyAnswer(BaseModel):
    """Promises 1 to 4 held against everything that is recorded of a company."""

    revisions: int
    intervals: int
    cut_over: int
    reverted: int
    gaps: int
    duplicates: int
    broken: list[BrokenAnswer]


class StateCountAnswer(BaseModel):
    """How many companies stand in a state, and of how many of these the cut-over is held."""

    companies: int
    held: int


class WaitingAnswer(BaseModel):
    """A company whose resolve waits for a source that cannot be read."""

    company: Id
    name: Title
    since: datetime | None


class OverviewAnswer(BaseModel):
    """The whole board at a glance: companies by state, and what waits for a person, longest first, at most 100."""

    states: dict[State, StateCountAnswer]
    held_readings: list[HeldAnswer]
    waiting_resolves: list[WaitingAnswer]
