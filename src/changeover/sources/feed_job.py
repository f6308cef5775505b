"""One record's fields as a Job, by the preset of its feed."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from itertools import chain
from typing import Any
from urllib.parse import urlsplit

from changeover.job import Job
from changeover.sources.dates import Order, posted
from changeover.sources.links import canonical, web
from changeover.sources.places import in_full, place, several
from changeover.sources.presets import FIELDS, Preset, named
from changeover.sources.terms import nested_term, with_terms
from changeover.sources.text import description, is_line, line, rich
from changeover.sources.workplace import workplace
from changeover.sources.xml_fields import Fields

_LONG = 2_000
# So much longer than the first is a text that the first is an excerpt of.
_FULL = 2
_WORD = re.compile(r"\w+")
# What repeats from job to job is short: a place, a department, a kind of contract.
_SHORT = 60
_PAY = {
    "salarymin": ("salaries/salary/lowend/amount",),
    "salarymax": ("salaries/salary/highend/amount",),
    "salarycurrency": ("salaries/salary/lowend/currencycode", "salaries/salary/highend/currencycode"),
    "salaryperiod": ("salaries/salary/period",),
}
"""What a LinkedIn feed says of the pay, three tags deep."""
_PLACED = ("city", "state", "country")
_WHERE = (*_PLACED, "location")

Told = Mapping[str, tuple[str, ...]]


def first(fields: Fields, names: Iterable[str]) -> str:
    """The first value that says something under the first of the names that has one, as one line."""
    for name in names:
        for value in fields.get(name, ()):
            if said := line(value):
                return said
    return ""


@dataclass(frozen=True, slots=True)
class _Plan:
    """Which fields of a record tell what: worked out once for all the records that have just these fields.

    ``told`` are, for each field of a job, the record's own that may tell it, the surest first; ``placed`` how many of
    them tell its place; ``extra`` the others that are kept, each with its plain name.
    """

    told: Mapping[str, tuple[str, ...]]
    placed: int
    extra: tuple[tuple[str, str], ...]


@lru_cache(maxsize=1024)
def _plan(preset: Preset, there: tuple[str, ...]) -> _Plan:
    names = {wanted: preset.names_of(wanted) for wanted in FIELDS}
    for wanted in _PLACED:
        names[wanted] = (*names[wanted], *(f"*/{name}" for name in names[wanted]))
    elsewhere = _told_elsewhere(preset.kind)
    extra = [(path, path.removeprefix("*/")) for path in there]
    own = frozenset(there)
    told = {wanted: tuple(name for name in each if name in own) for wanted, each in names.items()}
    return _Plan(
        told,
        sum(len(told[wanted]) for wanted in _WHERE),
        (
            *((path, n) for path, n in extra if n not in elsewhere and "/" not in n and "@" not in n),
            *((path, term) for path, n in extra if (term := nested_term(n))),
        ),
    )


def native_id(fields: Fields, preset: Preset) -> str:
    """The id that the feed itself gives the record; empty if it gives none."""
    return first(fields, preset.ids)


def link_id(fields: Fields, name: str) -> str:
    """The record's id by its link, for feeds that give no ids: the address without tracking."""
    return canonical(web(first(fields, (name,))))


def job_of(fields: Fields, preset: Preset, identifier: str, base: str = "") -> Job:
    """The job that a record tells. ``base`` is the address of the feed, for links that are built from it."""
    plan = _plan(preset, tuple(fields))
    told = plan.told
    requisition = first(fields, told["requisition"])
    url = web(first(fields, told["url"]))
    if not url and preset.kind == "personio" and base:
        url = f"{urlsplit(base).scheme}://{urlsplit(base).netloc}/job/{identifier}"
    return Job(
        id=identifier,
        title=_title(fields, preset, told),
        location=_location(fields, preset, plan),
        company=first(fields, told["company"]),
        employer_job_id=requisition or first(fields, told["employer_job_id"]),
        requisition=requisition,
        description=_description(fields, preset, told),
        url=url,
        apply_url=web(first(fields, told["apply_url"])),
        workplace_type=workplace(first(fields, told["workplace_type"])),
        posted_at=_posted(fields, preset, told),
        extra=with_terms(_extra(fields, plan) | (_pay(fields) if preset.kind == "linkedin" else {})),
    )


def _pay(fields: Fields) -> dict[str, str]:
    return {name: said for name, paths in _PAY.items() if (said := first(fields, paths))}


def _title(fields: Fields, preset: Preset, told: Told) -> str:
    title = first(fields, told["title"])
    if preset.kind == "successfactors" and title.endswith(")"):
        name, _, place_told = title.rpartition(" (")
        where = first(fields, ("location",))
        if not where or set(_WORD.findall(place_told)) <= set(_WORD.findall(where)):
            return name or title
    return title


