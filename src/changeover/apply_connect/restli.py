"""Rest.li as clients speak it: methods in a header, raw brackets in queries, keys of several parts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, unquote

from fastapi import Request

_LIST = re.compile(r"List\((.*)\)", re.DOTALL)
_INDEXED = re.compile(r"ids\[(\d{1,3})\]\.(\w+)")
LONGEST_QUERY = 4_096


def method(request: Request) -> str:
    """The Rest.li method that the header names, in lower case; empty where there is none."""
    return request.headers.get("x-restli-method", "").strip().lower()


async def query(request: Request) -> list[tuple[str, str]]:
    """The query's names and values. A query too long for an address may come as a form, by POST."""
    text = request.url.query
    if request.headers.get("x-http-method-override", "").upper() == "GET":
        text = (await request.body()).decode("utf-8", "replace")
    return parse_qsl(text, keep_blank_values=True, errors="replace")


def too_long(request: Request) -> bool:
    """Whether the query is longer than the wire allows, in bytes."""
    return len(request.url.query) > LONGEST_QUERY


def ids(pairs: list[tuple[str, str]]) -> list[str]:
    """The values of ``ids``, each once: repeated, or as the list of the protocol's second version."""
    found: list[str] = []
    for name, value in pairs:
        if name == "ids":
            listed = _LIST.fullmatch(value)
            found += [unquote(each) for each in listed[1].split(",")] if listed else [value]
    return [each for each in dict.fromkeys(found) if each]


def compound_ids(pairs: list[tuple[str, str]]) -> list[dict[str, str]]:
    """Keys of several parts: ``ids[0].name=value``, in the order of their numbers."""
    found: dict[int, dict[str, str]] = {}
    for name, value in pairs:
        if match := _INDEXED.fullmatch(name):
            found.setdefault(int(match[1]), {})[match[2]] = value
    return [found[number] for number in sorted(found)]


def compound_key(text: str) -> dict[str, str]:
    """A key of several parts as it stands in a path or a body: ``name=value&name=value``."""
    return dict(parse_qsl(text, keep_blank_values=True))


def compound_text(parts: Mapping[str, str]) -> str:
    """A key of several parts as text, in the order of its parts."""
    return "&".join(f"{name}={value}" for name, value in parts.items())
