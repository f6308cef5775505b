"""What a job's location says, and how near two of them are."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, replace
from enum import IntEnum
from functools import lru_cache

import xxhash

from changeover.match.gazetteer import City, Name, digest, gazetteer, plain

LONGEST_LOCATION = 600
_MOST_NAMES = 60

_SEVERAL = re.compile(
    r"\b\d+\s+(?:more\s+)?(?:locations?|places|offices|more)\b|\b(?:multiple|various|several)\s(?:\w+\s)?(?:locations|places|cities)\b",
    re.IGNORECASE,
)
_PLUS = re.compile(r"\+\s*\d+")
_REMOTE_PHRASE = re.compile(r"\b(?:work from home|home ?office|home based|work at home)\b", re.IGNORECASE)
# Most locations have none of the three, and one look tells.
_PHRASE = re.compile(rf"{_SEVERAL.pattern}|{_PLUS.pattern}|{_REMOTE_PHRASE.pattern}", re.IGNORECASE)
_SEGMENT = re.compile(r"[;|•\n/]|\s+(?:and|or|und|et|y)\s+|\s{3,}")
_WORD = re.compile(r"[^\W_]+(?:\.[^\W_]\b)*", re.UNICODE)
_REMOTE_WORDS = "remote anywhere telecommute wfh virtual teletravail remoto fernarbeit"
_REMOTE = frozenset(_REMOTE_WORDS.split())
_NOISE_WORDS = """hybrid onsite on site office offices hq headquarters campus location locations in of the area greater
metro city more home work from corp building bldg site street st ave avenue road rd suite floor unknown flexible na
country state region province county district full time and or any add here to be main center centre park plaza tower
international airport drive dr blvd way lane unit inc llc office1"""
_NOISE = frozenset(_NOISE_WORDS.split())

# Where jobs are told apart by state; elsewhere regions are named now so, now so.
_BY_STATE = frozenset(("US", "CA"))

NEAR_KM = 40
NEARBY_KM = 100


@dataclass(frozen=True, slots=True)
class Place:
    """A location read: cities, regions (``US-CA``), countries, the words nobody knows, the numbers, whether remote.

    ``inside`` are the regions named and those of the cities. ``cut`` stands for the whole of a location that is too
    long to be read to its end.
    """

    text: str
    cities: tuple[City, ...] = ()
    city_ids: frozenset[int] = frozenset()
    regions: frozenset[str] = frozenset()
    inside: frozenset[str] = frozenset()
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
        where: frozenset[object] = self.city_ids or self.regions or self.countries
        return where, frozenset() if self.cities else self.words, self.numbers, self.remote, self.several, self.cut


def postal_parts(told: str) -> tuple[str, str, str]:
    """One place's city, region and country code as far as the words and the gazetteer tell them apart; "" each."""
    said = [part.strip() for part in told.split(",") if part.strip()]
    whole = read_place(told)
    country = next(iter(whole.countries)) if len(whole.countries) == 1 else ""
    last = read_place(said[-1]) if said else whole
    if country and last.countries == whole.countries and not last.cities and not last.regions:
        said.pop()
    if said and (first := read_place(said[0])).remote and not (first.cities or first.words):
        said[0] = ""
    return (said[0], ", ".join(said[1:]), country) if said else ("", "", country)


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
    rest = digest(location) if len(location) > LONGEST_LOCATION else ""
    bare, several, remote = raw, bool(rest), False
    if _PHRASE.search(raw):
        several = several or bool(_SEVERAL.search(raw)) or bool(_PLUS.search(raw))
        remote = bool(_REMOTE_PHRASE.search(raw))
        bare = _REMOTE_PHRASE.sub(" ", _PLUS.sub(" ", _SEVERAL.sub(" ", raw)))
    found = _Found()
    for segment in _SEGMENT.split(bare):
        words = _WORD.findall(segment)
        spoken = [_plain(word) for word in words]
        remote = remote or not _REMOTE.isdisjoint(spoken)
        _read_segment(words, spoken, found)
    cities = tuple(dict.fromkeys(found.cities))
    inside = found.regions | {c.region for c in cities}
    countries = found.countries | {c.country for c in cities} | {code[:2] for code in found.regions}
    if remote and len(found.regions) == 1 and not (cities or found.countries):
        # "Remote, CA" is California or Canada: it contradicts neither.
        (letters,) = (code[3:] for code in found.regions)
        countries |= {letters} if letters in _WORD.findall(bare) and letters in gazetteer().codes else set()
    return Place(
        plain(raw), cities, frozenset(c.id for c in cities), frozenset(found.regions), frozenset(inside),
        frozenset(countries), frozenset(found.words), frozenset(found.numbers), remote, several, rest,
    )  # fmt: skip


