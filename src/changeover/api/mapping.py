"""How a program maps an unknown feed: the mapping that is kept, a guess, another one, none."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from pydantic import BaseModel, Field, StrictBool

from changeover import acts
from changeover.api.answers import ActAnswer
from changeover.api.fields import SourceId, Told, conflict, unknown
from changeover.api.route import api_router
from changeover.migration import store as migrations
from changeover.readings import not_readable
from changeover.refusal import Refusal
from changeover.snapshot import store as snapshots
from changeover.snapshot.store import SourceRow
from changeover.sources.fetch_rules import fetch_rules
from changeover.sources.mapped_feed import look, preview
from changeover.sources.mapping import FieldMapping, Sample, flaw, from_record, guess
from changeover.sources.source import Problem as Unreadable
from changeover.web.served import Asking, CompanyId, Here, Served

router = api_router("sources")

_PATIENCE_SECONDS = 25.0
_SHOWN = 3
Record = Annotated[
    str, Field(max_length=200, examples=["item"], description="The records' tag, or in JSON the path of their list.")
]
Paths = Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=8)]


class Mapping(Told):
    """Which field of a feed is which: for a job's field the paths in a record, of which the first that says something
    counts. ``full``: a reading tells every open job, not only what is new.
    """

    record: Record = ""
    fields: Annotated[dict[str, Paths], Field(max_length=20, examples=[{"id": ["ref"], "title": ["headline"]}])]
    dates: Annotated[str, Field(max_length=20, examples=["day_first"])] = ""
    full: StrictBool = True


class MappingAnswer(BaseModel):
    """The mapping that a source is read by; none where it is recognised by its form."""

    mapping: Mapping | None


class GuessAnswer(BaseModel):
    """The likeliest mapping of a feed, an example of each of its paths, and the first jobs that it makes."""

    mapping: Mapping
    examples: dict[str, str]
    jobs: list[dict[str, Any]]


@router.get("/companies/{company}/sources/{source:int}/mapping", summary="Which field of its feed is which")
async def get_mapping(here: Here, company_id: CompanyId, source_id: SourceId) -> MappingAnswer:
    """The mapping that is kept with a source."""
    async with here.db.company(company_id) as conn:
        await migrations.company(conn, company_id)
        row = await snapshots.source(conn, company_id, source_id)
    if row is None:
        raise unknown("UNKNOWN_SOURCE", "source")
    kept = from_record(row.mapping) if row.mapping is not None else None
    return MappingAnswer(mapping=_told(kept) if isinstance(kept, FieldMapping) else None)


@router.post("/companies/{company}/sources/{source:int}/mapping/guess", summary="Guess which field is which")
async def guess_mapping(here: Here, company_id: CompanyId, source_id: SourceId) -> GuessAnswer:
    """Looks at the feed's first records now; nothing is kept."""
    row = await _row(here, company_id, source_id)
    sample = await _sample(here, row, "")
    made = guess(sample)
    jobs = [job.as_record() for job in preview(made, sample)[:_SHOWN]]
    examples = {path: value[:200] for path, value in sample.examples().items()}
    return GuessAnswer(mapping=_told(made), examples=examples, jobs=jobs)


@router.put("/companies/{company}/sources/{source:int}/mapping", summary="Say which field of its feed is which")
async def set_mapping(
    here: Here, asking: Asking, company_id: CompanyId, source_id: SourceId, body: Mapping
) -> ActAnswer:
    """Kept if the feed's first records can be read by it; the source is read by it from now on."""
    row = await _row(here, company_id, source_id)
    mapping = from_record({key: value for key, value in body.model_dump().items() if value != ""})
    if isinstance(mapping, Unreadable):
        raise conflict(Refusal(mapping.code, mapping.sentence))
    wrong = flaw(mapping, await _sample(here, row, mapping.record))
    if wrong is not None:
        raise conflict(Refusal(wrong.code, wrong.sentence))
    return await _kept(here, company_id, source_id, mapping, asking.who)


@router.delete("/companies/{company}/sources/{source:int}/mapping", summary="Forget a mapping")
async def forget_mapping(here: Here, asking: Asking, company_id: CompanyId, source_id: SourceId) -> ActAnswer:
    """The source is recognised by its form again."""
    return await _kept(here, company_id, source_id, None, asking.who)


async def _kept(here: Served, company_id: int, source_id: int, mapping: FieldMapping | None, who: str) -> ActAnswer:
    refusal = await acts.map_source(here.flow, company_id, source_id, mapping, who=who)
    if refusal is not None:
        raise conflict(refusal)
    return ActAnswer(sentence=f"The source is read {'by' if mapping else 'without'} a mapping from now on.")


async def _row(here: Served, company_id: int, source_id: int) -> SourceRow:
    async with here.db.company(company_id) as conn:
        await migrations.company(conn, company_id)
        row = await snapshots.source(conn, company_id, source_id)
    if row is None or not row.active or not row.pulled:
        raise conflict(not_readable(row))
    return row


async def _sample(here: Served, row: SourceRow, record: str) -> Sample:
    try:
        found = await asyncio.wait_for(look(row.location, fetch_rules(here.settings), record=record), _PATIENCE_SECONDS)
    except TimeoutError:
        raise conflict(Refusal("TOO_SLOW", "The source has not answered in time.", "Ask again in a while.")) from None
    if isinstance(found, Unreadable):
        raise conflict(Refusal(found.code, found.sentence))
    return found


def _told(mapping: FieldMapping) -> Mapping:
    return Mapping.model_validate(mapping.as_record())
