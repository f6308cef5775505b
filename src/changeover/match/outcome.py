"""The answer of a match: one row per pair, suggestion or lone job, with a reason, a code and what to do."""

from __future__ import annotations

import numpy as np
import orjson
import polars as pl
import pyarrow as pa

from changeover.match import lone, sentences
from changeover.match.evidence import FIELDS, LADDERS
from changeover.match.found import Found, Tally
from changeover.match.lone import MISSING_ATS
from changeover.match.normalise import shown_id
from changeover.match.weights import Weights

# A job that is in doubt is shown with so many suggestions.
SUGGESTIONS = 3

COLUMNS = ("legacy_id", "ats_id", "score", "decision", "rule", "reason", "code", "fix", "evidence")
# Sentences and evidence repeat; each is kept once and pointed at.
_REPEATED = ("reason", "fix", "evidence")


def table(tally: Tally, weights: Weights) -> pa.Table:
    """The rows of :data:`COLUMNS`: pairs first, then suggestions (the best few of each job), then lone jobs.

    A ``group`` column leads where the tables had one. ``score`` is a probability; lone jobs have 0.
    """
    doubts = _free(tally.doubts, tally)
    shown = _best(doubts, tally)
    pairs = _pairs([*tally.accepted, *shown], weights)
    told = _told(pairs, tally)
    alone = lone.rows(tally, told)
    rows = pl.concat([told.select(alone.columns), alone])
    columns = (["group"] if tally.intake.grouped else []) + list(COLUMNS)
    return _arrow(rows.select(columns))


def _free(doubts: list[Found], tally: Tally) -> list[Found]:
    """Suggestions in which both jobs are still free; a pair is suggested once, by the rule that found it first."""
    kept: list[Found] = []
    seen = np.zeros(0, np.int64)
    for found in doubts:
        key = tally.key(found.left, found.right)
        free = ~(tally.taken[0][found.left] | tally.taken[1][found.right]) & tally.allowed(found.left, found.right)
        first = np.zeros(len(key), np.bool_)
        first[np.unique(key, return_index=True)[1]] = True
        kept.append(found.only(free & first & ~np.isin(key, seen)))
        seen = np.concatenate([seen, key[free]])
    return kept


def _best(doubts: list[Found], tally: Tally) -> list[Found]:
    """Of the suggestions, those among the best few of their legacy job and of their ATS job."""
    frames = [
        pl.DataFrame({"rule": at, "nth": np.arange(len(d.left)), "left": d.left, "right": d.right, "score": d.score})
        for at, d in enumerate(doubts)
        if len(d.left)
    ]
    if not frames:
        return []
    ids = (side.get_column("id") for side in (tally.intake.legacy, tally.intake.ats))
    every = pl.concat(frames)
    named = every.with_columns(
        ids_.gather(every.get_column(side)).alias(name)
        for ids_, side, name in zip(ids, ("left", "right"), ("legacy_id", "ats_id"), strict=True)
    )
    ranked = named.sort("score", "legacy_id", "ats_id", descending=[True, False, False]).with_columns(
        pl.int_range(pl.len()).over("left").alias("of_left"), pl.int_range(pl.len()).over("right").alias("of_right")
    )
    worth = ranked.filter((pl.col("of_left") < SUGGESTIONS) & (pl.col("of_right") < SUGGESTIONS))
    kept = []
    for at, found in enumerate(doubts):
        keep = np.zeros(len(found.left), np.bool_)
        keep[worth.filter(rule=at).get_column("nth").to_numpy()] = True
        kept.append(found.only(keep))
    return kept


def _pairs(found: list[Found], weights: Weights) -> pl.DataFrame:
    """``left, right, score, decision, rule, head, tail, evidence`` of all pairs; equal evidence is written once."""
    frames = []
    for one in found:
        if not len(one.left):
            continue
        levels, back = _distinct(one.levels)
        names = [{f: LADDERS[f][at] for f, at in zip(FIELDS, row, strict=True)} for row in levels.tolist()]
        said = [sentences.reason(one.rule, name) for name in names]
        told = pl.DataFrame(
            {
                "head": [s[0] for s in said],
                "tail": [s[1] for s in said],
                "evidence": [_evidence(name, weights) for name in names],
            }
        )
        each = told[back] if len(one.levels) == len(one.left) else told[np.zeros(len(one.left), np.int64)]
        score = np.broadcast_to(1 / (1 + np.exp(-np.clip(one.score, -35, 35))), len(one.left))
        frames.append(
            pl.DataFrame({"left": one.left, "right": one.right, "score": score}).with_columns(
                pl.lit("paired" if one.paired else "review").alias("decision"), pl.lit(one.rule).alias("rule"),
                *each.get_columns(),
            )
        )  # fmt: skip
    if not frames:
        texts = dict.fromkeys(("decision", "rule", "head", "tail", "evidence"), pl.String)
        return pl.DataFrame(schema={"left": pl.Int64, "right": pl.Int64, "score": pl.Float64, **texts})
    return pl.concat(frames)


