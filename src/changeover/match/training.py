"""Learn the weights of evidence from pairs that are known, cross-validated by company."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from changeover.match import by_text
from changeover.match.by_id import with_ids
from changeover.match.evidence import (
    COLUMN,
    CROWD_LADDERS,
    LADDERS,
    LEAD_LADDERS,
    TEXT_LADDERS,
    Floats,
    Levels,
    lead_levels,
    log_odds,
)
from changeover.match.found import Rows, Tally
from changeover.match.intake import frame, take
from changeover.match.particulars import with_particulars
from changeover.match.profiles import Profiles, read_profiles
from changeover.match.regression import fit
from changeover.match.weights import Weights

Mask = NDArray[np.bool_]

# Learned text weights are taken at this part of their strength before the leads are learned, because a pair that
# is far ahead of its rivals says much of the same again.
STRENGTH = 0.45
# Twins that no text tells apart teach little: their label is a coin's.
TWIN_WEIGHT = 0.3
PENALTY = 0.3
FOLDS = 5
_COMMON_FROM = 30
_RAREST = 7.0
# Long numbers in titles are too rare in the labelled pairs to learn from, so their weights are set by hand.
_TEXT = tuple(field for field in (*TEXT_LADDERS, *CROWD_LADDERS) if field != "code")
_LEADS = tuple(LEAD_LADDERS)
# The level of each field that weighs nothing, so that the others read as "for" and "against".
_NEUTRAL = {
    "place": "unknown", "company": "same", "shared_words": "some", "wording": "similar",
    "different_words": "legacy_word_ats_word", "legacy_jobs_left": "3_to_5", "ats_jobs_left": "3_to_5",
    "legacy_share_paired": "20_to_30", "ats_share_paired": "20_to_30", "lead_of_legacy": "just_ahead",
    "lead_of_ats": "just_ahead",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Board:
    """Labelled jobs: both sides (with ``group``), the true pairs by (legacy id, ATS id), ids that nobody can decide.

    A company is what stands before ``|`` in its group, so that several times of one company stay together.
    ``rejected`` are pairs that are known to be none, where not all pairs are known; None where ``truth`` is whole.
    """

    legacy: pa.Table
    ats: pa.Table
    truth: frozenset[tuple[str, str]]
    undecidable: frozenset[str]
    rejected: frozenset[tuple[str, str]] | None = None

    def knows(self) -> Callable[[str, str], bool]:
        """Whether it is known of a pair, by both ids, that it is true or that it is not: a job has one twin."""
        rejected = self.rejected
        if rejected is None:
            return lambda _legacy, _ats: True
        settled = {job for pair in self.truth for job in enumerate(pair)}
        return lambda legacy, ats: (0, legacy) in settled or (1, ats) in settled or (legacy, ats) in rejected


@dataclass(frozen=True, slots=True)
class Material:
    """One board as far as the hash joins bring it, and every pair that is left with its levels and label.

    ``known`` says which labels anybody gave.
    ``once`` has, per pair found by a hash join of texts: its level, its company, whether it is true.
    """

    mine: pl.DataFrame
    yours: pl.DataFrame
    left: Rows
    right: Rows
    levels: Levels
    label: Mask
    known: Mask
    twin: Mask
    company: NDArray[np.object_]
    once: tuple[tuple[str, str, bool], ...]

    def of(self, companies: set[str]) -> Mask:
        """Which pairs belong to these companies."""
        return np.array([name in companies for name in self.company], np.bool_)


def common_words(boards: Sequence[Board]) -> dict[str, float]:
    """Stems that many distinct titles hold, with the natural log of titles per title that holds them."""
    cores: set[str] = set()
    for board in boards:
        profiles, *_ = _read(Tally(take(frame(board.legacy), frame(board.ats), None)), {})
        cores.update(profiles.cores(np.arange(len(profiles.core))).tolist())
    seen = Counter(word for core in cores for word in core.split())
    return {w: round(math.log(len(cores) / n), 2) for w, n in sorted(seen.items()) if n >= _COMMON_FROM}


def _read(tally: Tally, rarity: Mapping[str, float]) -> tuple[Profiles, pl.DataFrame, pl.DataFrame]:
    mine, yours = (with_particulars(with_ids(side)) for side in tally.free())
    return read_profiles(mine, yours, rarity, _RAREST)


def material(board: Board, weights: Weights) -> Material:
    """The board's pairs beyond the hash joins; ids of employers play no part, only text is learned."""
    tally = Tally(take(frame(without_ids(board.legacy)), frame(without_ids(board.ats)), None))
    profiles, mine, yours = _read(tally, weights.rarity)
    company = [group.split("|")[0] for group in tally.intake.legacy.get_column("group")]
    ids = [side.get_column("id").to_list() for side in (tally.intake.legacy, tally.intake.ats)]
    found = by_text.standing_once(profiles, mine, yours, tally, weights)
    knows = board.knows()
    once = tuple(
        (one.rule, company[a], (ids[0][a], ids[1][b]) in board.truth)
        for one in found
        for a, b in zip(one.left.tolist(), one.right.tolist(), strict=True)
        if knows(ids[0][a], ids[1][b])
    )
    tally.add(found)
    mine, yours = (by_text.distinct(side) for side in tally.without(mine, yours))
    left, right, levels = by_text.compared(profiles, mine, yours, tally, replace(weights, consider=-math.inf))
    # A pair of texts is true if it stands for a true pair of jobs.
    members = [side.get_column("members").to_list() for side in (mine, yours)]
    text = {(a, b) for a, b in _texts(members, ids, board.truth)}
    label = np.array([pair in text for pair in zip(left.tolist(), right.tolist(), strict=True)], np.bool_)
    rows = [side.get_column("row").to_numpy() for side in (mine, yours)]
    at = zip(rows[0][left].tolist(), rows[1][right].tolist(), strict=True)
    known = label | np.array([knows(ids[0][a], ids[1][b]) for a, b in at], np.bool_)
    hard = [np.array([i in board.undecidable for i in side], np.bool_) for side in ids]
    twin = hard[0][rows[0][left]] | hard[1][rows[1][right]]
    names = np.array(company, object)[rows[0][left]]
    return Material(mine, yours, left, right, levels, label, known, twin, names, once)


