"""A program's word on pairs: confirm, reject or take back, one or many at once, and the words so far."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Query
from pydantic import Field

from changeover import acts
from changeover.api.answers import ActAnswer, DecisionAnswer, DecisionsAnswer, WordAnswer, WordsAnswer
from changeover.api.fields import Id, Told, conflict, cut
from changeover.api.route import api_router
from changeover.match import store as matches
from changeover.match.in_order import Order
from changeover.migration import store as migrations
from changeover.refusal import Refusal
from changeover.web.problem import Problem
from changeover.web.served import Asking, CompanyId, Here
from changeover.wording import plural

router = api_router("pairs")

_VERDICTS = {
    "confirmed": "Confirmed: these two are one opening now, whatever a later match says.",
    "rejected": "Rejected: these two are kept apart, whatever a later match says.",
}


class Word(Told):
    """A word on one pair, by the job ids that the review tells."""

    legacy_job: Id
    ats_job: Id
    verdict: Literal["confirmed", "rejected", "undecided"]


class FirmWord(Told):
    """A word on one of many pairs."""

    legacy_job: Id
    ats_job: Id
    verdict: Literal["confirmed", "rejected"]


class Words(Told):
    """Words on up to 1,000 pairs, taken in their order."""

    words: Annotated[list[FirmWord], Field(min_length=1, max_length=1_000)]


class Group(Told):
    """A group of jobs that read the same, by its `twins_job` of the review, and in which order they are paired."""

    twins_job: Id
    by: Order


def _job(told: str) -> int:
    if int(told) < 2**63:
        return int(told)
    raise Problem(422, "INVALID_REQUEST", "A job id has 63 bits.", "Send the ids that the review tells.")


@router.get("/companies/{company}/pairs", summary="The words on pairs so far")
async def list_decisions(
    here: Here,
    company_id: CompanyId,
    after: Annotated[
        str | None, Query(pattern=r"^\d{1,18}-\d{1,18}-\d{1,18}$", description="The `next` of the page before.")
    ] = None,
    size: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> DecisionsAnswer:
    """What persons and programs have confirmed or rejected, newest first."""
    revision, legacy, ats = (int(part) for part in after.split("-")) if after else (2**62, 0, 0)
    async with here.db.company(company_id) as conn:
        await migrations.company(conn, company_id)
        rows = await matches.words(conn, company_id, after=(revision, legacy, ats), size=size + 1)
    shown, last = cut(rows, size)
    told = [
        DecisionAnswer.model_validate(
            {**row, "legacy_job": str(row["legacy_job_id"]), "ats_job": str(row["ats_job_id"])}
        )
        for row in shown
    ]
    more = f"{last['revision']}-{last['legacy_job_id']}-{last['ats_job_id']}" if last else None
    return DecisionsAnswer(pairs=told, next=more)


@router.post("/companies/{company}/pairs", summary="Confirm or reject a pair")
async def decide_pair(here: Here, asking: Asking, company_id: CompanyId, body: Word) -> ActAnswer:
    """The word outlives every later match; `undecided` takes it back."""
    legacy, ats = _job(body.legacy_job), _job(body.ats_job)
    if body.verdict == "undecided":
        await acts.undecide_pair(here.flow, company_id, legacy, ats, who=asking.who)
        return ActAnswer(sentence="Taken back: the next match decides anew.")
    refusal = await acts.decide_pair(here.flow, company_id, legacy, ats, body.verdict, who=asking.who)
    if refusal is not None:
        raise conflict(refusal)
    return ActAnswer(sentence=_VERDICTS[body.verdict])


@router.post("/companies/{company}/pairs/bulk", summary="Confirm or reject many pairs")
async def decide_pairs(here: Here, asking: Asking, company_id: CompanyId, body: Words) -> WordsAnswer:
    """In one revision. A word that is refused says why, and the others are taken."""
    words = [acts.Word(_job(word.legacy_job), _job(word.ats_job), word.verdict) for word in body.words]
    revision, refusals = await acts.decide_pairs(here.flow, company_id, words, who=asking.who)
    told = [_became(index, refusal) for index, refusal in enumerate(refusals)]
    return WordsAnswer(revision=revision, taken=sum(word.done for word in told), words=told)


@router.post("/companies/{company}/pairs/groups", summary="Pair jobs that read the same")
async def pair_group(here: Here, asking: Asking, company_id: CompanyId, body: Group) -> ActAnswer:
    """All jobs of a group that no text tells apart, in the order of their ids or of their posting dates, as one word.

    What one side has more of stays unpaired.
    """
    pairs = await acts.pair_group(here.flow, company_id, _job(body.twins_job), body.by, who=asking.who)
    if isinstance(pairs, Refusal):
        raise conflict(pairs)
    return ActAnswer(sentence=f"{plural(pairs, 'pair is', 'pairs are')} confirmed, whatever a later match says.")


def _became(index: int, refusal: Refusal | None) -> WordAnswer:
    if refusal is None:
        return WordAnswer(index=index, done=True)
    return WordAnswer(index=index, done=False, code=refusal.code, sentence=refusal.sentence, fix=refusal.fix)
