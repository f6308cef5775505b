"""What a job's location says, and how near two of them are."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from changeover.match.gazetteer import City, gazetteer, plain

LONGEST_LOCATION = 400

_SEVERAL = re.compile(
    r"\b\d+ (?:locations|places|offices)\b|\b(?:multiple|various|several) (?:locations|places|cities)\b"
)
_REMOTE_WORDS = "remote anywhere telecommute wfh homeoffice virtual teletravail remoto"
_NOISE_WORDS = """hybrid onsite on site office offices hq headquarters campus location locations in of the area greater
metro city more home work from corp building bldg site street st ave avenue road rd suite floor unknown flexible na
country state region province county district full time"""
_REMOTE = frozenset(_REMOTE_WORDS.split())
_NOISE = frozenset(_NOISE_WORDS.split())


@dataclass(frozen=True, slots=True)
class Place:
    """A location read: cities, regions (``US-CA``), countries, whether remote, and the words nobody knows."""

    text: str
    cities: tuple[City, ...] = ()
    regions: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    remote: bool = False
    several: bool = False

    @property
    def unknown(self) -> bool:
        """True if the location tells nothing about where the job is."""
        return not (self.cities or self.regions or self.countries or self.words or self.remote)


class Nearness(IntEnum):
    """How near two locations are, from the same words to a contradiction."""

    SAME_TEXT = 0
    SAME_CITY = 1
    ONE_OF_SEVERAL = 2
    SAME_NAME = 3
    NEAR = 4
    BOTH_REMOTE = 5
    SAME_REGION = 6
    SAME_COUNTRY = 7
    REMOTE_AND_PLACE = 8
    UNKNOWN = 9
    OTHER_CITY = 10
    OTHER_REGION = 11
    OTHER_COUNTRY = 12


@lru_cache(maxsize=200_000)
def read_place(location: str) -> Place:
    """The location as a :class:`Place`; understands lists, codes, nicknames, remote and "3 Locations"."""
    text = plain(location[:LONGEST_LOCATION])
    several = bool(_SEVERAL.search(text)) or bool(re.search(r"\+\s*\d", location))
    words = _SEVERAL.sub(" ", text).split()
    remote = any(word in _REMOTE for word in words) or "work from home" in text
    return _resolve(text, words, remote, several)


def _resolve(text: str, words: list[str], remote: bool, several: bool) -> Place:
    """Longest names first, from left to right; a name may be a city, a region and a country at once."""
    known = gazetteer()
    cities: list[str] = []
    regions: list[frozenset[str]] = []
    countries: set[str] = set()
    rest: list[str] = []
    at = 0
    while at < len(words):
        for size in range(min(known.longest, len(words) - at), 0, -1):
            name = " ".join(words[at : at + size])
            if name in known.cities or name in known.regions or name in known.countries:
                if name in known.countries:
                    countries.add(known.countries[name])
                if name in known.regions:
                    regions.append(known.regions[name])
                if name in known.cities:
                    cities.append(name)
                break
        else:
            size = 1
            word = words[at]
            if word not in _REMOTE and word not in _NOISE and not word.isdigit():
                rest.append(word)
        at += size
    return _agree(text, cities, regions, countries, rest, remote, several)


def _agree(
    text: str, names: list[str], regions: list[frozenset[str]], countries: set[str], rest: list[str], remote: bool,
    several: bool,
) -> Place:  # fmt: skip
    """Each city name stands for the namesake that agrees best with the regions and countries named beside it."""
    known = gazetteer()
    named = frozenset().union(*regions) if regions else frozenset()
    chosen: list[City] = []
    for name in names:
        namesakes = known.cities[name]
        best = max(namesakes, key=lambda c: (c.region in named, c.country in countries, c.population))
        agrees = best.region in named or best.country in countries
        is_more = name in known.regions or name in known.countries
        # "New York, NY" names a city; "California" beside "Palo Alto" does not name the town in Maryland.
        if is_more and not agrees and best.population < 100_000:
            continue
        if is_more and name in known.regions and best.region in known.regions[name] and len(names) > 1:
            continue
        if best not in chosen:
            chosen.append(best)
    from_cities = {c.region for c in chosen}
    kept = {code for codes in regions for code in _likely(codes, from_cities, countries)}
    home = {c.country for c in chosen} | {code[:2] for code in kept}
    return Place(text, tuple(chosen), frozenset(kept), frozenset(countries | home), frozenset(rest), remote, several)


def _likely(codes: frozenset[str], from_cities: set[str], countries: set[str]) -> set[str]:
    """Which of the regions of one name are meant."""
    for test in (codes & from_cities, {c for c in codes if c[:2] in countries}, {c for c in codes if c[:2] == "US"}):
        if test:
            return set(test)
    return set(codes)


@lru_cache(maxsize=500_000)
def nearness(legacy: str, ats: str) -> Nearness:
    """How near two locations are; symmetric."""
    if legacy == ats and legacy:
        return Nearness.SAME_TEXT
    one, two = read_place(legacy), read_place(ats)
    if one.text == two.text and one.text:
        return Nearness.SAME_TEXT
    if one.unknown or two.unknown:
        return Nearness.UNKNOWN
    return _by_city(one, two)


def _by_city(one: Place, two: Place) -> Nearness:
    mine, yours = {c.id for c in one.cities}, {c.id for c in two.cities}
    if mine & yours:
        return Nearness.SAME_CITY if mine == yours else Nearness.ONE_OF_SEVERAL
    shared = {word for word in one.words & two.words if len(word) > 2}
    if shared and (not one.cities or not two.cities):
        return Nearness.SAME_NAME
    if one.cities and two.cities:
        apart = min(kilometres(a, b) for a in one.cities for b in two.cities)
        if apart < 40:
            return Nearness.NEAR
        if one.remote and two.remote:
            return Nearness.BOTH_REMOTE
        if {c.country for c in one.cities}.isdisjoint(c.country for c in two.cities):
            return Nearness.OTHER_COUNTRY
        same_region = not {c.region for c in one.cities}.isdisjoint(c.region for c in two.cities)
        return Nearness.OTHER_CITY if same_region else Nearness.OTHER_REGION
    return _by_region(one, two)


def _by_region(one: Place, two: Place) -> Nearness:
    if one.remote and two.remote:
        return Nearness.BOTH_REMOTE
    mine = one.regions | {c.region for c in one.cities}
    yours = two.regions | {c.region for c in two.cities}
    if mine & yours:
        return Nearness.SAME_REGION
    if one.countries and two.countries and one.countries.isdisjoint(two.countries):
        return Nearness.OTHER_COUNTRY
    if one.remote or two.remote:
        return Nearness.REMOTE_AND_PLACE
    if mine and yours:
        return Nearness.OTHER_REGION
    return Nearness.SAME_COUNTRY if one.countries & two.countries else Nearness.UNKNOWN


def kilometres(one: City, two: City) -> float:
    """Distance along the earth's surface, by the haversine formula."""
    phi, psi = math.radians(one.latitude), math.radians(two.latitude)
    across = math.radians(two.longitude - one.longitude)
    h = math.sin((psi - phi) / 2) ** 2 + math.cos(phi) * math.cos(psi) * math.sin(across / 2) ** 2
    return 12742 * math.asin(min(1.0, math.sqrt(h)))
