"""Parents make child applications and ask to be a company's ATS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from psycopg.errors import UniqueViolation

from changeover.apply_connect import enabling, payloads_answers, payloads_apps, restli, store
from changeover.apply_connect.auth import Application, add_child
from changeover.apply_connect.caller import Caller, Parent, audit, denied, only_method
from changeover.apply_connect.payloads_apps import Key
from changeover.apply_connect.routes import answer, json_body
from changeover.apply_connect.store import Integration
from changeover.web.problem import Problem
from changeover.web.served import Here, Served
from changeover.webhooks.keys import keys_of

router = APIRouter(include_in_schema=False)


def _conflict(foreign_id: str) -> Problem:
    message = f"A provisioned application with uniqueForeignId {foreign_id[:80]} already exists."
    return Problem(409, "CONFLICT", message, "Find it by its uniqueForeignId, or use another.", service_error_code=0)


@router.post("/v2/provisionedApplications")
@router.post("/v2/provisionedApplications/")
@router.post("/rest/provisionedApplications")
@router.post("/rest/provisionedApplications/")
async def provision(request: Request, here: Here, application: Parent) -> Response:
    """A child application for one customer; its secret is shown this once."""
    wanted = payloads_apps.provisioned(await json_body(request))
    fields = wanted.fields()
    try:
        async with here.db.company(application.vendor_id) as conn:
            made = await add_child(conn, here.db, keys_of(here.settings), application.vendor_id, fields)
    except UniqueViolation:
        raise _conflict(wanted.unique_foreign_id) from None
    urn = payloads_answers.application_urn(made.application.application_id)
    said = payloads_answers.credentials(urn, made.application.client_id, made.secret)
    return answer(said, 201, {"x-restli-id": urn, "location": f"/provisionedApplications/{urn}"})


@router.post("/v2/provisionedApplications/{urn}")
@router.post("/rest/provisionedApplications/{urn}")
async def change(request: Request, here: Here, application: Parent, urn: str) -> Response:
    """Change some fields of a child application."""
    patch = payloads_apps.patch(await json_body(request))
    application_id = payloads_answers.parse_application(urn)
    try:
        async with here.db.company(application.vendor_id) as conn:
            row = await store.application(conn, application.vendor_id, application_id or 0)
            if row is None or row["kind"] != "child":
                raise Problem(404, "NOT_FOUND", f"Resource {urn[:80]} does not exist", "See what was provisioned.")
            changed = payloads_apps.changed(row, patch)
            await store.change_application(conn, application.vendor_id, row["application_id"], changed)
    except UniqueViolation:
        raise _conflict(str(patch.get("uniqueForeignId", ""))) from None
    return Response(status_code=204)


@router.get("/v2/provisionedApplications")
@router.get("/v2/provisionedApplications/")
@router.get("/rest/provisionedApplications")
@router.get("/rest/provisionedApplications/")
async def find(request: Request, here: Here, application: Parent) -> Response:
    """The child application with a foreign id."""
    asked = dict(await restli.query(request))
    if asked.get("q") != "credentialsByUniqueForeignId" or not asked.get("uniqueForeignId"):
        message = "Parameters 'q' (credentialsByUniqueForeignId) and 'uniqueForeignId' are required"
        raise Problem(400, "BAD_QUERY", message, "Send both.")
    async with here.db.company(application.vendor_id) as conn:
        rows = await store.children(conn, application.vendor_id, asked["uniqueForeignId"].replace("\0", ""))
    found = [payloads_answers.application(row, _client_id(application, row)) for row in rows]
    return answer(payloads_answers.elements(found))


def _client_id(parent: Application, row: Mapping[str, Any]) -> str:
    return Application(parent.vendor_id, row["application_id"], row["kind"], row["name"]).client_id


@router.post("/v2/atsIntegrations")
@router.post("/rest/atsIntegrations")
async def ask_integrations(request: Request, here: Here, application: Caller) -> Response:
    """Ask to be the ATS of companies; the employer's word is asked for in the console."""
    only_method(request, "batch_partial_update", "batch_update")
    entities = (await json_body(request)).get("entities")
    if not isinstance(entities, dict) or len(entities) > 100:
        raise Problem(400, "NO_ENTITIES", "The body has no entities, or more than 100.", 'Send {"entities": {…}}.')
    results: dict[str, Any] = {}
    errors: dict[str, dict[str, Any]] = {}
    for text, entity in entities.items():
        key = payloads_apps.key(restli.compound_key(text))
        name = payloads_apps.integration_name(entity)
        made = await enabling.ask(here, application, key, name) if isinstance(key, Key) else None
        if made is None:
            message = key if isinstance(key, str) else "The organization does not exist on this board."
            errors[text] = payloads_answers.error(400 if isinstance(key, str) else 404, message)
        else:
            results[text] = {"status": 204}
    return answer(payloads_answers.batch(results, errors))


