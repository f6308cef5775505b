"""Why a feed is not taken as whole: its own count, its closing tag, and markup that does not belong."""

from __future__ import annotations

import re

from changeover.sources.source import Problem, Tells
from changeover.sources.xml_records import Outline, plain
from changeover.wording import plural

_TAG = re.compile(rb"<!\[CDATA\[.*?(?:\]\]>|\Z)|<(/?)([A-Za-z_][\w:.\-]*+)[^<>]*?(/?)>", re.DOTALL)
_OF_THE_HEAD = frozenset(
    """channel image author contributor publisher company link category textinput skiphours skipdays hour day header
    head meta metadata paging pagination stats statistics language""".split()  # noqa: SIM905 - words read better
)
_ROOT = re.compile(rb"<[A-Za-z_][\w:.\-]*(\s[^<>]*)")
_ATTRIBUTE = re.compile(r"""(?<![\w:.\-])([\w:.\-]++)\s*+=\s*+["']([^"']{0,200})["']""")
_FIELD = re.compile(rb"<([\w:.\-]++)[^<>]*+>\s*+(?:<!\[CDATA\[)?+\s*+([^<\]]{0,400}+)(?:\]\]>)?+\s*+</")


# What a head says of how many jobs there are, and of a further page.
_TOTALS = (
    *("total", "totalcount", "totalresults", "totaljobs", "totalrecords", "totalitems", "totalnumber", "jobcount"),
    *("jobscount", "numberofjobs", "numjobs", "recordcount", "count"),
)
_FURTHER = ("next", "nextpage", "nextpageurl", "nextlink", "nexturl")
_PAGES = ("pages", "totalpages", "pagecount", "numpages")
_NEXT = re.compile(rb"""<(?:\w+:)?link\b[^<>]*?\brel\s*+=\s*+["']next["']""", re.IGNORECASE)
# What an answer says that is an error and no feed.
_ERRORS = ("error", "errormessage", "errorcode", "fault", "faultstring", "exception", "message")
_FAILED = frozenset(("error", "fail", "failed", "failure"))
_ALONE = re.compile(rb"\s*+(?:<\?[^<>]*+>\s*+)?+<([\w:.\-]++)[^<>]*+>\s*+([^<\s][^<]{0,200}+)[^<]*+</\1")


def head_fields(outline: Outline) -> dict[str, str]:
    """The header's fields by plain name."""
    return {plain(name): value.strip().decode("utf-8", "replace") for name, value in _FIELD.findall(outline.head)}


def root_attributes(outline: Outline) -> dict[str, str]:
    """The attributes of the feed's first element, in lower case."""
    found = _ROOT.search(outline.head)
    told = found[1].decode("utf-8", "replace") if found else ""
    return {name.lower(): value for name, value in _ATTRIBUTE.findall(told)}


def claimed(outline: Outline) -> int | None:
    """The number of jobs that the feed says it has, where it says so."""
    return _number(head_fields(outline).get("expectedjobcount", ""))


def _number(said: str) -> int | None:
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else None


def _around(outline: Outline) -> dict[str, str]:
    """What the head and the attributes of the first element say, by plain name."""
    return head_fields(outline) | {plain(name): value for name, value in root_attributes(outline).items()}


def error_told(outline: Outline) -> str:
    """What a feed without jobs says in place of them: an error, or a sentence; empty where it is merely empty."""
    said = _around(outline)
    words = [said[name] for name in _ERRORS if said.get(name)]
    if said.keys() & frozenset(_ERRORS[:-1]) or said.get("status", "").lower() in _FAILED:
        return next(iter(words), "") or "an error"
    alone = _ALONE.match(outline.head)
    return alone[2].decode("utf-8", "replace").strip() if alone else ""


def tells(outline: Outline, *, acts: bool = False) -> Tells:
    """How much the feed says that it tells: it is full, it holds changes only, or no word of it.

    ``acts``: its records say what to do with them (add, delete); without a word that it is full it is news then.
    """
    full = (head_fields(outline) | root_attributes(outline)).get("isfullfeed", "").lower()
    if full in ("true", "yes", "1"):
        return Tells.EVERYTHING
    return Tells.CHANGES if acts or full in ("false", "no", "0") else Tells.UNSAID


def count_doubts(outline: Outline, seen: int) -> list[Problem]:
    """The doubt that the feed says another number of jobs than were seen."""
    expected = claimed(outline)
    if expected is None:
        said = _around(outline)
        expected = next((number for name in _TOTALS if (number := _number(said.get(name, ""))) is not None), None)
        if expected is None or expected <= seen:
            return _further_doubts(outline, said) if expected is None else []
    if expected == seen:
        return []
    return [
        Problem(
            "COUNT_MISMATCH",
            f"The feed says that it has {plural(expected, 'job')} but holds {seen:,}, so it is not taken as whole; "
            "read it again when it has been written to its end.",
        )
    ]


def _further_doubts(outline: Outline, said: dict[str, str]) -> list[Problem]:
    more = _NEXT.search(outline.head) or any(said.get(name) for name in _FURTHER)
    if not more and not any((_number(said.get(name, "")) or 0) > 1 for name in _PAGES):
        return []
    return [Problem("MORE_PAGES", "The feed leads to a further page, so it is not whole; give one that is whole.")]


def structure_doubts(outline: Outline, seen: int) -> list[Problem]:
    """Doubts from what stands around the records."""
    doubts = []
    if outline.leading_junk:
        doubts.append(
            Problem(
                "LEADING_JUNK",
                "The feed begins with text that is not XML (as when it was saved from a browser), so it is not "
                "taken as whole; what follows was read; save or publish the feed itself.",
            )
        )
    if not outline.closed:
        doubts.append(
            Problem(
                "CUT_OFF",
                f"The feed ends before its closing tag </{outline.root}>, so jobs may be missing; before the cut "
                f"{plural(seen, 'record was', 'records were')} looked at; read it again when it is whole.",
            )
        )
    if outline.stray_tags or outline.trailing_junk:
        doubts.append(
            Problem(
                "MALFORMED",
                "Between or after the jobs stands markup that does not belong there, so a job may be missing; "
                "correct the feed's generator.",
            )
        )
    return doubts


def refusal(doctype: str) -> tuple[str, str]:
    """Code and sentence for a document that carries a DOCTYPE."""
    if "html" in doctype.lower()[:40]:
        return (
            "NOT_A_FEED",
            "This is a web page, not a feed; give the feed's own address, or read it as a career site.",
        )
    return (
        "DOCTYPE_REFUSED",
        "The feed carries a document type definition (DOCTYPE), by which a reader can be made to load files or run "
        "out of memory, so it was not read; publish the feed without it.",
    )


def unknown_record(outline: Outline, roots: frozenset[str]) -> str:
    """Of a feed in which no record was found: the name of an element that may be one, or "" if there is none.

    That is one with fields of its own, or one of several of its name; not what stands in the heads of feeds. ``roots``
    are names of what stands around records.
    """
    around: list[tuple[str, list[str]]] = []
    for found in _TAG.finditer(outline.head):
        name = plain(found[2] or b"")
        if not name:
            continue
        if found[1]:
            while around and around.pop()[0] != name:
                pass
            continue
        if around:
            parent, fields = around[-1]
            if name in fields and name not in _OF_THE_HEAD and parent not in _OF_THE_HEAD - {"channel"}:
                return name if parent in roots | {"channel"} else parent
            fields.append(name)
            if len(around) > 1 and len(fields) > 1 and parent not in roots | _OF_THE_HEAD:
                return parent
        if not found[3]:
            around.append((name, []))
    return ""
