"""One legacy job explained: the evidence of its pair, and what speaks for and against the next best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import orjson
import polars as pl
import pyarrow as pa

from changeover.match.by_id import with_ids
from changeover.match.evidence import FIELDS, LADDERS, Levels, blank, log_odds, text_levels
from changeover.match.intake import frame, take
from changeover.match.particulars import description_levels, particular_levels, with_particulars
from changeover.match.profiles import read_profiles
from changeover.match.weights import Weights

# Descriptions are compared for so many times as many candidates as are wanted.
_POOL = 10


@dataclass(frozen=True, slots=True)
class Step:
    """What one field adds to the log-odds of a pair, by the level it is on."""

    field: str
    level: str
    weight: float


@dataclass(frozen=True, slots=True)
class Nearest:
    """An ATS job compared with the legacy job by what both say, as if no other job were there."""

    ats_id: str
    log_odds: float
    steps: list[Step]


def steps_of(evidence: str) -> list[Step]:
    """The steps of a row's ``evidence``; their weights add up to the log-odds of its score."""
    return [Step(step["field"], step["level"], step["weight"]) for step in orjson.loads(evidence)]


def probability(log_odds: float) -> float:
    """Log-odds as a probability."""
    return float(1 / (1 + np.exp(-np.clip(log_odds, -35, 35))))


def nearest(legacy: pa.Table, ats: pa.Table, count: int, weights: Weights) -> list[Nearest]:
    """The ``count`` ATS jobs most like the one job of ``legacy``, best first; all are compared, in one pass.

    How many jobs are left and how far each is ahead of its rivals counts in a match and not here, where each is seen
    alone; so these log-odds are near those of a match, not equal to them.
    """
    if not legacy.num_rows or not ats.num_rows:
        return []
    intake = take(frame(_ungrouped(legacy)), frame(_ungrouped(ats)), None)
    one_job, jobs = (with_particulars(with_ids(side)) for side in (intake.legacy, intake.ats))
    profiles, mine, yours = read_profiles(one_job, jobs, weights.rarity, weights.rare)
    right = np.arange(yours.height, dtype=np.int64)
    left = np.zeros_like(right)
    levels = blank(len(right))
    one, two = (side.get_column("profile").to_numpy().astype(np.int64) for side in (mine, yours))
    text_levels(profiles, one[left], two[right], levels)
    particular_levels(mine, yours, left, right, levels)
    pool = np.argsort(-log_odds(levels, weights), kind="stable")[: count * _POOL]
    chosen = levels[pool]
    description_levels(mine, yours, left[pool], right[pool], chosen)
    score = log_odds(chosen, weights)
    best = np.argsort(-score, kind="stable")[:count]
    ids = yours.get_column("id")
    return [Nearest(ids[int(pool[at])], float(score[at]), _steps(chosen[at], weights)) for at in best]


def _ungrouped(table: pa.Table) -> pa.Table:
    return table.select([name for name in table.column_names if name != "group"])


def _steps(levels: Levels, weights: Weights) -> list[Step]:
    named = ((name, LADDERS[name][level]) for name, level in zip(FIELDS, levels.tolist(), strict=True))
    weighed = [Step(name, level, weights.fields.get(name, {}).get(level, 0.0)) for name, level in named]
    return [Step("prior", "any_pair", weights.prior), *(step for step in weighed if step.weight)]


def twins(found: pa.Table, ats_ids: Sequence[str]) -> dict[str, str]:
    """Of these ATS jobs, those that are paired, with the id of their legacy job."""
    rows = pl.DataFrame(pl.from_arrow(found.select(["legacy_id", "ats_id", "decision"])))
    paired = rows.filter(pl.col("decision") == "paired", pl.col("ats_id").is_in(list(ats_ids)))
    return dict(paired.select("ats_id", "legacy_id").iter_rows())
