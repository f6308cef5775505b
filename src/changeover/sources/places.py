"""A place in one line: City, State, Country, said once each; several places one after the other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

import pycountry

from changeover.sources.text import MAX_LINE, line
from changeover.sources.workplace import workplace


def place(*parts: str | None) -> str:
    """``"City, State, Country"`` of the parts that say something, without repeating a part.

    Beside "Remote" a country's or a state's two letters alone are written out: ``CA`` could be either.
    """
    if len(parts) == 3 and (parts[0] or "").strip().casefold() == "remote":
        if not (parts[1] or "").strip():
            parts = (parts[0], "", country((parts[2] or "").strip()))
        elif not (parts[2] or "").strip():
            parts = (parts[0], state((parts[1] or "").strip()), "")
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


def state(code: str) -> str:
    """The name of a state of the USA for its two letters, where they stand alone and could be a country's."""
    return american_states()[code] if code in both() else code


@cache
def american_states() -> Mapping[str, str]:
    """The names of the states of the USA by their two letters."""
    states = pycountry.subdivisions.get(country_code="US")  # type: ignore[no-untyped-call]
    return {each.code[3:]: each.name for each in states}


@cache
def both() -> frozenset[str]:
    """Two letters that are a state of the USA and a country."""
    return frozenset(code for code in american_states() if pycountry.countries.get(alpha_2=code))


def several(places: Iterable[str]) -> str:
    """Distinct places in their order, joined by ``"; "``; at most MAX_LINE characters."""
    distinct = dict.fromkeys(filter(None, (one.strip() for one in places)))
    return "; ".join(distinct)[:MAX_LINE]


def named_only(written: str, city: str) -> bool:
    """True if what is written names no place on a map but a site ("HQ", "Store 7"), and the city is told beside it."""
    return bool(city) and "," not in written and city.casefold() not in written.casefold() and not workplace(written)


def in_full(written: str, city: str, state_told: str, land: str) -> str:
    """The place that a source wrote in one field, with what it says of it in others."""
    if not written:
        return place(city, state_told, land) if city or state_told else country(land)
    if named_only(written, city):
        return place(city, state_told, land)
    if "," in written or (city and city.casefold() != written.casefold()):
        return written
    return place(written, *(part for part in (state_told, land) if not _has_words(written, part)))


def _has_words(written: str, part: str) -> bool:
    """Whether the part stands in what is written as words of its own: "IN" does not in "Indianapolis"."""
    return bool(part) and re.search(rf"(?<!\w){re.escape(part)}(?!\w)", written, re.IGNORECASE) is not None


def widened(text: str, city: str, *wider: str) -> str:
    """A place that a source wrote, with region and country added where it wrote the city alone."""
    written = line(text)
    if written and written.casefold() == line(city).casefold():
        return place(written, *wider)
    return written or place(city, *wider)
