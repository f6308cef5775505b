"""One object of a JSON list as a Job, by the usual names of its values, whatever holds them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any

from changeover.job import Job
from changeover.sources import employment
from changeover.sources import salary as pay
from changeover.sources.ats_boards.board import Record, at, text
from changeover.sources.dates import posted
from changeover.sources.links import web
from changeover.sources.places import country, in_full, place, several
from changeover.sources.presets import FIELDS, IDS
from changeover.sources.terms import with_terms
from changeover.sources.text import description, scalar, tidy
from changeover.sources.workplace import workplace
from changeover.sources.xml_records import plain

MOST_NAMES = 200
"""The names of an object that are looked at."""

_LONG = 2_000
_MOST = 50
_SHORT_NAME = 100
# One level down: the job itself, as JSON:API, Elasticsearch and the like have it, or what it is a posting of.
_INNER = ("attributes", "_source", "data", "node", "MatchedObjectDescriptor")
_POSTED = ("job", "jobOpening", "advert", "position", "posting", "requisition")
# The fields that a person added to a form (WordPress, Airtable): they fill a record's gaps.
_FORMS = ("acf", "fields")
_HAL = ("_links", "_embedded", "_meta", "_metadata")
_SAID_BY = ("name", "label", "rendered", "display_name", "displayName", "descriptor", "libelle", "nom", "shortName",
            "Name", "LocalizedName", "formattedAddress", "text", "codeValue", "code")  # fmt: skip
_IN_PLACES = ("address", "postaladdress", "location", "data")
_PLACES = ("locations", "multilocation", "offices", "address", "lieutravail", "workplaceaddress")
_OTHERS = ("secondary", "additional", "alternate", "alternative", "other", "further", "all")
_MARKUP = ("html", "rendered", "text", "value", "content")
_PAIRED = (("questionname", "value"), ("fieldname", "value"), ("fieldid", "value"), ("key", "value"), ("name", "value"))
_LINKS = ("links", "urls", "refs", "origineOffre")
_LINKS_TO = {"show": "url", "ad": "url", "html": "url", "alternate": "url", "apply": "applyurl", "urlOrigine": "url"}
_IDENTIFIERS = ("shortcode", "id", "uuid", *IDS, "slug")
_PARTS = ("introduction", "intro", "overview", "tasks", "responsibilities", "profile", "requirements", "qualifications",
          "weoffer", "offer", "benefits", "closing")  # fmt: skip
_HOW_MANY = re.compile(r"(?i)(?:multiple|several|various|\d+) (?:locations|places|cities)")
"""What is told in place of the places."""

Included = Mapping[tuple[str, str], Record]
"""What a JSON:API answer tells beside its records, by type and id."""


def plainly(record: Mapping[Any, Any]) -> Record:
    """The values of an object by plain name."""
    named = record.items() if len(record) <= MOST_NAMES else islice(record.items(), MOST_NAMES)
    return {_plain(name) if len(name) < _SHORT_NAME else plain(name): value for name, value in named if name}


def names_of(record: Mapping[Any, Any]) -> set[str]:
    """The plain names of an object's values."""
    return {_plain(name) if len(name) < _SHORT_NAME else plain(name) for name in islice(record, MOST_NAMES)}


_plain = lru_cache(maxsize=8192)(plain)


