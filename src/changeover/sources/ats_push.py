"""Jobs that an ATS pushes, checked one by one: one element's mistake is never the batch's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import orjson

from changeover.job import Job
from changeover.sources.record import FIELDS, job_of
from changeover.sources.text import MAX_FIELD, scalar

MAX_BATCH = 1_000
"""Elements of one batch."""

MAX_BYTES = 64_000_000
"""Bytes of one batch."""

MAX_DEPTH = 12
"""Levels of lists and objects in one element."""

BESIDE = ("status", "apply_questions")
"""What an element says beside the job: whether it is open, and what is asked of those who apply for it."""

MAX_ID = 200
MAX_TITLE = 500
MAX_EXTRA = 100


class Status(StrEnum):
    """What the ATS says of the job: it is open, or it has been closed."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Pushed:
    """One element taken: its place in the batch from 0, the job, and whether it is open."""

    index: int
    job: Job
    status: Status


@dataclass(frozen=True, slots=True)
class ElementProblem:
    """Why an element was not taken: its place in the batch, the field, a stable code, a sentence with what to do."""

    index: int
    pointer: str
    code: str
    sentence: str
    job_id: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """What a push says: the elements taken, and those that were not.

    ``closed`` are ids that the ATS has closed; ``complete``: it has told every open job by now.
    """

    pushed: tuple[Pushed, ...]
    problems: tuple[ElementProblem, ...]
    closed: tuple[str, ...] = ()
    complete: bool = False


@dataclass(frozen=True, slots=True)
class BatchRefused:
    """The whole batch could not be looked at: a stable code and a sentence with what to do."""

    code: str
    sentence: str


def parse(body: bytes) -> Batch | BatchRefused:
    """The batch in a JSON body: ``{"jobs": [ … ], "closed": [ids], "complete": true}`` or the bare list. Never raises.

    An element has the fields of our records and, optionally, ``status`` (``open`` or ``closed``; a closed one needs
    its id only). Of two elements with one id in a batch the second is refused, so that order cannot decide.
    """
    if len(body) > MAX_BYTES:
        return BatchRefused(
            "BATCH_TOO_LARGE", f"The batch has over {MAX_BYTES // 1_000_000} MB; send fewer jobs at once."
        )
    try:
        said = loaded(body)
    except ValueError as error:
        return BatchRefused("BAD_JSON", f"The body is not JSON ({error}); correct it and send it again.")
    elements = said.get("jobs") if isinstance(said, dict) else said
    if not isinstance(elements, list):
        return BatchRefused("NO_JOBS", 'The body has no list of jobs; send {"jobs": [ … ]}.')
    batch = check(elements)
    if isinstance(batch, BatchRefused) or not isinstance(said, dict):
        return batch
    return _with_word(batch, said.get("closed", []), said.get("complete", False))


