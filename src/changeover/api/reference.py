"""The API reference that people read: made here from the OpenAPI document, without a script."""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import xxhash
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup, escape

from changeover.api.description import TAGS
from changeover.web.look import Pages

router = APIRouter(include_in_schema=False)
pages = Pages("changeover.api")

_CODE = re.compile(r"`([^`]+)`")
_BOLD = re.compile(r"\*\*([^*]+)\*\*")


@router.get("/api/")
async def reference(request: Request) -> Response:
    """Every operation with its fields, its answers and an example of each."""
    web: FastAPI = request.app
    kept: bytes = getattr(web.state, "reference", b"")
    page = kept or await asyncio.to_thread(make, web)
    tag = f'"{xxhash.xxh3_64_hexdigest(page)}"'
    headers = {"cache-control": "no-cache", "etag": tag}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return HTMLResponse(page, headers=headers)


def make(web: FastAPI) -> bytes:
    """The page, made once in a process: it takes half a second, so it is made in a thread.

    What nearly every operation answers and takes is said once, above them.
    """
    said = web.openapi()
    usual, groups = _usual(said), [(name, rich(what), _operations(said, name)) for name, what in TAGS.items()]
    for _, _, operations in groups:
        for it in operations:
            it["answers"] = [each for each in it["answers"] if (each["status"], each["description"]) not in usual]
    page = pages.page(
        "reference.html",
        title=said["info"]["title"],
        version=said["info"]["version"],
        about=[rich(part) for part in said["info"]["description"].strip().split("\n\n")],
        schemes={name: rich(each["description"]) for name, each in said["components"]["securitySchemes"].items()},
        usual=sorted(usual),
        groups=[group for group in groups if group[2]],
    )
    web.state.reference = body = bytes(page.body)
    return body


@asynccontextmanager
async def ahead(web: FastAPI) -> AsyncIterator[None]:
    """Have the page made beside whatever the block does, so that nobody waits for it."""
    made = asyncio.create_task(asyncio.to_thread(make, web))
    try:
        yield
    finally:
        await made


def _usual(said: dict[str, Any]) -> set[tuple[str, Markup]]:
    """The refusals that are told in the same words by more than a third of all operations."""
    operations = [each for methods in said["paths"].values() for each in methods.values()]
    told = Counter(
        (status, rich(response["description"]))
        for each in operations
        for status, response in each["responses"].items()
        if status[0] != "2"
    )
    return {each for each, count in told.items() if count > len(operations) / 3}


def rich(text: str) -> Markup:
    """Text of the description with its code and bold words as markup, everything else escaped."""
    marked = _CODE.sub(r"<code>\1</code>", str(escape(" ".join(text.split()))))
    return Markup(_BOLD.sub(r"<strong>\1</strong>", marked))  # noqa: S704  it was escaped a line above


def _operations(said: dict[str, Any], tag: str) -> list[dict[str, Any]]:
    found = []
    for section in ("paths", "webhooks"):
        for path, methods in said[section].items():
            for method, operation in methods.items():
                if tag in operation["tags"]:
                    found.append(_operation(said, path, "sent to you" if section == "webhooks" else method, operation))
    return found


def _operation(said: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
    schemas = said["components"]["schemas"]
    body = next(iter(operation.get("requestBody", {}).get("content", {}).values()), None)
    return {
        "id": operation["operationId"],
        "method": method.upper() if method != "sent to you" else method,
        "path": path,
        "summary": operation["summary"],
        "description": [rich(part) for part in operation.get("description", "").split("\n\n") if part.strip()],
        "credentials": [(name, scopes) for each in operation["security"] for name, scopes in each.items()],
        "headers": [each["name"] for each in operation["parameters"] if each["in"] == "header"],
        "parameters": [_parameter(each) for each in operation["parameters"] if each["in"] != "header"],
        "fields": _fields(body["schema"], schemas) if body and body.get("schema") else [],
        "body": _pretty(_example(body)) if body else "",
        "answers": [_answer(status, response, schemas) for status, response in sorted(operation["responses"].items())],
    }


def _parameter(told: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": told["name"],
        "where": told["in"],
        "required": told.get("required", False),
        "type": _type(told["schema"]),
        "description": rich(told.get("description") or told["schema"].get("description", "")),
    }


def _answer(status: str, response: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, dict[str, Any]] = response.get("content", {})
    media = next(iter(told), "")
    content = told.get(media, {})
    good = status[0] == "2" and media == "application/json"
    return {
        "status": status,
        "description": rich(response["description"]),
        "fields": _fields(content["schema"], schemas) if good else [],
        "example": _pretty(content["example"]) if good else "",
    }


def _example(content: dict[str, Any]) -> Any:
    return content["example"] if "example" in content else next(iter(content["examples"].values()))["value"]


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _resolved(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    for each in [schema, *schema.get("anyOf", [])]:
        if "$ref" in each:
            found: dict[str, Any] = schemas[each["$ref"].rpartition("/")[2]]
            return found
    return schema


def _fields(schema: dict[str, Any], schemas: dict[str, Any]) -> list[dict[str, Any]]:
    whole = _resolved(schema, schemas)
    return [
        {
            "name": name,
            "type": _type(field),
            "required": name in whole.get("required", []),
            "description": rich(field.get("description", "")),
        }
        for name, field in whole.get("properties", {}).items()
    ]


def _type(schema: dict[str, Any]) -> str:
    """A schema's type in a few words: text, a list of Line, one of these values."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2].removesuffix("Answer"))
    if "anyOf" in schema:
        return " or ".join(_type(each) for each in schema["anyOf"])
    if "enum" in schema:
        return "one of " + ", ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'])}"
    words = {"string": "text", "integer": "whole number", "boolean": "yes or no", "null": "null", "object": "object"}
    return "time" if schema.get("format") == "date-time" else words.get(schema.get("type", ""), "any")
