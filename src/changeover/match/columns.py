"""Columns of Arrow made from numbers and texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray


def arrow_numbers(numbers: NDArray[np.generic[Any]]) -> pa.Array:
    """The numbers without a copy. Not by pa.array, which loads pandas, a second's work, wherever it is installed."""
    return pa.Array.from_buffers(pa.from_numpy_dtype(numbers.dtype), len(numbers), [None, pa.py_buffer(numbers)])


def arrow_texts(texts: Sequence[str] | pl.Series) -> pa.Array:
    """The texts as an Arrow column of strings."""
    column = texts if isinstance(texts, pl.Series) else pl.Series(texts, dtype=pl.String)
    return column.rechunk().to_arrow().cast(pa.string())