def loaded(body: bytes) -> Any:
    """The body's JSON. Raises ValueError.

    A number beyond a double and half of a surrogate pair are JSON by the letter, and one element's mistake: the fast
    reader knows no such thing, so it is asked first and the patient one after it.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        try:
            return json.loads(body, parse_int=_number, parse_float=_number, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            raise error from None


def _number(text: str) -> int | float | str:
    """A number as it can be kept; as text where it is larger than that."""
    if len(text) < 30:
        value = float(text) if any(sign in text for sign in ".eE") else int(text)
        if abs(value) != float("inf"):
            return value
    return text


def _no_constant(text: str) -> Any:
    raise ValueError(f"{text} is no JSON")


def _with_word(batch: Batch, closed: Any, complete: Any) -> Batch | BatchRefused:
    if not isinstance(closed, list) or not all(isinstance(key, str) and 0 < len(key) <= MAX_ID for key in closed):
        return BatchRefused("BAD_CLOSED", "`closed` must be a list of the ATS's own job ids; send it so.")
    if len(closed) > MAX_BATCH:
        return BatchRefused("BATCH_TOO_LONG", f"The batch closes {len(closed)} jobs; send at most {MAX_BATCH} at once.")
    if not isinstance(complete, bool):
        return BatchRefused("BAD_COMPLETE", "`complete` must be true or false: whether every open job is told now.")
    # As the ids of jobs are kept.
    return replace(batch, closed=tuple(scalar(key) for key in closed), complete=complete)


def check(elements: list[Any]) -> Batch | BatchRefused:
    """The batch of elements already taken apart, as JSON values."""
    if len(elements) > MAX_BATCH:
        return BatchRefused("BATCH_TOO_LONG", f"The batch has {len(elements)} jobs; send at most {MAX_BATCH} at once.")
    pushed: list[Pushed] = []
    problems: list[ElementProblem] = []
    seen: set[str] = set()
    for index, element in enumerate(elements):
        taken = _element(index, element, seen)
        if isinstance(taken, Pushed):
            seen.add(taken.job.id)
            pushed.append(taken)
        else:
            problems.append(taken)
    return Batch(tuple(pushed), tuple(problems))


def _element(index: int, element: Any, seen: set[str]) -> Pushed | ElementProblem:
    if not isinstance(element, dict):
        return ElementProblem(index, "", "NOT_AN_OBJECT", "The element is no JSON object; send one for each job.")
    status = element.get("status", "open")
    job = job_of({k: v for k, v in element.items() if k not in BESIDE}) if _shallow(element) else None
    wrong = _too_much(element) or _wrong_type(element) or (None if job else _NESTED)
    identifier = job.id if job else ""
    if wrong is None and job is not None:
        wrong = _wrong(job, status, seen)
    if wrong is not None or job is None:
        pointer, code, sentence = wrong or _NESTED
        return ElementProblem(index, pointer, code, sentence, identifier)
    return Pushed(index, job, Status(status))


_NESTED = ("", "TOO_NESTED", f"The element is nested more than {MAX_DEPTH} levels deep; send it flatter.")


def _shallow(element: Any) -> bool:
    level = [element]
    for _ in range(MAX_DEPTH):
        level = [
            part
            for node in level
            for part in (node.values() if isinstance(node, dict) else node)
            if isinstance(part, dict | list)
        ]
        if not level:
            return True
    return False


def _too_much(element: Mapping[str, Any]) -> tuple[str, str, str] | None:
    for name, value in element.items():
        if isinstance(value, str) and len(value.encode("utf-8", "replace")) > MAX_FIELD:
            named = scalar(name)[:60]
            what = f"The field {named} has over {MAX_FIELD // 1_000_000} MB"
            return f"/{named}", "FIELD_TOO_LARGE", f"{what}; shorten it."
    if len(element) > len(FIELDS) + MAX_EXTRA:
        return "", "TOO_MANY_FIELDS", f"The element has over {MAX_EXTRA} fields beside its own; send fewer."
    return None


def _wrong_type(element: Mapping[str, Any]) -> tuple[str, str, str] | None:
    for name in FIELDS:
        value = element.get(name)
        number = name in ("id", "employer_job_id", "requisition", "posted_at") and isinstance(value, int | float)
        if value is not None and not isinstance(value, str) and not (number and not isinstance(value, bool)):
            return f"/{name}", "WRONG_TYPE", f"The field {name} must be text; send it as a JSON string."
    return None


def _wrong(job: Job, status: Any, seen: set[str]) -> tuple[str, str, str] | None:
    if status not in tuple(Status):
        return "/status", "BAD_STATUS", 'The status is neither "open" nor "closed"; send one of them or leave it out.'
    if not job.id:
        return "/id", "MISSING_ID", "The job has no id; send the ATS's own id of the job, which never changes."
    if len(job.id) > MAX_ID:
        return "/id", "ID_TOO_LONG", f"The id has over {MAX_ID} characters; send the ATS's own, shorter id."
    if job.id in seen:
        return "/id", "ID_USED_TWICE", f"The id {job.id} stands twice in this batch; send each job once."
    if len(job.title) > MAX_TITLE:
        return "/title", "TITLE_TOO_LONG", f"The title has over {MAX_TITLE} characters; shorten it."
    return None
