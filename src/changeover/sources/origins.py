"""Where in its source a job's fields stood, told once for all the records of a reading."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, SupportsIndex, overload

from changeover.job import Job
from changeover.sources import employment
from changeover.sources import salary as pay
from changeover.sources.dates import Order, posted
from changeover.sources.links import web
from changeover.sources.presets import FIELDS
from changeover.sources.terms import BASE_SALARY, EMPLOYMENT_TYPES
from changeover.sources.text import description, line, scalar
from changeover.sources.workplace import workplace
from changeover.sources.xml_records import plain

Origins = Mapping[str, Mapping[str, int]]
"""A job's field to the places in a record that it was taken from, each with the records looked at that have it so."""

WORKED_OUT = "worked out"
"""What stands nowhere in the record: an id made of the page's address, an address made of the id."""

_LOOKED_AT = 50
_FIELDS = (
    "id", "title", "location", "company", "employer_job_id", "requisition", "description", "url", "apply_url",
    "workplace_type", "posted_at",
)  # fmt: skip
_CALLED = {field: frozenset(names) for field, names in FIELDS.items()}
_IN_PARTS = frozenset(("location", "description"))
Read = dict[str, list[str]]
"""The places of a record that its reader looked at, in that order, with the text that stands there."""


ONE_JOB: ContextVar[str] = ContextVar("one_job", default="")
"""The id of the one job that is looked at in place of the first records, for who asks where its fields stood."""


class Tally:
    """Counts where the fields of a reading's first records stood. To look costs a second reading of each of them.

    Where one job is asked for (``ONE_JOB``) it alone is looked at, wherever in the source it stands.
    """

    def __init__(self) -> None:
        self._looked = 0
        self._found: dict[str, Counter[str]] = {}

    def look(self, record: Mapping[str, Any], build: Callable[[Any], Job | None]) -> None:
        """Note where the job that ``build`` makes of the record comes from; of later records nothing."""
        if self._looked >= _LOOKED_AT:
            return
        one = ONE_JOB.get()
        # A page's job is given its id later: of a career site the first pages are looked at all the same.
        if one and ((job := build(record)) is None or job.id not in (one, "")):
            return
        self._looked += 1
        read: Read = {}
        job = build(_Watched(record, "", read))
        for name, place in (_origins(job, read) if job else {}).items():
            self._found.setdefault(name, Counter())[place] += 1

    def found(self) -> Origins:
        """The places of each field, the commonest first."""
        return {name: dict(self._found[name].most_common()) for name in (*_FIELDS, *_TERMS) if name in self._found}


_TERMS = (EMPLOYMENT_TYPES, BASE_SALARY)


def _origins(job: Job, read: Read) -> dict[str, str]:
    told = {name: value for name in _FIELDS if (value := getattr(job, name))}
    found = {name: _place(name, value, read) for name, value in told.items()}
    if EMPLOYMENT_TYPES in job.extra:
        found[EMPLOYMENT_TYPES] = ", ".join(
            name for name in job.extra if employment.says(name) and name != EMPLOYMENT_TYPES
        )
    if BASE_SALARY in job.extra:
        found[BASE_SALARY] = ", ".join(name for name in job.extra if pay.says(name) and name != BASE_SALARY)
    return {name: place or "as told" for name, place in found.items()}


def _place(name: str, value: Any, read: Read) -> str:
    """The place that says just this, one that is called so first; of what is put together, the places of its parts."""
    is_it = _IS.get(name, _is_text)
    called = _CALLED.get(name, frozenset())
    for place in sorted(read, key=lambda place: _own_name(place) not in called):
        could = name != "workplace_type" or _WORK.search(place.lower())  # any "true" would say it
        if could and any(is_it(text, value) for text in read[place]):
            return place
    if name not in _IN_PARTS:
        return WORKED_OUT
    said = description if name == "description" else line
    whole = value.casefold()  # a country's code may have been written large
    parts = (
        place for place, texts in read.items() if any((p := said(text).casefold()) and p in whole for text in texts)
    )
    return ", ".join(dict.fromkeys(parts)) or WORKED_OUT


@lru_cache(1_000)
def _own_name(place: str) -> str:
    return plain(place.rpartition("/")[2])


def _is_text(text: str, told: Any) -> bool:
    return bool(line(text) == told)


def _is_address(text: str, told: Any) -> bool:
    return bool(web(line(text)) == told)


_IS: Mapping[str, Callable[[str, Any], bool]] = {
    "description": lambda text, told: description(text) == told,
    "url": _is_address,
    "apply_url": _is_address,
    "workplace_type": lambda text, told: workplace(text) == told,
    "posted_at": lambda text, told: any(posted(line(text), order) == told for order in Order),
}
_WORK = re.compile("remote|hybrid|on_?site|work|commut|location|place")


def _watched(value: Any, path: str, read: Read) -> Any:
    """The value, watched where it holds others, and noted where it is text or a number."""
    if isinstance(value, Mapping):
        return _Watched(value, path, read)
    if isinstance(value, list):
        return _WatchedList(value, path, read)
    if said := value if isinstance(value, str) else scalar(value):
        read.setdefault(path, []).append(said)
    return value


class _Watched(dict[str, Any]):
    """A record that notes what of it is looked at."""

    def __init__(self, record: Mapping[str, Any], path: str, read: Read) -> None:
        super().__init__(record)
        self._path, self._read = path, read

    def get(self, key: str, default: Any = None) -> Any:
        return self[key] if key in self else default  # noqa: SIM401 - that is what it is

    def __getitem__(self, key: str) -> Any:
        return _watched(super().__getitem__(key), f"{self._path}/{key}" if self._path else key, self._read)


class _WatchedList(list[Any]):
    """A list within such a record; what is in it stands at the list's own place."""

    def __init__(self, values: list[Any], path: str, read: Read) -> None:
        super().__init__(values)
        self._path, self._read = path, read

    def __iter__(self) -> Iterator[Any]:
        return (_watched(value, self._path, self._read) for value in super().__iter__())

    @overload
    def __getitem__(self, at: SupportsIndex) -> Any: ...
    @overload
    def __getitem__(self, at: slice) -> list[Any]: ...
    def __getitem__(self, at: SupportsIndex | slice) -> Any:
        return _watched(super().__getitem__(at), self._path, self._read)


def sentences(origins: Origins) -> Iterator[tuple[str, str]]:
    """Each field with where it was taken from, in words: ``city, state, country (45), country (5)``."""
    for name, places in origins.items():
        one = len(places) == 1
        yield name, "; ".join(place if one else f"{place} ({count})" for place, count in places.items())
