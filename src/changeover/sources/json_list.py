"""Any JSON list of jobs: recognised by its fields, read by their usual names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from changeover.job import Job
from changeover.sources.ats_boards.board import at, count, text
from changeover.sources.dates import posted
from changeover.sources.identity import settle
from changeover.sources.links import web
from changeover.sources.origins import Tally
from changeover.sources.places import country, place, several, widened
from changeover.sources.presets import FIELDS, IDS
from changeover.sources.record_action import acts, closing, ended, words
from changeover.sources.source import Completeness, Problem, Reading, Tells, as_changes
from changeover.sources.terms import with_terms
from changeover.sources.text import description, scalar, tidy
from changeover.sources.workplace import workplace
from changeover.sources.xml_records import plain
from changeover.wording import plural

KIND = "json"
_LISTS = tuple(plain(name) for name in (
          "jobs", "data", "results", "items", "postings", "positions", "offers", "vacancies", "content", "records",
          "openings", "listings", "jobPostings", "hits", "elements", "response", "docs", "edges", "value", "rows",
          "list", "requisitions", "vacatures", "stellenangebote", "resultats", "Report_Entry", "d", "SearchResult",
          "SearchResultItems"))  # fmt: skip
# The lists in which groups of jobs (departments, places) have theirs.
_WITHIN = frozenset(("jobs", "positions", "postings", "openings", "vacancies", "offers"))
_TOTALS = ("total", "totalcount", "totalitems", "totalfound", "totalresults", "totalhits", "nbhits",
           "searchresultcountall", "maxergebnisse")  # fmt: skip
# What says nothing against a list that has jobs, for it may count a page of it.
_COUNTS = ("count", "jobcount", "numjobs")
_TITLES = frozenset(FIELDS["title"])
# What other things than jobs have too.
_OWN_TITLES = _TITLES - {"name", "position"}
# What tells a job under a key that nobody knows.
_OF_A_JOB = frozenset(name for field in ("location", "city", "company", "requisition") for name in FIELDS[field])
_IDS = frozenset((*IDS, "slug", "uuid", "guid", "shortcode"))
_AROUND = ("meta", "pagination", "paging", "page", "searchresult")
_LONG = 2_000
# The names of an object that are looked at.
_MOST = 200
FEED_INDEX = "is a list of feeds, not of jobs; add each of the feeds that it names as a source of its own."
_INNER = ("attributes", "_source", "data", "node", "MatchedObjectDescriptor")
_SAID_BY = ("name", "label", "rendered", "display_name", "displayName", "descriptor", "libelle", "nom")
_PLACES = ("locations", "multilocation", "offices", "address", "lieutravail")

Record = dict[str, Any]


def find(answer: Any, depth: int = 3) -> list[Any] | None:
    """The list of jobs in the answer: objects most of which have a title and an id; None if there is none.

    Lists of the same objects beside it are of jobs too; so is one under a key that nobody knows, whose objects have
    what only jobs have; of groups (departments) it is what they hold.
    """
    if isinstance(answer, list):
        return _grouped(answer) or (answer if _most(answer, lambda names: _titled(names, _TITLES)) else None)
    if not isinstance(answer, dict) or not depth:
        return None
    said = _plainly(answer)
    for key in _LISTS:
        if (found := find(_by_id(said.get(key)), depth - 1)) is not None:
            return [*found, *_beside(found, said)] if found else found
    lists = [value for value in said.values() if isinstance(value, list)]
    sure = [v for v in lists if _most(v, lambda names: _titled(names, _OWN_TITLES) and bool(names & _OF_A_JOB))]
    every = sure or [grouped for value in lists if (grouped := _grouped(value))]
    return [job for value in every for job in value] or None


def _titled(names: set[str], titles: frozenset[str]) -> bool:
    return bool(names & titles) and bool(names & _IDS)


def _most(answer: list[Any], of_a_job: Callable[[set[str]], bool]) -> bool:
    objects = [_names(_flat(record)) for record in answer[:50] if isinstance(record, dict)]
    return bool(objects) and sum(map(of_a_job, objects)) * 2 >= len(objects)


def _grouped(answer: list[Any]) -> list[Any]:
    """The jobs of a list of groups of jobs, which have no title of their own; none if it is no such list."""
    groups = [_plainly(record) for record in answer if isinstance(record, dict)]
    if not groups or any(group.keys() & _OWN_TITLES for group in groups[:50]):
        return []
    lists = [value for group in groups for key, value in group.items() if key in _WITHIN and isinstance(value, list)]
    jobs = [job for value in lists for job in value]
    return jobs if len(lists) * 2 >= len(groups) and _most(jobs, lambda names: _titled(names, _TITLES)) else []


def _beside(found: list[Any], said: Record) -> list[Any]:
    """The jobs of further lists whose objects are of the same kind: most of their names are the same, no id is."""
    names = set().union(*(_names(record) for record in found[:50] if isinstance(record, dict)))
    if not _titled(names, _OWN_TITLES):
        return []
    known = {_identifier(record) for record in found if isinstance(record, dict)}
    lists = [value for value in said.values() if isinstance(value, list) and value is not found]
    same = [value for value in lists if _most(value, lambda its: _titled(its, _OWN_TITLES) and _alike(its, names))]
    return [job for value in same for job in value if isinstance(job, dict) and _identifier(job) not in known]


def _alike(names: set[str], others: set[str]) -> bool:
    return 2 * len(names & others) >= len(others)


def _identifier(record: Record) -> str:
    return _first(_plainly(record), ("id", "uuid", *IDS, "slug", "shortcode"))


def _plainly(record: Record) -> Record:
    return {plain(name): value for name, value in list(record.items())[:_MOST] if isinstance(name, str)}


def _by_id(answer: Any) -> Any:
    """The list that an object of jobs by their ids stands for: ``{"101": {"title": …}}``; else the answer itself."""
    if not isinstance(answer, dict) or not answer:
        return answer
    if not all(isinstance(job, dict) and _names(job) & _TITLES for job in list(answer.values())[:50]):
        return answer
    return [{"id": key, **job} for key, job in answer.items() if isinstance(job, dict)]


def empty(answer: Any) -> bool:
    """True if the answer is a list of jobs with nothing in it."""
    if isinstance(answer, dict):
        said = _plainly(answer)
        return any(said.get(key) == [] for key in _LISTS)
    return bool(answer == [])


def not_a_list(answer: Any) -> str:
    """What JSON without a list of jobs is instead, and what to do; empty where it is nothing that is known."""
    if isinstance(answer, dict) and any(find([one]) for one in (answer, *answer.values()) if isinstance(one, dict)):
        return "is one job by itself, and a source tells all of its jobs; give the address of the list of jobs."
    feeds = answer.get("feeds") if isinstance(answer, dict) else None
    if isinstance(feeds, list) and any(isinstance(feed, dict) and _names(feed) & {"url", "link"} for feed in feeds):
        return FEED_INDEX
    return ""


def is_record(answer: Any) -> bool:
    """True if the record is of our own form: id, title and, where there is one, a location in words."""
    return (
        isinstance(answer, dict)
        and {"id", "title"} <= set(answer)
        and isinstance(answer.get("location", ""), str | None)
        and all(isinstance(answer[name], str | int) for name in ("id", "title"))
    )


def read(found: list[Any], answer: Any) -> Reading:
    """The reading of the list that ``find`` found in the answer.

    An element that is neither named nor described as a job (a notice, a header) is told of and not counted as one.
    """
    jobs, unreadable, notices, tally = [], 0, 0, Tally()
    gone, news = list[str](), False
    for element in found:
        record = _flat(element) if isinstance(element, dict) else None
        if record is None:
            unreadable += 1
        elif not _names(record) & (_TITLES | {"description", "company", "location"}):
            notices += 1
        else:
            fields = {plain(name): value for name, value in record.items() if isinstance(name, str)}
            news = news or acts([words(fields)])
            if ended(words(fields)):
                gone.append(_job(fields, record).id)
                continue
            jobs.append(_job(fields, record))
            tally.look(fields, partial(_job, record=record))
    made = reading(jobs, answer, len(found), notices=notices)
    problems = [*made.problems, *closing(len(gone))]
    unreadable += made.unreadable
    made = replace(made, unreadable=unreadable, gone=gone, problems=problems, origins=tally.found())
    return _as_it_says(made, answer, news=news)


def _as_it_says(made: Reading, answer: Any, *, news: bool) -> Reading:
    """The reading in the light of what the answer says of itself: that it is full, or that it holds changes only."""
    full = _plainly(answer).get("isfullfeed") if isinstance(answer, dict) else None
    if full in (True, "true"):
        return replace(made, tells=Tells.EVERYTHING)
    return as_changes(made) if made.complete and (news or full in (False, "false")) else made


def reading(jobs: list[Job], answer: Any, listed: int, *, notices: int = 0, over: int = 0) -> Reading:
    """The reading of the jobs of a list of so many elements, of which some are no jobs, or over.

    Complete unless the answer says that there are more, by a total or by a further page.
    """
    settled = settle(jobs)
    total, doubts = _total(answer, () if listed else _COUNTS), []
    if total is not None and total > listed:
        doubts.append(
            Problem(
                "COUNT_MISMATCH",
                f"The source says that it has {plural(total, 'job')} and tells {listed:,}, so the rest is missing; "
                "read all its pages.",
            )
        )
    elif total is None and _goes_on(answer):
        doubts.append(
            Problem("MORE_PAGES", "The answer leads to a further page, so it is not whole; read all its pages.")
        )
    notes = []
    if notices:
        them = plural(notices, "element of the list is no job", "elements of the list are no jobs")
        notes.append(Problem("NOT_JOBS", f"{them} (a notice or a header)."))
    if over:
        jobs_are = plural(over, "job of the list is", "jobs of the list are")
        notes.append(Problem("EXPIRED", f"{jobs_are} over (past the last day)."))
    whole = Completeness.PARTIAL if doubts else Completeness.COMPLETE
    return Reading(KIND, settled.jobs, whole, [*doubts, *notes, *settled.problems], settled.unreadable, total)


def _flat(record: Record) -> Record:
    """The record with what JSON:API, Elasticsearch and the like put one level down."""
    inner: Record = next((record[key] for key in _INNER if isinstance(record.get(key), dict)), {})
    return {**record, **inner} if inner else record


def _names(record: Record) -> set[str]:
    return {plain(name) for name in list(record)[:_MOST] if isinstance(name, str)}


def _total(answer: Any, more: tuple[str, ...] = ()) -> int | None:
    if not isinstance(answer, dict):
        return None
    said = _plainly(answer)
    holders = [said, *(_plainly(said[key]) for key in _AROUND if isinstance(said.get(key), dict))]
    names = (*_TOTALS, *more)
    return next((n for holder in holders for name in names if (n := count(holder, name)) is not None), None)


def _goes_on(answer: Any) -> bool:
    holders = [answer, *(at(answer, name) for name in ("meta", "pagination", "links", "paging", "info"))]
    names = ("next", "nextPage", "next_page", "nextPageToken", "hasMore", "has_more", "hasNext", "more_records")
    return any(at(holder, name) not in (None, False, "", 0) for holder in holders for name in names)


def _job(fields: Record, record: Record) -> Job:
    """The job of a record; ``fields`` are its values by plain name."""
    requisition = _first(fields, FIELDS["requisition"])
    texts = (fields.get(name) for name in FIELDS["description"])
    said = (at(text, "rendered") if isinstance(text, dict) else text for text in texts)
    told = next((text for text in said if isinstance(text, str) and text.strip()), "")
    return Job(
        id=_first(fields, ("id", "uuid", *IDS, "slug", "shortcode")),
        title=_first(fields, FIELDS["title"]),
        location=_location(fields),
        company=_first(fields, FIELDS["company"]),
        employer_job_id=requisition or _first(fields, FIELDS["employer_job_id"]),
        requisition=requisition,
        description=description(told),
        url=web(_first(fields, (*FIELDS["url"], "absoluteurl", "hostedurl", "careersurl"))),
        apply_url=web(_first(fields, FIELDS["apply_url"])),
        workplace_type=workplace(*(fields.get(name) for name in FIELDS["workplace_type"])),
        posted_at=next((m for n in FIELDS["posted_at"] if (m := posted(scalar(fields.get(n))))), None),
        extra=with_terms(_extra(record)),
    )


def _first(fields: Record, names: tuple[str, ...]) -> str:
    for name in names:
        value = fields.get(name)
        if said := scalar(value) or next(filter(None, (text(value, called) for called in _SAID_BY)), ""):
            return said
    return ""


def _location(fields: Record) -> str:
    parts = [_first(fields, FIELDS[name]) for name in ("city", "state", "country")]
    for name in (*FIELDS["location"], *_PLACES):
        value = fields.get(name)
        places = several(_place(one) for one in value) if isinstance(value, list) else _place(value)
        if places:
            return widened(places, parts[0], *parts[1:])
    return place(*parts) if parts[0] or parts[1] else country(parts[2])


def _place(value: Any) -> str:
    if not isinstance(value, dict):
        return scalar(value)
    fields = {plain(name): said for name, said in value.items() if isinstance(name, str)}
    city, state, land = (_first(fields, FIELDS[name]) for name in ("city", "state", "country"))
    told = place(city, state, land) if city or state else ""
    return told or next(filter(None, (text(value, called) for called in _SAID_BY)), "") or place(land)


def _extra(record: Record) -> dict[str, Any]:
    kept = {}
    for name, value in record.items():
        if isinstance(value, str) and len(value) > _LONG:
            continue
        if isinstance(value, str | int | float | bool) or (isinstance(value, list) and len(value) <= 50):
            kept[name] = tidy(value)
    return {name: value for name, value in kept.items() if value not in (None, "", [])}
