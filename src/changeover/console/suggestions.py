"""Suggested pairs: one job on the board, and those in the ATS that it may be, word against word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from markupsafe import Markup, escape

from changeover.match.differing_words import side_by_side

_FIELDS = (
    ("Title", "title"),
    ("Place", "location"),
    ("Employer Job ID", "employer_job_id"),
    ("Company", "company"),
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One ATS job that the job on the board may be; ``lines`` are (name, board's words, ATS's words)."""

    row: Mapping[str, Any]
    lines: list[tuple[str, Markup, Markup]]
    percent: int
    because: str
    reason: Markup


@dataclass(frozen=True, slots=True)
class Suggested:
    """A job on the board with its candidates, best first; ``key`` is where the next page begins."""

    row: Mapping[str, Any]
    candidates: list[Candidate] = field(default_factory=list)
    key: str = ""


def suggested(rows: Iterable[Mapping[str, Any]]) -> list[Suggested]:
    """Rows of match/store (ordered by the job on the board) as jobs with their candidates."""
    made = []
    for _, group in groupby(rows, key=lambda row: row["legacy_job_id"]):
        mine = list(group)
        best = sorted(mine, key=lambda row: -row["score"])
        key = f"{mine[-1]['legacy_job_id']}-{mine[-1]['ats_job_id']}"
        made.append(Suggested(mine[0], [_candidate(row) for row in best], key))
    return made


def _candidate(row: Mapping[str, Any]) -> Candidate:
    lines = []
    for name, column in _FIELDS:
        old, new = row[f"legacy_{column}"] or "", row[f"ats_{column}"] or ""
        if column == "company" and (old == new or not (old and new)):
            continue
        if old and new:
            lines.append((name, *side_by_side(old, new)))
        elif old or new:
            lines.append((name, escape(old), escape(new)))
    return Candidate(row, lines, round(100 * row["score"]), BECAUSE.get(row["rule"], ""), emphasised(row["reason"]))


def emphasised(reason: str) -> Markup:
    """A reason with the words it marks as *differing* set apart; everything else is escaped."""
    parts = re.split(r"\*([^*]+)\*", reason)
    return Markup("").join(
        Markup("<em>{}</em>").format(part) if number % 2 else escape(part) for number, part in enumerate(parts)
    )


# Why a person is asked, for every rule of a suggestion (match/sentences.DOUBTING_RULES).
BECAUSE = {
    "twins": "Several jobs read exactly alike, so only a person can tell which is which.",
    "contradiction": "Alike but for one thing that makes two openings as a rule.",
    "doubt": "Not sure enough to pair them without a person.",
    "employer_job_id_shared": "They share an Employer Job ID, but so do others.",
    "employer_job_id_recycled": "They share an Employer Job ID, but read like two openings.",
    "employer_job_id_differs": "They read alike, but have different Employer Job IDs.",
    "employer_job_id_in_text_shared": "One names the other's Employer Job ID, but so do others.",
    "employer_job_id_in_text_recycled": "One names the other's Employer Job ID, but they read like two openings.",
}
