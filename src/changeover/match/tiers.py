"""Pairs found by hash joins: what is equal on a key and stands once on each side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

Rows = NDArray[np.int64]


def once_on_both(mine: pl.DataFrame, yours: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """``left, right``: the rows of both sides whose ``keys`` are equal, all known, and found once on each side.

    Frames have ``row`` and the keys. Keys are found by a 64-bit hash and compared afterwards, so that equal hashes
    of different keys only cost a pair. Cost: one sort of the hashes, which is faster than building a hash table.
    """
    one, two = (side.select("row", *keys).drop_nulls(keys) for side in (mine, yours))
    hashes = [side.select(pl.struct(keys).hash(seed=1)).to_series().to_numpy() for side in (one, two)]
    left, right = _runs_of_two(hashes[0], hashes[1])
    pairs = one.select(pl.all().gather(left)), two.select(pl.all().gather(right))
    same = pl.Series(np.ones(len(left), np.bool_))
    for key in keys:
        same &= pairs[0].get_column(key) == pairs[1].get_column(key)
    found = pl.DataFrame({"left": pairs[0].get_column("row"), "right": pairs[1].get_column("row")})
    return found if same.all() else found.filter(same)


def _runs_of_two(mine: NDArray[np.uint64], yours: NDArray[np.uint64]) -> tuple[Rows, Rows]:
    """Positions of the values that stand once in each array."""
    both = np.concatenate([mine, yours])
    order = np.argsort(both)
    sorted_ = both[order]
    edge = np.ones(len(both) + 1, np.bool_)
    np.not_equal(sorted_[1:], sorted_[:-1], out=edge[1:-1])
    first = np.flatnonzero(edge[:-2] & ~edge[1:-1] & edge[2:]) if len(both) > 1 else np.zeros(0, np.int64)
    one, two = order[first], order[first + 1]
    left, right = np.minimum(one, two), np.maximum(one, two)
    across = (left < len(mine)) & (right >= len(mine))
    return left[across], right[across] - len(mine)


def sharing(mine: pl.DataFrame, yours: pl.DataFrame, keys: Sequence[str], most: int) -> pl.DataFrame:
    """``left, right``: all pairs of rows whose ``keys`` are equal and known, but none of a key with over ``most``.

    Cost: the pairs given back, at most ``most`` a key.
    """
    one, two = (side.select("row", *keys).drop_nulls() for side in (mine, yours))
    sizes = one.group_by(keys).len("mine").join(two.group_by(keys).len("yours"), on=keys)
    kept = sizes.filter(pl.col("mine").cast(pl.Int64) * pl.col("yours") <= most).select(keys)
    return one.join(kept, on=keys, how="semi").join(two, on=keys).select(left="row", right="row_right")
