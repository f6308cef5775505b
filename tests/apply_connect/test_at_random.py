"""Whatever is asked of the wire, its answer is one that clients know, and never the board's mistake."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from apply_connect.wire import KEYS, Receivers, Wire, enable, new_wire
from asked_at_random import ask_at_random
from changeover.apply_connect import hooks, work
from changeover.apply_connect.payloads import Posting
from changeover.job import Lane
from changeover.settings import Settings
from changeover.webhooks.outbox import Outbox
from face import Face

OBJECT: dict[str, Any] = {"type": "object"}
REFUSED = {"type": "object", "required": ["serviceErrorCode", "code", "message", "status"]}
BATCH = {"type": "object", "required": ["results", "statuses", "errors"]}
ELEMENTS = {"type": "object", "required": ["elements"]}
INTEGRATION = {"integrationType": "APPLY_CONNECT", "tenantType": "JOBS", "dataProvider": "ATS"}
# What is described are mistakes too: the wire answers each element by itself.
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


def operation(tag: str, answers: dict[int, Any], body: Any = None, **parameters: Any) -> dict[str, Any]:
    """One operation of the wire: its answers by status, what it is sent, its query and its header (``rest``)."""
    rest = parameters.pop("rest", None)
    named = [("query", name, schema) for name, schema in parameters.items()]
    named += [("header", "X-Restli-Method", {"enum": [rest, "batch_get"]})] if rest else []
    refused = dict.fromkeys((400, 401, 403, 404, 405, 409, 413, 414, 422), REFUSED)
    said: dict[str, Any] = {
        "tags": [tag],
        "parameters": [{"in": place, "name": name, "required": True, "schema": it} for place, name, it in named],
        "responses": {
            str(status): {"description": "", "content": {"application/json": {"schema": schema}}}
            for status, schema in {**refused, **answers}.items()
        },
    }
    if body is not None:
        said["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    return said


def fields(**schemas: Any) -> dict[str, Any]:
    """An object with these fields."""
    return {"type": "object", "properties": schemas}


def description(wire: Wire, task: str) -> dict[str, Any]:
    """The wire as OpenAPI, its jobs as our own payloads describe them; what can be named is there."""
    job = Posting.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas = job.pop("$defs")
    urn = f"urn:li:organization:{wire.company}"
    job["properties"] |= {
        "integrationContext": {"enum": [urn]},
        "location": {"enum": ["York, England", "Remote", "Atlantis, XX", ""]},
        "companyApplyUrl": {"enum": ["https://ats.example/apply", "https://[", "ftp://x"]},
        "alternateLocations": {"type": "array", "items": {"enum": ["Leeds, England", "Oslo, Norway"]}, "maxItems": 8},
    }
    job["required"] = [*job["required"], "integrationContext"]
    child = f"urn:li:developerApplication:{wire.child.application.application_id}"
    ids = {"type": "array", "items": {"anyOf": [{"enum": [task, "A-1"]}, {"type": "string"}]}, "maxItems": 120}
    action = {"enum": ["APPLICATION_VIEWED", "APPLICATION_REJECTED", "NONE"]}
    signal = fields(jobApplicationId={"type": "string"}, action=action, performedAt={"type": "integer"})
    app = fields(uniqueForeignId={"type": "string"}, name={"type": "string"}, description={"type": "string"})
    text = {"type": "string"}
    key = {
        f"ids[0].{name}": {"enum": [value, ""]} for name, value in {"integrationContext": urn, **INTEGRATION}.items()
    }
    applications = {
        "post": operation("parent", {201: OBJECT}, app),
        "get": operation("parent", {200: ELEMENTS}, q={"enum": ["credentialsByUniqueForeignId"]}, uniqueForeignId=text),
    }
    told = fields(elements={"type": "array", "items": {"anyOf": [job, OBJECT, {"type": "null"}]}, "maxItems": 101})
    paths = {
        "/v2/simpleJobPostings": {"post": operation("child", {200: ELEMENTS}, told, rest="batch_create")},
        "/v2/simpleJobPostingTasks": {"get": operation("child", {200: BATCH}, ids=ids)},
        "/v2/jobPostingStatus": {"get": operation("child", {200: BATCH}, ids=ids)},
        "/v2/jobApplicationLifecycleActions": {"post": operation("child", {201: OBJECT}, signal, rest="create")},
        "/v2/provisionedApplications": applications,
        f"/v2/provisionedApplications/{child}": {"post": operation("parent", {200: OBJECT}, fields(patch=OBJECT))},
        "/v2/atsIntegrations": {
            "get": operation("parent", {200: BATCH}, **key),
            "post": operation("parent", {200: BATCH}, fields(entities=OBJECT), rest="batch_partial_update", **key),
        },
        "/v2/developerWebhooks": {
            "get": operation("parent", {200: ELEMENTS}, q={"enum": ["parentApplication"]}, queryCriteria=text),
            "post": operation("parent", {200: OBJECT}, OBJECT),
        },
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "The wire", "version": "2"},
        "paths": paths,
        "components": {"schemas": schemas},
    }


async def test_every_request_is_answered_as_clients_know_it(
    served: Face, receivers: Receivers, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    world = served.world
    outbox = Outbox(world.db, world.flow.queue, receivers, {hooks.CHANNEL: hooks.channel(world.db, lambda: KEYS)})
    work.register(world.flow, outbox)
    here, settings = served.web.state.served, Settings(secret_key=SecretStr("k" * 32))
    served.web.state.served = replace(here, outbox=outbox, settings=settings)
    await world.employ(push=True)
    world.tell(Lane.LEGACY)
    wire = await new_wire(served, receivers, outbox)
    await enable(wire)
    # The first job has the gazetteer read.
    served.stranger.timeout = 60
    (first,) = await wire.push(wire.job())
    said, count = description(wire, first["id"]), request.config.getoption("--api-examples")
    tokens = {"child": await wire.token(wire.child), "parent": await wire.token(wire.parent)}
    for tag, token in tokens.items():
        more = ("--checks", CHECKS, "--include-tag", tag, "--max-time", str(2 * count))
        assert await ask_at_random(served.url, tmp_path, said, token, count, *more) == ""
