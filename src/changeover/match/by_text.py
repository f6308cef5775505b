"""Pairs by what jobs say: a text that stands once on each side, then texts scored against rivals."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from changeover.match.assignment import clear, lead
from changeover.match.candidates import pairs_of
from changeover.match.evidence import (
    COLUMN,
    COMPARED,
    KNOWN_LADDERS,
    PLACE,
    WORDING,
    Floats,
    Levels,
    at_most,
    blank,
    contradicts,
    crowd_levels,
    lead_levels,
    log_odds,
    place_levels,
    word_levels,
    wording_levels,
)
from changeover.match.found import Found, Rows, Tally
from changeover.match.particulars import description_levels, particular_levels, without_boilerplate
from changeover.match.profiles import Profiles
from changeover.match.tiers import once_on_both
from changeover.match.twins import Compared, groups
from changeover.match.weights import Weights

_ONCE = KNOWN_LADDERS["stands_once"]
# A job as it reads: jobs of a company that are equal in all of these are twins, and compared once.
_TWIN = ("company_number", "profile", "loose", "workplace", "held", "pay", "day", "description_hash")
_ID = KNOWN_LADDERS["employer_job_id"]
_SAME_ID = [_ID.index(level) for level in ("same", "same_reformatted")]
_ALIKE = [KNOWN_LADDERS["description"].index(level) for level in ("same", "similar")]
_DIFFERS = _ID.index("differs")


def standing_once(
    profiles: Profiles, legacy: pl.DataFrame, ats: pl.DataFrame, tally: Tally, weights: Weights
) -> list[Found]:
    """Jobs of the same words (then: the same meaning) at the same place that stand once on each side. Hash joins.

    Where their employer job ids differ they are not paired but shown: one of the ids may be a slip.
    """
    found = []
    mine, yours = (side.filter(pl.col("readable")) for side in (legacy, ats))
    for key, rule, wording in (("plain", "same_text", "same_text"), ("meaning", "same_meaning", "same_core")):
        pairs = once_on_both(
            *_on_both(profiles, mine, yours, ["company_number", key]), ["company_number", key, "place"]
        )
        left, right = (pairs.get_column(name).to_numpy().astype(np.int64) for name in ("left", "right"))
        id_level, placed = _id_level(mine, yours, pairs), _placed(mine, left)
        allowed = tally.allowed(left, right)
        for level in np.unique(id_level).tolist():
            for place, at in ((PLACE.index("same_cities"), placed), (PLACE.index("unknown"), ~placed)):
                levels = blank(1)
                levels[:, COLUMN["stands_once"]] = _ONCE.index(rule)
                levels[:, COLUMN["wording"]] = WORDING.index(wording)
                levels[:, COLUMN["employer_job_id"]], levels[:, COLUMN["place"]] = level, place
                some = at & (id_level == level)
                told = Found(rule, True, left[some], right[some], levels, log_odds(levels, weights))
                found.append(_against(told) if level == _DIFFERS else told.only(allowed[some]))
        fine = allowed & (id_level != _DIFFERS)
        mine, yours = (_others(side, taken) for side, taken in ((mine, left[fine]), (yours, right[fine])))
    return found


def _on_both(
    profiles: Profiles, legacy: pl.DataFrame, ats: pl.DataFrame, keys: list[str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The jobs of which the other side has one of the same ``keys``, with ``place``, which is read of them alone."""
    mine = legacy.join(ats.select(keys), on=keys, how="semi")
    yours = ats.join(mine.select(keys), on=keys, how="semi")
    one, two = (
        side.select("row", *keys, pl.Series("place", profiles.places(side.get_column("profile").to_numpy())))
        for side in (mine, yours)
    )
    return one, two


def _against(told: Found) -> Found:
    """The same texts with different employer job ids: shown, not paired."""
    count = len(told.left)
    levels, score = told.levels.repeat(count, 0), told.score.repeat(count)
    return Found("employer_job_id_differs", False, told.left, told.right, levels, score)


def _placed(side: pl.DataFrame, rows: Rows) -> NDArray[np.bool_]:
    """Which of these rows name a place at all: two that name none are not at the same place."""
    known = side.filter(pl.col("location").is_not_null()).get_column("row").to_numpy()
    return np.isin(rows, known)


