"""What every request to the API goes through: who asks, how often, does it hold, is it new."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from fastapi.routing import APIRoute

from changeover.api.once import Claim, once
from changeover.api.preconditions import ActWitness, expected_revision, hold_to, tagged
from changeover.database.board import BOARD
from changeover.database.revise import WITNESS
from changeover.web.access import WHO, gate
from changeover.web.clearance import Who
from changeover.web.problem import Problem, answer_to
from changeover.web.programs import client_caller
from changeover.web.served import possible_company, served
from changeover.web.tokens import Caller
from changeover.wording import plural

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

_SAFE = ("GET", "HEAD")
# Resolve and revert take revisions of their own before they move the feed; what was seen is what must still hold.
_BOUND_BY_SEEN = ("/resolve", "/revert")


class ApiRoute(APIRoute):
    """A route of the API: refusals are problem+json, reads carry a tag, acts may carry a key and a precondition."""

    def get_route_handler(self) -> Handler:
        """The handler of the route's function, with all that around it."""
        inner = super().get_route_handler()

        async def handle(request: Request) -> Response:
            told: dict[str, str] = {}
            try:
                caller = await _caller(request)
                told = await _counted(request, caller)
                if request.method in _SAFE:
                    response = tagged(request, await inner(request))
                else:
                    response = await _act(request, caller, inner)
            except Exception as problem:
                refusal = answer_to(request, problem)
                if refusal is None:
                    raise
                response = refusal
            for name, value in told.items():
                response.headers.setdefault(name, value)
            return response

        return handle


def api_router(*tags: str) -> APIRouter:
    """A router of the API; each operation is called like its function."""
    return APIRouter(
        prefix="/api/v1",
        tags=[*tags],
        route_class=ApiRoute,
        generate_unique_id_function=lambda route: route.name,
    )


async def _caller(request: Request) -> Caller:
    await gate(request)
    if WHO[request.scope["route"].path] is Who.CLIENT:
        request.state.caller = await client_caller(request, request.scope["route"].path)
    caller: Caller = request.state.caller
    return caller


async def _counted(request: Request, caller: Caller) -> dict[str, str]:
    """Count the request; what its answer says of the rate. Raises Problem 429."""
    allowance = await served(request).rates.take(BOARD, caller.key)
    if allowance is None:
        return {}
    if not allowance.allowed:
        raise Problem(
            429,
            "TOO_MANY_REQUESTS",
            f"Nothing was done: this credential has asked {allowance.limit:,} times within this minute.",
            f"Wait {plural(allowance.seconds, 'second')}; the header RateLimit of every answer tells what is left.",
            headers=allowance.headers(),
        )
    return allowance.headers()


async def _act(request: Request, caller: Caller, inner: Handler) -> Response:
    here, path = served(request), request.url.path
    told = request.path_params.get("company")
    company = possible_company(str(told)) if told is not None else BOARD
    expected = expected_revision(request) if company else None

    async def act(claim: Claim | None) -> Response:
        if expected is not None:
            await hold_to(here.db, company, expected)
        request.state.claim = claim
        held = None if path.endswith(_BOUND_BY_SEEN) else expected
        token = WITNESS.set(ActWitness(caller.who, claim, held))
        try:
            return await inner(request)
        finally:
            WITNESS.reset(token)

    return await once(here.db, company, request, caller, act)
