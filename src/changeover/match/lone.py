"""The jobs that are in no pair and no suggestion: why each is alone, and what to do about it."""

from __future__ import annotations

import numpy as np
import polars as pl

from changeover.match.found import Tally
from changeover.match.normalise import shown_id

MISSING_ATS = "MIGRATION_MISSING_JOB_POSTING"
MISSING_LEGACY = "MIGRATION_MISSING_SCRAPED_JOB"

_COLUMNS = ("group", "legacy_id", "ats_id", "score", "decision", "rule", "reason", "code", "fix", "evidence")


def rows(tally: Tally, told: pl.DataFrame) -> pl.DataFrame:
    """One row for each job of either side that ``told`` (``left``, ``right``) does not name."""
    alone = [_alone(tally, told, 0), _alone(tally, told, 1)]
    frames = [_legacy(alone[0], alone[1].height), _ats(alone[1])]
    return pl.concat([_outdone(frames[0], alone[0], tally, 0), _outdone(frames[1], alone[1], tally, 1)])


def _outdone(frame: pl.DataFrame, jobs: pl.DataFrame, tally: Tally, side: int) -> pl.DataFrame:
    """Where the job most like it is paired with another, the row says so."""
    sides = (tally.intake.legacy, tally.intake.ats)
    partner = np.full(sides[1 - side].height, -1, np.int64)
    for found in tally.accepted:
        ours, theirs = (found.left, found.right) if side == 0 else (found.right, found.left)
        partner[theirs] = ours
    rivals = [
        pl.DataFrame({"row": (d.left, d.right)[side], "other": (d.right, d.left)[side], "score": d.score})
        for d in tally.doubts
        if len(d.left) == len(d.score)
    ]
    if not rivals or not frame.height:
        return frame
    every = pl.concat(rivals).with_columns(pl.col("row").cast(pl.Int64), pl.col("other").cast(pl.Int64))
    every = every.join(jobs.select(pl.col("row").cast(pl.Int64)), on="row", how="semi")
    taken = every.filter(pl.Series(partner[every.get_column("other").to_numpy()] >= 0))
    named = taken.with_columns(
        sides[1 - side].get_column("id").gather(taken.get_column("other")).alias("twin"),
        sides[side].get_column("id").gather(partner[taken.get_column("other").to_numpy()]).alias("partner"),
    )
    best = named.sort("score", "twin", descending=[True, False]).unique("row", keep="first", maintain_order=True)
    joined = frame.with_columns(jobs.get_column("row").cast(pl.Int64)).join(
        best.select("row", "twin", "partner"), on="row", how="left", maintain_order="left"
    )
    here, there = ("legacy", "ATS") if side == 0 else ("ATS", "legacy")
    said = pl.format(f"The {there} job most like it, {{}}, is the twin of {here} job {{}}.", "twin", "partner")
    outdone = pl.col("twin").is_not_null()
    return joined.with_columns(
        pl.when(outdone).then(pl.lit("twin_taken")).otherwise(pl.col("rule")).alias("rule"),
        pl.when(outdone).then(said).otherwise(pl.col("reason")).alias("reason"),
    ).select(frame.columns)


def _alone(tally: Tally, told: pl.DataFrame, side: int) -> pl.DataFrame:
    jobs = (tally.intake.legacy, tally.intake.ats)[side]
    named = np.zeros(jobs.height, np.bool_)
    named[told.get_column(("left", "right")[side]).to_numpy()] = True
    return jobs.filter(pl.Series(~named))


def _legacy(jobs: pl.DataFrame, others: int) -> pl.DataFrame:
    number = shown_id(pl.col("employer_job_id"))
    fix = (
        pl.when(number.is_not_null())
        .then(pl.format("Publish it in the ATS with the Employer Job ID {}, or close it at its old source.", number))
        .otherwise(pl.lit("Publish it in the ATS, or close it at its old source."))
    )
    reason = "No ATS job is like it." if others else "No ATS job is left that it could be."
    return _row(jobs, "legacy_only", reason, MISSING_ATS, fix, legacy=True)


def _ats(jobs: pl.DataFrame) -> pl.DataFrame:
    fix = pl.lit(
        "Nothing, if it is new: it opens when the ATS takes over. Otherwise give it the Employer Job ID of its twin."
    )
    return _row(jobs, "ats_only", "No legacy job is like it.", MISSING_LEGACY, fix, legacy=False)


def _row(jobs: pl.DataFrame, decision: str, reason: str, code: str, fix: pl.Expr, legacy: bool) -> pl.DataFrame:
    readable = pl.col("title").is_not_null()
    missing = pl.lit(None, pl.String)
    return jobs.select(
        "group",
        (pl.col("id") if legacy else missing).alias("legacy_id"),
        (missing if legacy else pl.col("id")).alias("ats_id"),
        pl.lit(0.0).alias("score"),
        pl.lit(decision).alias("decision"),
        pl.when(readable).then(pl.lit("alone")).otherwise(pl.lit("no_title")).alias("rule"),
        pl.when(readable).then(pl.lit(reason)).otherwise(pl.lit("It has no title to compare.")).alias("reason"),
        pl.lit(code).alias("code"),
        pl.when(readable).then(fix).otherwise(pl.lit("Give the job a title at its source.")).alias("fix"),
        pl.lit("[]").alias("evidence"),
    ).select(_COLUMNS)
