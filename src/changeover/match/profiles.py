"""What each distinct job text says, as numbers to compare: words, facets, place, employer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy import sparse

from changeover.match.columns import arrow_numbers, arrow_texts
from changeover.match.normalise import cut
from changeover.match.places import place_number
from changeover.match.titles import read_titles

Numbers = NDArray[np.int64]


class _Places:
    """Locations, each of which is read when somebody first asks for it: most jobs are told apart without."""

    def __init__(self, texts: list[str]) -> None:
        self.texts = texts
        self._numbers = np.zeros(len(texts), np.int64)
        self._known = np.zeros(len(texts), np.bool_)

    def numbers(self, which: Numbers) -> Numbers:
        """The number of each: equal for those that mean the same places, whatever other locations there are."""
        new = np.unique(which[~self._known[which]])
        self._numbers[new] = np.array([place_number(self.texts[at]) for at in new.tolist()], np.int64)
        self._known[new] = True
        return self._numbers[which]


@dataclass(frozen=True, slots=True)
class Profiles:
    """Distinct texts (title, location, company) of both sides, numbered from 0.

    ``words`` is profiles by core words (1 or 0), ``weighted`` the same by rarity, ``whole`` the sum of each row of
    that, ``facets`` profiles by titles.FACETS, ``given`` which of them a profile answers, a bit each. The rest numbers
    what is equal: ``plain`` the wording, ``order`` the words in any order, ``core`` the core words, ``meaning`` those
    and the facets, ``location`` and ``company`` the texts.
    """

    spelled: _Spelled
    words: sparse.csr_array
    weighted: sparse.csr_array
    whole: NDArray[np.float64]
    facets: NDArray[np.uint64]
    given: NDArray[np.int32]
    plain: Numbers
    order: Numbers
    core: Numbers
    meaning: Numbers
    location: Numbers
    read: _Places
    company: Numbers
    companies: list[str]

    @property
    def locations(self) -> list[str]:
        """The distinct texts that ``location`` numbers."""
        return self.read.texts

    def places(self, which: Numbers) -> Numbers:
        """A number for where each of these profiles is: equal for locations that mean the same places."""
        return self.read.numbers(self.location[which])

    def cores(self, which: Numbers) -> NDArray[np.object_]:
        """The core words of these profiles, in the order of the alphabet, joined by blanks."""
        return self.spelled.cores()[which]


class _Spelled:
    """The core words of all profiles as texts, which are joined when somebody first asks for one."""

    def __init__(self, vocabulary: Sequence[str], words: sparse.csr_array) -> None:
        self._vocabulary, self._words = vocabulary, words
        self._cores: NDArray[np.object_] | None = None

    def cores(self) -> NDArray[np.object_]:
        """One text a profile."""
        if self._cores is None:
            self._words.sort_indices()
            words = arrow_texts(self._vocabulary).take(arrow_numbers(self._words.indices.astype(np.int32)))
            lists = pa.ListArray.from_arrays(arrow_numbers(self._words.indptr.astype(np.int32)), words)
            self._cores = np.array(pc.binary_join(lists, " ").to_pylist(), object)
        return self._cores


@dataclass(frozen=True, slots=True)
class _Numbered:
    """One text column of both sides: each row's number, and the distinct texts in their order."""

    mine: Numbers
    yours: Numbers
    texts: pl.Series = field(repr=False)


def read_profiles(
    legacy: pl.DataFrame, ats: pl.DataFrame, rarity: Mapping[str, float], rare: float
) -> tuple[Profiles, pl.DataFrame, pl.DataFrame]:
    """The profiles of all jobs, and both frames with profile, plain, meaning and readable added.

    ``rarity`` gives the weight of common words by their stem, ``rare`` that of all others.
    """
    title, location, company = (_number(legacy, ats, name) for name in ("title", "location", "company"))
    sizes = location.texts.len(), company.texts.len()
    keys = [
        (title_ * sizes[0] + location_) * sizes[1] + company_
        for title_, location_, company_ in (
            (title.mine, location.mine, company.mine),
            (title.yours, location.yours, company.yours),
        )
    ]
    distinct, back = np.unique(np.concatenate(keys), return_inverse=True)
    parts = distinct // (sizes[0] * sizes[1]), distinct // sizes[1] % sizes[0], distinct % sizes[1]
    profiles = _profiles(title.texts, location.texts, company.texts, parts, rarity, rare)
    halves = back[: legacy.height], back[legacy.height :]
    return profiles, _with(legacy, profiles, halves[0]), _with(ats, profiles, halves[1])


def _with(side: pl.DataFrame, profiles: Profiles, profile: Numbers) -> pl.DataFrame:
    plain = profiles.plain[profile]
    return side.with_columns(
        pl.Series("profile", profile),
        pl.Series("plain", plain),
        pl.Series("meaning", profiles.meaning[profile]),
        pl.Series("readable", plain != 0),
    )


def _number(legacy: pl.DataFrame, ats: pl.DataFrame, name: str) -> _Numbered:
    both = pl.concat([side.get_column(name) for side in (legacy, ats)], rechunk=True).fill_null("")
    coded = both.to_arrow().dictionary_encode()
    texts = pl.Series(coded.dictionary, dtype=pl.String)
    order = texts.arg_sort()
    number = np.empty(len(order), np.int64)
    number[order.to_numpy()] = np.arange(len(order))
    found = number[pl.Series(coded.indices).to_numpy()]
    return _Numbered(found[: legacy.height], found[legacy.height :], texts.gather(order))


def _profiles(
    titles: pl.Series,
    locations: pl.Series,
    companies: pl.Series,
    parts: tuple[Numbers, Numbers, Numbers],
    rarity: Mapping[str, float],
    rare: float,
) -> Profiles:
    title, location, company = parts
    read = read_titles(titles, pl.concat([locations, companies]))
    own = read.words[title]
    # A title that repeats its own place or employer says no more than one that does not.
    beside = read.aside[location] + read.aside[company + locations.len()]
    words = sparse.csr_array(own - own.multiply(beside > 0))
    words.eliminate_zeros()
    weights = np.array([rarity.get(word, rare) for word in read.vocabulary] or [rare])
    weighted = sparse.csr_array(words.multiply(weights[None, :]))
    core = _row_sums(words, len(read.vocabulary))
    facets = read.facets[title]
    return Profiles(
        _Spelled(read.vocabulary or [""], words),
        words,
        weighted,
        np.asarray(weighted.sum(axis=1)).ravel(),
        facets,
        ((facets != 0) @ (1 << np.arange(facets.shape[1]))).astype(np.int32),
        read.plain[title],
        read.order[title],
        core,
        core ^ (facets @ _odd(facets.shape[1], 11)).view(np.int64),
        location,
        _Places(locations.to_list()),
        company,
        cut(companies).str.to_lowercase().to_list(),
    )


def _odd(count: int, seed: int) -> NDArray[np.uint64]:
    """Random odd numbers, the same every time: multiplied and summed they tell different sets apart."""
    return np.random.default_rng(seed).integers(1, 2**63, max(1, count), dtype=np.uint64) | np.uint64(1)


def _row_sums(words: sparse.csr_array, count: int) -> Numbers:
    """A number for the set of words of each row."""
    sums = np.zeros(words.shape[0], np.uint64)
    rows = np.repeat(np.arange(words.shape[0]), np.diff(words.indptr))
    np.add.at(sums, rows, _odd(count, 5)[words.indices])
    return sums.view(np.int64)
