"""Jobs that stand only in the data which a page keeps for its scripts, and their pages' addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from changeover.sources import json_list
from changeover.sources.ats_boards.board import Record
from changeover.sources.json_job import flat, names_of, plainly
from changeover.sources.links import as_safe_as, web
from changeover.sources.listing import looks_like_job
from changeover.sources.presets import FIELDS
from changeover.sources.script_data import values_in
from changeover.sources.source import Completeness, Problem, Reading
from changeover.wording import plural

_MOST_NODES = 200_000
_DEEPEST = 40
_SAMPLE = 50
_LISTS_OF_JOBS = re.compile(
    r"\w*(?:jobs?|vacanc(?:y|ies)|positions?|openings?|postings?|stellen|stellenangebote|requisitions?|opportunit(?:y|ies)"
    r"|offres|ofertas|empleos|vacatures?)(?:list|data|items|results|all|response)?"
)
# Some of the jobs, or those that are over.
_SOME = re.compile(
    r"(?:\w*(?:latest|newest|popular|highlight(?:ed)?|teaser|trending|suggested|saved|applied|closed|expired|archived|draft"
    r"|inactive|unpublished)|top|hot|new|past|internal)(?:jobs?|vacanc|position|opening|posting|opportunit|requisition)\w*"
)
# What stands between the name of a list and the list.
_WRAPPERS = frozenset(
    """all byid content data docs edges elements entities found hits items initial list node nodes props records
    response result results rows value values""".split()  # noqa: SIM905 - words read better than a list
)
_NAME_OF_A_JOB = re.compile(
    r"job(?:title|url|type|location|description|id|code|reqid)|employmenttypes?|workplacetype|applyurl|applicationurl"
    r"|applylink|requisition(?:id|number)|reqid|contracttype|salary\w*|hiringorganization|vacancy(?:title|url|id)"
)
_ADDRESSES = (*FIELDS["url"], "path", "href", "uri", "pathname", "externalpath", "detailpath")
_APPLY = frozenset(FIELDS["apply_url"])
# As long as one page of a list is that goes on by script: what is as long is not known to be all.
_LENGTHS = frozenset((6, 8, 9, 16, 18, 21, 32, 64, 128))


@dataclass(slots=True)
class Told:
    """The jobs of a page's data as they stand there, the objects around them, and the addresses that they tell."""

    records: list[Any] = field(default_factory=list)
    around: tuple[Record, ...] = ()
    addresses: list[str] = field(default_factory=list)


def jobs_told(page: bytes, url: str, charset: str = "") -> Told:
    """The longest list of jobs in the data of the page at ``url``; lists at one place in several groups are one.

    A list is of jobs where its records have ids and titles, and its name says that they are jobs, or names in them do,
    or their addresses. A page that tells one job by itself tells others beside it, and none of these is taken.
    """
    best = Told()
    for value in values_in(page, charset):
        for told in _lists(value, url).values():
            if len(told.records) > len(best.records):
                best = told
    # A job that stands in two groups is one.
    best.records = list({_said_by(record): record for record in best.records}.values())
    best.addresses = list(dict.fromkeys(filter(None, (_address(record, url) for record in best.records))))
    return best


def _said_by(record: Record) -> str:
    try:
        return repr(record)
    except RecursionError:
        return str(id(record))


def doubts_of(told: Told, *, goes_on: bool = False) -> list[Problem]:
    """Why the list may not be every job: it says so, the page leads on, or it is as long as one page of a list is."""
    listed = len(told.records)
    doubts, total = json_list.more_than(listed, told.around)
    if goes_on and not doubts:
        return [Problem("MORE_PAGES", "The page leads to a further one, whose jobs were not read.")]
    if doubts or total is not None or (listed % 10 not in (0, 5) and listed not in _LENGTHS):
        return doubts
    held = f"The page's data hold {plural(listed, 'job')}, as many as one page of a longer list may, and tell no total"
    return [Problem("UNPROVEN", f"{held}, so jobs may be missing and none is taken for closed.")]


