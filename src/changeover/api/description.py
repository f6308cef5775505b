"""The whole API as one OpenAPI 3.1 document: who may call what, every answer, and an example of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from changeover.api.events import EVENT_SCHEMA, webhooks
from changeover.api.examples import example_of
from changeover.web.access import WHO, who_may
from changeover.web.clearance import Who
from changeover.web.who_may_call import scope_needed

ABOUT = """\
Everything that the console and the command line do, for programs.

**Ids** are text, for they have 63 bits. **Times** are ISO 8601 in UTC. A list is told in pages: ask again with its
`next`.

**Refusals** are `application/problem+json`: `code` is stable and meant for programs, `detail` says what happened,
`fix` what to do. What is refused has changed nothing.

**Once.** Send an `Idempotency-Key`, a new random UUID, with each act, and the same one with each further try of it:
it is done once, and a repeated try within 24 hours is told what the first one was told.

**On what you saw.** A read carries an `ETag`; send it as `If-None-Match` to be told only what is new (304). A
company's `ETag` is its revision: send it as `If-Match` with an act, and the act is done only if nothing came between
(412 tells what did).

**How often.** `RateLimit` tells what is left of this minute; at its end, 429 and `Retry-After`.
"""

TAGS = {
    "companies": "Companies: where each stands, what did not match, what happened.",
    "moves": "The migration: begin it, hold it, resolve, go back.",
    "pairs": "A word on pairs, which outlives every later match.",
    "sources": "Where a company's jobs come from, and what they said.",
    "clients": "The programs of a company, and what their tokens open.",
    "vendors": "ATS vendors' applications on the Apply Connect wire, and their secrets.",
    "people": "Who signs in to the console, with what part.",
    "contracts": "Contracts: seats, paid slots, and which postings are wrapped into them.",
    "integrations": "ATS vendors on the Apply Connect wire, and flags on the jobs that they told.",
    "candidates": "What candidates are told, for how long they are kept, and who looked.",
    "support": "Cases of support: opened with the evidence, closed with a cause.",
    "postings": "What is live, what was, and the stream by which a board with its own site follows it.",
    "push": "How an ATS tells its jobs.",
    "widgets": "How an ATS lets a recruiter see candidates on its own pages.",
    "applications": "How an ATS that pushes fetches what candidates sent, and tells what became of it.",
    "events": "What is sent to those who subscribe, in the shape of Standard Webhooks: at least once, in no order.",
}

_SCHEMES = {
    "operatorToken": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token of the setting `operator_tokens` (reads and acts) or `reader_tokens` (reads).",
    },
    "clientToken": {
        "type": "http",
        "scheme": "bearer",
        "description": "A client's token, as `changeover client add` prints it: it opens what its scopes say, of one "
        "company alone.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "changeover",
        "description": "The cookie of a console session. Each change carries the `csrf` of /api/v1/session as the "
        "header `X-CSRF-Token`. The cookie's name ends in a mark of this board's own.",
    },
}
_SECURITY: dict[Who, list[dict[str, list[str]]]] = {
    **{who: [{"operatorToken": []}, {"session": []}] for who in (Who.PROGRAM, Who.COMPANY_PROGRAM)},
    Who.CLIENT: [],
    Who.ANYONE: [],
}
_PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "Why a request was refused (RFC 9457). Some codes bring more members, which their text names.",
    "required": ["type", "title", "status", "code", "detail", "fix"],
    "properties": {
        "type": {"type": "string", "examples": ["about:blank"]},
        "title": {"type": "string", "examples": ["Conflict"]},
        "status": {"type": "integer", "examples": [409]},
        "code": {"type": "string", "examples": ["NOTHING_TO_HOLD"], "description": "Stable; meant for programs."},
        "detail": {
            "type": "string",
            "examples": ["Nothing was done: there is no cut-over ahead to hold."],
            "description": "What happened.",
        },
        "fix": {"type": "string", "examples": ["Holding is for a company in migration."], "description": "What to do."},
    },
    "additionalProperties": True,
}
# Of what may be refused anywhere: status, and what it means.
_ALWAYS = {
    "404": "There is nothing at this address.",
    "405": "The address does not take this method.",
    "429": "Too many requests in this minute.",
    "503": "The database does not answer. Nothing was changed.",
}
_HEADERS = {
    "RateLimit": {
        "description": "What is left (r) of this minute, and seconds (t) to the next.",
        "schema": {"type": "string"},
    },
    "RateLimit-Policy": {"description": "Requests (q) in so many seconds (w).", "schema": {"type": "string"}},
}
_ETAG = {"ETag": {"description": "The answer's tag, for If-None-Match.", "schema": {"type": "string"}}}


def _header(name: str, what: str, **schema: Any) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "required": False,
        "description": what,
        "schema": {"type": "string", **schema},
    }


_KEY = _header("Idempotency-Key", "Done once, however often it is sent within 24 hours.", pattern='^"?[!#-~]{1,255}"?$')
_MATCH = _header("If-Match", "The company's ETag: done only if it still has this revision.", examples=['"42-42"'])
_NONE_MATCH = _header("If-None-Match", "The ETag of the answer you hold: 304 if it is still the same.")


def describe(web: FastAPI, home: str) -> Callable[[], dict[str, Any]]:
    """What makes the document, once: ``home`` is the board's address."""
    made: dict[str, Any] = {}

    def document() -> dict[str, Any]:
        if not made:
            made.update(_document(web, home))
        return made

    return document