def without_ids(table: pa.Table) -> pa.Table:
    """The jobs without their employer job ids."""
    return table.drop_columns(["employer_job_id"]) if "employer_job_id" in table.column_names else table


def _texts(
    members: Sequence[list[list[int]]], ids: Sequence[list[str]], truth: frozenset[tuple[str, str]]
) -> Iterator[tuple[int, int]]:
    """The true pairs as positions of the texts that their jobs have."""
    of = [{ids[side][row]: at for at, rows in enumerate(members[side]) for row in rows} for side in (0, 1)]
    for mine, yours in truth:
        if mine in of[0] and yours in of[1]:
            yield of[0][mine], of[1][yours]


def learn(boards: Sequence[Material], start: Weights, companies: set[str] | None = None) -> Weights:
    """Weights learned from the pairs of ``companies`` (all where None), every other field as in ``start``."""
    every = {name for board in boards for name in board.company.tolist()} | {o[1] for b in boards for o in b.once}
    chosen = companies if companies is not None else every
    inner = folds(chosen)
    bases = [np.zeros(len(board.label)) for board in boards]
    for part in inner:
        text = _learn_text(boards, start, chosen - part)
        for board, base in zip(boards, bases, strict=True):
            held = board.of(part)
            base[held] = log_odds(board.levels[held], text)
    text = _learn_text(boards, start, chosen)
    # Twice, since the leads are measured in log-odds that the factor found here changes.
    factor = 1.0
    for _ in range(2):
        fields, prior, more = _learn_leads(boards, [factor * base for base in bases], chosen, start.consider)
        factor *= more
    scaled = {f: {level: factor * w for level, w in text.fields[f].items()} for f in _TEXT}
    return _centred(
        replace(start, fields={**start.fields, **scaled, **fields}, prior=factor * text.prior + prior), boards, chosen
    )


def folds(companies: set[str], count: int = FOLDS) -> list[set[str]]:
    """The companies in ``count`` parts, the same parts every time."""
    ordered = sorted(companies, key=lambda name: (hash_of(name), name))
    return [set(ordered[n::count]) for n in range(count)]