def reading_of(told: Told, kind: str, url: str, *, goes_on: bool = False) -> Reading:
    """The reading of the jobs of a page's data, by the rules of any list in JSON. ``goes_on``: to further pages."""
    records = [_absolute(record, url) for record in told.records]
    read = replace(json_list.read(json_list.Found(records), None), kind=kind)
    if read.completeness is Completeness.FAILED:
        return read
    from_data = Problem(
        "FROM_PAGE_DATA",
        f"No JobPosting was found, so {plural(len(records), 'job was', 'jobs were')} read from the data that the page "
        "keeps for its scripts; surer is what each job's page says in JSON-LD, or the site's feed or ATS.",
    )
    doubts = doubts_of(told, goes_on=goes_on)
    whole = Completeness.PARTIAL if doubts else read.completeness
    return replace(read, completeness=whole, problems=[*doubts, from_data, *read.problems])


def _lists(value: Any, url: str) -> dict[tuple[str, ...], Told]:
    """The lists of jobs in a value by the names on the way to them."""
    found: dict[tuple[str, ...], Told] = {}
    waiting: list[tuple[Any, tuple[str, ...], tuple[Record, ...]]] = [(value, (), ())]
    for _ in range(_MOST_NODES):
        if not waiting:
            break
        node, path, around = waiting.pop()
        if isinstance(node, list):
            if _is_of_jobs(node, path, url):
                told = found.setdefault(path, Told(around=around))
                told.records.extend(record for record in node if isinstance(record, dict))
            else:
                waiting.extend((part, path, around) for part in reversed(node) if isinstance(part, dict | list))
        elif isinstance(node, dict) and len(path) < _DEEPEST:
            said = plainly(node)
            if not any(_is_a_job(part) for key, part in said.items() if _LISTS_OF_JOBS.fullmatch(key)):
                waiting.extend((part, (*path, key), (*around[-2:], said)) for key, part in reversed([*_parts(said)]))
    return found


def _parts(said: Record) -> Iterator[tuple[str, Any]]:
    for key, part in said.items():
        if isinstance(part, dict | list) and not (key.startswith(json_list.ASIDE) or _SOME.fullmatch(key)):
            numbered = isinstance(part, dict) and all(re.search(r"\d", name) for name in part)
            yield key, json_list.by_id(part) if numbered else part


def _is_a_job(value: Any) -> bool:
    """Whether it is one job by itself, and not what a page calls a list of them."""
    return isinstance(value, dict) and json_list.titled(names_of(flat(value))) and not _holds_jobs(value, _WRAPPERS)


def _is_of_jobs(listed: list[Any], path: tuple[str, ...], url: str) -> bool:
    records = [flat(record) for record in listed[:_SAMPLE] if isinstance(record, dict)]
    if not records or any(_holds_jobs(record) for record in records):
        return False
    named = next((key for key in reversed(path) if key not in _WRAPPERS), "")
    is_list_of_jobs = bool(_LISTS_OF_JOBS.fullmatch(named))
    count = 0
    for record in records:
        names = names_of(record)
        says = is_list_of_jobs or any(map(_NAME_OF_A_JOB.fullmatch, names))
        says = says or (json_list.placed(names) and looks_like_job(_address(record, url)))
        count += says and json_list.titled(names, of_jobs=is_list_of_jobs)
    return count * 2 > len(records)


def _holds_jobs(record: Record, also: frozenset[str] = frozenset()) -> bool:
    """Whether it is a group (a department, a part of the page) that has jobs in it, in a list called so or ``also``."""
    return any(
        isinstance(part, list) and any(isinstance(one, dict) for one in part[:1])
        for key, part in plainly(record).items()
        if key in also or (_LISTS_OF_JOBS.fullmatch(key) and not key.startswith(json_list.ASIDE))
    )


def _address(record: Any, url: str) -> str:
    """The address of the job's own page that a record tells, as it is to be asked for; empty if it tells none."""
    if not isinstance(record, dict):
        return ""
    said = plainly(flat(record))
    told = (said[name] for name in _ADDRESSES if name not in _APPLY and isinstance(said.get(name), str) and said[name])
    link = next(told, "")
    return as_safe_as(url, web(link, url)) if url or "://" in link else ""


def _absolute(record: Any, url: str) -> Any:
    """The record with its job's address in full, where it tells it from the page on."""
    address = _address(record, url)
    return {**record, "url": address} if address and isinstance(record, dict) else record