def _others(side: pl.DataFrame, taken: Rows) -> pl.DataFrame:
    return side.filter(~pl.col("row").is_in(taken.tolist())) if len(taken) else side


def _id_level(legacy: pl.DataFrame, ats: pl.DataFrame, pairs: pl.DataFrame) -> NDArray[np.int64]:
    """What the employer job ids say of each pair: both missing, one missing, the same or another."""
    both = pairs.join(legacy.select(left="row", mine="loose"), on="left", how="left", maintain_order="left").join(
        ats.select(right="row", yours="loose"), on="right", how="left", maintain_order="left"
    )
    known = [both.get_column(name).is_not_null().to_numpy() for name in ("mine", "yours")]
    same = (both.get_column("mine") == both.get_column("yours")).fill_null(False).to_numpy()
    steps = [~known[0] & ~known[1], ~(known[0] & known[1]), same]
    return np.select(steps, [_ID.index(name) for name in ("both_missing", "one_missing", "same_reformatted")], _DIFFERS)


def scored(profiles: Profiles, legacy: pl.DataFrame, ats: pl.DataFrame, tally: Tally, weights: Weights) -> list[Found]:
    """Every text against the texts it may be: scored, compared with its rivals, accepted if clearly the best."""
    mine, yours = distinct(legacy), distinct(ats)
    left, right, levels = compared(profiles, mine, yours, tally, weights)
    base = log_odds(levels, weights)
    lead_levels(*leads(mine, yours, left, right, base), levels)
    score = log_odds(levels, weights)
    twins = (_many(mine)[left] > 1) | (_many(yours)[right] > 1)
    against = contradicts(levels)
    # Jobs of one employer job id have been judged by it; here they are rivals only.
    judged = np.isin(levels[:, COLUMN["employer_job_id"]], _SAME_ID)
    won = clear(left, right, base, weights.margin) & (score >= weights.accept) & ~twins & ~against & ~judged
    akin = (levels[:, COLUMN["shared_words"]] > 0) | (levels[:, COLUMN["wording"]] < WORDING.index("different"))
    akin |= np.isin(levels[:, COLUMN["description"]], _ALIKE)
    doubt = ~won & akin & (score >= weights.review)
    rows = [side.get_column("row").to_numpy().astype(np.int64)[at] for side, at in ((mine, left), (yours, right))]
    found = Found("text", True, rows[0], rows[1], levels, score)
    among = Compared(mine, yours, left, right, levels, base, score)
    group = groups(profiles, among, doubt & ~against, won, weights.margin, tally)
    if group is not None:
        # A job of a group is suggested to others of a group there, and nowhere else.
        doubt &= ~(_inside(mine, left, group.left) & _inside(yours, right, group.right))
    each = _each_twin(found.only(doubt & twins, "twins", paired=False), mine, yours, left, right, doubt & twins)
    return [
        found.only(won),
        *([group] if group is not None else []),
        each,
        found.only(doubt & ~twins & against, "contradiction", paired=False),
        found.only(doubt & ~twins & ~against, "doubt", paired=False),
    ]


def _inside(side: pl.DataFrame, at: Rows, rows: Rows) -> NDArray[np.bool_]:
    """Which of the texts ``at`` read as these jobs do."""
    every = side.select("members").with_row_index("text").explode("members")
    inside = np.zeros(side.height, np.bool_)
    inside[every.filter(pl.Series(np.isin(every.get_column("members").to_numpy(), rows))).get_column("text")] = True
    return inside[at]


