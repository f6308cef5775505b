"""What speaks for and against a pair: per field a named level, whose weights add up to the log-odds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from changeover.match.places import Nearness, nearness
from changeover.match.profiles import Numbers, Profiles
from changeover.match.titles import FACETS
from changeover.match.weights import Weights

_LEFT_OVER = ("none", "slight", "word", "words", "much")
_LEFT_OVER_FROM = (0.01, 2.5, 5.0, 9.0)
_SHARED_FROM = (0.01, 3.0, 6.0, 9.0, 12.0, 16.0, 22.0)
_COUNT_FROM = (2, 3, 6, 12, 23, 46)
_SHARE_FROM = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.75, 0.9)
_LEAD_FROM = (-2.0, -1.0, -0.4, -0.03, 0.03, 0.4, 1.0, 2.0, 3.0, 4.0, 6.0)

# Each field's levels, in the order in which they are numbered. FACETS answer the same question alike or not.
WORDING = ("same_text", "same_words", "same_core", "nearly_same", "similar", "loosely_similar", "different", "not_read")
SHARED = ("none", "faint", "weak", "some", "good", "strong", "very_strong", "telling", "not_read")
DIFFERENCE = (*(f"legacy_{one}_ats_{other}" for one in _LEFT_OVER for other in _LEFT_OVER), "not_read")
FACET = ("not_given", "same", "ats_silent", "legacy_silent", "differs", "overlaps")
PLACE = tuple(level.name.lower() for level in Nearness)
COMPANY = ("same", "similar", "different")
COUNT = ("1", "2", "3_to_5", "6_to_11", "12_to_22", "23_to_45", "46_or_more", "not_counted")
SHARE = ("under_10", "10_to_20", "20_to_30", "30_to_40", "40_to_50", "50_to_60", "60_to_75", "75_to_90", "over_90",
         "not_counted")  # fmt: skip
LEAD = ("far_behind", "behind", "a_little_behind", "just_behind", "tie", "just_ahead", "a_little_ahead", "ahead",
        "well_ahead", "far_ahead", "very_far_ahead", "no_rival", "not_compared")  # fmt: skip

TEXT_LADDERS: Mapping[str, tuple[str, ...]] = {
    "shared_words": SHARED,
    "different_words": DIFFERENCE,
    "wording": WORDING,
    **dict.fromkeys(FACETS, FACET),
    "place": PLACE,
    "company": COMPANY,
}
CROWD_LADDERS: Mapping[str, tuple[str, ...]] = {
    "legacy_jobs_left": COUNT, "ats_jobs_left": COUNT, "legacy_share_paired": SHARE, "ats_share_paired": SHARE,
}  # fmt: skip
LEAD_LADDERS: Mapping[str, tuple[str, ...]] = {"lead_of_legacy": LEAD, "lead_of_ats": LEAD}
KNOWN_LADDERS: Mapping[str, tuple[str, ...]] = {
    "decision": ("none", "confirmed"),
    "employer_job_id": ("both_missing", "one_missing", "same", "same_reformatted", "found_in_text", "differs"),
    "stands_once": ("no", "same_text", "same_meaning"),
    "workplace_type": ("not_given", "same", "differs"),
    "employment_type": ("not_given", "same", "differs"),
    "salary": ("not_given", "same", "overlaps", "apart"),
    "posted_at": ("not_given", "same_day", "same_week", "apart", "far_apart"),
    "description": ("not_given", "same", "similar", "different"),
}
LADDERS: Mapping[str, tuple[str, ...]] = {**KNOWN_LADDERS, **TEXT_LADDERS, **CROWD_LADDERS, **LEAD_LADDERS}
FIELDS = tuple(LADDERS)
COLUMN = {field: at for at, field in enumerate(FIELDS)}
# What stands in each field before it is looked at.
_UNREAD = {field: len(ladder) - 1 if ladder[-1].startswith("not_") else 0 for field, ladder in LADDERS.items()}
_UNREAD["place"] = PLACE.index("unknown")
# An answer to a facet that contradicts, or another country, goes to a person however much else agrees.
CONTRADICTIONS = (*((facet, FACET.index("differs")) for facet in FACETS), ("place", PLACE.index("other_country")))

# The fields for which two texts are laid beside each other, the cheapest first: for pairs alone that they could still
# bring up.
COMPARED = ("wording", "place", "company")

Levels = NDArray[np.int8]
Floats = NDArray[np.float64]


def text_levels(profiles: Profiles, mine: Numbers, yours: Numbers, levels: Levels) -> None:
    """Fill the text fields of ``levels`` (pairs by FIELDS) for the profiles ``mine[i]`` and ``yours[i]``."""
    word_levels(profiles, mine, yours, levels)
    wording_levels(profiles, mine, yours, levels)
    place_levels(profiles, mine, yours, levels)


def word_levels(profiles: Profiles, mine: Numbers, yours: Numbers, levels: Levels) -> None:
    """Fill the text fields that cost little: the words that are shared or not, and the facets."""
    common = np.asarray(profiles.weighted[mine].multiply(profiles.words[yours]).sum(axis=1)).ravel()
    alone, other = profiles.whole[mine] - common, profiles.whole[yours] - common
    levels[:, COLUMN["shared_words"]] = np.digitize(common, _SHARED_FROM)
    over = np.digitize(alone, _LEFT_OVER_FROM) * len(_LEFT_OVER) + np.digitize(other, _LEFT_OVER_FROM)
    levels[:, COLUMN["different_words"]] = over
    given = profiles.given[mine] | profiles.given[yours]
    for at, facet in enumerate(FACETS):
        some = np.flatnonzero(given & (1 << at))
        levels[some, COLUMN[facet]] = _facet(profiles.facets[mine[some], at], profiles.facets[yours[some], at])
    codes = levels[:, COLUMN["code"]]
    codes[codes == FACET.index("overlaps")] = FACET.index("differs")


def wording_levels(profiles: Profiles, mine: Numbers, yours: Numbers, levels: Levels) -> None:
    """Fill how alike two titles are, letter by letter."""
    levels[:, COLUMN["wording"]] = _wording(profiles, mine, yours)


def place_levels(profiles: Profiles, mine: Numbers, yours: Numbers, levels: Levels) -> None:
    """Fill how near two places are and how alike two employers' names, each two texts once."""
    levels[:, COLUMN["place"]] = _places(profiles, profiles.location[mine], profiles.location[yours])
    levels[:, COLUMN["company"]] = _companies(profiles, profiles.company[mine], profiles.company[yours])


