"""Live pages: the stream of server-sent events that tells a page which company has moved."""

from __future__ import annotations

from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from changeover.web.served import Here, Operator

router = APIRouter(include_in_schema=False)

_RETRY_MS = 2_000


@router.get("/events", response_class=EventSourceResponse)
async def events(request: Request, here: Here, session: Operator, after: str = "") -> AsyncIterator[ServerSentEvent]:
    """Each committed revision as ``{"company", "revision"}``; an empty company says: look at everything anew.

    ``after`` is the position at which the page was made; a browser that lost the stream comes back with
    its last id instead. The stream says every few seconds that it lives.
    """
    yield ServerSentEvent(comment="listening", retry=_RETRY_MS)
    async for told in here.revisions.follow(request.headers.get("last-event-id", after)):
        if told.company and not session.reaches(int(told.company)):
            continue
        yield ServerSentEvent(data={"company": told.company, "revision": told.revision}, id=told.id)
