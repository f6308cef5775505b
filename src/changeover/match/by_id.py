"""Pairs by employer job id, however it is written, unless the texts say otherwise."""

from __future__ import annotations

import numpy as np
import polars as pl

from changeover.match.assignment import clear
from changeover.match.evidence import COLUMN, KNOWN_LADDERS, PLACE, WORDING, Levels, blank, log_odds, text_levels
from changeover.match.found import Found, Rows, Tally, paired
from changeover.match.normalise import ids_in_text, loose_ids, strict_id
from changeover.match.particulars import particular_levels
from changeover.match.profiles import Profiles
from changeover.match.tiers import once_on_both, sharing
from changeover.match.weights import Weights

# One id on more pairs of jobs than this within a company is no id.
_MOST = 2_500
_ID = KNOWN_LADDERS["employer_job_id"]


def same_id_and_text(legacy: pl.DataFrame, ats: pl.DataFrame, tally: Tally, weights: Weights) -> list[Found]:
    """Jobs whose id and title are the same characters, the id once on each side. One hash join."""
    pairs = _allowed(once_on_both(legacy, ats, ["company_number", "employer_job_id"]), tally)
    same, placed = (_equal(*_of_both(pairs, tally, name)) for name in ("title", "location"))
    return [
        _exact(pairs.filter(same & placed), "same", "same_text", weights),
        _exact(pairs.filter(same & ~placed), "same", "unknown", weights),
    ]


def _exact(pairs: pl.DataFrame, id_level: str, place: str, weights: Weights) -> Found:
    levels = _levels(id_level, place)
    return paired("employer_job_id", pairs, levels, log_odds(levels, weights))


def with_ids(side: pl.DataFrame) -> pl.DataFrame:
    """The jobs with ``loose``, their employer job id as two systems may agree on it."""
    return side.with_columns(loose_ids(side.get_column("employer_job_id")).alias("loose"))


def same_id_and_title(legacy: pl.DataFrame, ats: pl.DataFrame, tally: Tally, weights: Weights) -> list[Found]:
    """Jobs whose ids agree once on each side, with the same title to the letter. One hash join."""
    pairs = _allowed(once_on_both(legacy, ats, ["company_number", "loose"]), tally)
    titles = _of_both(pairs, tally, "title")
    same = pairs.filter(_equal(*(title.str.to_lowercase() for title in titles)))
    numbers = pl.DataFrame(dict(zip(("one", "two"), _of_both(same, tally, "employer_job_id"), strict=True)))
    marked = same.with_columns(
        numbers.select(strict_id(pl.col("one")) == strict_id(pl.col("two"))).to_series().alias("strict"),
        _equal(*_of_both(same, tally, "location")).alias("placed"),
    )
    found = []
    for id_level, to_the_letter in (("same", True), ("same_reformatted", False)):
        for place, placed in (("same_text", True), ("unknown", False)):
            found.append(_exact(marked.filter(strict=to_the_letter, placed=placed), id_level, place, weights))
    return found


def same_id(profiles: Profiles, legacy: pl.DataFrame, ats: pl.DataFrame, tally: Tally, weights: Weights) -> list[Found]:
    """Jobs whose ids agree though their titles differ, or of which several share one id; ids do get recycled.

    Accepted where the texts do not contradict too loudly and no other job of that id is nearly as good.
    """
    pairs = _allowed(sharing(legacy, ats, ["company_number", "loose"], _MOST), tally)
    return _judge("employer_job_id", pairs, profiles, legacy, ats, weights)


def id_in_text(
    profiles: Profiles, legacy: pl.DataFrame, ats: pl.DataFrame, tally: Tally, weights: Weights
) -> list[Found]:
    """Jobs without an id of which one names, in its address, title or description, an id of the other side."""
    pairs = pl.concat([_named_in(legacy, ats), _named_in(ats, legacy).select(left="right", right="left")])
    once = pairs.unique().filter(pl.col("left").is_unique(), pl.col("right").is_unique()).sort("left")
    return _judge("employer_job_id_in_text", _allowed(once, tally), profiles, legacy, ats, weights, "found_in_text")


