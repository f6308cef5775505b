"""The ATSs whose public list is a feed: its address and format from that of a person's page."""

from __future__ import annotations

import re

_FEEDS = (
    (re.compile(r"(https?://[\w-]+\.jobs\.personio\.(?:de|com|es|it|fr|nl))(?:/(?!xml)|$)"), "personio", "/xml"),
    (re.compile(r"(https?://[\w-]+(?:\.\w{2})?\.teamtailor\.com)(?:/(?!jobs\.rss)|$)"), "teamtailor", "/jobs.rss"),
)


def feed_at(url: str) -> tuple[str, str] | None:
    """The kind and address of the feed behind a person's page of Personio or Teamtailor; None for other sites."""
    for page, kind, path in _FEEDS:
        if found := page.match(url):
            return kind, f"{found[1]}{path}"
    return None
