"""Which pairs are looked at: all of a small group, and of a large one those that share telling words."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

Rows = NDArray[np.int64]
# Up to this many pairs a group is compared whole; above it only jobs that share words are.
WHOLE = 40_000
# A word that more than this many jobs of the other side of a group share does not lead to a candidate alone.
COMMON = 400
BEST = 8


def every_pair(legacy: pl.DataFrame, ats: pl.DataFrame) -> tuple[Rows, Rows, pl.Series]:
    """All pairs within each group that is small enough, as rows of both sides, and the groups that are too large.

    Frames have ``at`` (row) and ``group``. Cost: the number of pairs, at most WHOLE per group.
    """
    sizes = legacy.group_by("group").len("mine").join(ats.group_by("group").len("yours"), on="group")
    small = sizes.filter(pl.col("mine").cast(pl.Int64) * pl.col("yours") <= WHOLE)
    large = sizes.join(small, on="group", how="anti").get_column("group").sort()
    kept = small.select("group")
    pairs = (
        legacy.lazy().join(kept.lazy(), on="group", how="semi").select("group", "at")
        .join(ats.lazy().select("group", pl.col("at").alias("other")), on="group").collect()
    )  # fmt: skip
    return (
        pairs.get_column("at").to_numpy().astype(np.int64),
        pairs.get_column("other").to_numpy().astype(np.int64),
        large,
    )


def by_words(mine: sparse.csr_array, yours: sparse.csr_array) -> tuple[Rows, Rows]:
    """The BEST candidates of each row of both matrices (rows by words, weighted), as positions.

    Words that more than COMMON rows of a side share are left out, so the cost is at most rows x words x COMMON.
    """
    telling = np.bincount(yours.indices, minlength=yours.shape[1]) <= COMMON
    telling &= np.bincount(mine.indices, minlength=mine.shape[1]) <= COMMON
    product = (mine.multiply(telling[None, :]).tocsr() @ yours.T.tocsr()).tocsr()
    product.eliminate_zeros()
    left, right = _best(product)
    other, one = _best(product.T.tocsr())
    both = np.unique(np.stack([np.concatenate([left, one]), np.concatenate([right, other])]), axis=1)
    return both[0], both[1]


def _best(scores: sparse.csr_array) -> tuple[Rows, Rows]:
    """The BEST columns of each row; ties are all kept up to twice BEST, then the first by position."""
    rows = np.repeat(np.arange(scores.shape[0]), np.diff(scores.indptr))
    order = np.lexsort((scores.indices, -scores.data, rows))
    rank = np.arange(len(rows)) - np.repeat(scores.indptr[:-1], np.diff(scores.indptr))
    kept = order[rank < BEST]
    return rows[kept].astype(np.int64), scores.indices[kept].astype(np.int64)
