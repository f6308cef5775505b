"""What a record of a feed says is to be done with it: shown, or taken down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from changeover.sources.source import Problem
from changeover.sources.xml_records import plain
from changeover.wording import plural

ACTS: Final = ("action", "@action", "command", "@command", "jobaction", "@jobaction", "operation", "@operation")
_STATES: Final = ("status", "@status", "jobstatus", "@jobstatus", "statuscode", "positionrecordinfo/status")
_ADDED = frozenset(
    ["add", "addorupdate", "create", "insert", "post", "publish", "update", "upsert", "edit", "modify", "renew"]
)
_ENDED = frozenset(
    [
        "delete",
        "deleted",
        "remove",
        "removed",
        "close",
        "closed",
        "expire",
        "expired",
        "unpublish",
        "unpublished",
        "end",
        "ended",
    ]
)
_NOT_OPEN = _ENDED | frozenset(
    ["filled", "inactive", "archived", "cancelled", "canceled", "withdrawn", "draft", "incomplete"]
)
_SAY = frozenset((*ACTS, *_STATES))


def acts(records: Iterable[Mapping[str, list[str]]]) -> bool:
    """True if a record says what is to be done with it, as feeds of changes do."""
    return any(_said(record, ACTS) & (_ADDED | _ENDED) for record in records)


def ended(record: Mapping[str, list[str]]) -> bool:
    """True if the record says that its job is over, or not to be shown."""
    if _SAY.isdisjoint(record):
        return False
    return bool(_said(record, ACTS) & _ENDED or _said(record, _STATES) & _NOT_OPEN)


def words(record: Mapping[str, Any]) -> dict[str, list[str]]:
    """What a record of JSON or CSV says in a word, by plain name."""
    return {plain(name): [value] for name, value in record.items() if isinstance(value, str) and len(value) < 40}


def closing(over: int) -> list[Problem]:
    """The note that so many records say that their jobs are over."""
    if not over:
        return []
    what = plural(over, "record says that its job is", "records say that their jobs are")
    return [Problem("NOT_OPEN", f"{what} over or not to be shown, so it is not taken for an open job.")]


def _said(record: Mapping[str, list[str]], names: Iterable[str]) -> set[str]:
    return {value.strip().casefold() for name in names for value in record.get(name, ()) if len(value) < 40}
