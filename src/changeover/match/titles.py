"""All titles of a match read at once: their words as a sparse matrix, their facets as bits."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from changeover.match import lexicon
from changeover.match.normalise import title_words

# The facets in the order of their columns in Titles.facets.
FACETS = ("season", "month", "year", "number", "stage", "seniority", "degree", "contract", "platform")
_COLUMN = {name: i for i, name in enumerate(FACETS)}
_TABLES = {
    "season": lexicon.SEASON, "month": lexicon.MONTH, "year": lexicon.YEARS, "stage": lexicon.STAGE,
    "seniority": lexicon.SENIORITY, "degree": lexicon.DEGREE, "contract": lexicon.CONTRACT,
    "platform": lexicon.PLATFORM,
}  # fmt: skip
# A platform word is also part of what the job is; the others are taken out of the core.
_STAYS = frozenset({"platform", "seniority"})
_CODE = re.compile(r"^(?=.*\d)[a-z\d]+$")


@dataclass(frozen=True, slots=True)
class Titles:
    """Distinct titles, one row each.

    ``words`` is titles by words (0/1, CSR) over the core words, ``rarity`` the weight of each word (natural log of
    titles per title with it), ``facets`` titles by :data:`FACETS` as bits, ``core`` the core words sorted and joined.
    """

    words: sparse.csr_array
    rarity: NDArray[np.float64]
    facets: NDArray[np.uint64]
    core: pl.Series
    plain: pl.Series


def read_titles(titles: pl.Series) -> Titles:
    """Read distinct ``titles`` (strings, no nulls); linear in their total length."""
    words = titles.to_frame("title").select(title_words(pl.col("title")).alias("text"))
    long = (
        words.with_row_index("title")
        .select("title", pl.col("text").str.split(" "))
        .explode("text")
        .filter(pl.col("text") != "")
        .unique(maintain_order=True)
    )
    vocabulary = long.get_column("text").unique(maintain_order=True)
    meanings = pl.DataFrame([_meaning(word) for word in vocabulary.to_list()], schema=_SCHEMA, orient="row")
    read = long.join(meanings, on="text", how="left", maintain_order="left")
    plain = words.get_column("text").str.replace_all(r" +", " ").str.strip_chars()
    return _assemble(titles.len(), read, plain)


_SCHEMA = {"text": pl.String, "column": pl.Int8, "bit": pl.UInt64, "core": pl.String}


def _meaning(word: str) -> tuple[str, int, int, str | None]:
    """A word's facet (-1: none), its bit there, and its form in the core (None: not of the core)."""
    same = lexicon.SAME.get(word, word)
    for name, table in _TABLES.items():
        if same in table:
            return word, _COLUMN[name], table[same], same if name in _STAYS else None
    if same in lexicon.ROMAN:
        return word, _COLUMN["number"], 1 << lexicon.ROMAN[same], None
    if same.isdecimal() and same.isascii():
        return word, _COLUMN["number"], 1 << (int(same) if int(same) < 32 else 32 + int(same) % 31), None
    if same in lexicon.FILLER:
        return word, -1, 0, None
    if _CODE.match(same) or len(same) < 5 or not same.endswith("s") or same.endswith("ss"):
        return word, -1, 0, same
    return word, -1, 0, same[:-1]


def _assemble(count: int, read: pl.DataFrame, plain: pl.Series) -> Titles:
    facets = np.zeros((count, len(FACETS)), np.uint64)
    faceted = read.filter(pl.col("column") >= 0)
    np.bitwise_or.at(
        facets,
        (faceted.get_column("title").to_numpy(), faceted.get_column("column").to_numpy()),
        faceted.get_column("bit").to_numpy(),
    )
    core = read.filter(pl.col("core").is_not_null()).select("title", "core").unique().sort("title", "core")
    names = core.get_column("core").unique().sort()
    index = core.get_column("core").replace_strict(names, pl.Series(range(len(names)), dtype=pl.Int32), default=None)
    rows = core.get_column("title").to_numpy().astype(np.int64)
    pointers = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=count))])
    words = sparse.csr_array(
        (np.ones(len(rows), np.float64), index.to_numpy().astype(np.int32), pointers), shape=(count, max(1, len(names)))
    )
    seen = np.bincount(words.indices, minlength=words.shape[1])
    rarity = np.log((count + 1) / np.maximum(seen, 1))
    joined = core.group_by("title", maintain_order=True).agg(pl.col("core").str.join(" "))
    cores = (
        pl.DataFrame({"title": np.arange(count, dtype=np.uint32)})
        .join(joined, on="title", how="left", maintain_order="left")
        .get_column("core")
        .fill_null("")
    )
    return Titles(words, rarity, facets, cores, plain)
