"""The events that leave a board, as the API's description tells them: names and examples.

Of two events on one posting the one with the higher `revision` holds: they may come in any order, and twice.
"""

from __future__ import annotations

from typing import Any

# What happened, by the name under which a receiver hears of it. The kinds of postings are those of the change stream.
EVENTS = {
    "posting.opened": "A posting is live that was not.",
    "posting.changed": "A live posting shows something else, or another lane feeds it. At a cut-over every paired one.",
    "posting.closed": "A posting is live no more; `moved_to` is the posting that its address redirects to, if any.",
    "company.activated": "A company's migration began.",
    "company.ready": "Every job of a company matched.",
    "company.cut_over": "The ATS feeds a company's postings now, by itself or resolved by the employer.",
    "company.reverted": "The old source feeds a company's postings again.",
    "company.cancelled": "A company's migration was ended before the cut-over.",
    "company.finished": "The way back of a company has closed.",
    "company.reading_held": "A reading looks like a broken source and waits for a person.",
}

_POSTING = {
    "change": "changed",
    "id": "250784561204989952-250784561204990001",
    "company": "250784561204989952",
    "revision": 42,
    "group": "250784561204989952-42",
    "at": "2026-03-02T09:00:00Z",
    "cause": "reading_taken",
    "feeder_changed": False,
    "moved_to": None,
    "posting": {"url": "https://board.example/jobs/250784561204989952-250784561204990001", "title": "Night Baker"},
}
_COMPANY = {"company": "250784561204989952", "revision": 42, "state": "matching", "feed": "legacy"}
_HEADERS = {
    "webhook-id": "The event's id, the same on every try: what to drop a repeated one by.",
    "webhook-timestamp": "Seconds since 1970 at which this try was made.",
    "webhook-signature": "`v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`, as Standard Webhooks has it.",
}


def webhooks() -> dict[str, Any]:
    """The section `webhooks` of an OpenAPI document."""
    return {name: {"post": _operation(name, meaning)} for name, meaning in EVENTS.items()}


def _operation(name: str, meaning: str) -> dict[str, Any]:
    data = _POSTING if name.startswith("posting.") else _COMPANY
    example = {"type": name, "timestamp": "2026-03-02T09:00:00Z", "data": data}
    return {
        "operationId": name.replace(".", "_"),
        "summary": meaning,
        "tags": ["events"],
        "security": [],
        "parameters": [
            {"name": header, "in": "header", "required": True, "description": what, "schema": {"type": "string"}}
            for header, what in _HEADERS.items()
        ],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {"$ref": "#/components/schemas/Event"},
                    "examples": {name: {"value": example}},
                }
            },
        },
        "responses": {"2XX": {"description": "It was taken. Anything else is tried again by the published schedule."}},
    }


EVENT_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "An event in the shape of Standard Webhooks.",
    "required": ["type", "timestamp", "data"],
    "properties": {
        "type": {"type": "string", "enum": list(EVENTS)},
        "timestamp": {"type": "string", "format": "date-time"},
        "data": {"type": "object", "additionalProperties": True},
    },
}