def _distinct(levels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The distinct rows, and for each row which of them it is."""
    width = np.random.default_rng(7).integers(1, 2**62, levels.shape[1], dtype=np.int64)
    _, first, back = np.unique(levels.astype(np.int64) @ width, return_index=True, return_inverse=True)
    return levels[first], back


def _evidence(levels: dict[str, str], weights: Weights) -> str:
    """What adds up to the log-odds, as JSON: the prior, then each field that weighs something."""
    steps = [{"field": "prior", "level": "any_pair", "weight": round(weights.prior, 4)}]
    for field, level in levels.items():
        weight = weights.fields.get(field, {}).get(level, 0.0)
        if weight:
            steps.append({"field": field, "level": level, "weight": round(weight, 4)})
    return orjson.dumps(steps).decode()


def _told(pairs: pl.DataFrame, tally: Tally) -> pl.DataFrame:
    """The pairs with ids, reason, code and fix."""
    sides = tally.intake.legacy, tally.intake.ats
    named = pairs.with_columns(
        sides[0].get_column("group").gather(pairs.get_column("left")).alias("group"),
        sides[0].get_column("id").gather(pairs.get_column("left")).alias("legacy_id"),
        sides[1].get_column("id").gather(pairs.get_column("right")).alias("ats_id"),
        sides[0].get_column("employer_job_id").gather(pairs.get_column("left")).alias("number"),
        sides[1].get_column("employer_job_id").gather(pairs.get_column("right")).alias("ats_number"),
    ).with_columns(shown_id(pl.col("number")), shown_id(pl.col("ats_number")))
    words = _differing(named, sides)
    parts = [pl.col("head"), words, pl.col("tail")]
    reason = pl.concat_list(pl.when(part != "").then(part) for part in parts).list.drop_nulls().list.join("; ")
    return named.with_columns(
        pl.when(reason.str.ends_with(".")).then(reason).otherwise(reason + ".").alias("reason"),
        pl.when(pl.col("decision") == "paired").then(pl.lit("")).otherwise(pl.lit(MISSING_ATS)).alias("code"),
        _fix().alias("fix"),
    )


def _differing(pairs: pl.DataFrame, sides: tuple[pl.DataFrame, pl.DataFrame]) -> pl.Expr:
    """ "title differs by *Remote*": the words that only one of the titles has, where it is not the same."""
    titles = [
        side.get_column("title").gather(pairs.get_column(at)).fill_null("").str.slice(0, 300)
        for side, at in zip(sides, ("left", "right"), strict=True)
    ]
    rows = pl.DataFrame({"mine": titles[0], "yours": titles[1]}).with_row_index("at")
    differ = rows.filter(pl.col("mine") != pl.col("yours"))
    split = differ.with_columns(
        pl.col(n).str.to_lowercase().str.extract_all(r"[\p{L}\p{N}+#]+") for n in ("mine", "yours")
    )
    only = split.select(
        "at",
        pl.col("mine").list.set_difference("yours").list.sort().list.join(" ").alias("mine"),
        pl.col("yours").list.set_difference("mine").list.sort().list.join(" ").alias("yours"),
    )
    mine, yours = pl.col("mine"), pl.col("yours")
    said = (
        pl.when((mine == "") & (yours == "")).then(pl.lit(""))
        .when(mine == "").then(pl.format("only the ATS title says *{}*", yours))
        .when(yours == "").then(pl.format("only the old title says *{}*", mine))
        .otherwise(pl.format("the old title says *{}*, the ATS *{}*", mine, yours))
    )  # fmt: skip
    clauses = only.select("at", said.alias("clause"))
    return pl.lit(rows.join(clauses, on="at", how="left", maintain_order="left").get_column("clause").fill_null(""))


def _fix() -> pl.Expr:
    """What to change so that the next match needs no person."""
    number, ats, review = pl.col("number"), pl.col("ats_id"), pl.col("decision") == "review"
    set_it = pl.format("et the Employer Job ID of ATS job {} to {}.", ats, number)
    once = pl.concat_str(pl.lit("If they are one opening, s"), set_it)
    missing = number.is_not_null() & pl.col("ats_number").is_null()
    either = pl.lit("Confirm or reject the pair; one Employer Job ID on both jobs would settle it.")
    return (
        pl.when(review & (missing | (pl.col("rule") == "employer_job_id_differs"))).then(once)
        .when(missing).then(pl.concat_str(pl.lit("S"), set_it))
        .when(review & number.is_null()).then(either)
        .when(review).then(pl.lit("Confirm or reject the pair."))
        .otherwise(pl.lit(""))
    )  # fmt: skip


def _arrow(rows: pl.DataFrame) -> pa.Table:
    """As Arrow; repeated texts are dictionaries, so that a million pairs do not carry a million copies."""
    arrays = []
    for name in rows.columns:
        column = rows.get_column(name)
        if name == "score":
            arrays.append(column.to_arrow())
        elif name in _REPEATED:
            arrays.append(column.to_arrow().cast(pa.string()).dictionary_encode())
        else:
            arrays.append(column.to_arrow().cast(pa.string()))
    return pa.table(arrays, names=rows.columns)
