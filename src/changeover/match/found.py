"""Pairs found so far, and the jobs that are still free."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from changeover.match.evidence import Floats, Levels
from changeover.match.intake import Intake

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Found:
    """Pairs of rows of one rule: the levels of their evidence, and the log-odds these add up to.

    ``levels`` and ``score`` may hold one row that stands for all pairs. ``paired`` is false for suggestions.
    ``group``: of suggestions within groups of twins, the row of the group's first legacy job.
    """

    rule: str
    paired: bool
    left: Rows
    right: Rows
    levels: Levels
    score: Floats
    group: Rows | None = None

    def only(self, keep: NDArray[np.bool_], rule: str = "", paired: bool | None = None) -> Found:
        """The pairs for which ``keep`` is true, under another rule or decision where given."""
        each = len(self.levels) == len(self.left)
        return Found(
            rule or self.rule,
            self.paired if paired is None else paired,
            self.left[keep],
            self.right[keep],
            self.levels[keep] if each else self.levels,
            self.score[keep] if each else self.score,
            None if self.group is None else self.group[keep],
        )


def paired(rule: str, pairs: pl.DataFrame, levels: Levels, score: Floats) -> Found:
    """Pairs (``left``, ``right``) accepted by ``rule``; one row of levels and score may stand for all."""
    left, right = (pairs.get_column(name).to_numpy().astype(np.int64) for name in ("left", "right"))
    return Found(rule, True, left, right, levels, score)


@dataclass(slots=True)
class Tally:
    """What each tier has found, and which rows are taken."""

    intake: Intake
    accepted: list[Found] = field(default_factory=list)
    doubts: list[Found] = field(default_factory=list)
    taken: tuple[NDArray[np.bool_], NDArray[np.bool_]] = field(init=False)
    refused: Rows = field(init=False)

    def __post_init__(self) -> None:
        sides = self.intake.legacy, self.intake.ats
        self.taken = np.zeros(sides[0].height, np.bool_), np.zeros(sides[1].height, np.bool_)
        no = self.intake.rejected
        self.refused = self.key(no.get_column("left").to_numpy(), no.get_column("right").to_numpy())

    def key(self, left: NDArray[np.integer], right: NDArray[np.integer]) -> Rows:
        """One number per pair of rows."""
        return left.astype(np.int64) * (self.intake.ats.height + 1) + right.astype(np.int64)

    def add(self, found: Sequence[Found]) -> None:
        """Keep what a tier found; its accepted pairs take their jobs."""
        for one in found:
            (self.accepted if one.paired else self.doubts).append(one)
            if one.paired:
                self.taken[0][one.left] = True
                self.taken[1][one.right] = True

    def allowed(self, left: Rows, right: Rows) -> NDArray[np.bool_]:
        """Which pairs no person has said no to."""
        if not len(self.refused):
            return np.ones(len(left), np.bool_)
        return ~np.isin(self.key(left, right), self.refused)

    def free(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The jobs of both sides that are in no pair yet."""
        return self.without(self.intake.legacy, self.intake.ats)

    def without(self, legacy: pl.DataFrame, ats: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Those jobs of both frames (by ``row``) that are in no pair yet."""
        return _left(legacy, self.taken[0]), _left(ats, self.taken[1])


def _left(side: pl.DataFrame, taken: NDArray[np.bool_]) -> pl.DataFrame:
    gone = taken[side.get_column("row").to_numpy()]
    return side.filter(pl.Series(~gone)) if gone.any() else side
