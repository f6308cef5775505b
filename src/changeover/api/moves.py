"""What a program may do to a migration: each act is committed before it is answered, or refused."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field

from changeover import acts, readings
from changeover.api.answers import ActAnswer, MovedAnswer, PreviewAnswer
from changeover.cutover import Outcome, Stale
from changeover.migration.state import Move, Refusal
from changeover.web.problem import Problem
from changeover.web.served import CompanyId, Here, Operator

router = APIRouter(prefix="/api/v1", tags=["moves"], responses={409: {"description": "Nothing was done, and why."}})


class Seen(BaseModel):
    """The preview that was agreed to: its `seen`, as `rehearse` told it."""

    seen: str = Field(pattern="^[0-9a-f]{32}$")


class Why(BaseModel):
    """Why it is held, for whoever looks next."""

    why: str = Field(default="Held by a program.", max_length=500)


class Word(BaseModel):
    """A word on one pair, by the job ids that the review tells."""

    legacy_job: str = Field(pattern=r"^[1-9]\d{0,18}$")
    ats_job: str = Field(pattern=r"^[1-9]\d{0,18}$")
    verdict: Literal["confirmed", "rejected", "undecided"]


@router.post("/companies/{company}/activate", summary="Begin the migration")
async def activate(here: Here, session: Operator, company_id: CompanyId) -> ActAnswer:
    """From now on both sides are read and matched; the old source goes on feeding the board."""
    return _act(await acts.activate(here.flow, company_id, who=session.who), "Activated.")


@router.post("/companies/{company}/cancel", summary="End the migration before the cut-over")
async def cancel(here: Here, session: Operator, company_id: CompanyId) -> ActAnswer:
    """The old source goes on feeding the board alone."""
    return _act(await acts.cancel(here.flow, company_id, who=session.who), "Cancelled.")


@router.post("/companies/{company}/hold", summary="Hold the cut-over")
async def hold(here: Here, session: Operator, company_id: CompanyId, body: Why | None = None) -> ActAnswer:
    """It does not cut over by itself until it is let go."""
    why = (body or Why()).why
    return _act(await acts.hold(here.flow, company_id, held=True, who=session.who, why=why), "Held.")


@router.post("/companies/{company}/unhold", summary="Let the cut-over go")
async def unhold(here: Here, session: Operator, company_id: CompanyId) -> ActAnswer:
    """It cuts over by itself again, when all is ready."""
    refusal = await acts.hold(here.flow, company_id, held=False, who=session.who, why="Let go by a program.")
    return _act(refusal, "Let go.")


@router.post("/companies/{company}/pairs", summary="Confirm or reject a pair")
async def decide(here: Here, session: Operator, company_id: CompanyId, body: Word) -> ActAnswer:
    """The word outlives every later match; `undecided` takes it back."""
    legacy, ats = int(body.legacy_job), int(body.ats_job)
    if max(legacy, ats) >= 2**63:
        raise Problem(422, "INVALID_REQUEST", "A job id has 63 bits.", "Send the ids that the review tells.")
    if body.verdict == "undecided":
        await acts.undecide_pair(here.flow, company_id, legacy, ats, who=session.who)
        return ActAnswer(sentence="Taken back.")
    refusal = await acts.decide_pair(here.flow, company_id, legacy, ats, body.verdict, who=session.who)
    return _act(refusal, f"The pair is {body.verdict}.")


@router.post("/companies/{company}/sources/{source:int}/read", status_code=202, summary="Read a source soon")
async def read(here: Here, company_id: CompanyId, source: int) -> ActAnswer:
    """Queued ahead of its schedule."""
    return _act(await acts.read_soon(here.flow, company_id, source), "Queued.")


@router.post("/companies/{company}/sources/{source:int}/accept/{reading:int}", summary="Believe a held reading")
async def accept(here: Here, session: Operator, company_id: CompanyId, source: int, reading: int) -> ActAnswer:
    """Only that reading: another one that is held by now is not believed."""
    taken = await readings.accept(here.flow, company_id, source, who=session.who, seen=reading)
    return _act(taken if isinstance(taken, Refusal) else None, "Accepted.")


@router.post("/companies/{company}/resolve", summary="Close what did not match, cut over", response_model=MovedAnswer)
async def resolve(here: Here, session: Operator, company_id: CompanyId, body: Seen) -> Response:
    """Done only if it is still what `seen` names; 202 where it waits for a source that cannot be read now."""
    return _moved(Move.RESOLVE, await acts.resolve(here.flow, company_id, seen=body.seen, who=session.who))


@router.post("/companies/{company}/revert", summary="Let the old source feed again", response_model=MovedAnswer)
async def revert(here: Here, session: Operator, company_id: CompanyId, body: Seen) -> Response:
    """Done only if it is still what `seen` names. The company is held afterwards."""
    return _moved(Move.REVERT, await acts.revert(here.flow, company_id, seen=body.seen, who=session.who))


def _act(refusal: Refusal | None, sentence: str) -> ActAnswer:
    if refusal is not None:
        raise _conflict(refusal)
    return ActAnswer(sentence=sentence)


def _conflict(refusal: Refusal) -> Problem:
    return Problem(409, refusal.code, refusal.sentence, refusal.fix)


def _moved(move: Move, outcome: Outcome) -> Response:
    if isinstance(outcome, Stale):
        raise Problem(
            409,
            "PREVIEW_CHANGED",
            "Nothing was done: what would change is no longer what was seen.",
            "Look at the new preview and send its `seen`, if it is what you want.",
            preview=PreviewAnswer.of(move, outcome.preview).model_dump(mode="json"),
        )
    if isinstance(outcome, Refusal):
        if outcome.code == "RESOLVE_WAITS":
            return JSONResponse({"done": False, "code": outcome.code, "sentence": str(outcome)}, 202)
        raise _conflict(outcome)
    told = MovedAnswer(revision=outcome.revision, closed=outcome.closed, opened=outcome.opened, kept=outcome.kept)
    return JSONResponse(told.model_dump(mode="json"))
