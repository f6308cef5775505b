"""Sitemaps: the addresses in them, and the sitemaps that an index leads to; plain or gzipped."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from itertools import islice

from changeover.sources.inflate import GZIP_MAGIC, InflateError, Inflater

MAX_BYTES = 50_000_000
MOST_ADDRESSES = 100_000
"""More than twice what sitemaps.org allows in one sitemap; its bound on bytes is the other."""

_LOC = re.compile(
    rb"<(?:\w{1,40}:)?loc\b[^<>]*+>\s*+(?:<!\[CDATA\[)?+\s*+([^<\]]{1,4096}+)(?:\]\]>)?+\s*+</(?:\w{1,40}:)?loc\s*+>",
    re.IGNORECASE,
)
_ROOT = re.compile(rb"<(?:\w+:)?(urlset|sitemapindex)\b", re.IGNORECASE)
_END = re.compile(rb"</(?:\w+:)?(urlset|sitemapindex)\s*>|<(?:\w+:)?(?:urlset|sitemapindex)\b[^>]*/>", re.IGNORECASE)
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Sitemap:
    """Addresses in their order; ``index`` if they lead to further sitemaps; ``whole`` if it was read to its end."""

    addresses: tuple[str, ...]
    index: bool
    whole: bool


def read_sitemap(body: bytes) -> Sitemap | None:
    """The sitemap in the bytes, or None if they are none. Addresses are found, not parsed: nothing is expanded.

    Compressed bytes that cannot be opened, or open to more than MAX_BYTES, are one that is not whole.
    """
    whole = True
    if body.startswith(GZIP_MAGIC):
        inflater = Inflater(MAX_BYTES)
        try:
            body = b"".join(inflater.feed(body))
        except InflateError:
            return Sitemap((), index=False, whole=False)
        whole = inflater.whole
    root = _ROOT.search(body[:4096])
    if root is None:
        return None
    body = _COMMENT.sub(b"", body)
    addresses = (html.unescape(found[1].strip().decode("utf-8", "replace")) for found in _LOC.finditer(body))
    told = tuple(dict.fromkeys(filter(None, islice(addresses, MOST_ADDRESSES))))
    whole = whole and next(addresses, None) is None and bool(_END.search(body))
    return Sitemap(told, root[1].lower() == b"sitemapindex", whole)
