"""What the match reaches on companies it has not seen: weights and threshold come from the other companies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import polars as pl
import pyarrow as pa
from match_speed import PAIRS

from changeover.match.pairing import pair
from changeover.match.training import Board, Material, folds, learn, material
from changeover.match.weights import Weights, shipped_weights

# The threshold is the lowest at which so much is right on the companies that it is chosen on: above the mark,
# since what is chosen on some companies holds a little less on others.
ENOUGH = 0.997


def nested(views: Sequence[str], outer: int = 5, inner: int = 5) -> Iterator[tuple[str, pl.DataFrame]]:
    """Per view legacy_id, ats_id, score, paired, each company told by weights that never saw it.

    The companies are in ``outer`` parts; the threshold is chosen on ``inner`` parts of the others, as shipped if 0.
    Weights are learned outer x (inner + 1) times, each half a minute or more.
    """
    start = shipped_weights()
    boards = {view: _board(view) for view in views}
    told = [material(board, start) for board in boards.values()]
    companies = {name for board in told for name in board.company.tolist()}
    answers: dict[str, list[pl.DataFrame]] = {view: [] for view in views}
    for part in folds(companies, outer):
        weights = _chosen(told, boards, start, companies - part, inner)
        for view, board in boards.items():
            answers[view].append(_answer(board, part, weights))
    rest = {view: _others(board, companies) for view, board in boards.items()}
    for view in views:
        last = _answer(boards[view], rest[view], start) if rest[view] else None
        yield view, pl.concat([*answers[view], *([last] if last is not None else [])])


def _chosen(
    told: Sequence[Material], boards: dict[str, Board], start: Weights, companies: set[str], inner: int
) -> Weights:
    """Weights learned on ``companies``; the threshold on pairs that their inner folds had not seen."""
    if not inner:
        return replace(learn(told, start, companies), accept=start.accept)
    found: list[pl.DataFrame] = []
    for part in folds(companies, inner):
        elsewhere = learn(told, start, companies - part)
        found += [_answer(board, part, elsewhere).join(_true(board), on=["legacy_id", "ats_id"], how="left")
                  for board in boards.values()]  # fmt: skip
    ranked = pl.concat(found).filter(pl.col("legacy_id").is_not_null() & pl.col("ats_id").is_not_null())
    ranked = ranked.filter("able").sort("score", descending=True)
    right = ranked.get_column("true").fill_null(value=False).to_numpy().cumsum() / np.arange(1, ranked.height + 1)
    enough = np.flatnonzero(right >= ENOUGH)
    lowest = float(ranked.get_column("score")[int(enough[-1])]) if len(enough) else 1.0
    chance = min(max(lowest, 0.5), 1 - 1e-9)
    return replace(learn(told, start, companies), accept=float(np.log(chance / (1 - chance))))


def _board(view: str) -> Board:
    files = [PAIRS / view / f"{side}.jsonl" for side in ("legacy", "ats")]
    legacy, ats = (pl.read_ndjson(file, infer_schema_length=None).to_arrow() for file in files)
    truth = pl.read_csv(PAIRS / view / "truth.csv")
    hard = pl.read_csv(PAIRS / view / "undecidable.csv", schema={"id": pl.String})
    return Board(legacy, ats, frozenset(truth.iter_rows()), frozenset(hard.get_column("id")))


def _true(board: Board) -> pl.DataFrame:
    pairs = pl.DataFrame(sorted(board.truth), schema=["legacy_id", "ats_id"], orient="row")
    return pairs.with_columns(true=pl.lit(value=True))


def _company(table: pa.Table) -> pl.Series:
    return pl.DataFrame(pl.from_arrow(table.select(["group"]))).get_column("group").str.split("|").list.first()


def _others(board: Board, companies: set[str]) -> set[str]:
    """Companies that no learned pair is of: the weights as shipped tell them, and were not learned from them."""
    return set(_company(board.legacy).to_list()) - companies


def _answer(board: Board, companies: set[str], weights: Weights) -> pl.DataFrame:
    """Every pair and suggestion of these companies; ``able``: it would be paired, were its score high enough."""
    sides = (
        table.filter(pa.array(_company(table).is_in(list(companies)).to_list())) for table in (board.legacy, board.ats)
    )
    # Accepted at a coin's chance, so that the threshold can be chosen among what would be paired at all.
    legacy, ats = sides
    found = pl.DataFrame(pl.from_arrow(pair(legacy, ats, None, replace(weights, accept=min(weights.accept, 0.0)))))
    text = found.select("legacy_id", "ats_id", "score", pl.col("decision", "rule").cast(pl.String))
    able = pl.col("decision") == "paired"
    sure = able & ((pl.col("rule") != "text") | (pl.col("score") >= 1 / (1 + float(np.exp(-weights.accept)))))
    return text.select("legacy_id", "ats_id", "score", able=able & (pl.col("rule") == "text"), paired=sure)
