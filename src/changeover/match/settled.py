"""Pairs that rest on nothing but themselves, so that a later match of the company can leave them out.

A pair that a person confirmed, or whose employer job id no other job of either side has, is found whatever the other
jobs say. So is one whose text no other job of either side has, by a tier that looks at one text at a time, as long as
no other job has or names an employer job id of the two. None of them counts for the jobs that are left, but for how
many jobs the company has. So to match again after some jobs changed it is enough to match the jobs that are in no such
pair, those that changed, and the pairs that share with them what they rest on. And where all that changed is in such
pairs before and after, and shares nothing with a job that is in none, it is enough to match what changed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa

from changeover.match.by_id import ids_named, with_ids
from changeover.match.intake import frame, take
from changeover.match.normalise import words_of
from changeover.match.particulars import with_particulars
from changeover.match.places import place_number
from changeover.match.profiles import Profiles, read_profiles

# What a pair rests on, as texts; nothing for one that stands by a person's word.
Ties = frozenset[str]
_WORDS = ("confirmed", "kept")
# By rule: what its pairs must have to themselves. The last two are those of by_text.standing_once.
_NEEDED = {"employer_job_id": "id", "same_text": "words", "same_meaning": "meaning"}


@dataclass(frozen=True, slots=True)
class Standing:
    """``settled``: each settled pair (legacy id, ATS id) with what it rests on; ``jobs``: what every other job has.

    Those by side and id.
    """

    settled: Mapping[tuple[str, str], Ties]
    jobs: Mapping[tuple[str, str], Ties]

    def ties(self, legacy: str, ats: str) -> Ties:
        """What a pair or a lone job, the other id being empty, rests on; of one that is not settled, all it has."""
        if (legacy, ats) in self.settled:
            return self.settled[legacy, ats]
        return self.jobs.get(("legacy", legacy), Ties()) | self.jobs.get(("ats", ats), Ties())


def standing(
    legacy: pa.Table,
    ats: pa.Table,
    pairs: Sequence[tuple[str, str, str]],
    rejected: Collection[tuple[str, str]] = (),
) -> Standing:
    """Which of the pairs (legacy id, ATS id, rule) of one company are settled.

    None is of which a job was ``rejected`` with another, for of that one it is said as long as both are open.
    Tables as for pairing.pair, without groups: every job that was matched. Linear in the jobs.
    """
    refused = {one for one, _ in rejected}, {other for _, other in rejected}
    pairs = [pair for pair in pairs if pair[0] not in refused[0] and pair[1] not in refused[1]]
    settled = {(one, other): Ties() for one, other, rule in pairs if rule in _WORDS}
    every = _keys(legacy, ats)
    told = [(one, other, _NEEDED[rule]) for one, other, rule in pairs if rule in _NEEDED]
    if told:
        settled |= _with_something_alone(every, told)
    taken = {("legacy", one) for one, _ in settled} | {("ats", other) for _, other in settled}
    has = every.group_by("side", "id").agg("key").iter_rows()
    return Standing(settled, {(side, id_): Ties(keys) for side, id_, keys in has if (side, id_) not in taken})


def _with_something_alone(every: pl.DataFrame, told: list[tuple[str, str, str]]) -> dict[tuple[str, str], Ties]:
    """Of the pairs (legacy id, ATS id, kind of key) those with a key of that kind to themselves, each with its keys."""
    legacy_too, ats_too = ((pl.col("side") == side).sum().over("key", "kind") for side in ("legacy", "ats"))
    counted = every.with_columns(
        ((legacy_too == 1) & (ats_too == 1)).alias("alone"), (pl.col("key").len().over("key") > 1).alias("shared")
    )
    of_pairs = pl.DataFrame(told, schema=["legacy", "ats", "needed"], orient="row")
    held = pl.concat(
        of_pairs.join(counted.filter(side=side), left_on=side, right_on="id", coalesce=False).select(
            "legacy", "ats", "needed", "kind", "key", "alone", "shared"
        )
        for side in ("legacy", "ats")
    )
    has_it = pl.col("kind") == pl.col("needed")
    an_id = pl.col("kind").is_in(["id", "named"]) & (pl.col("needed") != "id")
    rests = held.filter(has_it | an_id).group_by("legacy", "ats").agg(
        (has_it & pl.col("alone")).any().alias("stands"), (an_id & pl.col("shared")).any().alias("rivalled"), "key"
    )  # fmt: skip
    stands = rests.filter("stands", ~pl.col("rivalled")).select("legacy", "ats", "key")
    return {(one, other): Ties(keys) for one, other, keys in stands.iter_rows()}


def tie_keys(legacy: pa.Table, ats: pa.Table) -> tuple[Ties, Ties]:
    """What these jobs have that a pair may rest on: employer job ids, and texts; tables as for :func:`standing`."""
    every = _keys(legacy, ats).with_columns(pl.col("kind").is_in(["id", "named"]).alias("is_id"))
    ids, texts = (every.filter(is_id=is_id).get_column("key") for is_id in (True, False))
    return Ties(ids), Ties(texts)


def rests_on_id(rule: str) -> bool:
    """Whether a settled pair of this rule stands whatever its text: so do jobs that read as it does."""
    return rule in _WORDS or rule == "employer_job_id"


def _keys(legacy: pa.Table, ats: pa.Table) -> pl.DataFrame:
    """``side, id, kind, key``: of each job the employer job id it has or names, its words and what it means.

    The keys are the same in every process, whatever other jobs there are.
    """
    intake = take(frame(legacy), frame(ats), None)
    sides = [with_particulars(with_ids(side)) for side in (intake.legacy, intake.ats)]
    profiles, mine, yours = read_profiles(sides[0], sides[1], {}, 0.0)
    places = [str(place_number(text)) for text in profiles.locations]
    meanings = [
        f"{core} {facets.tobytes().hex()}"
        for core, facets in zip(profiles.cores(np.arange(len(profiles.core))), profiles.facets, strict=True)
    ]
    return pl.concat([_of_side("legacy", mine, profiles, places, meanings),
                      _of_side("ats", yours, profiles, places, meanings)])  # fmt: skip


def _of_side(side: str, jobs: pl.DataFrame, profiles: Profiles, places: list[str], meanings: list[str]) -> pl.DataFrame:
    numbered = ids_named(jobs).join(jobs.select("row", "id"), on="row")
    own = jobs.filter(pl.col("loose").is_not_null())
    read = jobs.filter(pl.col("readable"))
    at = read.get_column("profile").to_numpy()
    place = pl.Series("place", places, dtype=pl.String).gather(profiles.location[at])
    texts = {
        "words": words_of(read.get_column("title")),
        "meaning": pl.Series("meaning", meanings, dtype=pl.String).gather(at),
    }
    parts = [own.select("id", kind=pl.lit("id"), key="loose"), numbered.select("id", kind=pl.lit("named"), key="loose")]
    parts = [part.with_columns(pl.format("id {}", "key").alias("key")) for part in parts]
    parts += [
        pl.DataFrame({"id": read.get_column("id"), "place": place, "text": text}).select(
            "id", kind=pl.lit(kind), key=pl.format(f"{kind} {{}} {{}}", "place", "text")
        )
        for kind, text in texts.items()
    ]
    return pl.concat(parts).select(pl.lit(side).alias("side"), "id", "kind", "key")
