"""The shapes in which the API tells of companies, previews and reviews; ids are text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from changeover.api.fields import Code, Cursor, Id, Place, Revision, Sentence, SideId, Title, Who
from changeover.job import Lane
from changeover.migration.state import Move, State
from changeover.migration.store import Company
from changeover.postings.live import Line, Preview


class BlockerAnswer(BaseModel):
    """One reason why a company does not cut over yet."""

    code: Code
    sentence: Sentence
    fix: str
    count: int = 0
    resolvable: bool = False


class CompanyAnswer(BaseModel):
    """A company's migration: its state, what feeds the board, the counts and reasons that its last run found."""

    id: Id
    name: Annotated[str, Field(examples=["Ferrous & Sons"])]
    ats: Annotated[str, Field(examples=["Greenhouse"])]
    state: State
    feed: Lane
    held: bool
    held_by: str
    held_why: str
    ats_only_holds: bool
    none_live: bool
    revision: Revision
    counts: dict[str, int]
    blockers: list[BlockerAnswer]
    activated_at: datetime | None
    cut_over_at: datetime | None
    way_back_until: datetime | None
    resolve_waits_since: datetime | None

    @classmethod
    def of(cls, it: Company) -> CompanyAnswer:
        """The answer for a company's row."""
        return cls(
            id=str(it.company_id),
            name=it.name,
            ats=it.ats,
            state=it.state,
            feed=it.feed,
            held=it.held,
            held_by=it.held_by,
            held_why=it.held_why,
            ats_only_holds=it.ats_only_holds,
            none_live=it.none_live_confirmed,
            revision=it.revision,
            counts=it.counts,
            blockers=[BlockerAnswer(**blocker) for blocker in it.blockers],
            activated_at=it.activated_at,
            cut_over_at=it.cut_over_at,
            way_back_until=it.way_back_until,
            resolve_waits_since=it.resolve_at,
        )


class CompaniesAnswer(BaseModel):
    """A page of companies; ``next`` is the cursor of the page after it, if there is one."""

    companies: list[CompanyAnswer]
    next: Cursor


class LineAnswer(BaseModel):
    """A posting that a move would close or open."""

    posting: Id
    title: Title
    location: Place
    source_id: str
    employer_job_id: str


class PreviewAnswer(BaseModel):
    """What a move would do now. ``seen`` is what resolve and revert want to be sent back."""

    move: Literal["resolve", "revert"]
    seen: Annotated[str, Field(pattern="^[0-9a-f]{32}$", examples=["0123456789abcdef0123456789abcdef"])]
    closing: list[LineAnswer]
    opening: list[LineAnswer]
    kept: int

    @classmethod
    def of(cls, move: Move, preview: Preview) -> PreviewAnswer:
        """The answer for a preview."""
        return cls(
            move="revert" if move is Move.REVERT else "resolve",
            seen=preview.digest,
            closing=[_line(line) for line in preview.closing],
            opening=[_line(line) for line in preview.opening],
            kept=preview.kept,
        )


def _line(line: Line) -> LineAnswer:
    return LineAnswer(
        posting=str(line.posting_id),
        title=line.title,
        location=line.location,
        source_id=line.source_job_id,
        employer_job_id=line.employer_job_id,
    )


class FindingAnswer(BaseModel):
    """A pair, a suggestion or a lone job: the columns of a match, and the job ids that `pairs` wants.

    `twins_job` names the group of jobs that no text tells apart, as `pairs/groups` wants it; "0" outside of one.
    """

    legacy_job: SideId
    ats_job: SideId
    twins_job: SideId
    legacy_id: str | None
    ats_id: str | None
    score: float
    decision: Literal["paired", "review", "legacy_only", "ats_only"]
    rule: str
    reason: str
    code: str
    fix: str
    legacy_title: str | None
    legacy_location: str | None
    legacy_company: str | None
    legacy_employer_job_id: str | None
    ats_title: str | None
    ats_location: str | None
    ats_company: str | None
    ats_employer_job_id: str | None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> FindingAnswer:
        """The answer for a row of match/store."""
        ids = {
            "legacy_job": str(row["legacy_job_id"]),
            "ats_job": str(row["ats_job_id"]),
            "twins_job": str(row["twins_id"]),
        }
        return cls.model_validate({**ids, **{name: row[name] for name in cls.model_fields if name not in ids}})


class ReviewAnswer(BaseModel):
    """A page of the review; ``next`` is the cursor of the page after it, if there is one."""

    findings: list[FindingAnswer]
    next: Cursor


class MovedAnswer(BaseModel):
    """The feed has moved: at which revision, and what that did to the postings."""

    revision: Revision
    closed: int
    opened: int
    kept: int


class ActAnswer(BaseModel):
    """An act that was done. ``sentence`` says what it means."""

    done: bool = True
    sentence: Sentence


class SessionAnswer(BaseModel):
    """Who asks, and whether it may change something.

    ``csrf``: what a session sends as the header `X-CSRF-Token` with every change; empty for a token.
    """

    who: Who
    acts: bool
    csrf: str


class WaitsAnswer(BaseModel):
    """Nothing was moved yet: the act waits for a source that cannot be read now, and is tried again by itself."""

    done: bool = False
    code: Code
    sentence: Sentence


class WordAnswer(BaseModel):
    """What became of one word of many; ``code``, ``sentence`` and ``fix`` say why not."""

    index: int
    done: bool
    code: str = ""
    sentence: str = ""
    fix: str = ""


class WordsAnswer(BaseModel):
    """What became of many words: those that were taken stand at one revision, null if none was."""

    revision: int | None
    taken: int
    words: list[WordAnswer]


class DecisionAnswer(BaseModel):
    """A person's word on a pair, with both jobs."""

    legacy_job: Id
    ats_job: Id
    verdict: Literal["confirmed", "rejected"]
    who: Who
    decided_at: datetime
    revision: Revision
    legacy_id: str
    legacy_title: Title
    ats_id: str
    ats_title: Title


class DecisionsAnswer(BaseModel):
    """A page of the words on a company's pairs, newest first."""

    pairs: list[DecisionAnswer]
    next: Cursor
