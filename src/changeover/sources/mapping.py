"""The field mapping of an unknown feed: guessed from first records, corrected by a person, checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from changeover.sources import employment
from changeover.sources import salary as pay
from changeover.sources.dates import Order, posted
from changeover.sources.presets import FIELDS as NAMES
from changeover.sources.presets import IDS, Preset
from changeover.sources.source import Problem
from changeover.sources.terms import nested_term
from changeover.sources.text import line
from changeover.sources.xml_fields import Fields
from changeover.sources.xml_records import plain

PAY: Mapping[str, str] = {
    "salary_min": "min", "salary_max": "max", "salary_currency": "currency", "salary_period": "unit", "salary": "whole",
}  # fmt: skip
"""The fields of a mapping that say what a job pays, each with what of it it says (``salary.says``)."""

EMPLOYMENT = "employment_type"
FIELDS: tuple[str, ...] = (
    "id", "title", "location", "city", "state", "country", "company", "employer_job_id", "requisition", "url",
    "apply_url", "description", "posted_at", "workplace_type", EMPLOYMENT, *PAY,
)  # fmt: skip
"""The fields of a job that a mapping can fill, as a person reads them."""

NEEDED = ("id", "title")
MOST_PATHS = 8
_LONGEST_PATH = 200
_MOST_RECORDS = 20
_LONG_TEXT = 120
# Names that say what they are only together with what is around them.
_OF_ANYTHING = frozenset(("name", "position", "value", "content", "body", "date", "summary", "details"))
_MORE_IDS = ("shortcode", "slug", "uuid")
# What may be the id as well.
_ID_TOO = ("url", "apply_url", "employer_job_id", "requisition")
# What no field's plain name can be: what is not mapped says nothing.
_NOTHING = ("-",)
_DAYS_OR_MONTHS = re.compile(r"\s*(\d{1,2})[/-](\d{1,2})[/-]\d{4}")


@dataclass(frozen=True, slots=True)
class FieldMapping:
    """How a feed's records become jobs.

    ``record`` is the plain name of the records' tag, or in JSON the path of their list (``.`` for the whole answer).
    ``fields`` has for a job's field (FIELDS) the paths in a record, of which the first that says something counts.
    ``dates`` says how days and months are told apart, ``full`` that a reading tells every open job, not just news.
    """

    record: str
    fields: Mapping[str, tuple[str, ...]]
    dates: Order = Order.UNKNOWN
    full: bool = True

    def preset(self) -> Preset:
        """The mapping as the format that records are read by; a field without a path says nothing."""
        told = {name: self.fields.get(name) or _NOTHING for name in NAMES}
        return Preset("mapped", "a feed with a mapping", lambda _: False, self.fields.get("id", ()), told, self.dates)

    def as_record(self) -> dict[str, Any]:
        """The mapping as JSON can say it."""
        fields = {name: list(self.fields[name]) for name in FIELDS if self.fields.get(name)}
        return {"record": self.record, "fields": fields, "dates": str(self.dates), "full": self.full}


@dataclass(frozen=True, slots=True)
class Sample:
    """The first records of a feed as their fields, where they were found, and where else records could be."""

    record: str
    records: tuple[Fields, ...]
    others: tuple[str, ...] = ()

    def examples(self) -> dict[str, str]:
        """The paths of the records in order of appearance, each with the first thing it says, as one line."""
        found: dict[str, str] = {}
        for record in self.records:
            for path, values in record.items():
                if not path.startswith("*/") and not found.get(path):
                    found[path] = next((said for value in values if (said := line(value[:2_000]))), "")
        return found


def from_record(said: object) -> FieldMapping | Problem:
    """The mapping that JSON says, or why it is none."""
    if not isinstance(said, Mapping) or not isinstance(said.get("fields"), Mapping):
        return _refused("NO_MAPPING", "This is no mapping: it has no fields; write one with `source map --save FILE`.")
    fields: dict[str, tuple[str, ...]] = {}
    for name, paths in said["fields"].items():
        if name not in FIELDS:
            return _unknown_field(name)
        if isinstance(paths, str):
            paths = [paths]
        if not isinstance(paths, Sequence) or not all(isinstance(path, str) for path in paths):
            return _refused("NO_MAPPING", f"What {name} is taken from is no list of names; write it as a list of text.")
        fields[name] = tuple(path for path in paths if path)[:MOST_PATHS]
    dates = said.get("dates", Order.UNKNOWN)
    if dates not in list(Order):
        return _refused("NO_MAPPING", f"There is no order of dates {str(dates)[:60]!r}; use one of {', '.join(Order)}.")
    return FieldMapping(str(said.get("record", "")), fields, Order(str(dates)), full=said.get("full") is not False)


def guess(sample: Sample) -> FieldMapping:
    """The likeliest mapping of a sample: by the names that feeds use, else by what the values look like."""
    records, examples = sample.records[:_MOST_RECORDS], sample.examples()
    fields = {name: _by_name(NAMES[name], examples) for name in FIELDS if name in NAMES} | _terms(examples)
    taken = frozenset(path for paths in fields.values() for path in paths)
    if not fields["title"]:
        fields["title"] = _first_like(records, examples, _title_like, taken)
    if not fields["description"]:
        longest = max(examples, key=lambda path: len(examples[path]), default="")
        fields["description"] = (longest,) if len(examples.get(longest, "")) >= _LONG_TEXT else ()
    if not fields["url"]:
        fields["url"] = _first_like(records, examples, _link_like, taken)
    if not fields["posted_at"]:
        fields["posted_at"] = _first_like(records, examples, _date_like, taken)
    dates = _order(_values(records, fields["posted_at"]))
    return FieldMapping(sample.record, {"id": _identifier(records, examples, fields), **fields}, dates)


def corrected(mapping: FieldMapping, words: Iterable[str], sample: Sample) -> FieldMapping | Problem:
    """The mapping with a person's ``field=path,path`` put in; nothing behind the ``=`` empties the field."""
    known, fields = sample.examples(), dict(mapping.fields)
    for word in _apart(words):
        name, sign, said = word.partition("=")
        name = name.strip().lower()
        if not sign:
            return _refused("NO_MAPPING", f"{word[:60]!r} sets nothing; write it as title=path.")
        if name not in FIELDS:
            return _unknown_field(name)
        fields[name] = tuple(path_of(path, known) for path in said.split(",") if path.strip())[:MOST_PATHS]
    return replace(mapping, fields=fields)


