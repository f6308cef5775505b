"""Weights learned and judged on companies they never saw, and the thresholds that hold there."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from changeover.match.evidence import Floats
from changeover.match.intake import UnusableJobs
from changeover.match.pairing import pair
from changeover.match.training import Board, Mask, Material, common_words, folds, learn, material, without_ids
from changeover.match.weights import Weights

# With fewer, what is learned is chance.
LEAST_COMPANIES = 10
LEAST_OF_A_KIND = 50
_MARGINS = (0.0, 0.3, 1.0)
# Log-odds that no scored text has.
_NEVER = 30.0
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Judged:
    """How a match did on companies with labels: true pairs there are, pairs it made, and how many of those are true.

    Jobs that nobody can decide are left out of all three, and pairs of which nothing is known out of the last two.
    """

    companies: int
    true: int
    paired: int
    right: int

    @property
    def precision(self) -> float:
        """The part of the made pairs that are true; 1 where none was made."""
        return self.right / self.paired if self.paired else 1.0

    @property
    def recall(self) -> float:
        """The part of the true pairs that were made; 1 where there are none."""
        return self.right / self.true if self.true else 1.0

    def __add__(self, other: Judged) -> Judged:
        return Judged(
            self.companies + other.companies,
            self.true + other.true,
            self.paired + other.paired,
            self.right + other.right,
        )


@dataclass(frozen=True, slots=True)
class Trained:
    """``weights`` learned from all labels; by fold what weights and thresholds did that knew nothing of its companies.

    ``before`` is what the weights that it began with did on the same companies.
    """

    weights: Weights
    folds: tuple[Judged, ...]
    before: tuple[Judged, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """Pairs made with no threshold: of each its log-odds (infinite where no threshold counts) and whether it is true.

    ``companies`` and ``true`` are those of :class:`Judged`.
    """

    companies: int
    true: int
    log_odds: Floats
    right: Mask

    def at(self, accept: float) -> Judged:
        """What is left of them from this threshold on."""
        kept = self.log_odds >= accept
        return Judged(self.companies, self.true, int(kept.sum()), int((kept & self.right).sum()))


def train(
    boards: Sequence[Board],
    start: Weights,
    *,
    precision: float,
    count: int,
    progress: Progress = lambda _done, _all: None,
) -> Trained:
    """Learn weights and thresholds from labelled boards; ``start`` has what is set by hand, and where it begins.

    The companies are dealt into ``count`` parts. What judges a part was learned from the others, its thresholds were
    chosen on each of the others by weights learned without that one as well, so neither knew its companies. The
    thresholds of the answer are chosen the same way on all parts. Employer job ids play no part in any of it. Cost:
    ``count * (count + 1) / 2 + 1`` times learning.

    Raises UnusableJobs where there are too few labels to learn from.
    """
    was = start
    # From titles alone, without any label, so it may know the titles of all companies.
    start = replace(start, rarity=common_words(boards))
    told = [material(board, start) for board in boards]
    _check(told, boards)
    parts = folds(_companies(boards), count)
    course = _learned(told, start, parts, progress)
    inner = {held: {m: _made(boards, parts[held[1]], w, m) for m in _MARGINS} for held, w in course.items() if held[1:]}
    outer = [{m: _made(boards, part, course[(at,)], m) for m in _MARGINS} for at, part in enumerate(parts)]
    judged = []
    for at in range(count):
        others = [made for held, made in inner.items() if held[0] == at]
        margin, accept = thresholds(others, precision)
        judged.append(outer[at][margin].at(accept))
    margin, accept = thresholds(outer, precision)
    before = [_made(boards, part, was, was.margin).at(was.accept) for part in parts]
    return Trained(replace(course[()], margin=margin, accept=accept), tuple(judged), tuple(before))


def _learned(
    told: Sequence[Material], start: Weights, parts: Sequence[set[str]], progress: Progress
) -> dict[tuple[int, ...], Weights]:
    """Weights learned without no part, without each, and without each two, in both orders."""
    every = set().union(*parts)
    without = [held for size in (0, 1, 2) for held in combinations(range(len(parts)), size)]
    found: dict[tuple[int, ...], Weights] = {}
    for done, held in enumerate(without):
        progress(done, len(without))
        found[held] = found[held[::-1]] = learn(told, start, every - set().union(*(parts[at] for at in held)))
    progress(len(without), len(without))
    return found


def _made(boards: Sequence[Board], companies: set[str], weights: Weights, margin: float) -> Made:
    """The pairs that weights make of the jobs of these companies."""
    open_ = replace(weights, margin=margin, accept=weights.review)
    true, log_odds, right = 0, [], []
    for board in boards:
        sides = [_of(without_ids(side), companies) for side in (board.legacy, board.ats)]
        ids = [set(side.column("id").to_pylist()) - board.undecidable for side in sides]
        true += sum(legacy in ids[0] and ats in ids[1] for legacy, ats in board.truth)
        knows = board.knows()
        for row in _pairs(pair(sides[0], sides[1], None, open_)):
            legacy, ats = row["legacy_id"], row["ats_id"]
            if legacy in ids[0] and ats in ids[1] and knows(legacy, ats):
                log_odds.append(_log_odds(row["score"]) if row["rule"] == "text" else math.inf)
                right.append((legacy, ats) in board.truth)
    return Made(len(companies), true, np.array(log_odds), np.array(right, np.bool_))


def thresholds(parts: Sequence[Mapping[float, Made]], precision: float) -> tuple[float, float]:
    """The margin and the threshold in log-odds that find most, the precision held over all parts and without any one.

    Each part has its pairs by margin. The last is the guard: a threshold that hangs on the companies of one part would
    not hold on others. A pair that is rather false than true is never accepted, and where nothing holds, none is.
    """
    found = {margin: _threshold([part[margin] for part in parts], precision) for margin in parts[0]}
    margin = max(found, key=lambda margin: (found[margin][1], margin))
    return margin, found[margin][0]


def _threshold(parts: Sequence[Made], precision: float) -> tuple[float, int]:
    """The lowest threshold at which the precision holds, and how many true pairs it leaves; 0 if nothing holds."""
    part = np.repeat(np.arange(len(parts)), [len(made.log_odds) for made in parts])
    log_odds = np.concatenate([made.log_odds for made in parts])
    right = np.concatenate([made.right for made in parts])
    order = np.argsort(-log_odds, kind="stable")
    log_odds, right, mine = log_odds[order], right[order], part[order] == np.arange(len(parts))[:, None]
    # By row: all parts, then all but each.
    counted = np.vstack([np.ones_like(mine[:1]), ~mine])
    made, good = np.cumsum(counted, axis=1), np.cumsum(counted & right, axis=1)
    holds = (good >= precision * made).all(axis=0) & (log_odds >= 0)
    # Pairs of one score are accepted together or not at all.
    holds &= np.append(log_odds[1:] != log_odds[:-1], True)
    at = np.flatnonzero(holds)
    if not len(at):
        return _NEVER, 0
    last = int(at[-1])
    # Nothing is between this pair and the next; the file keeps three digits.
    return (math.floor(1000 * log_odds[last]) / 1000 if log_odds[last] < math.inf else _NEVER), int(good[0, last])


def _of(table: pa.Table, companies: set[str]) -> pa.Table:
    groups = [group.split("|")[0] in companies for group in table.column("group").to_pylist()]
    return table.filter(pa.array(groups, pa.bool_()))


def _pairs(found: pa.Table) -> list[dict[str, Any]]:
    kept = found.filter(pc.equal(pc.cast(found.column("decision"), "string"), "paired"))
    rows: list[dict[str, Any]] = kept.select(["legacy_id", "ats_id", "rule", "score"]).to_pylist()
    return rows


def _log_odds(score: float) -> float:
    return math.log(score / (1 - score)) if score < 1 else _NEVER


def _companies(boards: Sequence[Board]) -> set[str]:
    sides = [side.column("group").to_pylist() for board in boards for side in (board.legacy, board.ats)]
    return {group.split("|")[0] for side in sides for group in side}


def _check(told: Sequence[Material], boards: Sequence[Board]) -> None:
    """Refuse to learn from what teaches nothing."""
    companies = len(_companies(boards))
    true = sum(int((board.label & board.known).sum()) for board in told) + sum(o[2] for b in told for o in b.once)
    false = sum(int((board.known & ~board.label).sum()) for board in told)
    if companies < LEAST_COMPANIES or min(true, false) < LEAST_OF_A_KIND:
        raise UnusableJobs(
            "TOO_FEW_LABELS",
            f"There are {companies:,} companies, {true:,} true pairs and {false:,} false ones. With fewer than "
            f"{LEAST_COMPANIES} companies and {LEAST_OF_A_KIND} of each, what is learned is chance; add more labels.",
        )
