"""A match as one HTML page: pairs by rule, what is left and why, and the fixes by cause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import polars as pl
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from changeover.match.differing_words import side_by_side
from changeover.match.report_causes import CAUSES, Cause, with_causes
from changeover.match.report_pictures import Side, bar, bridge
from changeover.wording import plural

# So many jobs of one cause are shown and the rest counted, so that the report of a large company still opens.
JOBS, DOUBTS, GROUPS = 100, 50, 20
MEMBERS = 30
_LONGEST = 300
_LINES = (
    ("Title", "title"),
    ("Place", "location"),
    ("Employer Job ID", "employer_job_id"),
    ("Company", "company"),
)
_RULES = {
    "confirmed": "A person said so",
    "employer_job_id": "The same Employer Job ID",
    "employer_job_id_in_text": "The Employer Job ID stands in the address or the text",
    "same_text": "The same words, once on each side",
    "same_meaning": "The same meaning, once on each side",
    "text": "Alike, and well ahead of every other",
}
_TEMPLATES = Environment(
    loader=PackageLoader("changeover.match"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
)


@dataclass(frozen=True, slots=True)
class SideRead:
    """What a report says of one source: where it is, its kind, its jobs, and whether it was read whole."""

    location: str
    kind: str
    jobs: int
    whole: bool
    problems: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Counted:
    """A line of a picture: what, how many, its bar, and the part of the page that tells more."""

    words: str
    count: int
    bar: Markup
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One ATS job that a legacy job may be; ``lines`` are (name, legacy words, ATS words), differing words marked."""

    row: dict[str, Any]
    lines: list[tuple[str, Markup, Markup]]
    percent: str


@dataclass(frozen=True, slots=True)
class Group:
    """Jobs that no text tells apart: what they say, how many each side has, and the first ids of either side."""

    row: dict[str, Any]
    legacy: int
    ats: int
    legacy_ids: list[str]
    ats_ids: list[str]


@dataclass(frozen=True, slots=True)
class Shown:
    """A cause with its number of jobs: ``rows`` shown, ``doubts`` with their candidates, ``groups`` as blocks."""

    cause: Cause
    count: int
    rows: list[dict[str, Any]] = field(default_factory=list)
    doubts: list[list[Candidate]] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)

    @property
    def left_out(self) -> int:
        """How many jobs are only counted."""
        return self.count - len(self.rows) - len(self.doubts) - sum(group.legacy for group in self.groups)


def report(rows: pl.DataFrame, sides: tuple[SideRead, SideRead], *, made: datetime, style: str, by: str = "") -> str:
    """The page. ``rows`` are those of beside.beside, ``style`` is the look's style sheet.

    The page needs nothing from elsewhere and runs no script. Its size is bounded: at most :data:`JOBS` jobs and
    :data:`DOUBTS` doubtful ones of a cause are shown, texts are cut at 300 characters, and what is left out is counted.
    """
    told = with_causes(rows.drop("evidence"))
    # A doubtful job has several suggestions and counts once, under the cause of its best.
    doubtful = told.filter(decision="review").sort("score", descending=True, maintain_order=True)
    jobs = pl.concat([doubtful.unique("legacy_id", keep="first", maintain_order=True), _others(told)])
    counts = dict(jobs.drop_nulls("cause").group_by("cause").len().iter_rows())
    shown = [_shown(cause, counts[cause.name], jobs, doubtful) for cause in CAUSES if cause.name in counts]
    legacy, ats = _side(told, "legacy"), _side(told, "ats")
    return _TEMPLATES.get_template("report.html").render(
        sides=sides,
        made=made,
        style=Markup(style),  # noqa: S704 - the product's own style sheet
        legacy=legacy,
        ats=ats,
        bridge=bridge(legacy, ats, _label(legacy, ats)),
        rules=_rules(told),
        causes=shown,
        left=_left(shown),
        by=by,
        groups=_groups(jobs) if by else [],
        groups_in_all=told.get_column("group").n_unique() if by else 0,
    )


def _others(told: pl.DataFrame) -> pl.DataFrame:
    return told.filter(pl.col("decision") != "review")


def _side(told: pl.DataFrame, side: str) -> Side:
    ids = told.group_by("decision").agg(pl.col(f"{side}_id").n_unique())
    counts: dict[str, int] = dict(ids.iter_rows())
    return Side(*(counts.get(name, 0) for name in ("paired", "review", f"{side}_only")))


