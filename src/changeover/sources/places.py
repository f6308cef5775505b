"""A place in one line: City, State, Country, said once each; several places one after the other."""

from __future__ import annotations

from collections.abc import Iterable

import pycountry

from changeover.sources.text import MAX_LINE, line


def place(*parts: str | None) -> str:
    """``"City, State, Country"`` of the parts that say something, without repeating a part."""
    said: list[str] = []
    for part in parts:
        cleaned = line(part or "").strip(" ,;")
        if cleaned and cleaned.casefold() not in (earlier.casefold() for earlier in said):
            said.append(cleaned)
    return ", ".join(said)


def country(code: str) -> str:
    """A country's name for its two letters, where they stand alone and could be a state's: ``CA``, ``DE``, ``IN``."""
    known = pycountry.countries.get(alpha_2=code) if len(code) == 2 and code.isascii() and code.isupper() else None
    if known is None:
        return code
    return str(getattr(known, "common_name", known.name)).partition(",")[0]


def several(places: Iterable[str]) -> str:
    """Distinct places in their order, joined by ``"; "``; at most MAX_LINE characters."""
    distinct = dict.fromkeys(filter(None, (one.strip() for one in places)))
    return "; ".join(distinct)[:MAX_LINE]


def widened(text: str, city: str, *wider: str) -> str:
    """A place that a source wrote, with region and country added where it wrote the city alone."""
    written = line(text)
    if written and written.casefold() == line(city).casefold():
        return place(written, *wider)
    return written or place(city, *wider)
