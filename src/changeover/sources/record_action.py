"""What a record of a feed says is to be done with it: shown, or taken down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from changeover.sources.source import Problem
from changeover.sources.xml_records import plain
from changeover.wording import plural

ACTS: Final = ("action", "@action", "command", "@command", "jobaction", "@jobaction", "operation", "@operation")
_STATES: Final = frozenset(
    """status @status jobstatus @jobstatus statuscode positionrecordinfo/status jobstate postingstatus
    publicationstatus publishstatus humanstatus positionstatus requisitionstatus vacancystatus
    jobopeningstatus""".split()  # noqa: SIM905 - words read better than a list
)
_IS_OPEN: Final = ("active", "@active", "isactive", "isopen", "islisted", "listed", "ispublished", "published")
_IS_OVER: Final = frozenset(
    """isexpired expired isclosed closed isdeleted deleted isarchived archived isdraft draft isfilled filled
    isinternal internal isremoved removed""".split()  # noqa: SIM905 - words read better than a list
)
_YES, _NO = frozenset(("true", "yes", "1")), frozenset(("false", "no", "0"))
_ADDED = frozenset(
    ["add", "addorupdate", "create", "insert", "post", "publish", "update", "upsert", "edit", "modify", "renew"]
)
_ENDED = frozenset(
    """delete deleted remove removed close closed expire expired unpublish unpublished end
    ended""".split()  # noqa: SIM905 - words read better than a list
)
_NOT_OPEN = _ENDED | frozenset(
    """filled inactive archived cancelled canceled withdrawn draft incomplete onhold on_hold paused suspended
    unlisted internal""".split()  # noqa: SIM905 - words read better than a list
)
_OVER: Final[Mapping[str, frozenset[str]]] = {
    **dict.fromkeys(ACTS, _ENDED),
    **dict.fromkeys(_STATES, _NOT_OPEN),
    **dict.fromkeys(_IS_OPEN, _NO),
    **dict.fromkeys(_IS_OVER, _YES),
}
"""The fields that say whether a job is open, each with the words by which it says that it is not."""

_TELLING: Final = frozenset(_OVER)


def acts(records: Iterable[Mapping[str, list[str]]]) -> bool:
    """True if a record says what is to be done with it, as feeds of changes do."""
    return any(_said(record, ACTS) & (_ADDED | _ENDED) for record in records)


def ended(record: Mapping[str, list[str]]) -> bool:
    """True if the record says that its job is over, or not to be shown."""
    if _TELLING.isdisjoint(record):
        return False
    telling = _OVER.keys() & record.keys()
    return any(
        _word(value).strip().casefold().replace(" ", "") in _OVER[name] for name in telling for value in record[name]
    )


def words(record: Mapping[str, Any]) -> dict[str, list[str]]:
    """What a record of JSON or CSV says in a word, by plain name; a state may be the job's, or a part of a country."""
    said = {plain(str(name)): _word(value) for name, value in record.items()}
    said.setdefault("jobstate", said.get("state", ""))
    return {name: [word] for name, word in said.items() if word}


def _word(value: Any) -> str:
    """A value as a word: text, a yes or no, or what an object that has a name is called; empty where it is none."""
    if isinstance(value, dict):
        value = next(filter(None, (value.get(called) for called in ("label", "name", "value"))), "")
    if isinstance(value, bool) or value in (0, 1):
        return str(value).lower()
    return value if isinstance(value, str) and len(value) < 40 else ""


def closing(over: int) -> list[Problem]:
    """The note that so many records say that their jobs are over."""
    if not over:
        return []
    what = plural(over, "record says that its job is", "records say that their jobs are")
    return [Problem("NOT_OPEN", f"{what} over or not to be shown, so it is not taken for an open job.")]


def _said(record: Mapping[str, list[str]], names: Iterable[str]) -> set[str]:
    return {value.strip().casefold() for name in names for value in record.get(name, ()) if len(value) < 40}
