"""The demo's invented employers and their jobs, as each of their systems holds them at the start."""

from __future__ import annotations

import html
import tomllib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from importlib import resources
from random import Random
from typing import Any

import pycountry

from changeover.job import Lane

ORDER = ("quillfeather", "tidewrack", "crumbwell", "owlight", "fernsluice", "brambleway")
"""The employers, in the order in which the demo shows them; each has a file in ``openings/``."""

OLDEST_POSTING_DAYS = 75
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


class LegacyKind(StrEnum):
    """How an employer's old job source is read."""

    CAREER_SITE = "career_site"
    INDEED_FEED = "indeed_feed"
    JOB_FEED = "job_feed"


class AtsKind(StrEnum):
    """The shape of an employer's ATS; ``NONE`` where it has not connected one."""

    GREENHOUSE = "greenhouse"
    LEVER = "lever"
    ASHBY = "ashby"
    PUSH = "push"
    NONE = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a job is: ``country`` is ISO 3166-1 alpha-2; ``text`` is how the system writes it."""

    city: str
    region: str
    country: str
    text: str

    @property
    def country_name(self) -> str:
        """The country in English, or the code where it is not one."""
        country = pycountry.countries.get(alpha_2=self.country)
        return str(country.name) if country else self.country


@dataclass(frozen=True, slots=True)
class Pay:
    """A range of pay in whole or decimal ``currency`` per ``unit`` (HOUR, DAY, WEEK, YEAR)."""

    currency: str
    low: float
    high: float
    unit: str

    def __str__(self) -> str:
        sign = {"GBP": "£", "EUR": "€"}.get(self.currency, self.currency + " ")
        digits = 0 if self.unit in ("YEAR", "WEEK", "DAY") else 2
        span = f"{sign}{self.low:,.{digits}f}"
        if self.high > self.low:
            span += f" to {sign}{self.high:,.{digits}f}"
        return f"{span} {'an' if self.unit == 'HOUR' else 'a'} {self.unit.lower()}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One job as one of the employer's systems holds it.

    ``key`` is the demo's own handle, the same on both sides of one opening; no system shows it.
    ``number`` is the id that the system gave it. ``employer_job_id`` may be empty.
    """

    key: str
    number: str
    title: str
    place: Place
    department: str
    employer_job_id: str
    about: str
    asks: str = ""
    pay: Pay | None = None
    type: str = "full-time"
    workplace: str = "onsite"
    posted_at: datetime = LONG_AGO
    changed_at: datetime = LONG_AGO
    open: bool = True


@dataclass(frozen=True, slots=True)
class Employer:
    """An invented employer: what it looks like, and which two systems hold its jobs."""

    slug: str
    name: str
    tagline: str
    offer: str
    colour: str
    accent: str
    legacy: LegacyKind
    ats: AtsKind
    situation: str
    forgotten: frozenset[str] = frozenset()

    @property
    def initials(self) -> str:
        """Two letters for the monogram."""
        return "".join(word[0] for word in self.name.split()[:2])

    @property
    def has_feed(self) -> bool:
        """True if the legacy source is an XML feed."""
        return self.legacy is not LegacyKind.CAREER_SITE

    def description(self, entry: Entry) -> str:
        """The job's description as HTML."""
        asks = f"<h3>What you bring</h3><p>{html.escape(entry.asks)}</p>" if entry.asks else ""
        offer = html.escape(f"At {self.name} you get {self.offer}")
        return f"<p>{html.escape(entry.about)}</p>{asks}<h3>What we offer</h3><p>{offer}</p>"


@dataclass(frozen=True, slots=True)
class Beginning:
    """An employer and what its two systems hold when the demo starts, by key."""

    employer: Employer
    sides: Mapping[Lane, Mapping[str, Entry]]


def read_employers(seed: int, now: datetime) -> list[Beginning]:
    """Every employer of the demo; the same ``seed`` and day give the same world."""
    folder = resources.files("changeover.demo") / "openings"
    return [_beginning(tomllib.loads((folder / f"{slug}.toml").read_text("utf-8")), seed, now) for slug in ORDER]


def number_in(employer: Employer, lane: Lane, key: str, seed: int) -> str:
    """The id that the employer's system of that lane gives to a job: a number or a UUID, as that system would."""
    chance = Random(f"{seed}/{employer.slug}/{lane}/{key}")  # noqa: S311 - a repeatable world, not a secret
    if lane is Lane.LEGACY:
        number = str(chance.randrange(10_000, 99_999))
        return f"{employer.slug[:2].upper()}{number}" if employer.has_feed else number
    if employer.ats in (AtsKind.LEVER, AtsKind.ASHBY):
        return str(uuid.UUID(int=chance.getrandbits(128), version=4))
    return str(chance.randrange(4_000_000_000, 4_999_999_999))


def place_text(city: str, region: str, country: str, lane: Lane) -> str:
    """A place as the old source writes it (city, region) or as the ATS does (city, country)."""
    place = Place(city, region, country, "")
    parts = (city, region) if lane is Lane.LEGACY else (city, place.country_name)
    return ", ".join(dict.fromkeys(part for part in parts if part))


def _beginning(told: dict[str, Any], seed: int, now: datetime) -> Beginning:
    about = dict(told["employer"])
    openings: list[dict[str, Any]] = told["opening"]
    about["legacy"], about["ats"] = LegacyKind(about["legacy"]), AtsKind(about["ats"])
    forgotten = frozenset(o["key"] for o in openings if o.get("forgotten"))
    employer = Employer(**about, forgotten=forgotten)
    sides = {lane: {e.key: e for e in _side(employer, lane, openings, seed, now)} for lane in Lane}
    return Beginning(employer, sides)


def _side(employer: Employer, lane: Lane, openings: list[dict[str, Any]], seed: int, now: datetime) -> list[Entry]:
    if lane is Lane.ATS and employer.ats is AtsKind.NONE:
        return []
    return [_entry(employer, lane, o, seed, now) for o in openings if o.get("only", lane) == lane]


def _entry(employer: Employer, lane: Lane, opening: dict[str, Any], seed: int, now: datetime) -> Entry:
    told = {**opening, **(opening.get("ats", {}) if lane is Lane.ATS else {})}
    posted = _posted(employer, opening["key"], lane, seed, now)
    city, region, country = opening["place"]
    text = told["place"] if isinstance(told["place"], str) else place_text(city, region, country, lane)
    return Entry(
        key=opening["key"],
        number=number_in(employer, lane, opening["key"], seed),
        title=told["title"],
        place=Place(city, region, country, text),
        department=opening["department"],
        employer_job_id=told["id"],
        about=told["about"],
        asks=told["asks"],
        pay=_pay(opening["pay"]),
        type=opening.get("type", "full-time"),
        workplace=opening.get("workplace", "onsite"),
        posted_at=posted,
        changed_at=posted,
    )


def _pay(text: str) -> Pay:
    currency, low, high, unit = text.split()
    return Pay(currency, float(low), float(high), unit)


def _posted(employer: Employer, key: str, lane: Lane, seed: int, now: datetime) -> datetime:
    """The day the opening was posted; the ATS had it some hours before the old source showed it."""
    days = Random(f"{seed}/{employer.slug}/{key}/posted").randrange(2, OLDEST_POSTING_DAYS)  # noqa: S311 - as above
    hour = 9 if lane is Lane.ATS else 15
    return datetime.combine((now - timedelta(days=days)).date(), time(hour), UTC)
