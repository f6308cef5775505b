"""The jobs that are in no pair and no suggestion: why each is alone, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from changeover.match.found import Found, Tally
from changeover.match.normalise import shown_id
from changeover.match.rows import Part, Texts

MISSING_ATS = "MIGRATION_MISSING_JOB_POSTING"
MISSING_LEGACY = "MIGRATION_MISSING_SCRAPED_JOB"

_CODE = (MISSING_ATS, MISSING_LEGACY)
_DECISION = ("legacy_only", "ats_only")
_NO_TITLE = ("It has no title to compare.", "Give the job a title at its source.")
_WAIT = "Nothing, if it is new: it opens when the ATS takes over. Otherwise give it the Employer Job ID of its twin."


def parts(tally: Tally, told: Sequence[Found]) -> list[Part]:
    """The rows of the jobs of either side that no pair or suggestion of ``told`` names."""
    return [part for side in (0, 1) for part in _side(tally, told, side)]


def _side(tally: Tally, told: Sequence[Found], side: int) -> list[Part]:
    jobs = (tally.intake.legacy, tally.intake.ats)[side]
    named = np.zeros(jobs.height, np.bool_)
    for found in told:
        named[(found.left, found.right)[side]] = True
    alone = jobs.filter(pl.Series(~named)).select("row", "title", "employer_job_id")
    titled = alone.filter(pl.col("title").is_not_null())
    outdone = _outdone(titled, tally, side)
    rest = titled.join(outdone, on="row", how="anti")
    made = [_part("alone", rest, Texts.each(_alone(rest, tally, side)), _fix(rest, side), side)]
    for rule in ("twin_taken", "outdone"):
        some = outdone.filter(rule=rule)
        made.append(_part(rule, some, Texts.each(some.get_column("reason")), _fix(some, side), side))
    untitled = alone.filter(pl.col("title").is_null())
    reason, fix = (Texts.all_the_same(text) for text in _NO_TITLE)
    return [part for part in (*made, _part("no_title", untitled, reason, fix, side)) if len(part)]


def _part(rule: str, jobs: pl.DataFrame, reason: Texts, fix: Texts, side: int) -> Part:
    rows = jobs.get_column("row").to_numpy().astype(np.int64)
    left, right = (rows, None) if side == 0 else (None, rows)
    nothing = Texts.all_the_same("[]")
    return Part(_DECISION[side], rule, _CODE[side], left, right, np.zeros(1), reason, fix, nothing)


def _alone(jobs: pl.DataFrame, tally: Tally, side: int) -> pl.Series:
    """No more than was looked at: paired jobs, those of another employer job id and rejected ones may be like it."""
    other = ("ATS", "legacy")[side]
    its = pl.lit(f"No unpaired {other} job with its Employer Job ID, or with none, is enough like it.")
    any_ = pl.lit(f"No unpaired {other} job is enough like it.")
    refused = tally.intake.rejected.get_column(("left", "right")[side]).cast(pl.UInt32)
    but = pl.when(pl.col("row").is_in(refused.implode())).then(pl.lit("A person rejected a suggestion. ")).otherwise(
        pl.lit("")
    )  # fmt: skip
    said = pl.when(pl.col("employer_job_id").is_not_null()).then(its).otherwise(any_)
    return jobs.select(pl.concat_str(but, said)).to_series()


def _fix(jobs: pl.DataFrame, side: int) -> Texts:
    if side == 1:
        return Texts.all_the_same(_WAIT)
    number = shown_id(pl.col("employer_job_id"))
    known = pl.format("Publish it in the ATS with the Employer Job ID {}, or close it at its old source.", number)
    other = pl.lit("Publish it in the ATS, or close it at its old source.")
    return Texts.each(jobs.select(pl.when(number.is_not_null()).then(known).otherwise(other)).to_series())


def _outdone(jobs: pl.DataFrame, tally: Tally, side: int) -> pl.DataFrame:
    """The jobs whose best candidate is the twin of another, or is more like others, with ``rule`` and ``reason``."""
    sides = (tally.intake.legacy, tally.intake.ats)
    partner = np.full(sides[1 - side].height, -1, np.int64)
    for found in tally.accepted:
        ours, theirs = (found.left, found.right) if side == 0 else (found.right, found.left)
        partner[theirs] = ours
    rivals = [
        pl.DataFrame({"row": (d.left, d.right)[side], "other": (d.right, d.left)[side], "score": d.score})
        for d in tally.doubts
    ]
    every = (
        pl.concat(rivals) if rivals else pl.DataFrame(schema={"row": pl.Int64, "other": pl.Int64, "score": pl.Float64})
    )
    near = every.join(jobs.select(pl.col("row").cast(pl.Int64)), on="row", how="semi")
    other = near.get_column("other").to_numpy()
    whose = partner[other]
    named = near.with_columns(
        sides[1 - side].get_column("id").gather(other).alias("first"),
        sides[1 - side].get_column("label").gather(other).alias("twin"),
        sides[side].get_column("label").gather(pl.Series(whose).set(pl.Series(whose < 0), None)).alias("partner"),
    )
    best = named.sort("score", "first", descending=[True, False]).unique("row", keep="first", maintain_order=True)
    here, there = ("legacy", "ATS") if side == 0 else ("ATS", "legacy")
    has_twin = pl.col("partner").is_not_null()
    of_another = pl.format(f"The {there} job most like it, {{}}, is the twin of {here} job {{}}.", "twin", "partner")
    more = pl.format(f"The {there} job most like it, {{}}, is as much like other {here} jobs.", "twin")
    told = best.select(
        pl.col("row").cast(pl.UInt32),
        pl.when(has_twin).then(pl.lit("twin_taken")).otherwise(pl.lit("outdone")).alias("rule"),
        pl.when(has_twin).then(of_another).otherwise(more).alias("reason"),
    )
    return jobs.join(told, on="row")
