"""What a program may do to a migration: each act is committed before it is answered, or refused."""

from __future__ import annotations

from fastapi.responses import JSONResponse, Response
from pydantic import Field

from changeover import acts
from changeover.api.answers import ActAnswer, MovedAnswer, PreviewAnswer, WaitsAnswer
from changeover.api.fields import Told, conflict
from changeover.api.route import api_router
from changeover.cutover import Outcome, Stale
from changeover.migration.state import Move
from changeover.refusal import Refusal
from changeover.web.problem import Problem
from changeover.web.served import Asking, CompanyId, Here

router = api_router("moves")


class Seen(Told):
    """The preview that was agreed to: its `seen`, as `rehearse` told it."""

    seen: str = Field(pattern="^[0-9a-f]{32}$", examples=["0123456789abcdef0123456789abcdef"])


class Why(Told):
    """Why it is held, for whoever looks next."""

    why: str = Field(default="Held by a program.", max_length=500, examples=["Until the works council has agreed."])


@router.post("/companies/{company}/activate", summary="Begin the migration")
async def activate(here: Here, asking: Asking, company_id: CompanyId) -> ActAnswer:
    """From now on both sides are read and matched; the old source goes on feeding the board."""
    return _act(await acts.activate(here.flow, company_id, who=asking.who), "Activated.")


@router.post("/companies/{company}/cancel", summary="End the migration before the cut-over")
async def cancel(here: Here, asking: Asking, company_id: CompanyId) -> ActAnswer:
    """The old source goes on feeding the board alone."""
    return _act(await acts.cancel(here.flow, company_id, who=asking.who), "Cancelled.")


@router.post("/companies/{company}/hold", summary="Hold the cut-over")
async def hold(here: Here, asking: Asking, company_id: CompanyId, body: Why | None = None) -> ActAnswer:
    """It does not cut over by itself until it is let go."""
    why = (body or Why()).why
    return _act(await acts.hold(here.flow, company_id, held=True, who=asking.who, why=why), "Held.")


@router.post("/companies/{company}/unhold", summary="Let the cut-over go")
async def unhold(here: Here, asking: Asking, company_id: CompanyId) -> ActAnswer:
    """It cuts over by itself again, when all is ready."""
    refusal = await acts.hold(here.flow, company_id, held=False, who=asking.who, why="Let go by a program.")
    return _act(refusal, "Let go.")


@router.post(
    "/companies/{company}/resolve",
    summary="Close what did not match, cut over",
    response_model=MovedAnswer,
    responses={202: {"model": WaitsAnswer, "description": "It waits for a source."}},
)
async def resolve(here: Here, asking: Asking, company_id: CompanyId, body: Seen) -> Response:
    """Done only if it is still what `seen` names; 202 where it waits for a source that cannot be read now."""
    return _moved(Move.RESOLVE, await acts.resolve(here.flow, company_id, seen=body.seen, who=asking.who))


@router.post("/companies/{company}/revert", summary="Let the old source feed again", response_model=MovedAnswer)
async def revert(here: Here, asking: Asking, company_id: CompanyId, body: Seen) -> Response:
    """Done only if it is still what `seen` names. The company is held afterwards."""
    return _moved(Move.REVERT, await acts.revert(here.flow, company_id, seen=body.seen, who=asking.who))


def _act(refusal: Refusal | None, sentence: str) -> ActAnswer:
    if refusal is not None:
        raise conflict(refusal)
    return ActAnswer(sentence=sentence)


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
            waits = WaitsAnswer(code=outcome.code, sentence=str(outcome))
            return JSONResponse(waits.model_dump(mode="json"), 202)
        raise conflict(outcome)
    told = MovedAnswer(revision=outcome.revision, closed=outcome.closed, opened=outcome.opened, kept=outcome.kept)
    return JSONResponse(told.model_dump(mode="json"))
