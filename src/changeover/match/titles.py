"""Many titles read at once: their words as a sparse matrix, their facets as bits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
import xxhash
from numpy.typing import NDArray
from scipy import sparse

from changeover.match import lexicon
from changeover.match.normalise import words_of

# The facets in the order of their columns in Titles.facets.
FACETS = (
    "season", "month", "year", "number", "code", "length", "stage", "seniority", "degree", "contract", "platform",
)  # fmt: skip
_COLUMN = {name: i for i, name in enumerate(FACETS)}
_TABLES = {
    "season": lexicon.SEASON, "month": lexicon.MONTH, "year": lexicon.YEAR, "stage": lexicon.STAGE,
    "seniority": lexicon.SENIORITY, "degree": lexicon.DEGREE, "contract": lexicon.CONTRACT,
    "platform": lexicon.PLATFORM,
}  # fmt: skip
# These facets are also part of what the job is; the others are taken out of the core.
_STAYS = frozenset({"platform"})
_ENDINGS = re.compile(r"(?:isation|ization|ations?|ators?|ings?|ments?|ers?|ors?|ies|ists?|ness|als?|ed|es|s|y|e)$")
_SCHEMA = {"text": pl.String, "column": pl.Int8, "bit": pl.UInt64, "core": pl.String}


@dataclass(frozen=True, slots=True)
class Titles:
    """Distinct titles, one row each; and the words of other texts in the same vocabulary.

    ``words`` is titles by ``vocabulary``, the core words by their stems (1 or 0, CSR); ``aside`` the same for the
    other texts. ``facets`` is titles by :data:`FACETS` as bits; ``plain`` numbers equal wordings, 0 for no words at
    all, ``order`` equal words in any order.
    """

    words: sparse.csr_array
    aside: sparse.csr_array
    vocabulary: list[str]
    facets: NDArray[np.uint64]
    plain: NDArray[np.int64]
    order: NDArray[np.int64]


def read_titles(titles: pl.Series, others: pl.Series) -> Titles:
    """Read distinct ``titles`` and the ``others`` (places and employers) that may stand in them; no nulls.

    Linear in the total length.
    """
    plain = words_of(titles)
    long, other = _long(plain), _long(words_of(others))
    vocabulary = long.get_column("text").unique().sort()
    rows = [row for word in vocabulary.to_list() for row in _meanings(word)]
    meanings = pl.DataFrame(rows, schema=_SCHEMA, orient="row")
    read, beside = (texts.join(meanings, on="text", how="inner") for texts in (long, other))
    stems = meanings.get_column("core").drop_nulls().unique().sort()
    numbers = pl.DataFrame({"core": stems, "number": np.arange(stems.len(), dtype=np.int32)})
    return Titles(
        _matrix(read, numbers, titles.len()),
        _matrix(beside, numbers, others.len()),
        stems.to_list(),
        _facets(read, titles.len()),
        np.where((plain.str.strip_chars() == "").to_numpy(), 0, plain.rank("dense").to_numpy().astype(np.int64)),
        _sums(long.get_column("at").to_numpy(), long.get_column("text").hash(seed=3).to_numpy(), titles.len()),
    )


def _long(texts: pl.Series) -> pl.DataFrame:
    """One row per distinct word of each text: ``at``, ``text``."""
    rows = texts.to_frame("text").with_row_index("at").select("at", pl.col("text").str.split(" ")).explode("text")
    return rows.filter(pl.col("text") != "").unique()


def _meanings(word: str) -> Iterator[tuple[str, int, int, str | None]]:
    """A word's facet (-1: none), its bit there and its form in the core (None: not of the core), for each meaning."""
    same = lexicon.SAME.get(word, word)
    for meant in lexicon.SPELLED.get(same, (same,)):
        yield word, *_meaning(meant)


def _meaning(word: str) -> tuple[int, int, str | None]:
    for name, table in _TABLES.items():
        if word in table:
            return _COLUMN[name], table[word], word if name in _STAYS else None
    if word.endswith("months") and word[:-6].isdecimal():
        return _COLUMN["length"], 1 << (int(word[:-6]) % 64), None
    if word in lexicon.ROMAN:
        return _COLUMN["number"], 1 << lexicon.ROMAN[word], None
    if word.isdecimal() and word.isascii():
        if len(word) < 3 and int(word) < 32:
            return _COLUMN["number"], 1 << int(word), None
        # The number of a shop or a requisition: a level has fewer digits. Too many for a bit each, so a hash stands
        # for it, and such numbers are the same or differ as a whole.
        return _COLUMN["code"], xxhash.xxh3_64_intdigest(word.encode()), None
    return -1, 0, None if word in lexicon.FILLER else stem(word)


def stem(word: str) -> str:
    """The word without its ending, so that "verification" and "verifications", "tester" and "testing" are one."""
    if len(word) < 5 or not word.isalpha() or not word.isascii():
        return word
    cut = _ENDINGS.sub("", word)
    return cut if len(cut) >= 4 else word


def _matrix(read: pl.DataFrame, numbers: pl.DataFrame, count: int) -> sparse.csr_array:
    """Texts by the numbered core words, 1 where a text has the word."""
    pairs = read.select("at", "core").drop_nulls().join(numbers, on="core").select("at", "number").unique()
    at, number = (pairs.get_column(name).to_numpy() for name in ("at", "number"))
    return sparse.csr_array((np.ones(len(at)), (at, number)), shape=(count, max(1, numbers.height)))


def _facets(read: pl.DataFrame, count: int) -> NDArray[np.uint64]:
    facets = np.zeros((count, len(FACETS)), np.uint64)
    faceted = read.filter(pl.col("column") >= 0)
    at, column, bit = (faceted.get_column(name).to_numpy() for name in ("at", "column", "bit"))
    np.bitwise_or.at(facets, (at, column), bit)
    return facets


def _sums(at: NDArray[np.uint32], hashes: NDArray[np.uint64], count: int) -> NDArray[np.int64]:
    """The sum of the hashes of each text's words: equal for equal sets of words, in any order."""
    sums = np.zeros(count, np.uint64)
    np.add.at(sums, at, hashes)
    return sums.view(np.int64)
