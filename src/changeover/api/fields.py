"""The fields of requests and answers: ids as text, cursors, each with its bounds and an example."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field, model_validator

from changeover.refusal import Refusal
from changeover.web.problem import Problem

T = TypeVar("T")

ID_PATTERN = r"^[1-9]\d{0,18}$"
Id = Annotated[str, Field(pattern=ID_PATTERN, examples=["250784561204989952"], description="63 bits, as text.")]
# The missing side of a finding is 0.
SideId = Annotated[str, Field(pattern=r"^\d{1,19}$", examples=["250784561204990001"])]
Revision = Annotated[int, Field(ge=0, examples=[42], description="The company's revision.")]
Sentence = Annotated[str, Field(examples=["Both sources are read and matched from now on."])]
Code = Annotated[str, Field(examples=["NOTHING_TO_HOLD"], description="Stable; meant for programs.")]
Who = Annotated[str, Field(examples=["API (backoffice)"])]
Title = Annotated[str, Field(examples=["Night Baker"])]
Place = Annotated[str, Field(examples=["York, England"])]
Cursor = Annotated[str | None, Field(examples=[None], description="Where the next page begins; null on the last page.")]

Before = Annotated[
    str | None, Query(pattern=ID_PATTERN, description="The `next` of the page before: what is older than this.")
]
_BEFORE_ALL = 2**63 - 1


class Told(BaseModel):
    """A request's body: a field that is not known is refused, so that no typing mistake is taken for a silence."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _keepable(cls, told: Any) -> Any:
        if _has_nul(told):
            raise ValueError("text with a NUL character, which a database cannot keep; send it without")
        return told


def _has_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(_has_nul(part) for pair in value.items() for part in pair)
    return isinstance(value, list) and any(_has_nul(part) for part in value)


def below(cursor: str | None) -> int:
    """A descending cursor as a number; above everything where there is none."""
    return min(int(cursor), _BEFORE_ALL) if cursor else _BEFORE_ALL


def cut(rows: Sequence[T], size: int) -> tuple[Sequence[T], T | None]:
    """A page of rows that were asked for with one more than ``size``, and its last one if more follow."""
    return rows[:size], rows[size - 1] if len(rows) > size else None


async def source_id(source: Annotated[int, Path(ge=1, description="The source's id.")]) -> int:
    """A source's id as it stands in a path; 404 for what cannot be one."""
    return _possible(source, "UNKNOWN_SOURCE", "source")


async def posting_id(posting: Annotated[int, Path(ge=1, description="The posting's id.")]) -> int:
    """A posting's id as it stands in a path; 404 for what cannot be one."""
    return _possible(posting, "UNKNOWN_POSTING", "posting")


async def client_id(client: Annotated[int, Path(ge=1, description="The client's id.")]) -> int:
    """A client's id as it stands in a path; 404 for what cannot be one."""
    return _possible(client, "UNKNOWN_CLIENT", "client")


async def reading_id(reading: Annotated[int, Path(ge=1, description="The reading's id.")]) -> int:
    """A reading's id as it stands in a path; 404 for what cannot be one."""
    return _possible(reading, "UNKNOWN_READING", "reading")


SourceId = Annotated[int, Depends(source_id)]
PostingId = Annotated[int, Depends(posting_id)]
ClientId = Annotated[int, Depends(client_id)]
ReadingId = Annotated[int, Depends(reading_id)]


def _possible(number: int, code: str, what: str) -> int:
    if number >= 2**63:
        raise unknown(code, what)
    return number


def unknown(code: str, what: str) -> Problem:
    """There is no such thing in this company."""
    return Problem(404, code, f"This company has no such {what}.", f"Send an id that the list of its {what}s tells.")


def conflict(refusal: Refusal) -> Problem:
    """What was refused as things stand: nothing was done."""
    status = 404 if refusal.code == "UNKNOWN_SOURCE" else 409
    return Problem(status, refusal.code, refusal.sentence, refusal.fix)