@router.get("/v2/atsIntegrations")
@router.get("/rest/atsIntegrations")
async def get_integrations(request: Request, here: Here, application: Caller) -> Response:
    """Integrations as they stand, by key or by the request that an event named."""
    pairs = await restli.query(request)
    asked = dict(pairs)
    if asked.get("q") == "request":
        return await _by_request(here, application, asked.get("requestId", ""))
    results: dict[str, Any] = {}
    errors: dict[str, dict[str, Any]] = {}
    for parts in restli.compound_ids(pairs):
        text, key = restli.compound_text(parts), payloads_apps.key(parts)
        if isinstance(key, str):
            errors[text] = payloads_answers.error(400, key)
            continue
        found = await _integration(here, application, key)
        if found is None:
            errors[text] = payloads_answers.error(404, f"Resource {text} does not exist")
        else:
            results[text] = payloads_apps.integration(found)
    if not results and not errors:
        raise Problem(400, "NO_IDS", "Parameter 'ids' is required", "Name at least one with ids[0].…=.")
    return answer(payloads_answers.batch(results, errors))


async def _integration(here: Served, application: Application, key: Key) -> Integration | None:
    async with here.db.company(key.company_id) as conn:
        found = await store.integrations(conn, key.company_id)
    mine = [it for it in found if it.vendor_id == application.vendor_id and key.fits(it)]
    allowed = [it for it in mine if application.parent or it.application_id in (None, application.application_id)]
    if found and not allowed:
        await audit(here, application, key.company_id, "GET atsIntegrations")
    return allowed[0] if allowed else None


async def _by_request(here: Served, application: Application, request_id: str) -> Response:
    company, _, request = request_id.partition("-")
    found: list[dict[str, Any]] = []
    if company.isdecimal() and request.isdecimal() and int(company[:20]) < 2**63:
        async with here.db.company(int(company)) as conn:
            rows = await store.integrations(conn, int(company))
        mine = [it for it in rows if it.vendor_id == application.vendor_id and str(it.request_id) == request]
        found = [payloads_apps.integration(it) for it in mine]
    return answer(payloads_answers.elements(found))


@router.put("/v2/atsIntegrations/{key}/configurations")
@router.put("/rest/atsIntegrations/{key}/configurations")
@router.get("/v2/atsIntegrations/{key}/configurations")
@router.get("/rest/atsIntegrations/{key}/configurations")
@router.delete("/v2/atsIntegrations/{key}/configurations")
@router.delete("/rest/atsIntegrations/{key}/configurations")
async def configurations(request: Request, here: Here, application: Caller, key: str) -> Response:
    """An integration's configurations: read, written or dropped by their names."""
    parsed = payloads_apps.key(restli.compound_key(key))
    if isinstance(parsed, str):
        raise Problem(400, "BAD_KEY", parsed, "Name all four parts of the key.")
    it = await _integration(here, application, parsed)
    if it is None:
        raise denied(request.method, "atsIntegrations")
    names = restli.ids(await restli.query(request)) or list(it.configurations)
    kept = dict(it.configurations)
    if request.method == "PUT":
        kept |= payloads_apps.configurations(await json_body(request))
    if request.method == "DELETE":
        kept = {name: value for name, value in kept.items() if name not in names}
    if kept != it.configurations:
        async with here.db.company(it.company_id) as conn:
            await store.configure(conn, it, kept)
    if request.method == "GET":
        return answer(payloads_answers.batch({name: kept[name] for name in names if name in kept}))
    return answer(payloads_answers.batch({name: {"status": 204} for name in names}))