def _location(fields: Fields, preset: Preset, plan: _Plan) -> str:
    told = plan.told
    if preset.kind == "personio":
        return several(line(value) for name in ("office", "additionaloffices/office") for value in fields.get(name, ()))
    if preset.kind == "teamtailor":
        names = zip(_each(fields, "city"), _each(fields, "country"), strict=False)
        return several(place(city, land) for city, land in names) or first(fields, ("locations/location/name",))
    said = tuple([tuple([value for name in told[wanted] for value in fields[name]]) for wanted in _WHERE])
    written, full = _joined(*said) if sum(map(len, chain(*said))) <= _LONG else _joined.__wrapped__(*said)
    if preset.kind == "successfactors" and not written:
        title = first(fields, told["title"])
        return title.rpartition(" (")[2].rstrip(")") if title.endswith(")") and " (" in title else ""
    if preset.kind == "linkedin" and (others := fields.get("alternatelocations/alternatelocation")):
        return several((full, *map(line, others)))
    if sum(map(len, said)) > plan.placed:
        return _in_several(fields, told, full)
    return full


def _in_several(fields: Fields, told: Told, whole: str) -> str:
    """The places of a record that repeats a field which tells one: all of them, but for a company's own address."""
    written = next((fields[name] for name in told["location"] if len(set(fields[name])) > 1), ())
    for path, cities in fields.items() if not written else ():
        around, _, leaf = path.rpartition("/")
        if around == "*" or leaf not in FIELDS["city"] or around.partition("/")[0] in FIELDS["company"]:
            continue
        within = f"{around}/" if around else ""
        parts = [_beside(fields, within, wanted, len(cities)) for wanted in ("state", "country")]
        written = [place(*each) for each in zip(cities, *parts, strict=True)]
        break
    places = list(dict.fromkeys(said for said in map(line, written) if said))
    if not first(fields, told["location"]):
        return several(places) or whole
    if len(places) < 2:
        return whole
    return several(places if any(whole in each or each in whole for each in places) else [whole, *places])


def _beside(fields: Fields, within: str, wanted: str, count: int) -> list[str]:
    """The states or countries that stand beside so many cities, one for each; empty ones where they are not told so."""
    told = (fields.get(f"{within}{name}", ()) for name in FIELDS[wanted])
    return list(next((each for each in told if len(each) == count), [""] * count))


@lru_cache(maxsize=8192)  # a feed's jobs are in a few places
def _joined(*said: tuple[str, ...]) -> tuple[str, str]:
    """The place as it is written in one field, and as it is told: with what the fields for its parts say."""
    city, state, land, written = (next(filter(None, map(line, values)), "") for values in said)
    return written, in_full(written, city, state, land)


def _each(fields: Fields, name: str) -> list[str]:
    return [line(value) for value in fields.get(f"locations/location/{name}", ())]


def _description(fields: Fields, preset: Preset, told: Told) -> str:
    if preset.kind == "personio":
        prefix = "jobdescriptions/jobdescription"
        names, values = fields.get(f"{prefix}/name", []), fields.get(f"{prefix}/value", [])
        parts = [f"<h3>{html.escape(line(name))}</h3>{value}" for name, value in zip(names, values, strict=False)]
        return description("".join(parts))
    for name in told["description"]:
        values = fields[name]
        if len(values) > 1 and len(longest := max(values, key=len)) > _FULL * len(values[0]):
            values = [longest, *values]  # after an excerpt the whole
        for value in values:
            if said := description(value):
                return said
    return ""


def _posted(fields: Fields, preset: Preset, told: Told) -> datetime | None:
    for name in told["posted_at"]:
        for value in fields[name]:
            said = _moment if len(value) <= _SHORT else _moment.__wrapped__
            if moment := said(value, preset.order):
                return moment
    return None


@lru_cache(maxsize=4096)  # one day's jobs are many
def _moment(value: str, order: Order) -> datetime | None:
    return posted(line(value), order)


def _extra(fields: Fields, plan: _Plan) -> dict[str, Any]:
    """What else the record said, by the plain names of its fields: text, or a list where a field repeats.

    Left out are the fields that are told elsewhere word for word, and the long texts beside the description.
    """
    kept: dict[str, Any] = {}
    for path, name in plan.extra:
        if name in kept:
            continue
        values = fields[path]
        if len(values) == 1:
            value = values[0]
            said = value.strip() if is_line(value) else rich(value)
            if len(said) <= _LONG and (said or value.strip()):
                kept[name] = said
        elif (several := [rich(v) for v in values if v and not v.isspace()]) and max(map(len, several)) <= _LONG:
            kept[name] = several[0] if len(several) == 1 else several
    return kept


@cache
def _told_elsewhere(kind: str) -> frozenset[str]:
    preset = named(kind)
    wanted = ("title", "company", "description", "url", "apply_url")
    names = {name for field in wanted for name in preset.names_of(field)} if preset else set()
    return frozenset((*names, "id", "@id", "guid"))
