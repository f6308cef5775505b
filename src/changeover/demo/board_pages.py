"""How the board's public pages are read from outside: the list's items and a posting's JobPosting."""

from __future__ import annotations

import itertools
import json
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode


@dataclass(frozen=True, slots=True)
class Listed:
    """One item of the board's list; ``url`` is absolute."""

    posting: str
    url: str
    title: str
    place: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What a posting's page says of its opening, in a form that compares."""

    title: str
    place: str
    employer_job_id: str

    def same_opening(self, other: Shown) -> bool:
        """True if a reader would take both for one opening.

        Different employer job ids make two openings, whatever the words; the same id makes one
        if title or place agree, since a requisition may be open in several places.
        """
        words = (self.title == other.title, self.place == other.place)
        if self.employer_job_id and other.employer_job_id:
            return self.employer_job_id == other.employer_job_id and any(words)
        return all(words)


@dataclass(frozen=True, slots=True)
class Unread:
    """A page that did not show what it should, with what happened instead."""

    reason: str


def doubled(shown: Mapping[str, Shown]) -> set[tuple[str, str]]:
    """The pairs of addresses that show one opening, each pair once and in order."""
    alike: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for url in sorted(shown):
        alike["words", shown[url].title, shown[url].place].append(url)
        if shown[url].employer_job_id:
            alike["id", shown[url].employer_job_id].append(url)
    pairs = {pair for urls in alike.values() for pair in itertools.combinations(urls, 2)}
    return {(one, two) for one, two in pairs if shown[one].same_opening(shown[two])}


def parse_list(text: str, at: str) -> tuple[list[Listed], str | None]:
    """The items of one page of ``/jobs`` that was read at the address ``at``, and the next page's address."""
    tree = LexborHTMLParser(text)
    items = [item for node in tree.css("li[data-posting]") if (item := _item(node, at))]
    following = tree.css_first('a[rel~="next"]')
    link = following.attributes.get("href") if following is not None else None
    return items, urljoin(at, link) if link else None


def parse_posting(text: str) -> Shown | Unread:
    """What the first JobPosting on a posting's page says."""
    for node in LexborHTMLParser(text).css('script[type="application/ld+json"]'):
        said = _loaded(node.text())
        if isinstance(said, dict) and said.get("@type") == "JobPosting":
            return Shown(_plain(said.get("title")), _place(said), _identifier(said))
    return Unread("answered 200 without a JobPosting")


def _item(node: LexborNode, at: str) -> Listed | None:
    link = node.css_first("a[href]")
    if link is None:
        return None
    place = node.css_first(".place")
    return Listed(
        posting=node.attributes.get("data-posting") or "",
        url=urljoin(at, link.attributes.get("href") or ""),
        title=link.text(strip=True),
        place=place.text(strip=True) if place is not None else "",
    )


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return None


def _place(said: Mapping[str, Any]) -> str:
    """All places of the posting as one string: locality, region and country, or whatever is said."""
    places = said.get("jobLocation") or []
    return "; ".join(_address(place) for place in (places if isinstance(places, list) else [places]))


def _address(place: Any) -> str:
    address = place.get("address", "") if isinstance(place, dict) else place
    if isinstance(address, dict):
        parts = (address.get(name) for name in ("addressLocality", "addressRegion", "addressCountry"))
        return ", ".join(_plain(part) for part in parts if part)
    return _plain(address)


def _identifier(said: Mapping[str, Any]) -> str:
    identifier = said.get("identifier") or ""
    return _plain(identifier.get("value") if isinstance(identifier, dict) else identifier)


def _plain(value: Any) -> str:
    """Text that compares: NFC, folded case, single spaces."""
    return " ".join(unicodedata.normalize("NFC", str(value or "")).casefold().split())