def _judge(
    rule: str, pairs: pl.DataFrame, profiles: Profiles, legacy: pl.DataFrame, ats: pl.DataFrame, weights: Weights,
    id_level: str = "",
) -> list[Found]:  # fmt: skip
    left, right = (pairs.get_column(name).to_numpy().astype(np.int64) for name in ("left", "right"))
    mine, yours = _positions(legacy, left), _positions(ats, right)
    levels = blank(len(left))
    text_levels(profiles, _profile(legacy, mine), _profile(ats, yours), levels)
    particular_levels(legacy, ats, mine, yours, levels)
    if id_level:
        levels[:, COLUMN["employer_job_id"]] = _ID.index(id_level)
    score = log_odds(levels, weights)
    told = score >= weights.accept_by_id
    won = _in_rounds(left, right, score, told, weights.margin)
    found = Found(rule, True, left, right, levels, score)
    return [
        found.only(won),
        found.only(~won & told, f"{rule}_shared", paired=False),
        found.only(~won & ~told, f"{rule}_recycled", paired=False),
    ]


def _in_rounds(left: Rows, right: Rows, score: np.ndarray, able: np.ndarray, margin: float) -> np.ndarray:
    """The clear winners; those out of the race, who is clear among the rest; until nobody is."""
    won = np.zeros(len(left), np.bool_)
    racing = able.copy()
    while racing.any():
        at = np.flatnonzero(racing)
        new = at[clear(left[at], right[at], score[at], margin)]
        if not len(new):
            break
        won[new] = True
        racing &= ~(np.isin(left, left[new]) | np.isin(right, right[new]))
    return won


def ids_named(side: pl.DataFrame) -> pl.DataFrame:
    """``company_number, row, loose``: what looks like an employer job id in the texts of the jobs that have none."""
    without = side.filter(pl.col("loose").is_null())
    said = pl.concat_str("url", "title", "description", separator=" ", ignore_nulls=True).str.slice(0, 3000)
    tokens = without.select("company_number", "row", ids_in_text(said).alias("loose"))
    each = tokens.explode("loose").drop_nulls().filter(~pl.col("loose").str.contains(r"^(?:19|20)\d\d$"))
    return each.with_columns(loose_ids(each.get_column("loose")).alias("loose")).drop_nulls().unique()


def _named_in(texts: pl.DataFrame, numbered: pl.DataFrame) -> pl.DataFrame:
    """``left`` (a job without id whose text names exactly one id of ``numbered``), ``right`` (that job)."""
    known = numbered.filter(pl.col("loose").is_not_null()).select("company_number", "loose", right="row")
    if not known.height or not texts.get_column("loose").null_count():
        return pl.DataFrame(schema={"left": pl.UInt32, "right": pl.UInt32})
    pairs = ids_named(texts).join(known, on=["company_number", "loose"]).select(left="row", right="right")
    return pairs.filter(pl.col("left").is_unique(), pl.col("right").is_unique())


def _of_both(pairs: pl.DataFrame, tally: Tally, name: str) -> tuple[pl.Series, pl.Series]:
    """A field of both jobs of each pair."""
    legacy, ats = tally.intake.legacy.get_column(name), tally.intake.ats.get_column(name)
    return legacy.gather(pairs.get_column("left")), ats.gather(pairs.get_column("right"))


def _equal(one: pl.Series, two: pl.Series) -> pl.Series:
    """Where both are known and equal."""
    return (one == two).fill_null(False)


def _levels(id_level: str, place: str) -> Levels:
    levels = blank(1)
    levels[:, COLUMN["employer_job_id"]] = _ID.index(id_level)
    levels[:, COLUMN["wording"]] = WORDING.index("same_text")
    levels[:, COLUMN["place"]] = PLACE.index(place)
    return levels


def _allowed(pairs: pl.DataFrame, tally: Tally) -> pl.DataFrame:
    if not len(tally.refused):
        return pairs
    rows = (pairs.get_column(name).to_numpy().astype(np.int64) for name in ("left", "right"))
    return pairs.filter(pl.Series(tally.allowed(*rows)))


def _positions(side: pl.DataFrame, rows: Rows) -> Rows:
    """Where these rows stand in the frame."""
    at = np.full(1 + max(int(rows.max(initial=0)), int(side.get_column("row").to_numpy().max(initial=0))), -1, np.int64)
    at[side.get_column("row").to_numpy()] = np.arange(side.height)
    return at[rows]


def _profile(side: pl.DataFrame, positions: Rows) -> Rows:
    return side.get_column("profile").to_numpy().astype(np.int64)[positions]
