"""What each distinct job text says: its words and facets, its place, its employer's name, as numbers to compare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from changeover.match.places import Place, read_place
from changeover.match.titles import Titles, read_titles

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Profiles:
    """Distinct texts (title, location, company) of both sides, numbered from 0.

    ``words`` is profiles by core words, each weighted by its rarity; ``whole`` the sum of each row. The rest numbers
    what is equal: ``plain`` the wording, ``order`` the words in any order, ``core`` the core words (which ``cores``
    has as text), ``meaning`` core words and facets, ``place`` locations that mean the same, ``location`` and
    ``company`` the texts.
    """

    titles: Titles
    words: sparse.csr_array
    whole: NDArray[np.float64]
    plain: Numbers
    order: Numbers
    core: Numbers
    cores: NDArray[np.object_]
    meaning: Numbers
    place: Numbers
    location: Numbers
    locations: list[str]
    company: Numbers
    companies: list[str]


def read_profiles(
    legacy: pl.DataFrame, ats: pl.DataFrame, rarity: Mapping[str, float], rare: float
) -> tuple[Profiles, pl.DataFrame, pl.DataFrame]:
    """The profiles of all jobs, and both frames with profile, plain, meaning, place and readable added.

    ``rarity`` gives the weight of common words by their stem, ``rare`` that of all others.
    """
    names = ("title", "location", "company")
    filled = [side.with_columns(pl.col(name).fill_null("") for name in names) for side in (legacy, ats)]
    texts = pl.concat([side.select(names) for side in filled]).unique().sort(names)
    profiles = _profiles(texts, rarity, rare)
    numbered = texts.with_columns(
        pl.int_range(pl.len(), dtype=pl.Int64).alias("profile"),
        pl.Series("plain", profiles.plain), pl.Series("meaning", profiles.meaning), pl.Series("place", profiles.place),
        (profiles.titles.plain != "").alias("readable"),
    )  # fmt: skip
    joined = [side.join(numbered, on=names, how="left", maintain_order="left") for side in filled]
    return profiles, joined[0], joined[1]


def _profiles(texts: pl.DataFrame, rarity: Mapping[str, float], rare: float) -> Profiles:
    known = texts.select(pl.concat_str("location", "company", separator=" ").str.slice(0, 300)).to_series()
    titles = read_titles(texts.get_column("title"), known)
    weights = np.array([rarity.get(word, rare) for word in titles.vocabulary] or [rare])
    words = sparse.csr_array(titles.words.multiply(weights[None, :]))
    location, locations = _number(texts.get_column("location"))
    company, companies = _number(texts.get_column("company").str.to_lowercase())
    places = _number_places([read_place(text) for text in locations])
    facets = pl.DataFrame(titles.facets).with_columns(titles.core.alias("core"))
    meaning = facets.select(pl.struct(pl.all()).rank("dense").cast(pl.Int64)).to_series()
    return Profiles(
        titles,
        words,
        np.asarray(words.sum(axis=1)).ravel(),
        _number(titles.plain)[0],
        _number(titles.plain.str.split(" ").list.sort().list.join(" "))[0],
        _number(titles.core)[0],
        titles.core.to_numpy().astype(object),
        meaning.to_numpy(),
        places[location],
        location,
        locations,
        company,
        companies,
    )


def _number(values: pl.Series) -> tuple[Numbers, list[str]]:
    """Each value's number among the distinct values, in their order, and those."""
    distinct = values.unique().sort()
    found = pl.DataFrame({"v": values}).join(
        pl.DataFrame({"v": distinct, "n": np.arange(distinct.len())}), on="v", how="left", maintain_order="left"
    )
    return found.get_column("n").to_numpy(), distinct.to_list()


def _number_places(places: list[Place]) -> Numbers:
    """Locations that mean the same places get the same number."""
    numbers: dict[object, int] = {}
    return np.array([numbers.setdefault(place.meaning, len(numbers)) for place in places] or [0], np.int64)
