"""The answer of a match: a row per pair, suggestion or lone job, with reason, code and what to do."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import orjson
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from changeover.match import lone, sentences
from changeover.match.columns import arrow_texts
from changeover.match.evidence import COLUMN, LADDERS, WORDING, Levels
from changeover.match.found import Found, Tally
from changeover.match.lone import MISSING_ATS
from changeover.match.normalise import shown_id
from changeover.match.rows import Part, Texts, as_table
from changeover.match.weights import Weights

# A job that is in doubt is shown with so many suggestions, and with more where it is the best of ever so many others.
SUGGESTIONS = 3
MOST = 10

_WORDS = r"[\p{L}\p{N}+#]+"

COLUMNS = ("legacy_id", "ats_id", "score", "decision", "rule", "reason", "code", "fix", "evidence", "twins")


def table(tally: Tally, weights: Weights) -> pa.Table:
    """The rows of :data:`COLUMNS`: pairs first, then suggestions (the best few of each job), then lone jobs.

    A ``group`` column leads where the tables had one. ``score`` is a probability; lone jobs have 0. ``reason``,
    ``fix`` and ``evidence`` are dictionaries, so that a million pairs do not carry a million copies. ``twins`` names
    a group of jobs that no text tells apart by the first of its legacy jobs, on each row of the group.
    """
    shown = _best(_free(tally), tally)
    told = [found for found in [*tally.accepted, *shown] if len(found.left)]
    steps = _steps(weights)
    parts = [_part(found, tally, steps) for found in told] + lone.parts(tally, told)
    return as_table(parts, (tally.intake.legacy, tally.intake.ats), tally.intake.grouped)


def together(tables: Sequence[pa.Table]) -> pa.Table:
    """The answers for different groups as one: pairs first, then suggestions, then lone jobs."""
    if len(tables) == 1:
        return tables[0]
    pieces: list[list[pa.Table]] = [[], [], []]
    for each in tables:
        paired, review = (pc.sum(pc.equal(each.column("decision"), word)).as_py() or 0 for word in ("paired", "review"))
        pieces[0].append(each.slice(0, paired))
        pieces[1].append(each.slice(paired, review))
        pieces[2].append(each.slice(paired + review))
    return pa.concat_tables([piece for kind in pieces for piece in kind])


def _free(tally: Tally) -> list[Found]:
    """Suggestions in which both jobs are still free; a pair is suggested once, by the rule that found it first."""
    kept: list[Found] = []
    seen = np.zeros(0, np.int64)
    for found in tally.doubts:
        key = tally.key(found.left, found.right)
        free = ~(tally.taken[0][found.left] | tally.taken[1][found.right]) & tally.allowed(found.left, found.right)
        first = np.zeros(len(key), np.bool_)
        first[np.unique(key, return_index=True)[1]] = True
        kept.append(found.only(free & first & ~np.isin(key, seen)))
        seen = np.concatenate([seen, key[free]])
    return kept


def _best(doubts: list[Found], tally: Tally) -> list[Found]:
    """Of the suggestions, those among the best few of both their jobs, or the best of one; groups stay whole."""
    frames = [
        pl.DataFrame({"which": at, "nth": np.arange(len(d.left)), "left": d.left, "right": d.right, "score": d.score})
        for at, d in enumerate(doubts)
        if len(d.left) and d.group is None
    ]
    if not frames:
        return doubts
    every = pl.concat(frames)
    named = every.with_columns(
        tally.intake.legacy.get_column("id").gather(every.get_column("left")).alias("legacy_id"),
        tally.intake.ats.get_column("id").gather(every.get_column("right")).alias("ats_id"),
    )
    ranked = named.sort("score", "legacy_id", "ats_id", descending=[True, False, False]).with_columns(
        pl.int_range(pl.len()).over("left").alias("of_left"), pl.int_range(pl.len()).over("right").alias("of_right")
    )
    left, right = pl.col("of_left"), pl.col("of_right")
    among = (left < SUGGESTIONS) & (right < SUGGESTIONS)
    worth = ranked.filter(among | ((left == 0) & (right < MOST)) | ((right == 0) & (left < MOST)))
    kept = []
    for at, found in enumerate(doubts):
        if found.group is not None:
            kept.append(found)
            continue
        keep = np.zeros(len(found.left), np.bool_)
        keep[worth.filter(which=at).get_column("nth").to_numpy()] = True
        kept.append(found.only(keep))
    return kept


def _part(found: Found, tally: Tally, steps: Steps) -> Part:
    """The rows of one rule."""
    levels, number = _distinct(found.levels)
    return Part(
        "paired" if found.paired else "review",
        found.rule,
        "" if found.paired else MISSING_ATS,
        found.left,
        found.right,
        1 / (1 + np.exp(-np.clip(found.score, -35, 35))),
        _reasons(found, tally),
        _fixes(found, tally),
        Texts(number, arrow_texts([_evidence(row, steps) for row in levels.tolist()])),
        None if found.group is None else Texts.each(tally.intake.legacy.get_column("id").gather(found.group)),
    )


def _distinct(levels: Levels) -> tuple[Levels, NDArray[np.int32]]:
    """The distinct rows, and for each row which of them it is."""
    width = np.random.default_rng(7).integers(1, 2**62, levels.shape[1], dtype=np.int64)
    _, first, back = np.unique(levels.astype(np.int64) @ width, return_index=True, return_inverse=True)
    return levels[first], back.astype(np.int32)


# By field and level what it says in the evidence: JSON, and empty where it weighs nothing. First the prior.
Steps = Sequence[Sequence[str]]


def _steps(weights: Weights) -> Steps:
    ladders = [("prior", {"any_pair": weights.prior})]
    ladders += [(f, dict(zip(ladder, weights.ladder(f, ladder), strict=True))) for f, ladder in LADDERS.items()]
    return [
        [
            orjson.dumps({"field": field, "level": level, "weight": round(weight, 4)}).decode() if weight else ""
            for level, weight in ladder.items()
        ]
        for field, ladder in ladders
    ]


def _evidence(levels: Sequence[int], steps: Steps) -> str:
    """What adds up to the log-odds, as JSON: the prior, then each field that weighs something."""
    said = [of_field[at] for of_field, at in zip(steps, (0, *levels), strict=True)]
    return f"[{','.join(filter(None, said))}]"


def _reasons(found: Found, tally: Tally) -> Texts:
    """The reasons; where the titles differ, with the words in which they do between head and tail."""
    levels, back = _distinct(found.levels[:, [COLUMN[field] for field in sentences.SAID]])
    number, sizes = _sizes(found, back)
    names = [{f: LADDERS[f][at] for f, at in zip(sentences.SAID, row, strict=True)} for row in levels.tolist()]
    said = [sentences.reason(found.rule, names[at], size) for at, size in sizes]
    plain = Texts(number, arrow_texts([sentences.joined(head, "", tail) for head, tail in said]))
    one = len(found.levels) == 1
    if one and found.levels[0, COLUMN["wording"]] in (WORDING.index("same_text"), WORDING.index("not_read")):
        return plain
    differ = _differing(found, tally)
    if not differ.height:
        return plain
    at = differ.get_column("at").to_numpy()
    of = np.zeros(len(at), np.int64) if one else number[at].astype(np.int64)
    heads, tails = (pl.Series([s[part] for s in said], dtype=pl.String).gather(of) for part in (0, 1))
    worded = Texts.each(
        pl.DataFrame({"head": heads, "words": differ.get_column("words"), "tail": tails})
        .select(sentences.joined_columns("head", "words", "tail"))
        .to_series()
    )
    numbers = np.broadcast_to(number, len(found.left)).copy()
    numbers[at] = len(plain.pool) + worded.number
    return Texts(numbers, pa.concat_arrays([plain.pool, worded.pool]))


def _sizes(found: Found, back: NDArray[np.int32]) -> tuple[NDArray[np.int32], list[tuple[int, tuple[int, int] | None]]]:
    """For each row the number of what is said of it: its levels and, in a group, how many jobs each side has."""
    if found.group is None:
        return back, [(at, None) for at in range(int(back.max(initial=-1)) + 1)]
    rows = pl.DataFrame({"levels": back, "group": found.group, "left": found.left, "right": found.right})
    counted = rows.with_columns(pl.col("left", "right").n_unique().over("group"))
    each = counted.select("levels", "left", "right").unique().sort("levels", "left", "right").with_row_index("said")
    number = counted.join(each, on=["levels", "left", "right"], how="left", maintain_order="left").get_column("said")
    return number.to_numpy().astype(np.int32), [(at, (mine, yours)) for _, at, mine, yours in each.iter_rows()]


def _differing(found: Found, tally: Tally) -> pl.DataFrame:
    """``at`` and ``words``: what only one of two titles says, for the pairs whose titles differ in words."""
    sides = tally.intake.legacy, tally.intake.ats
    mine, yours = (
        side.get_column("title").gather(rows).fill_null("").str.slice(0, 300).str.to_lowercase()
        for side, rows in zip(sides, (found.left, found.right), strict=True)
    )
    rows = pl.DataFrame({"mine": mine, "yours": yours}).with_row_index("at").filter(pl.col("mine") != pl.col("yours"))
    titles = rows.select("mine", "yours").unique()
    split = titles.select(one=pl.col("mine").str.extract_all(_WORDS), other=pl.col("yours").str.extract_all(_WORDS))
    only = titles.with_columns(
        split.select(
            pl.col("one").list.set_difference("other").list.sort().list.join(" ").alias("only_mine"),
            pl.col("other").list.set_difference("one").list.sort().list.join(" ").alias("only_yours"),
        )
    )
    mine_, yours_ = pl.col("only_mine"), pl.col("only_yours")
    words = (
        pl.when(mine_ == "").then(pl.format("only the ATS title says *{}*", yours_))
        .when(yours_ == "").then(pl.format("only the old title says *{}*", mine_))
        .otherwise(pl.format("the old title says *{}*, the ATS *{}*", mine_, yours_))
    )  # fmt: skip
    told = only.filter((mine_ != "") | (yours_ != "")).select("mine", "yours", words.alias("words"))
    return rows.join(told, on=["mine", "yours"], maintain_order="left").select("at", "words")


def _fixes(found: Found, tally: Tally) -> Texts:
    """What to change so that the next match needs no person."""
    legacy, ats = tally.intake.legacy, tally.intake.ats
    number = legacy.get_column("employer_job_id")
    if found.paired and (number.null_count() == legacy.height or not ats.get_column("employer_job_id").null_count()):
        return Texts.all_the_same("")
    other = ats.get_column("employer_job_id")
    lacking = number.is_not_null().to_numpy()[found.left] & other.is_null().to_numpy()[found.right]
    at = np.flatnonzero(lacking) if found.paired else np.arange(len(found.left))
    left, right = found.left[at], found.right[at]
    told = pl.DataFrame(
        {"number": number.gather(left), "other": other.gather(right), "ats": ats.get_column("label").gather(right)}
    ).with_columns(shown_id(pl.col("number")))
    if found.group is not None:
        return Texts.all_the_same(sentences.SETTLE_GROUP)
    if found.paired:
        numbers = np.zeros(len(found.left), np.int32)
        numbers[at] = np.arange(1, len(at) + 1, dtype=np.int32)
        fixes = told.select(sentences.set_id("S")).to_series()
        return Texts(numbers, arrow_texts(pl.concat([pl.Series([""]), fixes])))
    return Texts.each(told.select(sentences.settle(found.rule)).to_series())