def _label(legacy: Side, ats: Side) -> str:
    return (
        f"Of {plural(legacy.jobs, 'legacy job')} {legacy.paired:,} are paired, {legacy.doubtful:,} in doubt and "
        f"{legacy.alone:,} alone; of {plural(ats.jobs, 'ATS job')} {ats.alone:,} are alone."
    )


def _rules(told: pl.DataFrame) -> list[Counted]:
    counts = told.filter(decision="paired").group_by("rule").len().sort("len", "rule", descending=[True, False])
    most = counts.get_column("len").max() or 1
    return [
        Counted(_RULES.get(rule, rule.replace("_", " ").capitalize()), count, bar(count, int(str(most)), "matched"))
        for rule, count in counts.iter_rows()
    ]


def _left(shown: list[Shown]) -> list[Counted]:
    kinds = {"review": "doubt", "legacy_only": "lone-legacy", "ats_only": "lone-ats"}
    left = [one for one in shown if one.cause.decision in kinds]
    most = max((one.count for one in left), default=1)
    return [
        Counted(one.cause.short, one.count, bar(one.count, most, kinds[one.cause.decision]), one.cause.name)
        for one in left
    ]


def _groups(jobs: pl.DataFrame) -> list[dict[str, Any]]:
    """The groups with the most legacy jobs left, of each how many jobs are what."""
    names = ("paired", "review", "legacy_only", "ats_only")
    counted = jobs.group_by("group").agg((pl.col("decision") == name).sum().alias(name) for name in names)
    most = counted.sort(pl.col("review") + pl.col("legacy_only"), "ats_only", "group", descending=[True, True, False])
    return most.head(GROUPS).to_dicts()


def _shown(cause: Cause, count: int, jobs: pl.DataFrame, doubtful: pl.DataFrame) -> Shown:
    mine = jobs.filter(cause=cause.name)
    if cause.decision != "review":
        return Shown(cause, count, [_cut(row) for row in mine.head(JOBS).to_dicts()])
    groups = _twins(mine, doubtful)
    first = mine.filter(twins="").head(DOUBTS).select("legacy_id")
    candidates: dict[str, list[Candidate]] = {one: [] for one in first.get_column("legacy_id").to_list()}
    for row in doubtful.join(first, on="legacy_id", how="semi").to_dicts():
        candidates[row["legacy_id"]].append(_candidate(_cut(row)))
    return Shown(cause, count, doubts=list(candidates.values()), groups=groups)


def _twins(mine: pl.DataFrame, doubtful: pl.DataFrame) -> list[Group]:
    """The groups of this cause's jobs, the largest first."""
    by = [name for name in ("group", "twins") if name in mine.columns]
    inside = doubtful.filter(pl.col("twins") != "").join(
        mine.select(*by, "legacy_id"), on=[*by, "legacy_id"], how="semi"
    )
    ids = [pl.col(f"{side}_id").unique(maintain_order=True) for side in ("legacy", "ats")]
    counted = inside.group_by(by, maintain_order=True).agg(
        pl.struct(pl.all()).first().alias("row"),
        *(pl.col(f"{side}_id").n_unique().alias(side) for side in ("legacy", "ats")),
        *(each.head(MEMBERS).name.suffix("s") for each in ids),
    )
    largest = counted.sort("legacy", "twins", descending=[True, False]).head(GROUPS)
    return [
        Group(_cut(one["row"]), one["legacy"], one["ats"], one["legacy_ids"], one["ats_ids"])
        for one in largest.to_dicts()
    ]


def _candidate(row: dict[str, Any]) -> Candidate:
    lines = []
    for name, column in _LINES:
        old, new = row[f"legacy_{column}"] or "", row[f"ats_{column}"] or ""
        if (old or new) and not (column == "company" and old == new):
            lines.append((name, *side_by_side(old, new)))
    return Candidate(row, lines, percent(row["score"]))


def percent(score: float) -> str:
    """A probability as a person reads it; only what is certain is 0 or 100."""
    return f"{100 * score:.0f} %" if 0.01 <= score <= 0.99 else "under 1 %" if score < 0.01 else "over 99 %"


def _cut(row: dict[str, Any]) -> dict[str, Any]:
    return {name: _short(value) if isinstance(value, str) else value for name, value in row.items()}


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
