"""Any JSON list of jobs: recognised by its fields, read by their usual names."""

from __future__ import annotations

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
from changeover.sources.source import Completeness, Problem, Reading
from changeover.sources.terms import with_terms
from changeover.sources.text import description, scalar, tidy
from changeover.sources.workplace import workplace
from changeover.sources.xml_records import plain
from changeover.wording import plural

KIND = "json"
_LISTS = ("jobs", "data", "results", "items", "postings", "positions", "offers", "vacancies", "content", "records",
          "openings", "listings", "jobPostings", "hits", "elements", "response", "docs", "edges", "value", "rows",
          "list", "requisitions", "vacatures", "stellenangebote", "resultats", "Report_Entry", "d", "SearchResult",
          "SearchResultItems")  # fmt: skip
_TOTALS = (
    "total",
    "totalCount",
    "totalItems",
    "totalFound",
    "totalResults",
    "totalHits",
    "total_count",
    "total_results",
    "nbHits",
    "SearchResultCountAll",
    "maxErgebnisse",
)
_TITLES = frozenset(FIELDS["title"])
_IDS = frozenset((*IDS, "slug", "uuid", "guid", "shortcode"))
_AROUND = ("meta", "pagination", "paging", "page", "SearchResult")
_LONG = 2_000
FEED_INDEX = "is a list of feeds, not of jobs; add each of the feeds that it names as a source of its own."
_INNER = ("attributes", "_source", "data", "node", "MatchedObjectDescriptor")
_SAID_BY = ("name", "label", "rendered", "display_name", "displayName", "descriptor", "libelle", "nom")
_PLACES = ("locations", "multilocation", "offices", "address", "lieutravail")

Record = dict[str, Any]


def find(answer: Any, depth: int = 3) -> list[Any] | None:
    """The list of jobs in the answer: objects most of which have a title and an id; None if there is none."""
    if isinstance(answer, list):
        objects = [_names(_flat(record)) for record in answer[:50] if isinstance(record, dict)]
        likely = sum(bool(names & _TITLES) and bool(names & _IDS) for names in objects)
        return answer if objects and likely * 2 >= len(objects) else None
    if isinstance(answer, dict) and depth:
        for key in _LISTS:
            if (found := find(_by_id(answer.get(key)), depth - 1)) is not None:
                return found
    return None


def _by_id(answer: Any) -> Any:
    """The list that an object of jobs by their ids stands for: ``{"101": {"title": …}}``; else the answer itself."""
    if not isinstance(answer, dict) or not answer:
        return answer
    if not all(isinstance(job, dict) and _names(job) & _TITLES for job in list(answer.values())[:50]):
        return answer
    return [{"id": key, **job} for key, job in answer.items() if isinstance(job, dict)]


def empty(answer: Any) -> bool:
    """True if the answer is a list of jobs with nothing in it."""
    return answer == [] or (isinstance(answer, dict) and any(answer.get(key) == [] for key in _LISTS))


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
    for element in found:
        record = _flat(element) if isinstance(element, dict) else None
        if record is None:
            unreadable += 1
        elif not _names(record) & (_TITLES | {"description", "company", "location"}):
            notices += 1
        else:
            fields = {plain(name): value for name, value in record.items() if isinstance(name, str)}
            jobs.append(_job(fields, record))
            tally.look(fields, partial(_job, record=record))
    made = reading(jobs, answer, len(found), notices=notices)
    return replace(made, unreadable=unreadable + made.unreadable, origins=tally.found())


def reading(jobs: list[Job], answer: Any, listed: int, *, notices: int = 0, over: int = 0) -> Reading:
    """The reading of the jobs of a list of so many elements, of which some are no jobs, or over.

    Complete unless the answer says that there are more, by a total or by a further page.
    """
    settled = settle(jobs)
    total, doubts = _total(answer), []
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
    return {plain(name) for name in list(record)[:200] if isinstance(name, str)}


def _total(answer: Any) -> int | None:
    if not isinstance(answer, dict):
        return None
    holders = [answer, *(answer[key] for key in _AROUND if key in answer)]
    return next((n for holder in holders for name in _TOTALS if (n := count(holder, name)) is not None), None)


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
