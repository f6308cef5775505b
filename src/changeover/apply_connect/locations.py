"""Whether a place can be found on the map: judged offline, by the gazetteer that also matches jobs."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

from changeover.job import Flaw
from changeover.match.places import read_place

MISSING = Flaw(
    "MISSING_LOCATION", "The job has no location, so it cannot be posted.", "Give the job's location in the ATS."
)
# What remote work may name instead of a country.
_CLUSTERS = frozenset(
    ("worldwide", "european union", "european economic area", "europe", "emea", "dach", "benelux", "nordics",
     "apac", "latam", "asia", "africa", "middle east", "north america", "south america", "latin america")
)  # fmt: skip
_POSTCODE = re.compile(r"(?=\w*\d)[\w -]*+,\s*[A-Za-z]{2,3}")


@lru_cache(maxsize=100_000)
def location_flaw(location: str, *, remote: bool, blocked: frozenset[str]) -> Flaw | None:
    """Why no job can be posted at this place, or None.

    Known are cities, regions and post codes with their country; a country alone is enough for remote work only.
    ``blocked`` are countries by their two letters.
    """
    if not location.strip():
        return MISSING
    place = read_place(location)
    if _among(place.countries, blocked):
        return Flaw(
            "BLOCKED_COUNTRY",
            f"No job may be posted in the country of “{location}”.",
            "Close the job in the ATS, or correct its location.",
        )
    if place.cities or place.regions or (place.countries and (remote or place.words)):
        return None
    if place.countries and _POSTCODE.fullmatch(location.strip()):
        return None
    if remote and (place.remote or place.text in _CLUSTERS):
        return None
    country_only = bool(place.countries)
    return _unknown(location, "a country alone is enough for remote jobs only" if country_only else "it is not known")


def _among(countries: Collection[str], blocked: frozenset[str]) -> bool:
    return bool(countries) and all(country in blocked for country in countries)


def _unknown(location: str, why: str) -> Flaw:
    return Flaw(
        "INVALID_LOCATION",
        f"The location “{location}” cannot be standardised: {why}.",
        "Complete it in the ATS as CITY, STATE, COUNTRY or POSTALCODE, COUNTRYCODE.",
    )
