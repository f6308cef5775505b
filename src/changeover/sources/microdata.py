"""JobPosting objects out of a page's microdata or RDFa, in the form that JSON-LD would give them."""

from __future__ import annotations

import re
from typing import Any

from selectolax.lexbor import LexborNode

from changeover.sources.encoding import decode
from changeover.sources.page_tree import page_tree

_MARK = re.compile(
    rb"itemtype\s*=\s*[\"']?\s*https?://(?:www\.)?schema\.org/JobPosting|typeof\s*=\s*[\"']?[^\"'<>]{0,200}\bJobPosting",
    re.IGNORECASE,
)
_SCHEMA = re.compile(r"(?:schema:|https?://(?:www\.)?schema\.org/)", re.IGNORECASE)
_MOST = 5_000
_ADDRESSES = {"a": "href", "link": "href", "area": "href", "img": "src", "time": "datetime", "data": "value"}
_MARKUP = frozenset(("description", "responsibilities", "qualifications", "skills", "jobBenefits"))


def job_postings(body: bytes, charset: str = "") -> list[dict[str, Any]] | None:
    """Every JobPosting that the page marks up by ``itemscope`` and ``itemprop``, or ``typeof`` and ``property``.

    None if the page is too costly to be parsed (`page_tree`). Never raises.
    """
    if b"JobPosting" not in body or not _MARK.search(body):
        return []
    tree = page_tree(decode(body, charset))
    if tree is None:
        return None
    found = (node for node in tree.css("[itemscope][itemtype], [typeof]") if _kind(node) == "JobPosting")
    return [_item(node, [_MOST]) for node in found]


def _kind(node: LexborNode) -> str:
    told = node.attributes.get("itemtype") or node.attributes.get("typeof") or ""
    return _SCHEMA.sub("", told.split(" ")[0].rstrip("/"))


def _item(scope: LexborNode, left: list[int]) -> dict[str, Any]:
    """The item of this scope; an item within it is the value of the property that it stands on."""
    said: dict[str, Any] = {"@type": _kind(scope)}
    waiting = list(scope.iter(include_text=False))
    while waiting and left[0] > 0:
        node = waiting.pop(0)
        left[0] -= 1
        told = node.attributes.get("itemprop") or node.attributes.get("property") or ""
        names = [_SCHEMA.sub("", name) for name in told.split()]
        scoped = "itemscope" in node.attributes or "typeof" in node.attributes
        for name in names[:5]:
            value = _item(node, left) if scoped else _value(node, name)
            said[name] = [*_listed(said[name]), value] if name in said else value
        if not scoped and not set(names) & _MARKUP:
            waiting[:0] = list(node.iter(include_text=False))
    return said


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _value(node: LexborNode, name: str) -> str:
    content = node.attributes.get("content")
    if content is not None:
        return content
    if (attribute := _ADDRESSES.get(node.tag or "")) and (told := node.attributes.get(attribute)):
        return told
    return (node.inner_html or "") if name in _MARKUP else " ".join(node.text(separator=" ").split())