def _read_segment(words: list[str], spoken: list[str], found: _Found) -> None:
    """Longest names first, from left to right; then each name is settled by its neighbours."""
    names: list[Name] = []
    at = 0
    while at < len(words) and len(names) < _MOST_NAMES:
        size, name = _longest(words, spoken, at)
        if name is None:
            word = spoken[at]
            if word.isdigit():
                found.numbers.add(word.lstrip("0"))
            elif word and word not in _REMOTE and word not in _NOISE:
                found.words.add(word)
        else:
            names.append(name)
        at += size
    for nth in range(len(names)):
        _settle(names, nth, found)


# Places repeat the same few words.
_plain = lru_cache(maxsize=50_000)(plain)


def _longest(words: list[str], spoken: list[str], at: int) -> tuple[int, Name | None]:
    """How many words the longest name has that begins here, and what it may mean; 1 and None if there is none."""
    known, first = gazetteer(), spoken[at]
    for size in range(min(known.words_from(first), len(words) - at), 1, -1):
        text = " ".join(filter(None, spoken[at : at + size]))
        name = known.name(text)
        if name is not None and text not in _REMOTE and text not in _NOISE:
            return size, name
    code = len(first) == 2
    written = code and words[at].isupper()
    if first in _REMOTE or (first in _NOISE and not written):
        return 1, None
    return 1, _code(first, written, bool(at) and at == len(words) - 1) if code else known.name(first)


@lru_cache(maxsize=10_000)
def _code(text: str, written: bool, last: bool) -> Name | None:
    """What two letters mean: "in", "or", "me" are words; IN, OR, ME are states, and at the end "in" is a country."""
    known = gazetteer()
    name = known.name(text)
    if name is not None and name.area:
        return name
    country = name.country if name else ""
    if not country and (written or last) and text.upper() in known.codes:
        country = text.upper()
    if written and name is not None:
        return replace(name, country=country)
    return Name(text, country=country) if country else None


def _settle(names: list[Name], nth: int, found: _Found) -> None:
    """Decide whether a name is a country, a region or a city, and which one of its namesakes."""
    name = names[nth]
    before = names[nth - 1] if nth else None
    after = names[nth + 1] if nth + 1 < len(names) else None
    if name.country and (not name.regions or _is_country(name, before)):
        found.countries.add(name.country)
        if not name.cities or len(names) > 1 or name.cities[0].country != name.country:
            return
    beside = [n for n in (before, after) if n is not None and n.text != name.text]
    if name.regions and _is_region(name, before, after):
        found.regions |= _likely(name.regions, frozenset().union(*(n.cities_in for n in beside)), beside)
        return
    if name.cities:
        chosen = _namesake(name, beside, names[:nth] + names[nth + 1 :])
        if chosen is not None:
            found.cities.append(chosen)
            if len(names) == 1 and chosen.region not in name.regions:
                found.regions |= {code for code in name.regions if code[:2] in _BY_STATE}
            return
    if name.regions:
        found.regions |= _likely(name.regions, frozenset(), beside)


def _is_country(name: Name, before: Name | None) -> bool:
    """IN after Bengaluru is India, CA after Toronto or ON is Canada; after a city of that state it is the state."""
    if before is None or not before.cities_in.isdisjoint(name.regions):
        return False
    return name.country in before.cities_of or any(code[:2] == name.country for code in before.regions)


