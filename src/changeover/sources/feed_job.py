"""One record's fields as a Job, by the preset of its feed."""

from __future__ import annotations

import html
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from changeover.job import Job
from changeover.sources.dates import posted
from changeover.sources.links import canonical, web
from changeover.sources.places import country, place, several
from changeover.sources.presets import Preset, named
from changeover.sources.terms import with_terms
from changeover.sources.text import description, line, rich
from changeover.sources.workplace import workplace
from changeover.sources.xml_fields import Fields

_LONG = 2_000


def first(fields: Fields, names: Iterable[str]) -> str:
    """The first value that says something under the first of the names that has one, as one line."""
    for name in names:
        for value in fields.get(name, ()):
            if said := line(value):
                return said
    return ""


def native_id(fields: Fields, preset: Preset) -> str:
    """The id that the feed itself gives the record; empty if it gives none."""
    return first(fields, preset.ids)


def link_id(fields: Fields, name: str) -> str:
    """The record's id by its link, for feeds that give no ids: the address without tracking."""
    return canonical(web(first(fields, (name,))))


def job_of(fields: Fields, preset: Preset, identifier: str, base: str = "") -> Job:
    """The job that a record tells. ``base`` is the address of the feed, for links that are built from it."""
    requisition = first(fields, preset.names_of("requisition"))
    url = web(first(fields, preset.names_of("url")))
    if not url and preset.kind == "personio" and base:
        url = f"{urlsplit(base).scheme}://{urlsplit(base).netloc}/job/{identifier}"
    return Job(
        id=identifier,
        title=_title(fields, preset),
        location=_location(fields, preset),
        company=first(fields, preset.names_of("company")),
        employer_job_id=requisition or first(fields, preset.names_of("employer_job_id")),
        requisition=requisition,
        description=_description(fields, preset),
        url=url,
        apply_url=web(first(fields, preset.names_of("apply_url"))),
        workplace_type=workplace(first(fields, preset.names_of("workplace_type"))),
        posted_at=_posted(fields, preset),
        extra=with_terms(_extra(fields, preset)),
    )


def _title(fields: Fields, preset: Preset) -> str:
    title = first(fields, preset.names_of("title"))
    if preset.kind == "successfactors" and title.endswith(")") and not first(fields, ("location",)):
        return title.rpartition(" (")[0] or title
    return title


def _location(fields: Fields, preset: Preset) -> str:
    if preset.kind == "personio":
        return several(line(value) for name in ("office", "additionaloffices/office") for value in fields.get(name, ()))
    if preset.kind == "teamtailor":
        names = zip(_each(fields, "city"), _each(fields, "country"), strict=False)
        return several(place(city, land) for city, land in names) or first(fields, ("locations/location/name",))
    city, state, land = (first(fields, _deep(preset.names_of(name))) for name in ("city", "state", "country"))
    written = first(fields, preset.names_of("location"))
    if preset.kind == "successfactors" and not written:
        title = first(fields, preset.names_of("title"))
        return title.rpartition(" (")[2].rstrip(")") if title.endswith(")") and " (" in title else ""
    if not written:
        return place(city, state, land) if city or state else country(land)
    wider = [part for part in (state, land) if part.casefold() not in written.casefold()]
    return place(written, *wider) if "," not in written and (not city or city == written) else written


@cache
def _deep(names: tuple[str, ...]) -> tuple[str, ...]:
    return (*names, *(f"*/{name}" for name in names))


def _each(fields: Fields, name: str) -> list[str]:
    return [line(value) for value in fields.get(f"locations/location/{name}", ())]


def _description(fields: Fields, preset: Preset) -> str:
    if preset.kind == "personio":
        prefix = "jobdescriptions/jobdescription"
        names, values = fields.get(f"{prefix}/name", []), fields.get(f"{prefix}/value", [])
        parts = [f"<h3>{html.escape(line(name))}</h3>{value}" for name, value in zip(names, values, strict=False)]
        return description("".join(parts))
    for name in preset.names_of("description"):
        for value in fields.get(name, ()):
            if said := description(value):
                return said
    return ""


def _posted(fields: Fields, preset: Preset) -> datetime | None:
    for name in preset.names_of("posted_at"):
        for value in fields.get(name, ()):
            if moment := posted(line(value), preset.order):
                return moment
    return None


def _extra(fields: Fields, preset: Preset) -> dict[str, Any]:
    """What else the record said, by the plain names of its fields: text, or a list where a field repeats.

    Left out are the fields that are told elsewhere word for word, and the long texts beside the description.
    """
    told = _told_elsewhere(preset.kind)
    kept: dict[str, Any] = {}
    for path, values in fields.items():
        name = path.removeprefix("*/")
        if name in told or name in kept or "/" in name or "@" in name:
            continue
        said = [rich(value) for value in values if value.strip()]
        if said and all(len(value) <= _LONG for value in said):
            kept[name] = said[0] if len(said) == 1 else said
    return kept


@cache
def _told_elsewhere(kind: str) -> frozenset[str]:
    preset = named(kind)
    wanted = ("title", "company", "description", "url", "apply_url")
    names = {name for field in wanted for name in preset.names_of(field)} if preset else set()
    return frozenset((*names, "id", "@id", "guid"))
