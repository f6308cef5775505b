"""Any JSON list of jobs: recognised by its fields, and judged by what the answer says around it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from changeover.job import Job
from changeover.sources.ats_boards.board import Record, at, grouped, text
from changeover.sources.identity import settle
from changeover.sources.job_posting import expired, filled, listed_job
from changeover.sources.json_job import Included, flat, identifier, job_of, names_of, plainly
from changeover.sources.origins import Tally
from changeover.sources.presets import FIELDS, IDS
from changeover.sources.record import FIELDS as OWN
from changeover.sources.record_action import acts, closing, ended, words
from changeover.sources.source import Completeness, Problem, Reading, Tells, as_changes, failed
from changeover.sources.text import scalar
from changeover.sources.xml_records import plain
from changeover.wording import plural

KIND = "json"
_LISTS = tuple(plain(name) for name in (
          "jobs", "data", "results", "items", "postings", "positions", "offers", "vacancies", "content", "records",
          "openings", "listings", "jobPostings", "hits", "elements", "response", "docs", "edges", "value", "rows",
          "list", "requisitions", "vacatures", "stellenangebote", "resultats", "Report_Entry", "d", "SearchResult",
          "SearchResultItems", "nodes", "job", "opportunities", "objects", "jobRequisitions"))  # fmt: skip
# The lists in which groups of jobs (departments, places) have theirs.
_WITHIN = ("jobs", "positions", "postings", "openings", "vacancies", "offers")
# The lists that hold nothing but jobs.
_OF_JOBS = frozenset((*_WITHIN, "job", "jobpostings", "jobrequisitions", "requisitions", "vacatures",
                      "stellenangebote"))  # fmt: skip

ASIDE = ("similar", "related", "recommended", "recent", "featured", "other")
"""What lists of jobs beside the one that is told are called by."""

_TOTALS = ("total", "totalcount", "totalitems", "totalfound", "totalresults", "totalhits", "nbhits", "numfound",
           "searchresultcountall", "maxergebnisse", "maxcount", "totalnumber", "totalrecords", "totalelements",
           "totaljobs", "totalsize", "totaljobscount", "totaljobcount", "totalentries", "totalrows")  # fmt: skip
# What may count a page: it tells only of more than are there.
_COUNTS = ("count", "jobcount", "jobcounts", "jobscount", "numjobs", "recordcount", "resultcount", "resultscount",
           "hitcount", "found", "hits", "numberofresults", "nbresultats")  # fmt: skip
_PAGES = ("totalpages", "nbpages", "pagecount", "lastpage", "numpages", "numberofpages", "pages")
_TITLES = frozenset(FIELDS["title"])
# What other things than jobs have too.
_OWN_TITLES = _TITLES - {"name", "position"}
# What tells a job under a key that nobody knows.
_OF_A_JOB = frozenset(
    [
        *(name for field in ("location", "city", "country", "company", "requisition") for name in FIELDS[field]),
        "employmenttype", "jobtype", "workplacetype", "joburl", "applyurl", "jobdescription", "locations",
    ]
)  # fmt: skip
# What tells that what has a name is no person, product or group.
_OF_A_POSTING = _OF_A_JOB.union(
    ("offices",), *(FIELDS[field] for field in ("description", "url", "apply_url", "posted_at", "workplace_type"))
)
_IDS = frozenset((*IDS, "slug", "shortcode"))
# The fields whose other names tell that a record is not of our own form, unless it has them itself.
_OTHER_NAMES = {field: frozenset(names) - {plain(field)} for field, names in FIELDS.items() if field in OWN}
_OTHER_NAMES["location"] |= frozenset(name for part in ("city", "state", "country") for name in FIELDS[part])
_ERRORS = ("error", "errors", "message", "errormessage", "fault", "detail")
_FAILED = ("error", "fail", "failed", "failure", *range(400, 600))
_NO_TITLES = (
    "Of {} of the list none has a title that is known, so none was taken for a job; say with `changeover source map` "
    "which field is the title."
)
FEED_INDEX = "is a list of feeds, not of jobs; add each of the feeds that it names as a source of its own."


_AROUND = ("meta", "pagination", "links", "paging", "page", "pageinfo", "info", "view", "cursor",
           "searchresult", "userarea")  # fmt: skip
_FURTHER = ("next", "nextpage", "nextpagetoken", "hasmore", "hasnext", "hasnextpage", "morerecords",
            "moredataavailable", "nexturl", "nextlink", "nextpageurl", "nextcursor",
            "odatanextlink", "@odatanextlink", "@nextlink", "nextpagelink", "nexthref", "nextid",
            "nexttoken", "nextoffset", "continuationtoken", "lastevaluatedkey")  # fmt: skip
_SAYS_MORE = ("hasmore", "hasnext", "hasnextpage", "morerecords", "moredataavailable")
_NO_MORE: tuple[Any, ...] = (None, False, "", 0, [], {})
_LINKS = 100
_LONGEST_NUMBER = 10


class Found(NamedTuple):
    """A list of jobs, the objects around it by plain name, the outermost first, and why it may not be all there is."""

    jobs: list[Any]
    around: tuple[Record, ...] = ()
    doubts: tuple[Problem, ...] = ()


def find(answer: Any, depth: int = 4, around: tuple[Record, ...] = (), *, called: str = "") -> Found | None:
    """The list of jobs in the answer: objects most of which have a title and an id; None if there is none.

    ``called``: its own plain name. Where that may be of anything, what has a name alone needs something of a posting.
    Lists of the same objects beside it are of jobs too; so is one under a key that nobody knows, whose objects have
    what only jobs have; of groups (departments) it is what they hold.
    """
    if isinstance(answer, list):
        alone = answer[0] if len(answer) == 1 else None
        wraps = isinstance(alone, list) or (isinstance(alone, dict) and not names_of(alone) & _IDS)
        if wraps and depth and (inner := find(alone, depth - 1, around)):
            return inner
        titles = _TITLES if called in _OF_JOBS else _OWN_TITLES
        is_job = _most(answer, lambda names: _titled(names, titles if names.isdisjoint(_OF_A_POSTING) else _TITLES))
        jobs = _grouped(answer) or (answer if is_job else [])
        return Found(jobs, around) if jobs else None
    if not isinstance(answer, dict) or not depth:
        return None
    said = plainly(answer)
    around = (*around, said)
    for key in _LISTS:
        if found := find(by_id(said.get(key)), depth - 1, around, called=key):
            return Found([*found.jobs, *_beside(found.jobs, said)], found.around)
    lists = [value for key, value in said.items() if isinstance(value, list) and not key.startswith(ASIDE)]
    sure = [v for v in lists if _most(v, lambda names: _titled(names, _OWN_TITLES) and bool(names & _OF_A_JOB))]
    every = sure or [within for value in lists if (within := _grouped(value))]
    if every:
        return Found([job for value in every for job in value], around)
    return _deeper(said, depth, around)


def _deeper(said: Record, depth: int, around: tuple[Record, ...]) -> Found | None:
    """The list of jobs in an object of a name that nobody knows, unless one of these is a job by itself."""
    if _titled(set(said), _OWN_TITLES):
        return None
    inner = [value for key, value in said.items() if isinstance(value, dict) and not key.startswith(ASIDE)]
    if any(_titled(names_of(flat(value)), _OWN_TITLES) for value in inner):
        return None
    return next((found for value in inner if (found := find(value, depth - 1, around))), None)


def titled(names: set[str], *, of_jobs: bool = False) -> bool:
    """Whether an object of these names has a title and an id; of what may be anything a name is no title."""
    return _titled(names, _TITLES if of_jobs else _OWN_TITLES)


def placed(names: set[str]) -> bool:
    """Whether an object of these names tells a place, an employer, or what else jobs have."""
    return not names.isdisjoint(_OF_A_JOB)


def _titled(names: set[str], titles: frozenset[str]) -> bool:
    return bool(names & titles) and bool(names & _IDS)


def _most(answer: list[Any], of_a_job: Callable[[set[str]], bool]) -> bool:
    objects = [names_of(flat(record)) for record in answer[:50] if isinstance(record, dict)]
    return bool(objects) and sum(map(of_a_job, objects)) * 2 >= len(objects)


def _grouped(answer: list[Any]) -> list[Any]:
    """The jobs of a list of groups of jobs, which are no jobs themselves; none if it is no such list."""
    groups = [plainly(record) for record in answer if isinstance(record, dict)]
    if not groups or any(_titled(set(group), _OWN_TITLES) for group in groups[:50]):
        return []
    with_jobs = sum(any(isinstance(value, list) for value in group.values()) for group in groups)
    jobs = grouped(answer, *_WITHIN)
    return jobs if with_jobs * 2 >= len(groups) and _most(jobs, lambda names: _titled(names, _TITLES)) else []


def _beside(found: list[Any], said: Record) -> list[Any]:
    """The jobs of further lists whose objects are of the same kind: most of their names are the same, no id is."""
    names = set().union(*(names_of(record) for record in found[:50] if isinstance(record, dict)))
    if not _titled(names, _OWN_TITLES):
        return []
    known = {identifier(plainly(record)) for record in found if isinstance(record, dict)}
    lists = [v for k, v in said.items() if isinstance(v, list) and v is not found and not k.startswith(ASIDE)]
    same = [value for value in lists if _most(value, lambda its: _titled(its, _OWN_TITLES) and _alike(its, names))]
    return [job for value in same for job in value if isinstance(job, dict) and identifier(plainly(job)) not in known]


def _alike(names: set[str], others: set[str]) -> bool:
    return 2 * len(names & others) >= len(others)


def by_id(answer: Any) -> Any:
    """The list that an object of jobs by their ids stands for: ``{"101": {"title": …}}``; else the answer itself."""
    if not isinstance(answer, dict) or not answer:
        return answer
    if not all(isinstance(job, dict) and names_of(job) & _TITLES for job in list(answer.values())[:50]):
        return answer
    return [{"id": key, **job} for key, job in answer.items() if isinstance(job, dict)]


def empty(answer: Any) -> bool:
    """True if the answer is a list of jobs with nothing in it."""
    if isinstance(answer, dict):
        said = plainly(answer)
        return any(said.get(key) == [] or (isinstance(said.get(key), dict) and empty(said[key])) for key in _LISTS)
    return bool(answer == [])


def error_told(answer: Any) -> str:
    """What the answer says of an error beside its list of jobs; empty where it says none."""
    if not isinstance(answer, dict):
        return ""
    said = plainly(answer)
    error = next(filter(None, (_error(said.get(name)) for name in _ERRORS)), "")
    told = said.keys() & frozenset(_ERRORS[:2]) and error
    failed = said.get("success") is False or said.get("ok") is False or said.get("status") in _FAILED
    return error or "an error" if told or failed else ""


def around(answer: Any) -> tuple[Record, ...]:
    """What stands around a list without jobs, the outermost first."""
    if not isinstance(answer, dict):
        return ()
    said = plainly(answer)
    inner = next((said[key] for key in _LISTS if isinstance(said.get(key), dict) and empty(said[key])), None)
    return (said, *around(inner))


def not_a_list(answer: Any) -> str:
    """What JSON without a list of jobs is instead, and what to do; empty where it is nothing that is known."""
    if not isinstance(answer, dict):
        return ""
    said = plainly(answer)
    if any(find([one]) for one in (answer, *answer.values()) if isinstance(one, dict)):
        return "is one job by itself, and a source tells all of its jobs; give the address of the list of jobs."
    feeds = said.get("feeds")
    if isinstance(feeds, list) and any(isinstance(feed, dict) and names_of(feed) & {"url", "link"} for feed in feeds):
        return FEED_INDEX
    if error := error_told(answer) or next(filter(None, (_error(said.get(name)) for name in _ERRORS)), ""):
        return f'answers with an error, "{error[:120]}", and no list of jobs; check the address.'
    return ""


def _error(value: Any) -> str:
    if isinstance(value, list):
        value = next(iter(value), None)
    return scalar(value) if isinstance(value, str) else text(value, "message") or text(value, "detail")


def is_record(answer: Any) -> bool:
    """True if the record is of our own form: id, title and, where there is one, a location in words.

    One that tells by another name what it does not tell by ours (``city`` and no ``location``) is another's.
    """
    return (
        isinstance(answer, dict)
        and {"id", "title"} <= set(answer)
        and isinstance(answer.get("location", ""), str | None)
        and all(isinstance(answer[name], str | int) for name in ("id", "title"))
        and not any(names & names_of(answer) for name, names in _OTHER_NAMES.items() if name not in answer)
    )


def read(found: Found, answer: Any) -> Reading:
    """The reading of the list that ``find`` found in the answer.

    An element that is neither named nor described as a job (a notice, a header) is told of and not counted as one.
    """
    jobs, unreadable, notices, tally = list[Job](), 0, 0, Tally()
    gone, news, included = list[str](), False, _included(answer)
    for element in found.jobs:
        record = flat(element, included) if isinstance(element, dict) else None
        if record is None:
            unreadable += 1
        elif not names_of(record) & (_TITLES | {"description", "company", "location"}):
            notices += 1
        else:
            fields = plainly(record)
            said = words(fields)
            news = news or acts([said])
            if ended(said):
                gone.append(job_of(fields, record).id)
                continue
            jobs.append(job_of(fields, record))
            tally.look(fields, partial(job_of, record=record))
    if len(jobs) > 1 and not any(job.title for job in jobs):
        return failed(KIND, "NO_TITLES", f"{_NO_TITLES.format(plural(len(jobs), 'element'))}")
    made = reading(jobs, found, notices=notices)
    problems = [*made.problems, *closing(len(gone))]
    unreadable += made.unreadable
    made = replace(made, unreadable=unreadable, gone=gone, problems=problems, origins=tally.found())
    return _as_it_says(made, answer, news=news)


def of_postings(postings: list[Record], found: Found, now: datetime) -> Reading:
    """The reading of an answer whose jobs are JobPostings; what the record around a posting says fills its gaps."""
    records = [record for record in found.jobs if isinstance(record, dict)]
    around = {id(value): record for record in records for value in record.values() if isinstance(value, dict)}
    current = [posting for posting in postings if not expired(posting, now)]
    jobs = [
        filled(listed_job(posting), job_of(plainly(record), {}) if (record := around.get(id(posting))) else None)
        for posting in current
    ]
    return reading(jobs, found, over=len(postings) - len(current))


def _included(answer: Any) -> Included:
    said = answer.get("included") if isinstance(answer, dict) else None
    beside = [one for one in said if isinstance(one, dict)] if isinstance(said, list) else []
    return {(text(one, "type"), text(one, "id")): at(one, "attributes") or {} for one in beside}


def _as_it_says(made: Reading, answer: Any, *, news: bool) -> Reading:
    """The reading in the light of what the answer says of itself: that it is full, or that it holds changes only."""
    full = plainly(answer).get("isfullfeed") if isinstance(answer, dict) else None
    if full in (True, "true"):
        return replace(made, tells=Tells.EVERYTHING)
    return as_changes(made) if made.complete and (news or full in (False, "false")) else made


def reading(jobs: list[Job], found: Found, *, notices: int = 0, over: int = 0) -> Reading:
    """The reading of the jobs of a list, some of whose elements are no jobs, or over.

    Complete unless what stands around the list says that there are more, by a total or by a further page.
    """
    settled = settle(jobs)
    more, total = more_than(len(found.jobs), found.around)
    doubts, notes = [*found.doubts, *more], []
    if notices:
        them = plural(notices, "element of the list is no job", "elements of the list are no jobs")
        notes.append(Problem("NOT_JOBS", f"{them} (a notice or a header)."))
    if over:
        jobs_are = plural(over, "job of the list is", "jobs of the list are")
        notes.append(Problem("EXPIRED", f"{jobs_are} over (past the last day)."))
    whole = Completeness.PARTIAL if doubts else Completeness.COMPLETE
    return Reading(KIND, settled.jobs, whole, [*doubts, *notes, *settled.problems], settled.unreadable, total)


def more_than(listed: int, around: tuple[Record, ...]) -> tuple[list[Problem], int | None]:
    """What is said around a list of so many elements of jobs that are not in it, and the total that is told."""
    there, doubts = list(holders(around)), list[Problem]()
    total = _total(there, listed)
    if error := error_told(next(iter(around), None)):
        doubts.append(Problem("ERROR_TOLD", f'The answer says "{error[:120]}", so it may lack jobs; try again later.'))
    if total is not None and total > listed:
        doubts.append(
            Problem(
                "COUNT_MISMATCH",
                f"The source says that it has {plural(total, 'job')} and tells {listed:,}, so the rest is missing; "
                "read all its pages.",
            )
        )
    elif says_more(there) or (total is None and (leads_further(there) or pages_told(there) > 1)):
        doubts.append(
            Problem("MORE_PAGES", "The answer leads to a further page, so it is not whole; read all its pages.")
        )
    return doubts, total


def holders(around: tuple[Record, ...], depth: int = 3) -> Iterator[Record]:
    """The objects that may say how many jobs there are: those around the list, and what they say of their pages."""
    for said in around:
        yield said
        if depth:
            named = (key for key in said if key in _AROUND or key.endswith(("pagination", "paging")))
            yield from holders(tuple(plainly(said[key]) for key in named if isinstance(said[key], dict)), depth - 1)


def _total(there: list[Record], listed: int) -> int | None:
    told = (n for holder in there for name in _TOTALS if (n := _number(holder.get(name))) is not None)
    more = (n for holder in there for name in _COUNTS if (n := _number(holder.get(name)) or 0) > listed)
    return next(told, next(more, None))


def _number(said: Any) -> int | None:
    """A number as answers tell it: as one, in words, or in an object (Elasticsearch)."""
    if isinstance(said, dict):
        said = said.get("value")
    if isinstance(said, str) and said.isascii() and said.isdigit() and len(said) < _LONGEST_NUMBER:
        return int(said)
    return said if isinstance(said, int) and not isinstance(said, bool) and said >= 0 else None


def pages_told(there: list[Record]) -> int:
    """How many pages there are by what stands around a list; 0 where it does not say."""
    return max((_number(holder.get(name)) or 0 for holder in there for name in _PAGES), default=0)


def says_more(there: list[Record]) -> bool:
    """True if what stands around a list says plainly that there is more, whatever total it tells."""
    return any(holder.get(name) is True for holder in there for name in _SAYS_MORE)


def leads_further(there: list[Record]) -> bool:
    """True if something around a list says that there is a further page."""
    told = (holder.get(name) for holder in there for name in _FURTHER)
    return any(said not in _NO_MORE for said in told) or any(
        _named_next(holder.get("links")) or _is_token(holder.get("offset")) for holder in there
    )


def _is_token(offset: Any) -> bool:
    """True for an offset that is no number: where the rest begins (Airtable)."""
    return isinstance(offset, str) and bool(offset) and not offset.isdigit()


def _named_next(links: Any) -> bool:
    listed = links[:_LINKS] if isinstance(links, list) else []
    return any(isinstance(link, dict) and link.get("rel") == "next" for link in listed)
