"""What speaks for and against a pair: per field a named level, whose weights add up to the log-odds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from changeover.match.places import Nearness, nearness
from changeover.match.titles import FACETS, Titles
from changeover.match.weights import Weights

TITLE = ("same_text", "same_words", "one_says_more", "nearly_same", "alike", "different")
PLACE = tuple(level.name.lower() for level in Nearness)
FACET = ("not_given", "same", "one_silent", "differs")
EMPLOYER_JOB_ID = ("both_missing", "one_missing", "same", "same_reformatted", "differs")
DECISION = ("none", "confirmed")
LADDERS: dict[str, tuple[str, ...]] = {
    "decision": DECISION,
    "employer_job_id": EMPLOYER_JOB_ID,
    "title": TITLE,
    **dict.fromkeys(FACETS, FACET),
    "place": PLACE,
}
FIELDS = tuple(LADDERS)

Levels = NDArray[np.int8]
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Side:
    """One side's jobs as the evidence needs them: row to title, to location text, to id forms."""

    title: Rows
    location: pl.Series
    strict: pl.Series
    loose: pl.Series


def levels_of(titles: Titles, legacy: Side, ats: Side, left: Rows, right: Rows) -> Levels:
    """The levels of each pair (``left[i]``, ``right[i]``) of rows, pairs by :data:`FIELDS`."""
    found = np.zeros((len(left), len(FIELDS)), np.int8)
    mine, yours = legacy.title[left], ats.title[right]
    found[:, FIELDS.index("title")] = _title_levels(titles, mine, yours)
    for column, facet in enumerate(FACETS):
        found[:, FIELDS.index(facet)] = _facet_levels(titles.facets[mine, column], titles.facets[yours, column])
    found[:, FIELDS.index("place")] = _place_levels(legacy.location.gather(left), ats.location.gather(right))
    found[:, FIELDS.index("employer_job_id")] = _id_levels(legacy, ats, left, right)
    return found


def log_odds(levels: Levels, weights: Weights) -> NDArray[np.float64]:
    """Prior plus the weight of each field's level, per pair."""
    total = np.full(len(levels), weights.prior)
    for column, (field, ladder) in enumerate(LADDERS.items()):
        total += np.asarray(weights.ladder(field, ladder))[levels[:, column]]
    return total


def _facet_levels(mine: NDArray[np.uint64], yours: NDArray[np.uint64]) -> Levels:
    shared, either = mine & yours, mine | yours
    one = (mine == 0) != (yours == 0)
    return np.select([either == 0, mine == yours, one, shared == 0], [0, 1, 2, 3], default=2).astype(np.int8)


def _title_levels(titles: Titles, mine: Rows, yours: Rows) -> Levels:
    """Compared on the core words, whose rarity says how much a word left over weighs."""
    pairs = pl.DataFrame({"mine": mine, "yours": yours})
    distinct = pairs.unique(maintain_order=True).with_row_index("at")
    left, right = distinct.get_column("mine").to_numpy(), distinct.get_column("yours").to_numpy()
    weighted = titles.words.multiply(titles.rarity[None, :]).tocsr()
    whole = np.asarray(weighted.sum(axis=1)).ravel()
    common = np.asarray(weighted[left].multiply(titles.words[right]).sum(axis=1)).ravel()
    alone, other = whole[left] - common, whole[right] - common
    alike = process.cpdist(
        titles.core.gather(left).to_list(), titles.core.gather(right).to_list(), scorer=fuzz.ratio, workers=-1
    )
    share = common / np.maximum(1e-9, alone + other + common)
    same_text = titles.plain.gather(left).to_numpy() == titles.plain.gather(right).to_numpy()
    levels = np.select(
        [same_text, (alone < 1e-9) & (other < 1e-9), ((alone < 1e-9) | (other < 1e-9)) & (common > 0),
         (share > 0.75) | (alike > 92), (share > 0.4) | (alike > 75)],
        [0, 1, 2, 3, 4], default=5,
    ).astype(np.int8)  # fmt: skip
    back = pairs.join(distinct, on=["mine", "yours"], how="left", maintain_order="left").get_column("at").to_numpy()
    found: Levels = levels[back]
    return found


def _place_levels(mine: pl.Series, yours: pl.Series) -> Levels:
    pairs = pl.DataFrame({"mine": mine.fill_null(""), "yours": yours.fill_null("")})
    distinct = pairs.unique(maintain_order=True)
    levels = [int(nearness(*pair)) for pair in distinct.iter_rows()]
    known = distinct.with_columns(pl.Series("level", levels, dtype=pl.Int8))
    joined = pairs.join(known, on=["mine", "yours"], how="left", maintain_order="left")
    return joined.get_column("level").to_numpy()


def _id_levels(legacy: Side, ats: Side, left: Rows, right: Rows) -> Levels:
    pairs = pl.DataFrame(
        {
            "strict": legacy.strict.gather(left),
            "other_strict": ats.strict.gather(right),
            "loose": legacy.loose.gather(left),
            "other_loose": ats.loose.gather(right),
        }
    )
    level = (
        pl.when(pl.col("loose").is_null() & pl.col("other_loose").is_null()).then(0)
        .when(pl.col("loose").is_null() | pl.col("other_loose").is_null()).then(1)
        .when(pl.col("strict") == pl.col("other_strict")).then(2)
        .when(pl.col("loose") == pl.col("other_loose")).then(3)
        .otherwise(4)
    )  # fmt: skip
    return pairs.select(level.cast(pl.Int8).alias("level")).get_column("level").to_numpy()