def compared(
    profiles: Profiles, mine: pl.DataFrame, yours: pl.DataFrame, tally: Tally, weights: Weights
) -> tuple[Rows, Rows, Levels]:
    """Positions of pairs in both frames, with all evidence but their leads; only those worth being a rival."""
    crowd = _crowd(mine, tally)
    kept: list[tuple[Rows, Rows, Levels]] = []
    one, two = (side.get_column("profile").to_numpy() for side in (mine, yours))
    row, other = (side.get_column("row").to_numpy().astype(np.int64) for side in (mine, yours))
    for left, right in pairs_of(mine, yours, profiles):
        levels = blank(len(left))
        particular_levels(mine, yours, left, right, levels)
        able = tally.allowed(row[left], other[right]) & (levels[:, COLUMN["employer_job_id"]] != _DIFFERS)
        left, right, levels = left[able], right[able], levels[able]
        word_levels(profiles, one[left], two[right], levels)
        crowd_levels({name: numbers[left] for name, numbers in crowd.items()}, levels)
        for unread, fill in ((COMPARED, wording_levels), (COMPARED[1:], place_levels)):
            hopeful = at_most(levels, unread, weights) >= weights.consider
            left, right, levels = left[hopeful], right[hopeful], levels[hopeful]
            fill(profiles, one[left], two[right], levels)
        worth = log_odds(levels, weights) >= weights.consider
        left, right, levels = left[worth], right[worth], levels[worth]
        description_levels(mine, yours, left, right, levels)
        kept.append((left, right, levels))
    if not kept:
        return np.zeros(0, np.int64), np.zeros(0, np.int64), blank(0)
    return (
        np.concatenate([k[0] for k in kept]),
        np.concatenate([k[1] for k in kept]),
        np.concatenate([k[2] for k in kept]),
    )


def leads(mine: pl.DataFrame, yours: pl.DataFrame, left: Rows, right: Rows, base: Floats) -> tuple[Floats, Floats]:
    """How far each pair is ahead of its rivals, seen from either side; a twin is a rival that is just as good."""
    of_legacy, of_ats = lead(left, base), lead(right, base)
    return (
        np.where(_many(yours)[right] > 1, np.minimum(of_legacy, 0.0), of_legacy),
        np.where(_many(mine)[left] > 1, np.minimum(of_ats, 0.0), of_ats),
    )


def distinct(side: pl.DataFrame) -> pl.DataFrame:
    """One row for all jobs of a company that read alike: the first by id, ``many`` of them, ``members`` by id."""
    keys = list(_TWIN)
    readable = without_boilerplate(side.filter(pl.col("readable")))
    grouped = readable.sort("company_number", "id").group_by(keys, maintain_order=True)
    return grouped.agg(
        pl.col("row").first(),
        pl.len().alias("many"),
        pl.col("employer_job_id", "description").first(),
        pl.col("row").alias("members"),
    )


def _many(side: pl.DataFrame) -> NDArray[np.int64]:
    return side.get_column("many").to_numpy().astype(np.int64)


def _crowd(mine: pl.DataFrame, tally: Tally) -> Mapping[str, Rows]:
    """Per position of ``mine``: how many jobs its company has on each side, in all and not yet paired."""
    crowd: dict[str, Rows] = {}
    company = mine.get_column("company_number").to_numpy()
    sides = (("legacy", tally.intake.legacy, tally.taken[0]), ("ats", tally.intake.ats, tally.taken[1]))
    for (name, jobs, taken), elsewhere in zip(sides, tally.intake.elsewhere, strict=True):
        numbers = jobs.get_column("company_number").to_numpy()
        count = len(elsewhere)
        crowd[f"{name}_all"] = np.maximum(1, np.bincount(numbers, minlength=count) + elsewhere)[company]
        crowd[f"{name}_free"] = np.bincount(numbers[~taken], minlength=count)[company]
    return crowd


def _each_twin(
    found: Found, mine: pl.DataFrame, yours: pl.DataFrame, left: Rows, right: Rows, keep: NDArray[np.bool_]
) -> Found:
    """Suggestions between texts as suggestions between the jobs that read so: as many as the larger side has."""
    if not keep.any():
        return found
    counts = _many(mine)[left[keep]], _many(yours)[right[keep]]
    times = np.maximum(*counts)
    nth = np.repeat(np.arange(len(times)), times)
    turn = np.arange(len(nth)) - np.repeat(np.cumsum(times) - times, times)
    rows = []
    for side, at, count in ((mine, left[keep], counts[0]), (yours, right[keep], counts[1])):
        members = side.get_column("members").gather(at)
        starts = np.cumsum(count) - count
        flat = members.explode().to_numpy().astype(np.int64)
        rows.append(flat[starts[nth] + turn % count[nth]])
    return Found("twins", False, rows[0], rows[1], found.levels[nth], found.score[nth])
