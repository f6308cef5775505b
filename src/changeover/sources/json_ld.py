"""JobPosting objects out of a page's JSON-LD, wherever and however the page wrote them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from changeover.sources.json_text import tolerant

_BLOCK = re.compile(
    r"""<script\b(?=[^>]*\btype\s*=\s*["']?\s*application/ld\+json\b)[^>]*>(.*?)(?:</script\s*>|\Z)""",
    re.DOTALL | re.IGNORECASE,
)
_MAX_NODES = 200_000


@dataclass(frozen=True, slots=True)
class Found:
    """The page's JobPosting objects, and how many blocks of JSON-LD could not be made out."""

    postings: list[dict[str, Any]]
    broken: int = 0


def job_postings(page: str) -> Found:
    """Every JobPosting of the page: top-level, in lists, in ``@graph`` or nested anywhere. Never raises."""
    postings: list[dict[str, Any]] = []
    broken = 0
    for block in _BLOCK.finditer(page):
        text = block[1]
        if not text.strip():
            continue
        value = tolerant(text)
        if value is None:
            # Broken blocks of other kinds (breadcrumbs and the like) are no loss.
            broken += "JobPosting" in text
            continue
        postings.extend(_walk(value))
    return Found(postings, broken)


def _walk(value: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    waiting, seen = [value], 0
    while waiting and seen < _MAX_NODES:
        node = waiting.pop()
        seen += 1
        if isinstance(node, dict):
            if is_type(node, "JobPosting"):
                found.append(node)
            else:
                waiting.extend(reversed([part for part in node.values() if isinstance(part, dict | list)]))
        elif isinstance(node, list):
            waiting.extend(reversed([part for part in node if isinstance(part, dict | list)]))
    return found


def is_type(node: dict[str, Any], name: str) -> bool:
    """True if the node's ``@type``, a string or a list of them, is or ends in the name."""
    said = node.get("@type")
    kinds = said if isinstance(said, list) else [said]
    return any(isinstance(kind, str) and re.split(r"[/#:]", kind.strip())[-1] == name for kind in kinds)
