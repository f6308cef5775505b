"""The shapes in which the API tells of sources, their readings, and the clients that push."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from changeover.api.fields import Cursor, Id, Sentence, Title
from changeover.job import Lane
from changeover.snapshot.store import SourceRow

Kind = Annotated[str, Field(examples=["xml_feed"])]
Location = Annotated[str, Field(examples=["https://jobs.example/feed.xml"])]


class SourceAnswer(BaseModel):
    """Where a company's jobs come from. ``held_reading``: a reading that waits for a person's word."""

    id: Id
    lane: Lane
    kind: Kind
    location: Location
    rank: int
    every_minutes: int | None
    tells_changes: Annotated[bool, Field(description="It tells only what is new, changed or over.")] = False
    full_from: Annotated[str, Field(description="Where a source of changes tells every open job.")] = ""
    state: Literal["active", "revoked", "off"]
    pulled: bool
    next_read_at: datetime | None
    failures: int
    whole_at: datetime | None
    whole_now: bool
    held_reading: Id | None
    created_at: datetime

    @classmethod
    def of(cls, row: SourceRow) -> SourceAnswer:
        """The answer for a source's row."""
        told = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        held = str(row.held_reading_id) if row.held_reading_id else None
        return cls(**{**told, "id": str(row.source_id), "held_reading": held})


class SourcesAnswer(BaseModel):
    """A page of a company's sources, by id."""

    sources: list[SourceAnswer]
    next: Cursor


class SourceProblemAnswer(BaseModel):
    """Something that was wrong with what a source said."""

    code: Annotated[str, Field(examples=["NO_TITLE"])]
    sentence: Sentence
    job_id: Annotated[str, Field(examples=["4711"])] = ""


class ReadingAnswer(BaseModel):
    """What a source said once, and what was believed of it."""

    id: Id
    began_at: datetime
    ended_at: datetime
    completeness: Literal["complete", "partial", "failed"]
    verdict: Literal["taken", "held", "failed", "released", "superseded"]
    code: Annotated[str, Field(examples=["SHRUNK"])]
    sentence: Sentence
    jobs: int
    unreadable: int
    appeared: int
    changed: int
    vanished: int
    problems: list[SourceProblemAnswer]

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> ReadingAnswer:
        """The answer for a reading's row."""
        told = {name: row[name] for name in cls.model_fields if name in row}
        return cls.model_validate({**told, "id": str(row["reading_id"])})


class ReadingsAnswer(BaseModel):
    """A page of a source's readings, newest first."""

    readings: list[ReadingAnswer]
    next: Cursor


class AcceptedAnswer(BaseModel):
    """A held reading is believed now: how many jobs it has, and how many of those we knew it does not have."""

    done: bool = True
    sentence: Sentence
    jobs: int
    closed: int


class ClientAnswer(BaseModel):
    """A program of a company, and what its tokens open. ``used_at``: when one was last shown."""

    id: Id
    name: Annotated[str, Field(examples=["Our ATS"])]
    scopes: Annotated[list[str], Field(examples=[["push", "candidates"]])]
    origins: Annotated[list[str], Field(examples=[["https://ats.example"]], description="Where it may show widgets.")]
    created_at: datetime
    tokens: Annotated[int, Field(description="How many open something: two at most, none where it was revoked.")]
    used_at: datetime | None


class ClientsAnswer(BaseModel):
    """A page of a company's clients, by id."""

    clients: list[ClientAnswer]
    next: Cursor


class TokenAnswer(BaseModel):
    """A client's new token: told once and kept as a hash only, so a repeated request is answered without it."""

    id: Id
    token: Annotated[str | None, Field(examples=["chg_…", None])]


class HeldAnswer(BaseModel):
    """A reading that waits for a person."""

    company: Id
    name: Title
    source: Id
    reading: Id
    location: Location
    lane: Lane
    sentence: Sentence
    began_at: datetime
