"""How a request is refused: a page for people, problem+json for programs, never a traceback."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import psycopg
import psycopg_pool
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from changeover.database.revise import UnknownCompany
from changeover.sources.text import line
from changeover.web.look import Pages

log = structlog.get_logger()

_pages = Pages("changeover.web")


class Problem(Exception):
    """A request that is refused: its HTTP status, a stable code, what happened, what to do."""

    def __init__(
        self, status: int, code: str, sentence: str, fix: str, *, headers: dict[str, str] | None = None, **more: Any
    ) -> None:
        super().__init__(sentence)
        self.status, self.code, self.sentence, self.fix = status, code, sentence, fix
        self.headers = headers or {}
        self.more = more


def wants_html(request: Request) -> bool:
    """True if a person's browser asks; programs ask under /api or for JSON."""
    if request.url.path.startswith("/api/"):
        return False
    accept = request.headers.get("accept", "")
    return "text/html" in accept or "json" not in accept


def answer(request: Request, problem: Problem) -> Response:
    """The problem as a page or as problem+json (RFC 9457), whichever the caller reads.

    Parts of the application that speak a protocol of their own say so in its ``state.refusals``, by how a path begins.
    """
    for begins, shape in getattr(request.app.state, "refusals", {}).items():
        if request.url.path.startswith(begins):
            shaped: Response = shape(request, problem)
            return shaped
    if wants_html(request):
        return _pages.page(
            "problem.html",
            status=problem.status,
            headers=problem.headers,
            problem=problem,
            heading=_HEADINGS.get(problem.status, "That did not work"),
            board=request.url.path.startswith("/jobs"),
            signed_in=False,
        )
    said = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "code": problem.code,
        "detail": problem.sentence,
        "fix": problem.fix,
        **problem.more,
    }
    headers = {"cache-control": "no-store", **problem.headers}
    return JSONResponse(said, problem.status, media_type="application/problem+json", headers=headers)


_HEADINGS = {
    400: "That request was not understood",
    401: "You are not signed in",
    403: "That was not allowed",
    404: "There is nothing here",
    405: "That cannot be done here",
    410: "This has closed",
    413: "That is too large",
    421: "This is not the address of this board",
    422: "Something in the form is not right",
    503: "The database does not answer",
}


def install(app: FastAPI) -> None:
    """Answer every refusal of this application; what is left is a surprise, which the guard answers."""
    for kind, handler in _HANDLERS.items():
        app.add_exception_handler(kind, handler)


def answer_to(request: Request, exception: Exception) -> Response | None:
    """The answer to a refusal that was raised; None if it is a surprise."""
    return next((how(request, exception) for kind, how in _HANDLERS.items() if isinstance(exception, kind)), None)


def _unknown_company(request: Request, problem: Exception) -> Response:
    return answer(request, Problem(404, "UNKNOWN_COMPANY", str(problem), "See the list of companies."))


def _invalid(request: Request, problem: RequestValidationError) -> Response:
    errors = [
        {"where": line(".".join(map(str, e["loc"])))[:200], "sentence": line(str(e["msg"]))}
        for e in problem.errors()[:50]
    ]
    first = f"{errors[0]['where']}: {errors[0]['sentence']}." if errors else "The request is not of the right form."
    return answer(request, Problem(422, "INVALID_REQUEST", first, "Mend it and send it again.", errors=errors))


def _http(request: Request, problem: HTTPException) -> Response:
    code = HTTPStatus(problem.status_code).name
    sentence = {
        404: "There is no page at this address.",
        405: f"{request.method} is not something this address takes.",
    }.get(problem.status_code, str(problem.detail))
    fix = "Check the address, or start from the first page."
    headers = dict(problem.headers or {})
    if problem.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers |= _allowed(request)
    return answer(request, Problem(problem.status_code, code, sentence, fix, headers=headers))


def _allowed(request: Request) -> dict[str, str]:
    """What an address of the API takes, all its routes together: the one that was met first knows its own alone."""
    path = str(getattr(request.scope.get("route"), "path", "")).replace(":int}", "}")
    methods = request.app.openapi()["paths"].get(path, {}) if path.startswith("/api/") else {}
    return {"allow": ", ".join(method.upper() for method in methods)} if methods else {}


def _no_database(request: Request, problem: Exception) -> Response:
    log.error("the database does not answer", path=request.url.path, problem=str(problem).partition("\n")[0])
    return answer(
        request,
        Problem(
            503,
            "DATABASE_DOWN",
            "The database does not answer right now. Nothing was changed: every posting stays as it is.",
            "Try again in a moment. If it stays so, look at the server's log.",
            headers={"retry-after": "5"},
        ),
    )


_HANDLERS: dict[type[Exception], Callable[[Request, Any], Response]] = {
    Problem: answer,
    RequestValidationError: _invalid,
    HTTPException: _http,
    UnknownCompany: _unknown_company,
    psycopg.OperationalError: _no_database,
    psycopg_pool.PoolTimeout: _no_database,
}
