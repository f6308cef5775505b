"""Pairs found by hash joins: what is equal on a key and stands once on each side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

Rows = NDArray[np.int64]


def once_on_both(mine: pl.DataFrame, yours: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """``left, right``: the rows of both sides whose ``keys`` are equal, all known, and found once on each side.

    Frames have ``row`` and the keys. Keys are joined by a 64-bit hash and compared afterwards, so that equal hashes
    of different keys only cost a pair. Cost: one hash join.
    """
    one, two = (_single(side, keys) for side in (mine, yours))
    pairs = one.join(two, on="hash", how="inner")
    same = pl.all_horizontal(
        mine.get_column(key).gather(pairs.get_column("at")).alias(key)
        == yours.get_column(key).gather(pairs.get_column("at_right")).alias(key)
        for key in keys
    )
    return pairs.filter(pl.select(same).to_series()).select(left="row", right="row_right")


def _single(side: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    hashed = side.select("row", pl.struct(keys).hash(seed=1).alias("hash"), pl.int_range(pl.len()).alias("at"))
    known = side.select(pl.all_horizontal(pl.col(key).is_not_null() for key in keys)).to_series()
    kept = hashed if known.all() else hashed.filter(known)
    return kept.filter(pl.col("hash").is_unique())


def sharing(mine: pl.DataFrame, yours: pl.DataFrame, keys: Sequence[str], most: int) -> pl.DataFrame:
    """``left, right``: all pairs of rows whose ``keys`` are equal and known, but none of a key with over ``most``.

    Cost: the pairs given back, at most ``most`` a key.
    """
    one, two = (side.select("row", *keys).drop_nulls() for side in (mine, yours))
    sizes = one.group_by(keys).len("mine").join(two.group_by(keys).len("yours"), on=keys)
    kept = sizes.filter(pl.col("mine").cast(pl.Int64) * pl.col("yours") <= most).select(keys)
    return one.join(kept, on=keys, how="semi").join(two, on=keys).select(left="row", right="row_right")


def without(side: pl.DataFrame, taken: pl.Series) -> pl.DataFrame:
    """The jobs of ``side`` whose ``row`` is not among ``taken``."""
    if not taken.len():
        return side
    free = np.ones(1 + max(int(side.get_column("row").max() or 0), int(taken.max())), np.bool_)  # type: ignore[arg-type]
    free[taken.to_numpy()] = False
    return side.filter(pl.Series(free[side.get_column("row").to_numpy()]))