def _document(web: FastAPI, home: str) -> dict[str, Any]:
    said = get_openapi(
        title=web.title,
        version=web.version,
        description=ABOUT,
        routes=web.routes,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        servers=[{"url": home}],
    )
    schemas = said["components"]["schemas"]
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas |= {"Problem": _PROBLEM, "Event": EVENT_SCHEMA}
    said["components"]["securitySchemes"] = _SCHEMES
    said["tags"] = [{"name": name, "description": what} for name, what in TAGS.items()]
    said["security"] = []
    for path, methods in said["paths"].items():
        for method, operation in methods.items():
            _complete(path, method, operation, schemas)
    said["webhooks"] = webhooks()
    return said


def _complete(path: str, method: str, operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    known = next(each for each in WHO if each.replace(":int}", "}") == path)
    operation["security"] = _security(method.upper(), known)
    operation["tags"] = operation["tags"][-1:]
    operation["description"] = operation.get("description", "").replace("``", "`")
    parameters = operation.setdefault("parameters", [])
    if method == "get":
        parameters.append(_NONE_MATCH)
    else:
        parameters += [_KEY, _MATCH] if "{company}" in path else [_KEY]
    _refusals(path, method, operation)
    _shown(operation, schemas)


def _security(method: str, path: str) -> list[dict[str, list[str]]]:
    """Who may call a route; of a client's token the scope that it needs."""
    scope, who = scope_needed(method, path), who_may(method, path)
    return [*_SECURITY[who or WHO[path]], *([{"clientToken": [str(scope)]}] if scope else [])]


def _refusals(path: str, method: str, operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    told = {"401": "No live credential.", "422": "The request is not of the right form.", **_ALWAYS}
    if "{company}" in path:
        told["404"] = "There is no such company, or nothing of this id in it."
    if method == "get":
        responses["304"] = {"description": "You hold the newest answer already.", "headers": _HEADERS | _ETAG}
    else:
        told |= {
            "400": "The body is no JSON, or the Idempotency-Key is none.",
            "403": "This credential may not do this.",
            "409": "Nothing was done, and why; or the same request is being answered right now.",
            "412": "The company has changed since the revision that If-Match names; `changed` tells how.",
            "413": "The body is too large.",
        }
    for status, meaning in told.items():
        said = {"description": responses.get(status, {}).get("description", meaning)}
        content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        responses[status] = {**said, "content": content}
        if status == "422":
            responses[status]["description"] = meaning


def _shown(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """An example of the body and of each answer, made from the schemas; the headers that every answer has."""
    for answer in [operation.get("requestBody", {}), *operation["responses"].values()]:
        for content in answer.get("content", {}).values():
            if content.get("schema") and not {"example", "examples"} & content.keys():
                content["example"] = example_of(content["schema"], schemas)
    for status, response in operation["responses"].items():
        if status[0] == "2":
            if response["description"] == "Successful Response":
                response["description"] = "As asked."
            response["headers"] = _HEADERS | (_ETAG if "304" in operation["responses"] else {})
        if status == "429":
            response["headers"] = {
                **_HEADERS,
                "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "string"}},
            }
