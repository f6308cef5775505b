"""What a page's head says of the page: its own address, that it is not to be indexed. Found as bytes."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from changeover.sources.links import host_of, web

_LOOKED_AT = 200_000
_TAG = re.compile(rb"<(?:link|meta)\b[^>]{0,4000}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    rb"""([a-z:-]{1,40})\s{0,20}=\s{0,20}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE
)  # fmt: skip
_OF_USE = re.compile(rb"canonical|og:url|robots|googlebot", re.IGNORECASE)


# What the pages of well-known guards hold, which are small; a page of a site may hold its guard's script as well.
_SMALL = 50_000
_CHECK = re.compile(
    rb"_Incapsula_Resource\?|Request unsuccessful\. Incapsula|<title>(?:Just a moment|Attention Required|Access Denied|"
    rb"Pardon Our Interruption)|cf_chl_opt|px-captcha|captcha-delivery\.com|gokuProps|Checking your browser"
)


@dataclass(frozen=True, slots=True)
class Head:
    """The page's canonical address (empty: none that can be believed) and whether it asks not to be indexed."""

    address: str
    noindex: bool


def read_head(body: bytes, url: str) -> Head:
    """What the beginning of the page at ``url`` (may be empty) says. A canonical of another site is not believed."""
    address, noindex = "", False
    for tag in _tags(body[:_LOOKED_AT]):
        name = (tag.get("name") or tag.get("property") or "").lower()
        if name in ("robots", "googlebot"):
            noindex = noindex or "noindex" in tag.get("content", "").lower()
        elif not address and (name == "og:url" or "canonical" in tag.get("rel", "").lower().split()):
            said = web(tag.get("href") or tag.get("content") or "", url)
            if said and urlsplit(said).path.strip("/") and (not url or host_of(said) == host_of(url)):
                address = said
    return Head(address, noindex)


def asks_for_a_person(body: bytes) -> bool:
    """True if the page is no page of the site but a check of who asks, which some answer with under 200."""
    return len(body) < _SMALL and b"JobPosting" not in body and bool(_CHECK.search(body))


def _tags(head: bytes) -> Iterator[dict[str, str]]:
    for found in _TAG.finditer(without_comments(head)):
        if _OF_USE.search(found[0]):
            yield {
                one[1].decode("ascii").lower(): html.unescape(
                    (one[2] or one[3] or one[4] or b"").decode("utf-8", "replace")
                )
                for one in _ATTRIBUTE.finditer(found[0])
            }


def without_comments(markup: bytes) -> bytes:
    """The markup without its comments; one that does not end goes on to the end."""
    kept, at = [], 0
    while (opened := markup.find(b"<!--", at)) >= 0:
        kept.append(markup[at:opened])
        closed = markup.find(b"-->", opened + 4)
        if closed < 0:
            return b"".join(kept)
        at = closed + 3
    return b"".join([*kept, markup[at:]]) if kept else markup
