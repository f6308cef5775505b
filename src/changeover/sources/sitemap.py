"""Sitemaps: the addresses in them, and the sitemaps that an index leads to; plain or gzipped."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from changeover.sources.inflate import GZIP_MAGIC, InflateError, Inflater

MAX_BYTES = 200_000_000
_LOC = re.compile(
    rb"<(?:\w{1,40}:)?loc\b[^<>]*+>\s*+(?:<!\[CDATA\[)?+\s*+([^<\]]{1,4096}+)(?:\]\]>)?+\s*+</(?:\w{1,40}:)?loc\s*+>",
    re.IGNORECASE,
)
_ROOT = re.compile(rb"<(?:\w+:)?(urlset|sitemapindex)\b", re.IGNORECASE)
_END = re.compile(rb"</(?:\w+:)?(urlset|sitemapindex)\s*>|<(?:\w+:)?(?:urlset|sitemapindex)\b[^>]*/>", re.IGNORECASE)
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Sitemap:
    """Addresses in their order; ``index`` if they lead to further sitemaps; ``whole`` if it has its closing tag."""

    addresses: tuple[str, ...]
    index: bool
    whole: bool


def read_sitemap(body: bytes) -> Sitemap | None:
    """The sitemap in the bytes, or None if they are none. Addresses are found, not parsed: nothing is expanded."""
    whole = True
    if body.startswith(GZIP_MAGIC):
        inflater = Inflater(MAX_BYTES)
        try:
            body = b"".join(inflater.feed(body))
        except InflateError:
            return None
        whole = inflater.whole
    root = _ROOT.search(body[:4096])
    if root is None:
        return None
    body = _COMMENT.sub(b"", body)
    addresses = (html.unescape(found[1].strip().decode("utf-8", "replace")) for found in _LOC.finditer(body))
    return Sitemap(
        tuple(dict.fromkeys(filter(None, addresses))),
        root[1].lower() == b"sitemapindex",
        whole and bool(_END.search(body)),
    )
