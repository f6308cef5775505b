"""The answer of a match: a row for each pair, suggestion or lone job, with reason, code and fix."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import orjson
import polars as pl
import pyarrow as pa

from changeover.match.evidence import FIELDS, LADDERS
from changeover.match.weights import Weights

if TYPE_CHECKING:
    from changeover.match.pairing import Scored

MISSING_ATS = "MIGRATION_MISSING_JOB_POSTING"
MISSING_LEGACY = "MIGRATION_MISSING_SCRAPED_JOB"
# A job that is in doubt is shown with so many suggestions.
SUGGESTIONS = 3

COLUMNS = ("group", "legacy_id", "ats_id", "score", "decision", "rule", "reason", "code", "fix", "evidence")


def table(
    jobs: tuple[pl.DataFrame, pl.DataFrame], accepted: Sequence[Scored], doubts: Sequence[Scored], weights: Weights
) -> pa.Table:
    """The rows of :data:`COLUMNS`: pairs first, then suggestions (the best few of each job), then lone jobs."""
    paired = [row for scored in accepted for row in _rows(jobs, scored, weights, "paired")]
    review = [row for scored in doubts for row in _rows(jobs, _best(jobs, scored, weights), weights, "review")]
    seen = {row["legacy_id"] for row in paired + review}, {row["ats_id"] for row in paired + review}
    lone = [
        _alone(job, side) for side in (0, 1) for job in jobs[side].iter_rows(named=True) if job["id"] not in seen[side]
    ]
    schema = pa.schema([(name, pa.float64() if name == "score" else pa.string()) for name in COLUMNS])
    return pa.Table.from_pylist(paired + review + lone, schema=schema)


def _best(jobs: tuple[pl.DataFrame, pl.DataFrame], scored: Scored, weights: Weights) -> Scored:
    """Of the doubts, those above the floor and among the best few of either job."""
    if not len(scored.left):
        return scored
    frame = pl.DataFrame(
        {
            "at": np.arange(len(scored.left)), "score": scored.score, "left": scored.left, "right": scored.right,
            "legacy_id": jobs[0].get_column("id").gather(scored.left),
            "ats_id": jobs[1].get_column("id").gather(scored.right),
        }
    )  # fmt: skip
    worth = frame.filter(pl.col("score") >= weights.review)
    ranked = (
        worth.sort("score", "legacy_id", "ats_id", descending=[True, False, False])
        .with_columns(
            pl.int_range(pl.len()).over("left").alias("of_left"), pl.int_range(pl.len()).over("right").alias("of_right")
        )
        .filter((pl.col("of_left") < SUGGESTIONS) & (pl.col("of_right") < SUGGESTIONS))
    )
    keep = np.zeros(len(scored.left), np.bool_)
    keep[ranked.get_column("at").to_numpy()] = True
    return scored.only(keep)


def _rows(
    jobs: tuple[pl.DataFrame, pl.DataFrame], scored: Scored, weights: Weights, decision: str
) -> list[dict[str, object]]:
    ladders = [list(zip(levels, weights.ladder(field, levels), strict=True)) for field, levels in LADDERS.items()]
    probability = 1 / (1 + np.exp(-np.clip(scored.score, -40, 40)))
    mine = jobs[0][scored.left.tolist()].to_dicts()
    yours = jobs[1][scored.right.tolist()].to_dicts()
    made = []
    for at, (legacy, ats) in enumerate(zip(mine, yours, strict=True)):
        steps = [
            {"field": field, "level": ladders[i][level][0], "weight": ladders[i][level][1]}
            for i, (field, level) in enumerate(zip(FIELDS, scored.levels[at].tolist(), strict=True))
        ]
        told = [{"field": "prior", "level": "company", "weight": weights.prior}, *(s for s in steps if s["weight"])]
        made.append(
            {
                "group": legacy["group"], "legacy_id": legacy["id"], "ats_id": ats["id"],
                "score": float(probability[at]), "decision": decision, "rule": scored.rule,
                "reason": _reason(steps), "code": "" if decision == "paired" else MISSING_ATS,
                "fix": _fix(legacy, ats, decision), "evidence": orjson.dumps(told).decode(),
            }
        )  # fmt: skip
    return made


def _reason(steps: list[dict[str, object]]) -> str:
    told = [f"{s['field']}: {s['level']}".replace("_", " ") for s in steps if s["level"] not in ("not_given", "none")]
    return "; ".join(told).capitalize() + "."


def _fix(legacy: dict[str, object], ats: dict[str, object], decision: str) -> str:
    if legacy["employer_job_id"] and not ats["employer_job_id"]:
        return f"Set the Employer Job ID of ATS job {ats['id']} to {legacy['employer_job_id']}."
    return "" if decision == "paired" else "Confirm or reject this pair."


def _alone(job: dict[str, object], side: int) -> dict[str, object]:
    legacy = side == 0
    return {
        "group": job["group"], "legacy_id": job["id"] if legacy else None, "ats_id": None if legacy else job["id"],
        "score": 0.0, "decision": "legacy_only" if legacy else "ats_only", "rule": "alone",
        "reason": "No ATS job is like it." if legacy else "No legacy job is like it.",
        "code": MISSING_ATS if legacy else MISSING_LEGACY,
        "fix": "Publish this job in the ATS, or close it at its old source." if legacy
        else "Publish this job at the old source, or resolve the migration to let it open from the ATS.",
        "evidence": "[]",
    }  # fmt: skip
