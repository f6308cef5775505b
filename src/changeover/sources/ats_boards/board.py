"""What an ATS's public job board is to us: how its answer is recognised, read, and proved to be whole."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from changeover.job import Job
from changeover.sources.encoding import decode
from changeover.sources.fetch import Fetcher
from changeover.sources.identity import settle
from changeover.sources.json_text import strict, tolerant
from changeover.sources.origins import Origins, Tally
from changeover.sources.places import place
from changeover.sources.source import Completeness, Problem, Reading
from changeover.sources.terms import with_terms
from changeover.sources.text import scalar, tidy
from changeover.wording import plural

Record = dict[str, Any]
Variant = Mapping[str, Any]
"""One way to ask for a part of the jobs where a board has to be asked several times: a facet, a language."""


class Ask(NamedTuple):
    """One request: its address, and what is posted to it as JSON (None: it is a GET)."""

    url: str
    body: Any = None


class Split(NamedTuple):
    """A list that is not handed out whole, as the lists that together are it (none: it cannot be split), and how
    many jobs they must have.
    """

    variants: list[Variant]
    claimed: int


def json_value(body: bytes) -> Any:
    """The JSON value of the body, None where it is none (as a web page is under 200)."""
    if (value := strict(body)) is not None:
        return value
    said = decode(body)
    return None if said.lstrip()[:1] not in ("{", "[") else tolerant(said)


@dataclass(frozen=True, slots=True)
class Detail:
    """How what the list leaves out is asked for, a request a job: ``ask`` (None: not for this job, or its address
    is not known), and ``into``, the job with what the answer's bytes say; None where they say nothing of it.
    """

    ask: Callable[[Job, str], Ask | None]
    into: Callable[[Job, bytes], Job | None]


@dataclass(frozen=True, slots=True)
class Paging:
    """The query by which a board hands out its jobs in parts: where a part starts, how large it is at most.

    ``pages`` counts the start in pages from 1, else it counts records from 0.
    """

    start: str
    size: int
    limit: str = ""
    pages: bool = False

    def query(self, records: int, page: int) -> dict[str, str]:
        """The query of the part after so many records, which is page ``page`` (from 1)."""
        asked = {self.start: str(page if self.pages else records)}
        return {**asked, self.limit: str(self.size)} if self.limit else asked


@dataclass(frozen=True, slots=True)
class Board:
    """One ATS. ``records`` finds the list of jobs in an answer, None where the answer is not of this ATS.

    ``job`` reads one record (None: not to be shown); ``total`` is the number of records that the answer says there
    are, None where it says none. ``one_answer``: the ATS hands out everything in one answer, so an answer that is
    whole is all. ``endpoint`` turns the address of a person's page into that of the list, None for other hosts;
    ``query`` is what every request asks with.

    For boards that need more: ``value`` reads an answer's bytes; ``request`` is the request of a part (address,
    variant, records before it, page from 1) where a query will not do; ``pages`` is the number of pages that an
    answer says there are; ``variants`` finds the languages a board has to be asked in; ``split`` parts a list that
    is over what the board hands out; ``page`` is a job's address where the list leaves it out; ``instead`` is
    where to ask where the list is not found; ``detail`` tells the rest of a job. ``knows_itself`` is False for
    boards that answer for a company they do not know as for one without jobs.
    """

    kind: str
    caption: str
    records: Callable[[Any], list[Any] | None]
    job: Callable[[Record, Any], Job | None]
    total: Callable[[Any], int | None] = lambda _answer: None
    one_answer: bool = False
    paging: Paging | None = None
    endpoint: Callable[[str], str | None] = lambda _url: None
    query: tuple[tuple[str, str], ...] = ()
    value: Callable[[bytes], Any] = json_value
    request: Callable[[str, Variant, int, int], Ask] | None = None
    pages: Callable[[Any], int | None] = lambda _answer: None
    variants: Callable[[Fetcher, str], Awaitable[list[Variant] | Problem]] | None = None
    split: Callable[[Any, Variant], Split | None] = lambda _answer, _variant: None
    page: Callable[[Job, str], str] = lambda _job, _url: ""
    instead: Callable[[str], str | None] = lambda _url: None
    detail: Detail | None = None
    knows_itself: bool = True

    @property
    def in_parts(self) -> bool:
        """True if the list is handed out in parts."""
        return self.paging is not None or self.request is not None

    def ask(self, url: str, variant: Variant, seen: int, page: int) -> Ask:
        """The request of the part after so many records."""
        if self.request:
            return self.request(url, variant, seen, page)
        asked = dict(self.query)
        if self.paging:
            asked |= self.paging.query(seen, page)
        return Ask(with_query(url, asked) if asked else url)


@dataclass(frozen=True, slots=True)
class Told:
    """What answers of a board have said so far: jobs, records seen, records that are no jobs, the total claimed."""

    jobs: list[Job]
    seen: int
    unreadable: int
    total: int | None
    origins: Origins = field(default_factory=dict)


def told(board: Board, answer: Any, tally: Tally | None = None) -> Told | None:
    """What one answer says, or None if it is not this board's; ``tally`` counts on where its jobs' fields stood."""
    tally = tally or Tally()
    records = board.records(answer)
    if records is None:
        return None
    jobs: list[Job] = []
    unreadable = 0
    for record in records:
        if not isinstance(record, dict):
            unreadable += 1
        elif (job := board.job(record, answer)) is not None:
            jobs.append(in_our_words(job))
            tally.look(record, lambda it: _told_in_our_words(board, it, answer))
    return Told(jobs, len(records), unreadable, board.total(answer), tally.found())


def _told_in_our_words(board: Board, record: Record, answer: Any) -> Job | None:
    job = board.job(record, answer)
    return in_our_words(job) if job else None


def in_our_words(job: Job) -> Job:
    """The job with its terms in one vocabulary beside what the ATS said."""
    return replace(job, extra=with_terms(dict(job.extra)))


def reading(board: Board, said: Told, doubts: Iterable[Problem] = (), *, paged: bool = False) -> Reading:
    """The reading of what a board said. ``paged``: its parts were asked for until none was left."""
    settled = settle(said.jobs)
    doubts = list(doubts)
    if not board.knows_itself and not said.seen:
        doubts.append(
            Problem(
                "EMPTY_UNPROVEN",
                f"{board.caption} says that there are no jobs, which it also says of a company that it does not know; "
                "check the company's name in the address.",
            )
        )
    if said.total is not None and said.seen < said.total:
        doubts.append(
            Problem(
                "COUNT_MISMATCH",
                f"{board.caption} says that it has {plural(said.total, 'job')} and tells {said.seen:,}, so the rest is "
                "missing; read all its pages.",
            )
        )
    elif said.total is None and not paged and (not board.one_answer or (_is_a_part(board, said) and not doubts)):
        doubts.append(
            Problem(
                "UNPROVEN",
                f"Nothing in this answer of {board.caption} says whether there are more jobs, so it is not taken as "
                "whole; give the board's address, so that all its pages can be read.",
            )
        )
    whole = Completeness.PARTIAL if doubts else Completeness.COMPLETE
    problems = [*doubts, *settled.problems]
    return Reading(
        board.kind,
        settled.jobs,
        whole,
        problems,
        said.unreadable + settled.unreadable,
        said.total,
        origins=said.origins,
    )


def _is_a_part(board: Board, said: Told) -> bool:
    """True if there are just as many records as the board hands out at once."""
    return board.paging is not None and said.seen == board.paging.size


def records_under(answer: Any, key: str, *marks: str) -> list[Any] | None:
    """The list under the key if it is empty or its first record has one of the marks; else None."""
    found = answer.get(key) if isinstance(answer, dict) else None
    return marked(found, *marks)


def marked(found: Any, *marks: str) -> list[Any] | None:
    """The list itself if it is empty or its first record has all of the marks; else None."""
    if not isinstance(found, list):
        return None
    first = next((record for record in found if isinstance(record, dict)), None)
    if first is None:
        return found if not found else None
    return found if all(mark in first for mark in marks) else None


def grouped(groups: Any, *keys: str, depth: int = 4) -> list[Any]:
    """The records that stand under one of the keys in groups (departments, offices), also in groups of groups.

    Each is told once, in whatever groups it stands.
    """
    found: list[Any] = []
    for group in groups if isinstance(groups, list) and depth else ():
        for key, value in group.items() if isinstance(group, dict) else ():
            if isinstance(value, list):
                found += value if key.lower() in keys else grouped(value, *keys, depth=depth - 1)
    once = {(repr(r.get("id")), repr(r)): r for r in found if isinstance(r, dict)}
    return list(once.values())


def at(value: Any, *path: str) -> Any:
    """The value down the path of keys, None where the path ends early."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def text(value: Any, *path: str) -> str:
    """The scalar down the path as one line, else the empty string."""
    return scalar(at(value, *path))


def listed(value: Any, *path: str) -> list[Any]:
    """The list down the path, else an empty one."""
    found = at(value, *path)
    return found if isinstance(found, list) else []


def count(value: Any, *path: str) -> int | None:
    """The whole number down the path, else None."""
    found = at(value, *path)
    return found if isinstance(found, int) and not isinstance(found, bool) and found >= 0 else None


def located(value: Any, city: str = "city", state: str = "state", country: str = "country") -> str:
    """A place from an object's parts; an object may stand for each part, with its name."""
    return place(*(text(value, part) or text(value, part, "name") for part in (city, state, country)))


def kept(record: Any, *names: str) -> dict[str, Any]:
    """These fields of the record for ``extra``, where they say something."""
    if not isinstance(record, dict):
        return {}
    return {name: tidy(record[name]) for name in names if record.get(name) not in (None, "", [], {})}


def with_query(url: str, query: dict[str, str]) -> str:
    """The address with these parts of its query set."""
    parts = urlsplit(url)
    asked = dict(parse_qsl(parts.query, keep_blank_values=True)) | query
    return urlunsplit(parts._replace(query=urlencode(asked)))
