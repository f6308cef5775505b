"""Which pairs are looked at: all of a small company, of a large one those that share telling words."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from changeover.match.places import read_place
from changeover.match.profiles import Profiles
from changeover.match.titles import FACETS

Numbers = NDArray[np.int64]
Pairs = tuple[Numbers, Numbers]
# Up to so many pairs a company is compared whole; above it only jobs that share something telling are.
WHOLE = 100_000
# What more jobs of a side share does not lead to a candidate: so a job never meets more than words x COMMON others.
COMMON = 300
BEST = 12
# So many pairs are made at a time, which bounds the memory.
CHUNK = 400_000


def pairs_of(legacy: pl.DataFrame, ats: pl.DataFrame, profiles: Profiles, whole: int = WHOLE) -> Iterator[Pairs]:
    """Positions of pairs worth looking at, in chunks; frames have ``company_number`` (sorted) and ``profile``."""
    sizes = (
        legacy.group_by("company_number").len("mine")
        .join(ats.group_by("company_number").len("yours"), on="company_number")
        .sort("company_number")
        .with_columns((pl.col("mine").cast(pl.Int64) * pl.col("yours")).alias("pairs"))
    )  # fmt: skip
    small = sizes.filter(pl.col("pairs") <= whole)
    yield from _whole(legacy, ats, small)
    for number in sizes.filter(pl.col("pairs") > whole).get_column("company_number"):
        yield _shared(legacy, ats, int(number), profiles)


def _bounds(side: pl.DataFrame, numbers: Numbers) -> tuple[Numbers, Numbers]:
    """Where each company's rows begin and how many there are, in a frame sorted by company."""
    column = side.get_column("company_number").to_numpy()
    first = np.searchsorted(column, numbers, side="left")
    return first, np.searchsorted(column, numbers, side="right") - first


def _whole(legacy: pl.DataFrame, ats: pl.DataFrame, sizes: pl.DataFrame) -> Iterator[Pairs]:
    """All pairs of these companies, in chunks of at most CHUNK (or one company)."""
    numbers = sizes.get_column("company_number").to_numpy()
    (first, mine), (start, yours) = _bounds(legacy, numbers), _bounds(ats, numbers)
    ends = np.cumsum(mine * yours)
    at = 0
    while at < len(numbers):
        done = ends[at - 1] if at else 0
        to = max(at + 1, int(np.searchsorted(ends, done + CHUNK, side="right")))
        yield _cross(first[at:to], mine[at:to], start[at:to], yours[at:to])
        at = to


def _cross(first: Numbers, mine: Numbers, start: Numbers, yours: Numbers) -> Pairs:
    """Every left position of each block with every right position of it."""
    sizes = mine * yours
    block = np.repeat(np.arange(len(sizes)), sizes)
    nth = np.arange(len(block)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return first[block] + nth // yours[block], start[block] + nth % yours[block]


def _shared(legacy: pl.DataFrame, ats: pl.DataFrame, number: int, profiles: Profiles) -> Pairs:
    """The best candidates of one large company: words, and words together with places, weighted by their rarity."""
    bounds = [_bounds(side, np.array([number])) for side in (legacy, ats)]
    spans = [slice(int(first[0]), int(first[0] + count[0])) for first, count in bounds]
    rows = [side.get_column("profile").to_numpy()[span] for side, span in zip((legacy, ats), spans, strict=True)]
    used = np.unique(np.concatenate(rows))
    traits = _traits(profiles, used)
    one, two = (traits[np.searchsorted(used, side)] for side in rows)
    left, right = _best_products(one, two)
    return left + spans[0].start, right + spans[1].start


def _traits(profiles: Profiles, used: Numbers) -> sparse.csr_array:
    """Profiles by traits: each core word, each at each city, all of them, all of them at the place, each number."""
    words = sparse.coo_array(profiles.words[used])
    cities = [
        sorted(c.id for c in read_place(profiles.locations[at]).cities) for at in profiles.location[used].tolist()
    ]
    counts = np.array([len(c) for c in cities], np.int64)
    flat = np.array([c for some in cities for c in some], np.int64)
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    times = counts[words.row]
    which = np.repeat(np.arange(len(words.row)), times)
    nth = np.arange(len(which)) - np.repeat(np.cumsum(times) - times, times)
    city = flat[starts[words.row[which]] + nth] if len(which) else np.zeros(0, np.int64)
    at = np.arange(len(used))
    keys = [
        (words.row, words.col.astype(np.int64) << 2),
        (words.row[which], ((words.col[which].astype(np.int64) << 34) ^ (city << 2)) | 1),
        (at, (profiles.core[used] << 2) | 2),
        (at, ((profiles.core[used] << 34) ^ (profiles.places(used) << 2)) | 3),
    ]
    codes = profiles.facets[used, FACETS.index("code")].view(np.int64)
    keys.append((at[codes != 0], codes[codes != 0]))
    row = np.concatenate([k[0] for k in keys])
    names, column = np.unique(np.concatenate([k[1] for k in keys]), return_inverse=True)
    return sparse.csr_array((np.ones(len(row), np.float32), (row, column)), shape=(len(used), len(names)))


def _best_products(one: sparse.csr_array, two: sparse.csr_array) -> Pairs:
    """The BEST rows of the other matrix for each row of either, by the rarity of the traits they share."""
    mine, yours = (np.bincount(side.indices, minlength=side.shape[1]) for side in (one, two))
    telling = (mine > 0) & (yours > 0) & (mine <= COMMON) & (yours <= COMMON)
    weight = np.where(telling, np.log1p(COMMON / np.maximum(1, np.maximum(mine, yours))), 0).astype(np.float32)
    weighted = sparse.csr_array(one.multiply(weight[None, :]))
    weighted.eliminate_zeros()
    product = sparse.csr_array(weighted @ sparse.csr_array(two.T))
    left, right = _best(product)
    other, this = _best(sparse.csr_array(product.T))
    width = two.shape[0]
    both = np.unique(np.concatenate([left * width + right, this * width + other]))
    return both // width, both % width


def _best(scores: sparse.csr_array) -> Pairs:
    """The BEST columns of each row; of those that tie with the last of them, the first by position."""
    rows = np.repeat(np.arange(scores.shape[0], dtype=np.int64), np.diff(scores.indptr))
    # Rounded, since the order in which traits are added up, and so the last digit, depends on the other jobs.
    order = np.lexsort((scores.indices, -scores.data.round(3), rows))
    rank = np.arange(len(rows)) - np.repeat(scores.indptr[:-1], np.diff(scores.indptr))
    kept = order[rank < BEST]
    return rows[kept], scores.indices[kept].astype(np.int64)
