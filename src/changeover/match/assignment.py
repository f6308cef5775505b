"""One-to-one: each job gets its clearly best twin or none; what is nearly as good makes it a doubt."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]
Floats = NDArray[np.float64]


def lead(keys: Rows, scores: Floats) -> Floats:
    """How far each entry is above the best *other* entry of its key (negative: below); infinite if it is alone."""
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
    with np.errstate(invalid="ignore"):
        return np.where(np.isneginf(rival), np.inf, scores - rival)


def clear_pairs(left: Rows, right: Rows, scores: Floats, floor: float, margin: float) -> NDArray[np.bool_]:
    """Which pairs are accepted: above the floor and at least ``margin`` above every rival of either job.

    A job that is taken leaves the others' race, so what it blocked is looked at again, until nothing moves.
    """
    taken = np.zeros(len(left), np.bool_)
    open_ = np.ones(len(left), np.bool_)
    while True:
        at = np.flatnonzero(open_)
        if not len(at):
            return taken
        ahead = np.minimum(lead(left[at], scores[at]), lead(right[at], scores[at]))
        won = at[(scores[at] >= floor) & (ahead >= margin)]
        if not len(won):
            return taken
        taken[won] = True
        open_ &= ~(np.isin(left, left[won]) | np.isin(right, right[won]))
