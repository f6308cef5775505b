"""One-to-one: how far a pair is ahead of its rivals, and who wins clearly."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Floats = NDArray[np.float64]


def lead(keys: Numbers, scores: Floats) -> Floats:
    """How far each entry is above the best *other* entry of its key (negative: below); infinite if it is alone.

    ``keys`` are numbers from 0. Linear, and the same whatever the order of the entries.
    """
    if not len(keys):
        return np.zeros(0)
    count = int(keys.max()) + 1
    best = np.full(count, -np.inf)
    np.maximum.at(best, keys, scores)
    top = scores == best[keys]
    shared = np.bincount(keys[top], minlength=count)
    second = np.full(count, -np.inf)
    np.maximum.at(second, keys[~top], scores[~top])
    rival = np.where(top & (shared[keys] == 1), second[keys], best[keys])
    return np.where(np.isneginf(rival), np.inf, scores - np.where(np.isneginf(rival), 0.0, rival))


def clear(left: Numbers, right: Numbers, scores: Floats, margin: float) -> NDArray[np.bool_]:
    """Which pairs are ahead of every rival of either job by at least ``margin`` (above 0, so one-to-one)."""
    return np.minimum(lead(left, scores), lead(right, scores)) >= max(margin, 1e-9)
