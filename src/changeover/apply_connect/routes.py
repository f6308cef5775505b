"""The wire's addresses for tokens, jobs, tasks and status, unversioned and versioned alike."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from changeover.apply_connect import payloads, payloads_answers, restli, store
from changeover.apply_connect.auth import LIFE, Application, grant
from changeover.apply_connect.caller import Child, audit, companies, denied, integration, only_method
from changeover.apply_connect.hooks import blocked_urls, register_urls
from changeover.apply_connect.ingest import NOT_ENABLED, Board, Result, ingest
from changeover.apply_connect.recent import Lately, Recent
from changeover.apply_connect.status import Status, Terms, statuses
from changeover.apply_connect.told import Refused, Told
from changeover.refusal import Refusal
from changeover.web.problem import Problem
from changeover.web.served import Here, Served

router = APIRouter(include_in_schema=False)

TASK_LIFE = timedelta(days=30)
_MOST_IDS = 100
_FRESH = {"cache-control": "no-store"}


def answer(said: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """An answer in JSON."""
    return Response(orjson.dumps(said), status, {**_FRESH, **(headers or {})}, "application/json")


async def json_body(request: Request) -> dict[str, Any]:
    """The request's object, whatever type its header names; 400 where it is none."""
    try:
        said = orjson.loads(await request.body())
    except orjson.JSONDecodeError as problem:
        raise Problem(400, "BAD_JSON", f"The body is not JSON: {problem}", "Correct it and send it again.") from None
    if not isinstance(said, dict):
        raise Problem(400, "BAD_JSON", "The body is not a JSON object.", "Send an object.")
    return said


