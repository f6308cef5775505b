"""What a job's location says, and how near two of them are."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache

import xxhash

from changeover.match.gazetteer import AREAS, City, Gazetteer, gazetteer, plain
from changeover.match.normalise import digest

LONGEST_LOCATION = 600
_MOST_NAMES = 60

_SEVERAL = re.compile(
    r"\b\d+\s+(?:more\s+)?(?:locations?|places|offices|more)\b|\b(?:multiple|various|several)\s(?:\w+\s)?(?:locations|places|cities)\b",
    re.IGNORECASE,
)
_PLUS = re.compile(r"\+\s*\d+")
_REMOTE_PHRASE = re.compile(r"\b(?:work from home|home ?office|home based|work at home)\b", re.IGNORECASE)
_SEGMENT = re.compile(r"[;|•\n/]|\s+(?:and|or|und|et|y)\s+|\s{3,}")
_WORD = re.compile(r"[^\W_]+(?:\.[^\W_]\b)*", re.UNICODE)
_REMOTE_WORDS = "remote anywhere telecommute wfh virtual teletravail remoto fernarbeit"
_REMOTE = frozenset(_REMOTE_WORDS.split())
_NOISE_WORDS = """hybrid onsite on site office offices hq headquarters campus location locations in of the area greater
metro city more home work from corp building bldg site street st ave avenue road rd suite floor unknown flexible na
country state region province county district full time and or any add here to be main center centre park plaza tower
international airport drive dr blvd way lane unit inc llc office1"""
_NOISE = frozenset(_NOISE_WORDS.split())

NEAR_KM = 40
NEARBY_KM = 100


@dataclass(frozen=True, slots=True)
class Place:
    """A location read: cities, regions (``US-CA``), countries, the words nobody knows, the numbers, whether remote.

    ``cut`` stands for the whole of a location that is too long to be read to its end.
    """

    text: str
    cities: tuple[City, ...] = ()
    regions: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    remote: bool = False
    several: bool = False
    cut: str = ""

    @property
    def unknown(self) -> bool:
        """True if the location tells nothing about where the job is."""
        return not (self.cities or self.regions or self.countries or self.words or self.remote)

    @property
    def meaning(self) -> tuple[object, ...]:
        """Equal for locations that mean the same places: cities, or without any the regions, or the countries."""
        where: frozenset[object] = frozenset(c.id for c in self.cities) or self.regions or self.countries
        return where, frozenset() if self.cities else self.words, self.numbers, self.remote, self.several, self.cut


def spelled_place(location: str) -> str:
    """The places a location means, spelled the same in every process: equal exactly where ``meaning`` is."""
    parts = read_place(location).meaning
    return repr([sorted(map(str, part)) if isinstance(part, frozenset) else part for part in parts])


def place_number(location: str) -> int:
    """A 64-bit number for the places a location means: equal where ``meaning`` is, the same in every process."""
    return xxhash.xxh3_64_intdigest(spelled_place(location).encode()) - (1 << 63)


class Nearness(IntEnum):
    """How near two locations are, from the same words to a contradiction."""

    SAME_TEXT = 0
    SAME_CITIES = 1
    ONE_IN_COMMON = 2
    SAME_NAME = 3
    SAME_NUMBER = 4
    NEAR = 5
    NEARBY = 6
    BOTH_REMOTE = 7
    SAME_REGION = 8
    SAME_COUNTRY = 9
    REMOTE_AND_PLACE = 10
    NOT_ALL_NAMED = 11
    UNKNOWN = 12
    OTHER_NUMBER = 13
    OTHER_CITY = 14
    OTHER_REGION = 15
    OTHER_COUNTRY = 16


@dataclass(slots=True)
class _Name:
    """A stretch of a location that the gazetteer knows, with what it may mean."""

    text: str
    cities: tuple[City, ...] = ()
    regions: frozenset[str] = frozenset()
    country: str = ""


@dataclass(slots=True)
class _Found:
    """What has been read so far."""

    cities: list[City] = field(default_factory=list)
    regions: set[str] = field(default_factory=set)
    countries: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)


@lru_cache(maxsize=200_000)
def read_place(location: str) -> Place:
    """The location as a :class:`Place`; understands lists, codes, nicknames, remote and "3 Locations"."""
    raw = location[:LONGEST_LOCATION]
    text = plain(raw)
    rest = digest(location) if len(location) > LONGEST_LOCATION else ""
    several = bool(rest) or bool(_SEVERAL.search(raw)) or bool(_PLUS.search(raw))
    remote = bool(_REMOTE_PHRASE.search(raw))
    bare = _REMOTE_PHRASE.sub(" ", _PLUS.sub(" ", _SEVERAL.sub(" ", raw)))
    found = _Found()
    for segment in _SEGMENT.split(bare):
        words = _WORD.findall(segment)
        remote = remote or any(word.lower() in _REMOTE for word in words)
        _read_segment(words, found)
    countries = found.countries | {c.country for c in found.cities} | {code[:2] for code in found.regions}
    return Place(
        text, tuple(dict.fromkeys(found.cities)), frozenset(found.regions), frozenset(countries),
        frozenset(found.words), frozenset(found.numbers), remote, several, rest,
    )  # fmt: skip


def _read_segment(words: list[str], found: _Found) -> None:
    """Longest names first, from left to right; then each name is settled by its neighbours."""
    known = gazetteer()
    names: list[_Name] = []
    spoken = [_plain(word) for word in words]
    at = 0
    while at < len(words) and len(names) < _MOST_NAMES:
        size, name = _longest(known, words, spoken, at)
        if name is None:
            word = spoken[at]
            if word.isdigit():
                found.numbers.add(word.lstrip("0"))
            elif word and word not in _REMOTE and word not in _NOISE:
                found.words.add(word)
        else:
            names.append(name)
        at += size
    for nth, name in enumerate(names):
        before = names[nth - 1] if nth else None
        after = names[nth + 1] if nth + 1 < len(names) else None
        _settle(name, before, after, names, found)


# Places repeat the same few words.
_plain = lru_cache(maxsize=50_000)(plain)


def _longest(known: Gazetteer, words: list[str], spoken: list[str], at: int) -> tuple[int, _Name | None]:
    for size in range(min(known.longest, len(words) - at), 0, -1):
        text = spoken[at] if size == 1 else " ".join(filter(None, spoken[at : at + size]))
        code = size == 1 and len(text) == 2
        written = words[at].isupper()
        if text in _REMOTE or (text in _NOISE and not (code and written)):
            continue
        if text in AREAS:
            return size, _Name(text)
        # "in", "or", "me" are words; IN, OR, ME are states. A country's code may stand in lower case at the end.
        regions = known.regions.get(text, frozenset()) if not code or written else frozenset()
        country = known.countries.get(text, "")
        if code and not country and (written or (at and at == len(words) - 1)):
            country = text.upper() if text.upper() in known.codes else ""
        cities = known.cities(text) if not code or written else ()
        if regions or country or cities:
            return size, _Name(text, cities, regions, country)
    return 1, None


def _settle(name: _Name, before: _Name | None, after: _Name | None, names: list[_Name], found: _Found) -> None:
    """Decide whether a name is a country, a region or a city, and which one of its namesakes."""
    beside = [n for n in (before, after) if n is not None and n.text != name.text]
    neighbours = {c.country for n in beside for c in n.cities} | {code[:2] for n in beside for code in n.regions}
    if name.country and (not name.regions or _is_country(name, before)):
        found.countries.add(name.country)
        if not name.cities or len(names) > 1 or name.cities[0].country != name.country:
            return
    if name.regions and _is_region(name, before, after):
        found.regions |= _likely(name.regions, {c.region for n in beside for c in n.cities}, neighbours)
        return
    if name.cities:
        chosen = _namesake(name, beside, names)
        if chosen is not None:
            found.cities.append(chosen)
            if len(names) == 1 and chosen.region not in name.regions:
                found.regions |= {code for code in name.regions if code[:2] in ("US", "CA")}
            return
    if name.regions:
        found.regions |= _likely(name.regions, set(), neighbours)


def _is_country(name: _Name, before: _Name | None) -> bool:
    """IN after Bengaluru is India, CA after Toronto or ON is Canada; after a city of that state it is the state."""
    if before is None:
        return False
    if any(c.region in name.regions for c in before.cities):
        return False
    there = any(c.country == name.country for c in before.cities)
    return there or any(code[:2] == name.country for code in before.regions)


def _is_region(name: _Name, before: _Name | None, after: _Name | None) -> bool:
    """A name that is both (New York, Washington, LA) is a region beside a city that lies in it."""
    if not name.cities:
        return True
    if before is not None and before.text == name.text:
        return True
    own = {c.region for c in name.cities}
    for other in (before, after):
        if other is None or other.text == name.text:
            continue
        inside = any(c.region in name.regions for c in other.cities)
        if inside and not (other.regions and other.regions & own and len(other.text) <= 2):
            return True
    # "Washington" and nothing else may be either; elsewhere few regions are meant where a city has the same name.
    american = any(code[:2] in ("US", "CA") for code in name.regions)
    return american and name.cities[0].population < 100_000


def _namesake(name: _Name, beside: list[_Name], names: list[_Name]) -> City | None:
    """The city of that name that fits the regions and countries beside it, then in the text, then the largest."""
    near = frozenset().union(*(n.regions for n in beside)) if beside else frozenset()
    named = frozenset().union(*(n.regions for n in names if n is not name))
    lands = {n.country for n in names if n.country and n is not name}

    def fit(city: City) -> tuple[bool, bool, bool, int]:
        return city.region in near, city.region in named, city.country in lands, city.population

    best = max(name.cities, key=fit)
    fits = fit(best)
    states = [code for code in named if code[:2] in ("US", "CA")]
    if (states or lands) and not any(fits[:3]):
        # "Pendleton, SC" is not the Pendleton in Oregon, the only one that is large enough to be listed.
        return None
    return best


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
    if one.text == two.text and one.text and not one.several:
        return Nearness.SAME_TEXT
    if one.unknown or two.unknown:
        return Nearness.NOT_ALL_NAMED if one.several or two.several else Nearness.UNKNOWN
    if one.countries and two.countries and one.countries.isdisjoint(two.countries):
        return Nearness.NOT_ALL_NAMED if one.several or two.several else Nearness.OTHER_COUNTRY
    found = _by_city(one, two)
    if one.numbers and two.numbers and found < Nearness.OTHER_NUMBER:
        # "Austin, TX 017" and "Austin, TX 018" are two shops.
        found = Nearness.SAME_NUMBER if one.numbers & two.numbers else Nearness.OTHER_NUMBER
    if found >= Nearness.OTHER_CITY and (one.several or two.several):
        return Nearness.NOT_ALL_NAMED
    return found


def _by_city(one: Place, two: Place) -> Nearness:
    mine, yours = {c.id for c in one.cities}, {c.id for c in two.cities}
    if mine & yours:
        return Nearness.SAME_CITIES if mine == yours and not (one.cut or two.cut) else Nearness.ONE_IN_COMMON
    shared = {word for word in one.words & two.words if len(word) > 2}
    if shared and (not one.cities or not two.cities):
        return Nearness.SAME_NAME
    if one.cities and two.cities:
        apart = min(kilometres(a, b) for a in one.cities for b in two.cities)
        if apart < NEAR_KM:
            return Nearness.NEAR
        if one.remote and two.remote:
            return Nearness.BOTH_REMOTE
        if apart < NEARBY_KM:
            return Nearness.NEARBY
        if one.remote or two.remote:
            return Nearness.REMOTE_AND_PLACE
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
    if (one.remote or two.remote) and (mine or yours or not one.countries & two.countries):
        return Nearness.REMOTE_AND_PLACE
    comparable = {code[:2] for code in mine} & {code[:2] for code in yours} & {"US", "CA"}
    if comparable:
        return Nearness.OTHER_REGION
    return Nearness.SAME_COUNTRY if one.countries & two.countries else Nearness.UNKNOWN


def kilometres(one: City, two: City) -> float:
    """Distance along the earth's surface, by the haversine formula."""
    phi, psi = math.radians(one.latitude), math.radians(two.latitude)
    across = math.radians(two.longitude - one.longitude)
    h = math.sin((psi - phi) / 2) ** 2 + math.cos(phi) * math.cos(psi) * math.sin(across / 2) ** 2
    return 12742 * math.asin(min(1.0, math.sqrt(h)))