def crowd_levels(left: Mapping[str, Numbers], levels: Levels) -> None:
    """Fill how many jobs of the company are left on each side, and what share is already paired."""
    for side in ("legacy", "ats"):
        free, all_ = left[f"{side}_free"], left[f"{side}_all"]
        levels[:, COLUMN[f"{side}_jobs_left"]] = np.digitize(free, _COUNT_FROM)
        levels[:, COLUMN[f"{side}_share_paired"]] = np.digitize((all_ - free + 0.5) / all_, _SHARE_FROM)


def lead_levels(of_legacy: Floats, of_ats: Floats, levels: Levels) -> None:
    """Fill how far each pair is ahead of its best rival, seen from either job, in log-odds of the other fields."""
    levels[:, COLUMN["lead_of_legacy"]] = np.digitize(of_legacy, _LEAD_FROM)
    levels[:, COLUMN["lead_of_ats"]] = np.digitize(of_ats, _LEAD_FROM)


def blank(count: int) -> Levels:
    """Levels of ``count`` pairs of which nothing has been looked at yet."""
    return np.tile(np.array(list(_UNREAD.values()), np.int8), (count, 1))


def log_odds(levels: Levels, weights: Weights) -> Floats:
    """Prior plus the weight of each field's level, per pair."""
    total = np.full(len(levels), weights.prior)
    for column, (field, ladder) in enumerate(LADDERS.items()):
        total += np.asarray(weights.ladder(field, ladder)).take(levels[:, column])
    return total


def at_most(levels: Levels, unread: Sequence[str], weights: Weights) -> Floats:
    """No less than the log-odds of each pair, whatever the fields ``unread``, which are blank, will say."""
    hope = 0.0
    for field in unread:
        ladder = weights.ladder(field, LADDERS[field])
        hope += max(ladder) - ladder[_UNREAD[field]]
    # A hair more, since the fields are not added up in the order of their size.
    return log_odds(levels, weights) + (hope + 1e-9)


def contradicts(levels: Levels) -> NDArray[np.bool_]:
    """Which pairs contradict each other in something that makes two openings of them."""
    found = np.zeros(len(levels), np.bool_)
    for field, level in CONTRADICTIONS:
        found |= levels[:, COLUMN[field]] == level
    return found


def _facet(mine: NDArray[np.uint64], yours: NDArray[np.uint64]) -> Levels:
    states = [(mine | yours) == 0, mine == yours, yours == 0, mine == 0, (mine & yours) == 0]
    return np.select(states, [0, 1, 2, 3, 4], default=5).astype(np.int8)


def _wording(profiles: Profiles, mine: Numbers, yours: Numbers) -> Levels:
    levels = np.full(len(mine), WORDING.index("different"), np.int8)
    same_text, same_words, same_core = (
        numbers[mine] == numbers[yours] for numbers in (profiles.plain, profiles.order, profiles.core)
    )
    rest = np.flatnonzero(~(same_text | same_words | same_core))
    pairs = profiles.cores(mine[rest]), profiles.cores(yours[rest])
    alike = process.cpdist(*pairs, scorer=fuzz.ratio, score_cutoff=60, workers=2, dtype=np.float32)
    levels[rest] = np.select([alike >= 92, alike >= 80, alike >= 60], [3, 4, 5], default=6)
    levels[same_core], levels[same_words], levels[same_text] = 2, 1, 0
    return levels


def _places(profiles: Profiles, mine: Numbers, yours: Numbers) -> Levels:
    """Nearness of each distinct pair of locations, worked out once."""
    width = len(profiles.locations)
    distinct, back = np.unique(mine * width + yours, return_inverse=True)
    texts = profiles.locations
    found = [nearness(texts[key // width], texts[key % width]) for key in distinct.tolist()]
    levels: Levels = np.array(found, np.int8)[back]
    return levels


def _companies(profiles: Profiles, mine: Numbers, yours: Numbers) -> Levels:
    width = len(profiles.companies)
    distinct, back = np.unique(mine * width + yours, return_inverse=True)
    names = np.array(profiles.companies, object)
    alike = process.cpdist(names[distinct // width], names[distinct % width], scorer=fuzz.token_set_ratio)
    unknown = (names[distinct // width] == "") | (names[distinct % width] == "")
    found = np.select([(alike >= 99) | unknown, alike >= 70], [0, 1], default=2).astype(np.int8)
    levels: Levels = found[back]
    return levels
