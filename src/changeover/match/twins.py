"""Groups of jobs that no text tells apart: every member once, so that one choice can pair them all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from changeover.match.evidence import Floats, Levels
from changeover.match.found import Found, Rows, Tally
from changeover.match.profiles import Profiles

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Compared:
    """Texts of both sides (by_text.distinct), and the pairs of positions in them that were scored and not accepted."""

    mine: pl.DataFrame
    yours: pl.DataFrame
    left: Rows
    right: Rows
    levels: Levels
    base: Floats
    score: Floats

    def class_of(self, profiles: Profiles, side: pl.DataFrame, asked: Rows) -> Rows:
        """The number of each text's class: those of one company that read the same, at places that mean the same.

        Only the classes of the texts ``asked`` for are right: of others it is not read where they are.
        """
        at = side.get_column("profile").to_numpy().astype(np.int64)
        company = side.get_column("company_number").to_numpy().astype(np.int64)
        plain = profiles.plain[at]
        wording = np.unique(company * (int(plain.max(initial=0)) + 1) + plain, return_inverse=True)[1]
        near = np.isin(wording, wording[asked])
        place = np.zeros(len(at), np.int64)
        place[near] = np.unique(profiles.places(at[near]), return_inverse=True)[1]
        key, number = np.unique(wording * (int(place.max(initial=0)) + 1) + place, return_inverse=True)
        # In the order of what is written there, so that a tie is broken alike whatever else is matched.
        first = np.full(len(key), np.iinfo(np.int64).max)
        np.minimum.at(first, number, profiles.location[at])
        rank = np.empty(len(key), np.int64)
        rank[np.lexsort((first, key // (int(place.max(initial=0)) + 1)))] = np.arange(len(key))
        return rank[number]


def groups(profiles: Profiles, among: Compared, doubt: Mask, won: Mask, margin: float, tally: Tally) -> Found | None:
    """The groups among the doubtful pairs, as suggestions that name each member; None if there are none.

    A class of equal texts belongs to one class of the other side at most, the best; within the two, what is not
    ``margin`` ahead is not told apart. Where a side has several left in it, all of them together are a group: as many
    suggestions as the larger side has jobs, in the order of the ids. Cost: the pairs scored, and one sort of the jobs.
    """
    tied = _tied(profiles, among, doubt, won, margin)
    if not tied.any():
        return None
    count = among.mine.height + among.yours.height
    ends = among.left[tied], among.right[tied] + among.mine.height
    graph = sparse.csr_array((np.ones(int(tied.sum()), np.int8), ends), shape=(count, count))
    number = connected_components(graph, directed=False)[1].astype(np.int64)
    edges = np.flatnonzero(tied)
    used = np.unique(number[among.left[edges]])
    sides = [
        _members(among.mine, number[: among.mine.height], used, tally.intake.legacy),
        _members(among.yours, number[among.mine.height :], used, tally.intake.ats),
    ]
    sizes = np.stack([np.bincount(side.get_column("group").to_numpy(), minlength=len(used)) for side in sides])
    real: Mask = np.asarray((sizes > 1).any(axis=0))
    return _in_turn(sides, sizes, real, edges, among, tally)


def _tied(profiles: Profiles, among: Compared, doubt: Mask, won: Mask, margin: float) -> Mask:
    """Which doubtful pairs are as good as the best of their two classes, of which one has several jobs left."""
    classes, left_over = [], []
    for side, at in ((among.mine, among.left), (among.yours, among.right)):
        number = among.class_of(profiles, side, at[doubt])
        many = side.get_column("many").to_numpy().astype(np.int64)
        many[at[won]] -= 1
        classes.append(number)
        left_over.append(np.bincount(number, weights=many))
    one, two = classes[0][among.left], classes[1][among.right]
    several = (left_over[0][one] > 1) | (left_over[1][two] > 1)
    able = np.flatnonzero(doubt & several)
    key = one[able] * (int(two.max(initial=0)) + 1) + two[able]
    pairs, first, back = np.unique(key, return_index=True, return_inverse=True)
    best = np.full(len(pairs), -np.inf)
    np.maximum.at(best, back, among.base[able])
    taken: tuple[set[int], set[int]] = set(), set()
    chosen = np.zeros(len(pairs), np.bool_)
    for at_pair in np.lexsort((two[able[first]], one[able[first]], -best)).tolist():
        mine, yours = int(one[able[first[at_pair]]]), int(two[able[first[at_pair]]])
        if mine not in taken[0] and yours not in taken[1]:
            taken[0].add(mine)
            taken[1].add(yours)
            chosen[at_pair] = True
    tied = np.zeros(len(doubt), np.bool_)
    tied[able] = chosen[back] & (among.base[able] > best[back] - max(margin, 1e-9))
    return tied


def _members(side: pl.DataFrame, number: Rows, used: Rows, jobs: pl.DataFrame) -> pl.DataFrame:
    """``group``, ``row``, ``text`` (the position in ``side``) of all members, each group in the order of the ids."""
    inside = np.isin(number, used)
    found = side.select("members").with_columns(
        pl.Series("group", np.searchsorted(used, number)), pl.Series("text", np.arange(side.height))
    )
    rows = found.filter(pl.Series(inside)).explode("members").rename({"members": "row"})
    named = rows.with_columns(pl.col("row").cast(pl.Int64), jobs.get_column("id").gather(rows.get_column("row")))
    return named.sort("group", pl.col("id").str.len_chars(), "id")


def _in_turn(
    sides: list[pl.DataFrame], sizes: NDArray[np.int64], real: Mask, edges: Rows, among: Compared, tally: Tally
) -> Found | None:
    """The members of both sides side by side, in turn where one side has fewer."""
    which = np.flatnonzero(real)
    times = sizes.max(axis=0)[which]
    group = np.repeat(which, times)
    turn = np.arange(len(group)) - np.repeat(np.cumsum(times) - times, times)
    at = [
        (np.cumsum(size) - size)[group] + turn % np.maximum(1, size[group]) for size in sizes
    ]  # where each member stands
    row, text = ([side.get_column(name).to_numpy()[a] for side, a in zip(sides, at, strict=True)]
                 for name in ("row", "text"))  # fmt: skip
    width = among.yours.height + 1
    keys = among.left[edges] * width + among.right[edges]
    order = np.argsort(keys)
    place = np.minimum(np.searchsorted(keys, text[0] * width + text[1], sorter=order), len(keys) - 1)
    pair = edges[order[place]]
    known = (among.left[pair] == text[0]) & (among.right[pair] == text[1]) & tally.allowed(row[0], row[1])
    kept = [np.stack([row[0][known], row[1][known], pair[known], group[known]], axis=1)]
    kept.append(_for_the_rest(sides, real, edges, among, tally, kept[0]))
    rows = np.concatenate(kept)
    if not len(rows):
        return None
    first = sides[0].group_by("group", maintain_order=True).first()
    leader = np.full(len(real), -1, np.int64)
    leader[first.get_column("group").to_numpy()] = first.get_column("row").to_numpy()
    pair = rows[:, 2]
    return Found("twins", False, rows[:, 0], rows[:, 1], among.levels[pair], among.score[pair], leader[rows[:, 3]])


def _for_the_rest(
    sides: list[pl.DataFrame], real: Mask, edges: Rows, among: Compared, tally: Tally, kept: Rows
) -> Rows:
    """Members whose turn came to one that they cannot be: each beside the first that it can, by score."""
    members: list[dict[int, list[int]]] = [{}, {}]
    missing: list[tuple[int, int, int, int]] = []
    for at, side in enumerate(sides):
        told = set(kept[:, at].tolist())
        for group, row, text in side.select("group", "row", "text").iter_rows():
            members[at].setdefault(text, []).append(row)
            if real[group] and row not in told:
                missing.append((at, group, row, text))
    if not missing:
        return np.zeros((0, 4), np.int64)
    partners: tuple[dict[int, list[int]], dict[int, list[int]]] = {}, {}
    for edge in edges[np.argsort(-among.score[edges], kind="stable")].tolist():
        partners[0].setdefault(int(among.left[edge]), []).append(edge)
        partners[1].setdefault(int(among.right[edge]), []).append(edge)
    refused = set(tally.refused.tolist())
    rows = set()
    for at, group, row, text in missing:
        for edge in partners[at].get(text, ()):
            other = int((among.right, among.left)[at][edge])
            ends = (((row, m), (m, row))[at] for m in members[1 - at][other])
            free = next((e for e in ends if e[0] * (tally.intake.ats.height + 1) + e[1] not in refused), None)
            if free:
                rows.add((*free, edge, group))
                break
    return np.array(sorted(rows), np.int64).reshape(-1, 4)
