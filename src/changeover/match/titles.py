"""Many titles read at once: their words as a sparse matrix, their facets as bits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from changeover.match import lexicon
from changeover.match.normalise import title_words

# The facets in the order of their columns in Titles.facets.
FACETS = ("season", "month", "year", "number", "length", "stage", "seniority", "degree", "contract", "platform")
_COLUMN = {name: i for i, name in enumerate(FACETS)}
_TABLES = {
    "season": lexicon.SEASON, "month": lexicon.MONTH, "year": lexicon.YEAR, "stage": lexicon.STAGE,
    "seniority": lexicon.SENIORITY, "degree": lexicon.DEGREE, "contract": lexicon.CONTRACT,
    "platform": lexicon.PLATFORM,
}  # fmt: skip
# These facets are also part of what the job is; the others are taken out of the core.
_STAYS = frozenset({"platform"})
_ENDINGS = re.compile(r"(?:isation|ization|ations?|ators?|ings?|ments?|ers?|ors?|ies|ists?|ness|als?|ed|es|s|y|e)$")


@dataclass(frozen=True, slots=True)
class Titles:
    """Titles, one row each.

    ``words`` is titles by distinct core words (1 or 0, CSR), ``vocabulary`` those words, ``facets`` titles by
    :data:`FACETS` as bits, ``core`` the core words sorted and joined, ``plain`` all words in their order.
    """

    words: sparse.csr_array
    vocabulary: list[str]
    facets: NDArray[np.uint64]
    core: pl.Series
    plain: pl.Series


def read_titles(titles: pl.Series, known: pl.Series) -> Titles:
    """Read ``titles`` (no nulls); words of ``known`` (the job's location and company) do not count as core.

    A title that repeats its own place or employer says no more than one that does not. Linear in the total length.
    """
    plain = titles.to_frame("text").select(title_words(pl.col("text"))).to_series()
    aside = known.to_frame("text").select(title_words(pl.col("text"))).to_series()
    long = _long(plain)
    vocabulary = long.get_column("text").unique().sort()
    rows = [row for word in vocabulary.to_list() for row in _meanings(word)]
    read = long.join(pl.DataFrame(rows, schema=_SCHEMA, orient="row"), on="text", how="left")
    core = read.filter(pl.col("core").is_not_null()).join(_long(aside), on=["at", "text"], how="anti")
    return _assemble(titles.len(), read, core, plain.str.replace_all(r" +", " ").str.strip_chars())


def _long(texts: pl.Series) -> pl.DataFrame:
    """One row per distinct word of each text: ``at``, ``text``."""
    rows = texts.to_frame("text").with_row_index("at").select("at", pl.col("text").str.split(" ")).explode("text")
    return rows.filter(pl.col("text") != "").unique()


_SCHEMA = {"text": pl.String, "column": pl.Int8, "bit": pl.UInt64, "core": pl.String}


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
        # A number of more digits than a level has is also a word: 101 is not 132, whatever bit they share.
        small = len(word) < 3 and int(word) < 32
        return _COLUMN["number"], 1 << (int(word) if small else 32 + int(word[-9:]) % 31), None if small else word
    return -1, 0, None if word in lexicon.FILLER else stem(word)


def stem(word: str) -> str:
    """The word without its ending, so that "verification" and "verifications", "tester" and "testing" are one."""
    if len(word) < 5 or not word.isalpha() or not word.isascii():
        return word
    cut = _ENDINGS.sub("", word)
    return cut if len(cut) >= 4 else word


def _assemble(count: int, read: pl.DataFrame, core: pl.DataFrame, plain: pl.Series) -> Titles:
    facets = np.zeros((count, len(FACETS)), np.uint64)
    faceted = read.filter(pl.col("column") >= 0)
    columns = (faceted.get_column(name).to_numpy() for name in ("at", "column", "bit"))
    at, column, bit = columns
    np.bitwise_or.at(facets, (at, column), bit)
    pairs = core.select("at", "core").unique().sort("at", "core")
    names = pairs.get_column("core").unique().sort()
    index = pairs.join(pl.DataFrame({"core": names, "number": np.arange(len(names), dtype=np.int32)}), on="core",
                       how="left", maintain_order="left").get_column("number").to_numpy()  # fmt: skip
    counts = np.bincount(pairs.get_column("at").to_numpy(), minlength=count)
    shape = (count, max(1, len(names)))
    words = sparse.csr_array((np.ones(len(index)), index, np.concatenate([[0], np.cumsum(counts)])), shape=shape)
    joined = pairs.group_by("at", maintain_order=True).agg(pl.col("core").str.join(" "))
    cores = pl.DataFrame({"at": np.arange(count, dtype=np.uint32)}).join(
        joined, on="at", how="left", maintain_order="left"
    )
    return Titles(words, names.to_list(), facets, cores.get_column("core").fill_null(""), plain)
