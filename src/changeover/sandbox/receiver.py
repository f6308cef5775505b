"""A receiving webhook for the sandbox: it answers challenges, checks signatures, and keeps what came."""

from __future__ import annotations

import hmac
from collections import deque
from collections.abc import Callable
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from changeover.webhooks.signing import challenge_response, signature

PATH = "/sandbox/webhook"
_KEPT = 500


class Receiver:
    """The application at PATH. ``secrets`` are by application id, the parent's under the empty one."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self.secrets: dict[str, str] = {}
        self.events: deque[dict[str, Any]] = deque(maxlen=_KEPT)
        self._tell = tell
        inner = PATH.removeprefix("/sandbox")
        routes = [Route(inner, self.challenge, methods=["GET"]), Route(inner, self.receive, methods=["POST"])]
        self.application = Starlette(routes=[*routes, Route("/events", self.shown, methods=["GET"])])

    async def challenge(self, request: Request) -> Response:
        """Answer a challenge with the secret of the application that it names."""
        code = request.query_params.get("challengeCode", "")
        secret = self.secrets.get(request.query_params.get("applicationId", ""), "")
        return JSONResponse({"challengeCode": code, "challengeResponse": challenge_response(secret, code)})

    async def receive(self, request: Request) -> Response:
        """Keep an event, once its signature was checked."""
        body = await request.body()
        told = request.headers.get("x-li-signature", "").removeprefix("hmacsha256=")
        right = [hmac.compare_digest(told, signature(each, body.decode())) for each in self.secrets.values()]
        if not any(right):
            self._tell("webhook: an event with a wrong signature was refused")
            return JSONResponse({"errorCode": "BAD_SIGNATURE"}, 401)
        event = orjson.loads(body)
        self.events.append(event)
        self._tell(f"webhook: {event.get('type')} {event.get('externalJobPostingId', '')}".rstrip())
        return JSONResponse({"received": True})

    async def shown(self, _request: Request) -> Response:
        """The newest events, the oldest first."""
        return JSONResponse({"events": list(self.events)})