@lru_cache(maxsize=2048)  # the objects of a list have the same names
def _told(there: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
    """Which of an object's own names tell each field of a job, the surest first."""
    own = frozenset(there)
    wanted = {**FIELDS, "id": _IDENTIFIERS, "places": (*FIELDS["location"], *_PLACES), "parts": _PARTS}
    return {field: tuple(name for name in names if name in own) for field, names in wanted.items()}


def flat(record: Record, included: Included | None = None) -> Record:
    """The record with what is put one level down in it, or beside it in the answer, under names of its own."""
    inner: Record = next((record[key] for key in _INNER if isinstance(record.get(key), dict)), {})
    posted_of: Record = next((v for k, v in record.items() if isinstance(v, dict) and (k in _POSTED or _added(k))), {})
    related = dict(_related(record, included)) if included else {}
    linked = dict(_linked(record))
    linked |= dict(_filled_in(record))
    if not (inner or posted_of or related or linked or any(isinstance(value, list) for value in record.values())):
        return record
    whole = {**linked, **posted_of, **related, **record, **inner}
    return {**_paired(whole), **whole}


def _filled_in(record: Record) -> Iterator[tuple[str, Any]]:
    """What a record tells in the fields of a form; of ``meta`` those of WordPress, the others are of its page."""
    for name in _FORMS:
        yield from record[name].items() if isinstance(record.get(name), dict) else ()
    meta = record.get("meta")
    yield from ((key, said) for key, said in meta.items() if key[:1] == "_") if isinstance(meta, dict) else ()


def _added(name: str) -> bool:
    """True for what a form is extended by, as JSON Feed has it: ``_jobposting``."""
    return name.startswith("_") and name not in _HAL


def _related(record: Record, included: Included) -> Iterator[tuple[str, Any]]:
    """What JSON:API tells of the things that a record is related to."""
    relations = record.get("relationships")
    for name, relation in relations.items() if isinstance(relations, dict) else ():
        related = at(relation, "data")
        found = [
            included[key]
            for one in (related if isinstance(related, list) else [related])
            if (key := (text(one, "type"), text(one, "id"))) in included
        ]
        if found:
            yield name, found


def _linked(record: Record) -> Iterator[tuple[str, str]]:
    for name in _LINKS:
        links = record.get(name)
        for called, link in links.items() if isinstance(links, dict) else ():
            if isinstance(link, str) and called and called != "self":
                yield _LINKS_TO.get(called, str(called)), link


def _paired(record: Record) -> Record:
    """The fields that a record tells as a list of pairs: ``[{"QuestionName": "jobtitle", "Value": "Baker"}]``."""
    found: Record = {}
    for pairs in record.values():
        if not isinstance(pairs, list) or not pairs or not all(isinstance(pair, dict) for pair in pairs[:_MOST]):
            continue
        named = plainly(pairs[0])
        name, value = next((two for two in _PAIRED if set(two) <= named.keys()), ("", ""))
        for pair in pairs[:MOST_NAMES] if name else ():
            said = plainly(pair)
            found.setdefault(scalar(said.get(name)), said.get(value))
    return found


def identifier(fields: Record) -> str:
    """The id of a record, of its values by plain name."""
    return _first(fields, _told(tuple(fields))["id"])


def row_of(fields: Record) -> tuple[str, str, str]:
    """The id, title and place of a record, of its values by plain name: what tells an opening's rows apart."""
    told = _told(tuple(fields))
    return _first(fields, told["id"]), _first(fields, told["title"]), _location(fields)


def job_of(fields: Record, record: Record) -> Job:
    """The job of a record; ``fields`` are its values by plain name."""
    told = _told(tuple(fields))
    requisition = _first(fields, told["requisition"])
    return Job(
        id=_first(fields, told["id"]),
        title=_first(fields, told["title"]),
        location=_location(fields),
        company=_first(fields, told["company"]),
        employer_job_id=requisition or _first(fields, told["employer_job_id"]),
        requisition=requisition,
        description=description(_description(fields)),
        url=web(_first(fields, told["url"])),
        apply_url=web(_first(fields, told["apply_url"])),
        workplace_type=_workplace(fields),
        posted_at=next((m for n in told["posted_at"] if (m := posted(scalar(fields[n])))), None),
        extra=with_terms(_extra(record)),
    )


def _first(fields: Record, names: Iterable[str]) -> str:
    for name in names:
        value = fields[name]
        if said := scalar(value) or _called(value):
            return said
    return ""


def _called(value: Any) -> str:
    """What an object is called."""
    if not isinstance(value, dict):
        return ""
    return next(filter(None, (text(value, name) for name in _SAID_BY)), "")


def _description(fields: Record) -> str:
    """The description, which may be an object that holds it, or a list of parts with their headings.

    Where a record has none, its parts (tasks, profile) are one.
    """
    told = _told(tuple(fields))
    for name in told["description"]:
        if said := _markup(fields[name]):
            return said
    return "".join(_markup(fields[name]) for name in told["parts"])


def _markup(value: Any) -> str:
    if isinstance(value, dict):
        value = next((value.get(name) for name in _MARKUP if isinstance(value.get(name), str)), "")
    if isinstance(value, list):
        return "".join(_part(plainly(part)) for part in value[:_MOST] if isinstance(part, dict))
    return value if isinstance(value, str) and value.strip() else ""


def _part(fields: Record) -> str:
    said = next((text for name in _MARKUP if isinstance(text := fields.get(name), str) and text.strip()), "")
    heading = _first(fields, [name for name in ("title", "heading", "name") if name in fields])
    return f"<h3>{html.escape(heading)}</h3>{said}" if said and heading else said


def _location(fields: Record) -> str:
    """The place that is written, widened by what other values say of it, or all the places of a list."""
    told = _told(tuple(fields))
    inner = fields.get("city")
    parts = [_first(fields, told[name]) for name in ("city", "state", "country")]
    places = (_places(name, fields[name]) for name in told["places"])
    written = next((said for said in places if said and not _HOW_MANY.fullmatch(said)), "")
    if isinstance(inner, dict) and not written:
        return _place(inner)
    lists = (fields[name] for name in _further(fields, written) if isinstance(fields[name], list))
    listed = list(dict.fromkeys(said for value in lists for one in value[:_MOST] if (said := _place(one))))
    if len(listed) > 1 or (listed and not written):
        return several(listed if not written or any(_same(written, one) for one in listed) else [written, *listed])
    return in_full(written, parts[0], parts[1], parts[2])


def _further(fields: Record, written: str) -> list[str]:
    """The names under which a record lists its places; beside a place of its own those that are told to be others."""
    if not written:
        return [name for name in fields if name.endswith("locations")]
    beside = ["locations", *(f"{other}locations" for other in _OTHERS), *(["offices"] if "office" in fields else [])]
    return [name for name in beside if name in fields]


def _places(name: str, value: Any) -> str:
    """The place or places of a value that tells them; how the work is done is none, though it be called workplace."""
    said = several(map(_place, value[:_MOST])) if isinstance(value, list) else _place(value)
    return "" if name.endswith("workplace") and workplace(said) else said


def _same(written: str, place_told: str) -> bool:
    one, other = written.casefold(), place_told.casefold()
    return one in other or other in one


def _place(value: Any, depth: int = 8) -> str:
    if not isinstance(value, dict) or not depth:
        return scalar(value)
    fields = plainly(value)
    told = _told(tuple(fields))
    city, state, land = (_first(fields, told[name]) for name in ("city", "state", "country"))
    if city or state:
        return place(city, "" if city.casefold().endswith(f", {state}".casefold()) else state, land)
    inner = next((said for name in _IN_PLACES if name in fields and (said := _place(fields[name], depth - 1))), "")
    return inner or _called(value) or country(land)


def _workplace(fields: Record) -> str:
    """How the work is done, or what all the places of the job say of it."""
    if said := workplace(*_work(fields), _word(fields.get("workplace"))):
        return said
    values = [fields.get("location"), *(fields[name] for name in fields if name.endswith("locations"))]
    places = [one for value in values for one in (value if isinstance(value, list) else [value])]
    kinds = {workplace(*_work(plainly(one))) for one in places[:_MOST] if isinstance(one, dict)}
    return kinds.pop() if len(kinds) == 1 else ""


def _work(fields: Record) -> Iterator[Any]:
    return (fields[name] for name in _told(tuple(fields))["workplace_type"])


def _word(value: Any) -> str:
    return value if isinstance(value, str) and len(value) <= len("fully remote") else ""


def _extra(record: Record) -> dict[str, Any]:
    kept = {}
    for name, value in record.items():
        if isinstance(value, str) and len(value) > _LONG:
            continue
        is_term = isinstance(value, dict) and (employment.says(name) or pay.says(name))
        if is_term or isinstance(value, str | int | float | bool) or (isinstance(value, list) and len(value) <= _MOST):
            kept[name] = tidy(value)
    return {name: value for name, value in kept.items() if value not in (None, "", [])}
