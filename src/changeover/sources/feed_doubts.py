"""Why a feed is not taken as whole: its own count, its closing tag, and markup that does not belong."""

from __future__ import annotations

import re

from changeover.sources.source import Problem
from changeover.sources.xml_records import Outline, plain

_FIELD = re.compile(rb"<([\w:.\-]+)[^<>]*>\s*(?:<!\[CDATA\[)?\s*([^<\]]{0,200}?)\s*(?:\]\]>)?\s*</")


def head_fields(outline: Outline) -> dict[str, str]:
    """The header's fields by plain name."""
    return {plain(name): value.decode("utf-8", "replace") for name, value in _FIELD.findall(outline.head)}


def claimed(outline: Outline) -> int | None:
    """The number of jobs that the feed says it has, where it says so."""
    count = head_fields(outline).get("expectedjobcount", "")
    return int(count) if count.isascii() and count.isdigit() and len(count) < 10 else None


def count_doubts(outline: Outline, seen: int) -> list[Problem]:
    """Doubts from what the header says: another number of jobs than were seen, or changes only."""
    doubts = []
    if head_fields(outline).get("isfullfeed", "").lower() in ("false", "no", "0"):
        doubts.append(
            Problem(
                "INCREMENTAL",
                "This feed says that it holds changes only, so a job that it leaves out may be open; "
                "ask for the full feed.",
            )
        )
    expected = claimed(outline)
    if expected is not None and expected != seen:
        doubts.append(
            Problem(
                "COUNT_MISMATCH",
                f"The feed says that it has {expected} jobs but holds {seen}, so it is not taken as whole; "
                "read it again when it has been written to its end.",
            )
        )
    return doubts


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
                f"The feed ends before its closing tag </{outline.root}>, so jobs may be missing; the {seen} records "
                "before the cut were looked at; read it again when it is whole.",
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
