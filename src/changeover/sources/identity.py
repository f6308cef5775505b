"""One id for each record of a reading: what to do where a source gives an id twice, or none."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable
from dataclasses import dataclass

import xxhash

from changeover.job import Job
from changeover.sources.links import canonical
from changeover.sources.remote_places import decided
from changeover.sources.source import Problem
from changeover.wording import plural

MAX_ID = 300
"""Characters of an id; longer ones are shortened to a prefix and a hash, so that an index can hold them."""

_SHOWN = 10
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Settled:
    """Jobs with ids unique among them, what was met, and how many records were left out for their id."""

    jobs: list[Job]
    problems: list[Problem]
    unreadable: int


def bounded(value: str) -> str:
    """The id itself, or a prefix and a hash of it where it has more than MAX_ID characters."""
    if len(value) <= MAX_ID:
        return value
    return f"{value[: MAX_ID - 20]}~{xxhash.xxh3_64_hexdigest(value.encode())}"


def settle(told: Iterable[Job]) -> Settled:
    """Give every job an id of its own.

    A record without an id cannot be followed from one reading to the next: it is left out and counted.
    One id on several records means one of two things, told apart by the titles without their places' words.
    *Same title*: the id is a requisition that is advertised several times (a row for each city, or plain
    copies). Every row is kept; ``requisition`` holds the id; the ids are made unique from what tells the rows
    apart, their address and place, in an order that does not depend on the order of the feed; equal copies
    are numbered. *Different titles*: a mistake of the source. The first is kept, the others are left out.
    """
    jobs, missing = [], []
    groups: dict[str, list[Job]] = {}
    for job in told:
        if not job.id:
            missing.append(job)
            continue
        key = bounded(job.id)
        job = job if key == job.id else dataclasses.replace(job, id=key)
        groups.setdefault(key, []).append(job)
    problems = _without_id(missing)
    left_out, repeated = len(missing), []
    taken = set(groups)
    for key, rows in groups.items():
        if len(rows) == 1:
            jobs.append(rows[0])
            continue
        same = [row for row in rows if _role(row) == _role(rows[0])]
        jobs.extend(_apart(key, same, taken))
        if len(same) > 1:
            repeated.append((key, len(same)))
        if len(same) < len(rows):
            left_out += len(rows) - len(same)
            problems.append(_conflict(key, rows, len(rows) - len(same)))
    return Settled(decided(jobs), [*_bounded_list(problems), *_repeats(repeated)], left_out)


def _role(job: Job) -> frozenset[str]:
    places = set(_WORD.findall(job.location.casefold()))
    return frozenset(set(_WORD.findall(job.title.casefold())) - places)


def _apart(key: str, rows: list[Job], taken: set[str]) -> list[Job]:
    if len(rows) == 1:
        return rows
    marks = [xxhash.xxh3_64_hexdigest("\0".join((canonical(r.url), r.location.casefold())).encode()) for r in rows]
    plain, counts, named = min(marks), dict.fromkeys(marks, 0), []
    for row, mark in zip(rows, marks, strict=True):
        counts[mark] += 1
        name = key if mark == plain else f"{key}~{mark[:8]}"
        name = name if counts[mark] == 1 else f"{name}~{counts[mark]}"
        while name != key and name in taken:
            name += "~"
        taken.add(name)
        named.append(dataclasses.replace(row, id=name, requisition=row.requisition or key))
    return named


def _without_id(missing: list[Job]) -> list[Problem]:
    return [
        Problem(
            "MISSING_ID",
            f"The record {_named(job)} has no id, so it cannot be followed and was left out; "
            "give every job an id of its own at its source.",
        )
        for job in missing
    ]


def _named(job: Job) -> str:
    return f'"{job.title}"' if job.title else "without a title"


def _conflict(key: str, rows: list[Job], left_out: int) -> Problem:
    other = next(row for row in rows if _role(row) != _role(rows[0]))
    return Problem(
        "ID_USED_TWICE",
        f"The id {key} stands on different jobs ({_named(rows[0])} and {_named(other)}): the first was kept and "
        f"{left_out} left out; give each job an id of its own at its source.",
        key,
    )


def _repeats(repeated: list[tuple[str, int]]) -> list[Problem]:
    if not repeated:
        return []
    rows = sum(count for _, count in repeated)
    what = f"{rows:,} records share {plural(len(repeated), 'id')}"
    return [
        Problem(
            "ID_REPEATED",
            f"{what} and title (for example {repeated[0][0]}, {repeated[0][1]} times), as one opening does that is "
            "advertised in several places: each is shown as a job of its own, and none is lost. If they are copies, "
            "list the opening once at its source.",
            repeated[0][0],
        )
    ]


def _bounded_list(problems: list[Problem]) -> list[Problem]:
    if len(problems) <= _SHOWN:
        return problems
    more = len(problems) - _SHOWN
    return [
        *problems[:_SHOWN],
        Problem(
            problems[_SHOWN].code, f"The same was met {plural(more, 'more time')}; correct the source and read again."
        ),
    ]
