"""Logistic regression on named levels, with a ridge, by L-BFGS."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse

from changeover.match.evidence import COLUMN, LADDERS, Floats, Levels


def fit(
    levels: Levels, fields: Sequence[str], label: NDArray[np.bool_], weight: Floats, extra: Floats, penalty: float
) -> tuple[dict[str, list[float]], float, float]:
    """The weights of each field's levels, the prior, and the factor of the number ``extra``.

    Minimises the weighted log loss plus half the squared level weights over ``penalty``; prior and factor are free.
    """
    x = _indicators(levels, fields)
    turned = sparse.csr_array(x.T)
    sign = np.where(label, 1.0, -1.0)

    def loss(w: Floats) -> tuple[float, Floats]:
        z = sign * (x @ w[:-2] + w[-2] + w[-1] * extra)
        pull = -sign * weight / (1 + np.exp(np.clip(z, -60, 60)))
        slope = np.concatenate([turned @ pull + w[:-2] / penalty, [pull.sum(), pull @ extra]])
        return float(weight @ np.logaddexp(0, -z) + 0.5 * w[:-2] @ w[:-2] / penalty), slope

    start = np.zeros(x.shape[1] + 2)
    found = optimize.minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 500}).x
    ends = np.cumsum([len(LADDERS[f]) for f in fields])
    ladders = {f: found[end - len(LADDERS[f]) : end].tolist() for f, end in zip(fields, ends, strict=True)}
    return ladders, float(found[-2]), float(found[-1])


def _indicators(levels: Levels, fields: Sequence[str]) -> sparse.csr_array:
    """Pairs by the levels of all fields side by side, 1 where a pair has that level."""
    starts = np.concatenate([[0], np.cumsum([len(LADDERS[f]) for f in fields])])
    columns = levels[:, [COLUMN[f] for f in fields]].astype(np.int64) + starts[:-1]
    rows = np.arange(0, columns.size + 1, len(fields))
    return sparse.csr_array((np.ones(columns.size), columns.ravel(), rows), shape=(len(levels), int(starts[-1])))