def _is_region(name: Name, before: Name | None, after: Name | None) -> bool:
    """A name that is both (New York, Washington, LA) is a region beside a city that lies in it."""
    if not name.cities:
        return True
    if before is not None and before.text == name.text:
        return True
    for other in (before, after):
        if other is None or other.text == name.text:
            continue
        inside = not other.cities_in.isdisjoint(name.regions)
        if inside and (len(other.text) > 2 or other.regions.isdisjoint(name.cities_in)):
            return True
    # "Washington" and nothing else may be either; elsewhere few regions are meant where a city has the same name.
    american = any(code[:2] in _BY_STATE for code in name.regions)
    return american and name.cities[0].population < 100_000


def _namesake(name: Name, beside: list[Name], others: list[Name]) -> City | None:
    """The city of that name that fits the regions and countries beside it, then in the text, then the largest."""
    named = frozenset().union(*(n.regions for n in others))
    lands = {n.country for n in others if n.country}
    if not named and not lands:
        return name.cities[0]
    near = frozenset().union(*(n.regions for n in beside))

    def fit(city: City) -> tuple[bool, bool, bool, int]:
        return city.region in near, city.region in named, city.country in lands, city.population

    best = max(name.cities, key=fit) if len(name.cities) > 1 else name.cities[0]
    if not any(fit(best)[:3]) and (lands or any(code[:2] in _BY_STATE for code in named)):
        # "Pendleton, SC" is not the Pendleton in Oregon, the only one that is large enough to be listed.
        return None
    return best


def _likely(codes: frozenset[str], from_cities: frozenset[str], beside: list[Name]) -> frozenset[str]:
    """Which of the regions of one name are meant."""
    if len(codes) == 1:
        return codes
    lands = {code[:2] for n in beside for code in n.regions}.union(*(n.cities_of for n in beside))
    for test in (codes & from_cities, {c for c in codes if c[:2] in lands}, {c for c in codes if c[:2] == "US"}):
        if test:
            return frozenset(test)
    return codes


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
    if not one.city_ids.isdisjoint(two.city_ids):
        whole = one.city_ids == two.city_ids and not (one.cut or two.cut)
        return Nearness.SAME_CITIES if whole else Nearness.ONE_IN_COMMON
    if (not one.cities or not two.cities) and any(len(word) > 2 for word in one.words & two.words):
        return Nearness.SAME_NAME
    if one.cities and two.cities:
        apart = _apart(one.cities, two.cities)
        if apart < NEAR_KM:
            return Nearness.NEAR
        if one.remote and two.remote:
            return Nearness.BOTH_REMOTE
        if apart < NEARBY_KM:
            return Nearness.NEARBY
        if one.remote or two.remote:
            return Nearness.REMOTE_AND_PLACE
        same_region = any(c.region == d.region for c in one.cities for d in two.cities)
        return Nearness.OTHER_CITY if same_region else Nearness.OTHER_REGION
    return _by_region(one, two)


def _by_region(one: Place, two: Place) -> Nearness:
    if one.remote and two.remote:
        return Nearness.BOTH_REMOTE
    mine, yours = one.inside, two.inside
    if not mine.isdisjoint(yours):
        return Nearness.SAME_REGION
    if (one.remote or two.remote) and (mine or yours or one.countries.isdisjoint(two.countries)):
        return Nearness.REMOTE_AND_PLACE
    if {code[:2] for code in mine} & {code[:2] for code in yours} & _BY_STATE:
        return Nearness.OTHER_REGION
    return Nearness.UNKNOWN if one.countries.isdisjoint(two.countries) else Nearness.SAME_COUNTRY


def _apart(mine: tuple[City, ...], yours: tuple[City, ...]) -> float:
    """Kilometres between the nearest two; infinite if they are over a degree of latitude, 111 km, apart."""
    return min((kilometres(a, b) for a in mine for b in yours if abs(a.latitude - b.latitude) <= 1), default=math.inf)


def kilometres(one: City, two: City) -> float:
    """Distance along the earth's surface, by the haversine formula."""
    phi, psi = math.radians(one.latitude), math.radians(two.latitude)
    across = math.radians(two.longitude - one.longitude)
    h = math.sin((psi - phi) / 2) ** 2 + math.cos(phi) * math.cos(psi) * math.sin(across / 2) ** 2
    return 12742 * math.asin(min(1.0, math.sqrt(h)))
