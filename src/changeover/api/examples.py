"""Examples made from a schema: each field's own example, so that what the reference shows always fits."""

from __future__ import annotations

from typing import Any

_BY_FORMAT = {"date-time": "2026-03-02T09:00:00Z"}
_BY_TYPE: dict[str, Any] = {"string": "", "integer": 1, "number": 0.97, "boolean": True, "null": None}


def example_of(schema: dict[str, Any], schemas: dict[str, Any]) -> Any:
    """A value that fits ``schema``; ``schemas`` are the document's components."""
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    for key in ("examples", "enum"):
        if schema.get(key):
            return schema[key][0]
    for key in ("const", "default"):
        if key in schema:
            return schema[key]
    if "anyOf" in schema:
        told = [each for each in schema["anyOf"] if each.get("type") != "null"]
        return example_of(told[0], schemas) if told else None
    return _of_type(schema, schemas)


def _of_type(schema: dict[str, Any], schemas: dict[str, Any]) -> Any:
    kind = schema.get("type")
    if kind == "object":
        return _object(schema, schemas)
    if kind == "array":
        return [example_of(schema["items"], schemas)]
    return _BY_FORMAT.get(schema.get("format", ""), _BY_TYPE.get(str(kind), {}))


def _object(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    if "properties" in schema:
        return {name: example_of(field, schemas) for name, field in schema["properties"].items()}
    values = schema.get("additionalProperties")
    if not isinstance(values, dict) or not values:
        return {}
    names = schema.get("propertyNames", {})
    name = example_of(names, schemas) if names else "paired"
    return {name: example_of(values, schemas)}
