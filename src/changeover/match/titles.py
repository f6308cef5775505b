"""Many titles read at once: their words as a sparse matrix, their facets as bits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow.compute as pc
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
# What a word of the lexicon means: its facet, its bit there and its form in the core. The first table that has it says.
_NAMED: dict[str, tuple[int, int, str | None]] = {
    **dict.fromkeys(lexicon.FILLER, (-1, 0, None)),
    **{word: (_COLUMN["number"], 1 << number, None) for word, number in lexicon.ROMAN.items()},
    **{
        word: (_COLUMN[name], bit, word if name in _STAYS else None)
        for name, table in reversed(_TABLES.items())
        for word, bit in table.items()
    },
}
Rows = NDArray[np.int64]


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
    vocabulary, at, word = _words(pl.concat([plain, words_of(others)]))
    which, column, bit, cores = _meant(vocabulary.to_list())
    stems = cores.unique().drop_nulls().sort()
    core = np.where(cores.is_null(), -1, stems.search_sorted(cores.fill_null("")).to_numpy()).astype(np.int64)
    at_meaning, meaning = _each_meaning(at, word, which)
    words = _matrix(at_meaning, core[meaning], titles.len() + others.len(), stems.len())
    own = at < titles.len()
    return Titles(
        words[: titles.len()],
        words[titles.len() :],
        stems.to_list(),
        _facets(at_meaning, column[meaning], bit[meaning], titles.len()),
        np.where((plain.str.strip_chars() == "").to_numpy(), 0, plain.rank("dense").to_numpy().astype(np.int64)),
        _sums(at[own], vocabulary.hash(seed=3).to_numpy()[word[own]], titles.len()),
    )


def _words(texts: pl.Series) -> tuple[pl.Series, Rows, Rows]:
    """The vocabulary, and of each distinct word of each text the text's position and the word's number."""
    lists = pc.split_pattern(texts.rechunk().to_arrow(), " ")
    coded = lists.flatten().dictionary_encode()
    vocabulary = pl.Series(coded.dictionary, dtype=pl.String)
    word = coded.indices.to_numpy().astype(np.int64)
    at = np.repeat(np.arange(len(lists)), np.diff(lists.offsets.to_numpy()))
    said = (vocabulary != "").to_numpy()[word]
    at, word = np.divmod(_once(at[said] * vocabulary.len() + word[said]), max(1, vocabulary.len()))
    return vocabulary, at, word


def _once(keys: Rows) -> Rows:
    """The distinct keys in their order; several times as fast as np.unique, which builds a hash table."""
    ordered = np.sort(keys)
    new = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    return ordered[new]


def _meant(vocabulary: list[str]) -> tuple[Rows, Rows, NDArray[np.uint64], pl.Series]:
    """What each word means, a row a meaning: the word's number, facet (-1: none) and bit, and its form in the core."""
    rows = [(number, *meaning) for number, word in enumerate(vocabulary) for meaning in _meanings(word)]
    which, column, bit, core = zip(*rows, strict=True) if rows else ((), (), (), ())
    numbers = np.array(which, np.int64), np.array(column, np.int64), np.array(bit, np.uint64)
    return *numbers, pl.Series(core, dtype=pl.String)


def _each_meaning(at: Rows, word: Rows, which: Rows) -> tuple[Rows, Rows]:
    """Each meaning of each word: the position of its text, and the number of the meaning."""
    starts = np.searchsorted(which, np.arange(int(word.max(initial=-1)) + 2))
    first = starts[word]
    times = starts[word + 1] - first
    nth = np.arange(int(times.sum())) - np.repeat(np.cumsum(times) - times, times)
    return np.repeat(at, times), np.repeat(first, times) + nth


def _meanings(word: str) -> Iterator[tuple[int, int, str | None]]:
    """A word's facet (-1: none), its bit there and its form in the core (None: not of the core), for each meaning."""
    same = lexicon.SAME.get(word, word)
    for meant in lexicon.SPELLED.get(same, (same,)):
        yield _meaning(meant)


def _meaning(word: str) -> tuple[int, int, str | None]:
    if word in _NAMED:
        return _NAMED[word]
    if word.endswith("months") and word[:-6].isdecimal():
        return _COLUMN["length"], 1 << (int(word[:-6]) % 64), None
    if word.isdecimal() and word.isascii():
        if len(word) < 3 and int(word) < 32:
            return _COLUMN["number"], 1 << int(word), None
        # The number of a shop or a requisition: a level has fewer digits. Too many for a bit each, so a hash stands
        # for it, and such numbers are the same or differ as a whole.
        return _COLUMN["code"], xxhash.xxh3_64_intdigest(word.encode()), None
    return -1, 0, stem(word)


def stem(word: str) -> str:
    """The word without its ending, so that "verification" and "verifications", "tester" and "testing" are one."""
    if len(word) < 5 or not word.isalpha() or not word.isascii():
        return word
    cut = _ENDINGS.sub("", word)
    return cut if len(cut) >= 4 else word


def _matrix(at: Rows, core: Rows, texts: int, cores: int) -> sparse.csr_array:
    """Texts by core words, 1 where a text has the word; a core of -1 is none."""
    some = core >= 0
    width = max(1, cores)
    row, column = np.divmod(_once(at[some] * width + core[some]), width)
    starts = np.searchsorted(row, np.arange(texts + 1))
    return sparse.csr_array((np.ones(len(row)), column, starts), shape=(texts, width))


def _facets(at: Rows, column: Rows, bit: NDArray[np.uint64], titles: int) -> NDArray[np.uint64]:
    facets = np.zeros((titles, len(FACETS)), np.uint64)
    some = (column >= 0) & (at < titles)
    np.bitwise_or.at(facets, (at[some], column[some]), bit[some])
    return facets


def _sums(at: Rows, hashes: NDArray[np.uint64], count: int) -> NDArray[np.int64]:
    """The sum of the hashes of each text's words: equal for equal sets of words, in any order."""
    sums = np.zeros(count, np.uint64)
    np.add.at(sums, at, hashes)
    return sums.view(np.int64)