def hash_of(name: str) -> int:
    """A number that does not depend on the process."""
    return sum((i + 1) * 2_654_435_761 * ord(c) for i, c in enumerate(name)) % 1_000_003


def _learn_text(boards: Sequence[Material], start: Weights, companies: set[str]) -> Weights:
    masks = [board.of(companies) for board in boards]
    levels = np.concatenate([b.levels[m] for b, m in zip(boards, masks, strict=True)])
    label, weight = _labels(boards, masks)
    ladders, prior, _ = fit(levels, _TEXT, label, weight, np.zeros(len(label)), PENALTY)
    fields = {f: dict(zip(LADDERS[f], (STRENGTH * np.array(w)).tolist(), strict=True)) for f, w in ladders.items()}
    none: dict[str, dict[str, float]] = {f: {} for f in LADDERS if f not in fields}
    return replace(start, fields={**none, **fields}, prior=STRENGTH * prior)


def _labels(boards: Sequence[Material], masks: Sequence[Mask]) -> tuple[Mask, Floats]:
    label = np.concatenate([b.label[m] for b, m in zip(boards, masks, strict=True)])
    twin = np.concatenate([b.twin[m] for b, m in zip(boards, masks, strict=True)])
    known = np.concatenate([b.known[m] for b, m in zip(boards, masks, strict=True)])
    return label, np.where(known, np.where(twin, TWIN_WEIGHT, 1.0), 0.0)


def _learn_leads(
    boards: Sequence[Material], bases: Sequence[Floats], companies: set[str], consider: float
) -> tuple[dict[str, dict[str, float]], float, float]:
    parts = []
    for board, base in zip(boards, bases, strict=True):
        keep = board.of(companies) & (base >= consider)
        levels = board.levels[keep].copy()
        leads = by_text.leads(board.mine, board.yours, board.left[keep], board.right[keep], base[keep])
        lead_levels(*leads, levels)
        parts.append((levels, base[keep], keep))
    label, weight = _labels(boards, [p[2] for p in parts])
    base = np.concatenate([p[1] for p in parts])
    ladders, prior, factor = fit(np.concatenate([p[0] for p in parts]), _LEADS, label, weight, base, 1.0)
    return {f: dict(zip(LADDERS[f], w, strict=True)) for f, w in ladders.items()}, prior, factor


def _centred(weights: Weights, boards: Sequence[Material], companies: set[str]) -> Weights:
    """The same log-odds, told so that a field that says nothing weighs nothing; and the sure tiers calibrated."""
    fields = {name: dict(ladder) for name, ladder in weights.fields.items()}
    prior = weights.prior
    for name in (*_TEXT, *_LEADS):
        neutral = fields[name][_NEUTRAL.get(name, "not_given")]
        prior += neutral
        for level in fields[name]:
            unread = level in ("not_read", "not_counted", "not_compared")
            fields[name][level] = 0.0 if unread else round(fields[name][level] - neutral, 3)
    centred = replace(weights, fields=fields, prior=round(prior, 3))
    for rule, wording in (("same_text", "same_text"), ("same_meaning", "same_core")):
        told = [true for board in boards for level, name, true in board.once if level == rule and name in companies]
        chance = (sum(told) + 1) / (len(told) + 2)
        have = centred.prior + fields["wording"][wording] + fields["place"]["same_cities"]
        fields["stands_once"][rule] = round(math.log(chance / (1 - chance)) - have, 3)
    return centred


def scores(board: Material, weights: Weights) -> tuple[Rows, Floats, Floats, Levels]:
    """Which pairs are rivals, their log-odds without and with their leads, and their levels."""
    base = log_odds(board.levels, weights)
    keep = np.flatnonzero(base >= weights.consider)
    levels = board.levels[keep].copy()
    lead_levels(*by_text.leads(board.mine, board.yours, board.left[keep], board.right[keep], base[keep]), levels)
    return keep, base[keep], log_odds(levels, weights), levels


__all__ = ["COLUMN", "Board", "Material", "common_words", "folds", "learn", "material", "scores", "without_ids"]