@router.post("/oauth/v2/accessToken")
async def access_token(request: Request, here: Here) -> Response:
    """A token for an application's id and secret: client credentials, form-encoded."""
    fields = parse_qs((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
    said = {name: values[-1] for name, values in fields.items()}
    for name in ("grant_type", "client_id", "client_secret"):
        if not said.get(name):
            text = f'A required parameter "{name}" is missing'
            return answer({"error": "invalid_request", "error_description": text}, 400)
    if said["grant_type"] != "client_credentials":
        text = "The grant type is not supported: use client_credentials"
        return answer({"error": "unsupported_grant_type", "error_description": text}, 400)
    token = await grant(here.db, said["client_id"].strip(), said["client_secret"].strip())
    if token is None:
        return answer({"error": "invalid_client", "error_description": "Client authentication failed"}, 401)
    return answer({"access_token": token, "expires_in": int(LIFE.total_seconds())}, headers={"pragma": "no-cache"})


def board_of(here: Served) -> Board:
    """What the wire needs to know of this board."""
    return Board(here.public_url, frozenset(here.settings.blocked_countries.upper().replace(",", " ").split()))


@router.post("/v2/simpleJobPostings")
@router.post("/rest/simpleJobPostings")
async def post_jobs(request: Request, here: Here, lately: Lately, application: Child) -> Response:
    """Up to 100 jobs; each element is answered by itself, and what is accepted is committed."""
    only_method(request, "batch_create")
    said = await json_body(request)
    elements = said.get("elements")
    if not isinstance(elements, list):
        raise Problem(400, "NO_ELEMENTS", "The body has no list of elements.", 'Send {"elements": [ … ]}.')
    if len(elements) > payloads.MAX_BATCH:
        message = f"Batch size {len(elements)} exceeds the maximum of {payloads.MAX_BATCH} elements."
        raise Problem(400, "BATCH_TOO_LARGE", message, "Send fewer elements at once.")
    told = await asyncio.to_thread(payloads.told_of, elements, here.db.now())
    results = await _taken(here, lately, application, told)
    if elements and all(isinstance(it, Refused) and it.code == "ACCESS_DENIED" for _, it in results):
        raise denied("POST", "simpleJobPostings")
    return answer(payloads_answers.created(results))


async def _taken(
    here: Served, lately: Recent, application: Application, told: list[Told | Refused]
) -> list[tuple[int, Result]]:
    """Each element's company and what became of it, in the batch's order."""
    found: dict[int, tuple[int, Result]] = {it.index: (0, it) for it in told if isinstance(it, Refused)}
    groups: dict[int, list[Told]] = defaultdict(list)
    for it in told:
        if isinstance(it, Told):
            groups[await _company(here, application, it)].append(it)
    for company_id, group in groups.items():
        for result in await _group(here, lately, application, company_id, group):
            found[result.index] = (company_id, result)
    return [found[index] for index in sorted(found)]


async def _company(here: Served, application: Application, it: Told) -> int:
    """The number of the company that an element names; 0 where it names none that can be told."""
    if it.company.number is not None:
        return it.company.number
    mine = await companies(here, application)
    if len(mine) == 1:
        return mine[0]
    for company_id in mine:
        async with here.db.company(company_id) as conn:
            name = await store.company_name(conn, company_id)
        if name and it.company.name and name.casefold() == it.company.name.casefold():
            return company_id
    return 0


async def _group(
    here: Served, lately: Recent, application: Application, company_id: int, group: list[Told]
) -> list[Result]:
    if not await _speaks(here, lately, application, company_id):
        return await _not_its(here, application, company_id, group)
    done = await ingest(here.flow, application, company_id, group, board_of(here))
    lately.note(application, company_id, speaks=done is not NOT_ENABLED)
    if done is NOT_ENABLED:
        return await _not_its(here, application, company_id, group)
    if isinstance(done, Refusal):
        return [Refused(it.index, 403, "ACCESS_DENIED", done.sentence, it.external_id) for it in group]
    await register_urls(here, application, {it.webhook_url for it in group if it.webhook_url and not it.form_flaw})
    return done


async def _speaks(here: Served, lately: Recent, application: Application, company_id: int) -> bool:
    """Whether the push may be tried: it takes the company's line, where nobody stands who never spoke for it."""
    if lately.spoke(application, company_id):
        return True
    return 0 < company_id < 2**63 and await integration(here, application, company_id) is not None


async def _not_its(here: Served, application: Application, company_id: int, group: list[Told]) -> list[Result]:
    known = 0 < company_id < 2**63
    await audit(here, application, company_id if known else application.vendor_id, "POST simpleJobPostings")
    message = f"Not enough permissions to access: POST /simpleJobPostings for organization {company_id}"
    return [Refused(it.index, 403, "ACCESS_DENIED", message, it.external_id) for it in group]


async def _asked(request: Request) -> list[str]:
    if restli.too_long(request):
        message = f"The query is longer than {restli.LONGEST_QUERY} bytes."
        raise Problem(414, "QUERY_TOO_LONG", message, "Ask for fewer at once, or send the query as a form by POST.")
    found = restli.ids(await restli.query(request))
    if not found:
        raise Problem(400, "NO_IDS", "Parameter 'ids' is required", "Name at least one with ids=.")
    if len(found) > _MOST_IDS:
        message = f"{len(found)} ids were asked for; at most {_MOST_IDS} are allowed."
        raise Problem(400, "TOO_MANY_IDS", message, "Ask for fewer at once.")
    return found


@router.get("/v2/simpleJobPostingTasks")
@router.get("/rest/simpleJobPostingTasks")
async def get_tasks(request: Request, here: Here, application: Child) -> Response:
    """What became of tasks, for thirty days."""
    asked = await _asked(request)
    groups: dict[int, dict[int, str]] = defaultdict(dict)
    for urn in asked:
        parsed = payloads_answers.parse_task(urn)
        if parsed is None:
            message = f"Batch key parameter value is invalid: {urn[:100]}"
            raise Problem(400, "BAD_KEY", message, "Ask with an id that a batch was answered with.")
        groups[parsed[0]][parsed[1]] = urn
    results: dict[str, Any] = {}
    mine = set(await companies(here, application))
    for company_id, wanted in groups.items():
        if company_id not in mine:
            await audit(here, application, company_id, "GET simpleJobPostingTasks")
            continue
        async with here.db.company(company_id) as conn:
            rows = await store.tasks(conn, company_id, list(wanted), here.db.now() - TASK_LIFE)
        results |= {wanted[row["task_id"]]: payloads_answers.task(wanted[row["task_id"]], row) for row in rows}
    return answer(payloads_answers.batch(results, _missing(asked, results)))


@router.post("/v2/simpleJobPostingTasks")
@router.post("/rest/simpleJobPostingTasks")
async def tunnelled_tasks(request: Request, here: Here, application: Child) -> Response:
    """The same, with a query that is too long for an address."""
    _tunnelled(request)
    return await get_tasks(request, here, application)


def _tunnelled(request: Request) -> None:
    if request.headers.get("x-http-method-override", "").upper() != "GET":
        raise Problem(405, "METHOD_NOT_ALLOWED", "This is asked for by GET.", "Send X-HTTP-Method-Override: GET.")


def _missing(asked: list[str], results: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {key: payloads_answers.error(404, f"Resource {key} does not exist") for key in asked if key not in results}


@router.get("/v2/jobPostingStatus")
@router.get("/rest/jobPostingStatus")
async def get_status(request: Request, here: Here, application: Child) -> Response:
    """Where jobs stand, by the ATS's own ids."""
    asked = await _asked(request)
    found: dict[str, Status] = {}
    blocked = await blocked_urls(here.db, application.vendor_id, application.application_id)
    terms = Terms(here.db.now(), here.public_url, timedelta(days=here.settings.support_days))
    keys = [key for key in asked if "\0" not in key and len(key) <= payloads.MAX_ID]
    for company_id in await companies(here, application):
        async with here.db.company(company_id) as conn:
            found |= await statuses(conn, company_id, keys, terms, blocked)
    results = {key: payloads_answers.status(it) for key, it in found.items()}
    return answer(payloads_answers.batch(results, _missing(asked, results)))


@router.post("/v2/jobPostingStatus")
@router.post("/rest/jobPostingStatus")
async def tunnelled_status(request: Request, here: Here, application: Child) -> Response:
    """The same, with a query that is too long for an address."""
    _tunnelled(request)
    return await get_status(request, here, application)


def refused(_request: Request, problem: Problem) -> Response:
    """A refusal as clients of the wire read it."""
    headers = {**_FRESH, **problem.headers}
    return JSONResponse(payloads_answers.refusal(problem), problem.status, headers=headers)