def _apart(words: Iterable[str]) -> Iterable[str]:
    """Each setting by itself, also where several were written as one: ``title=headline,company=firm``."""
    settings: list[str] = []
    for word in words:
        for number, part in enumerate(word.split(",")):
            if number and not ("=" in part and part.partition("=")[0].strip().lower() in FIELDS):
                settings[-1] += f",{part}"
            else:
                settings.append(part)
    return settings


def unclear_dates(mapping: FieldMapping, sample: Sample) -> Problem | None:
    """That every date of the sample can be read two ways, so that none is read; None if that is not so."""
    told = _values(sample.records, mapping.fields.get("posted_at", ()))
    if not told or mapping.dates is not Order.UNKNOWN or not all(_DAYS_OR_MONTHS.match(date) for date in told):
        return None
    if any(posted(date) for date in told):
        return None
    return _refused(
        "DATES_UNCLEAR",
        f"Every date here, {told[0][:30]!r} for one, could be of two days, so none is read; say which comes first, the "
        "day or the month.",
    )


def path_of(written: str, known: Iterable[str]) -> str:
    """A path as records have it, from how a person writes it: in any case, its steps apart by ``/`` or ``.``."""
    there = set(known)
    steps, sign, attribute = written.strip()[:_LONGEST_PATH].partition("@")
    tries = ["/".join(plain(step) for step in steps.split(mark)) for mark in ("/", ".")]
    named = [f"{path}{sign}{plain(attribute)}" for path in (*tries, tries[0].replace(".", "/"))]
    return next((path for path in named if path in there), named[0])


def flaw(mapping: FieldMapping, sample: Sample) -> Problem | None:
    """Why records cannot be read by the mapping, or None: names that are not in them, no id, no title, one id for all.

    A field may name paths that these records do not have beside one that they have.
    """
    examples = sample.examples()
    for name, paths in mapping.fields.items():
        if name not in FIELDS:
            return _unknown_field(name)
        unknown = [path for path in paths if path not in examples]
        if paths and len(unknown) == len(paths):
            return _refused(
                "NAME_NOT_THERE",
                f"No record has {unknown[0][:60]!r}, which {name} would be taken from; "
                f"they have {_some(examples)}. Take one of those.",
            )
    for name in NEEDED:
        if not mapping.fields.get(name):
            why = "no job could be told from another" if name == "id" else "nobody would know what the job is"
            return _refused(f"NO_{name.upper()}", f"No field is the {name}, and without it {why}; name one.")
    ids = [next(iter(_values([record], mapping.fields["id"])), "") for record in sample.records]
    if len(ids) > 2 and len(set(ids)) == 1:
        return _refused(
            "ONE_ID", f"All records have the id {ids[0][:60]!r}, so it tells no job from another; name another field."
        )
    return None


def _refused(code: str, sentence: str) -> Problem:
    return Problem(code, sentence)


def _unknown_field(name: object) -> Problem:
    return _refused("UNKNOWN_FIELD", f"A job has no field {str(name)[:60]!r}; it has {', '.join(FIELDS)}.")


def _some(examples: dict[str, str]) -> str:
    names = [path[:60] for path in list(examples)[:12]]
    return (", ".join(names) or "no fields") + (" and more" if len(examples) > len(names) else "")


def _terms(examples: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The paths that by their names say how a job is held and what it pays, where what they say can be read so."""
    found: dict[str, tuple[str, ...]] = dict.fromkeys((EMPLOYMENT, *PAY), ())
    of = {part: name for name, part in PAY.items()}
    for path, said in examples.items():
        name = nested_term(path) or path
        part = pay.says(name)
        if employment.says(name) and employment.employment_types([said]):
            found[EMPLOYMENT] = (*found[EMPLOYMENT], path)[:2]
        elif part in of and said and (part != "whole" or pay.salary([(part, said)])):
            found[of[part]] = found[of[part]] or (path,)
    return found


def _by_name(names: Sequence[str], examples: dict[str, str]) -> tuple[str, ...]:
    """The paths that feeds use for a field and that say something here: whole names, or else the last step of one."""
    whole = [name for name in names if examples.get(name)]
    last = {path.rpartition("/")[2]: path for path in reversed(examples) if "/" in path and examples[path]}
    deep = [last[name] for name in names if name in last and name not in _OF_ANYTHING]
    return tuple(dict.fromkeys(whole or deep))[:2]


def _identifier(
    records: Sequence[Fields], examples: dict[str, str], fields: Mapping[str, tuple[str, ...]]
) -> tuple[str, ...]:
    """The path that tells most records apart: one that feeds call so, else any short one, else the link."""
    named = [name for name in (*IDS, *_MORE_IDS) if examples.get(name)]
    deep = [path for name in IDS for path in _by_name((name,), examples)]
    taken = {path for name in fields if name not in _ID_TOO for path in fields[name]}
    free = [path for path in examples if path not in taken]
    short = [path for path in free if 0 < len(examples[path]) <= 60 and " " not in examples[path]]
    apart = {path: len(set(_values(records, (path,)))) for path in (*named, *short, *fields["url"], *deep)}
    best = max(apart.values(), default=0)
    # A feed may tell a job once a place; an id by name is right all the same.
    known = next((path for path in named if 2 * apart[path] >= min(best, len(records))), "")
    most = next((path for path, count in apart.items() if count == best and (best > 1 or len(records) == 1)), "")
    return (known or most,) if known or most else ()


def _values(records: Sequence[Fields], paths: Sequence[str]) -> list[str]:
    """What each record says under the first of the paths that says something; records that say nothing are left out."""
    every = ((line(value) for path in paths for value in record.get(path, ())) for record in records)
    return [said for values in every if (said := next(filter(None, values), ""))]


def _first_like(
    records: Sequence[Fields], examples: dict[str, str], like: Callable[[str], bool], taken: frozenset[str]
) -> tuple[str, ...]:
    for path in examples:
        if path in taken:
            continue
        values = _values(records, (path,))
        if values and 2 * len(values) >= len(records) and all(map(like, values)):
            return (path,)
    return ()


def _title_like(value: str) -> bool:
    return 3 <= len(value) <= 150 and " " in value and not _link_like(value) and not _date_like(value)


def _link_like(value: str) -> bool:
    return value.startswith(("https://", "http://"))


def _date_like(value: str) -> bool:
    return posted(value, Order.DAY_FIRST) is not None and not value.isdigit()


def _order(values: Sequence[str]) -> Order:
    """How days and months are told apart, if a date among them has only one reading."""
    pairs = [(int(found[1]), int(found[2])) for value in values if (found := _DAYS_OR_MONTHS.match(value))]
    day_first, month_first = any(a > 12 for a, _ in pairs), any(b > 12 for _, b in pairs)
    if day_first == month_first:
        return Order.UNKNOWN
    return Order.DAY_FIRST if day_first else Order.MONTH_FIRST
