"""Ways of finding which jobs are one opening: ours, and those that anybody would reach for first."""

from __future__ import annotations

import importlib
import importlib.util
import logging
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from scipy.optimize import linear_sum_assignment

from changeover.match.pairing import pair

# From here a pair counts as accepted: the scores that the makers of each method would take.
FUZZY_FROM = 0.80
SPLINK_FROM = 0.50
# From so many jobs, Splink cannot compare all pairs within a group.
LARGE = 50_000
# What comes of a way: legacy_id, ats_id, score, paired.
Way = Callable[[pa.Table, pa.Table], pl.DataFrame]


def ours(legacy: pa.Table, ats: pa.Table) -> pl.DataFrame:
    """The whole answer, evidence and sentences included; then only what is scored."""
    found = pair(legacy, ats)
    told = pl.DataFrame(pl.from_arrow(found.select(["legacy_id", "ats_id", "score", "decision"])))
    return told.select("legacy_id", "ats_id", "score", paired=pl.col("decision").cast(pl.String) == "paired")


def exact_join(legacy: pa.Table, ats: pa.Table) -> pl.DataFrame:
    """Company, title and location equal to the letter; of several that are, none."""
    sides = [pl.DataFrame(pl.from_arrow(table)) for table in (legacy, ats)]
    keys = [name for name in ("group", "company", "title", "location") if name in sides[0].columns]
    both = sides[0].select("id", *keys).join(sides[1].select("id", *keys), on=keys)
    once = both.filter(pl.col("id").is_unique(), pl.col("id_right").is_unique())
    return _sure(once.select(legacy_id="id", ats_id="id_right"))


def hash_join(legacy: pa.Table, ats: pa.Table) -> pl.DataFrame:
    """One bare join in DuckDB, by employer job id where there is one: a floor for the time, no matcher."""
    import duckdb

    number = "employer_job_id" in legacy.column_names
    on = "l.employer_job_id = a.employer_job_id" if number else "l.title = a.title and l.location = a.location"
    with duckdb.connect() as db:
        db.register("legacy", legacy)
        db.register("ats", ats)
        found = db.sql(
            f'select l.id legacy_id, a.id ats_id from legacy l join ats a on l."group" = a."group" and {on}'
        ).to_arrow_table()
    return _sure(pl.DataFrame(pl.from_arrow(found)))


def _sure(pairs: pl.DataFrame) -> pl.DataFrame:
    return pairs.with_columns(score=pl.lit(1.0), paired=pl.lit(value=True))


def fuzzy(legacy: pa.Table, ats: pa.Table) -> pl.DataFrame:
    """rapidfuzz token_sort_ratio of title and of location, then the Hungarian assignment within each group."""
    sides = [pl.DataFrame(pl.from_arrow(table)) for table in (legacy, ats)]
    other = dict(_texts(sides[1]))
    found = []
    for group, (ids, titles, places) in _texts(sides[0]):
        if group in other:
            found.append(_assigned(ids, titles, places, *other[group]))
    return pl.concat(found).with_columns(paired=pl.col("score") >= FUZZY_FROM)


def _texts(side: pl.DataFrame) -> Iterator[tuple[str, tuple[list[str], list[str], list[str]]]]:
    shown = side.select("group", "id", pl.col("title", "location").fill_null("").str.to_lowercase())
    for group, *texts in shown.group_by("group", maintain_order=True).agg(pl.all()).iter_rows():
        yield group, (texts[0], texts[1], texts[2])


def _assigned(
    ids: list[str], titles: list[str], places: list[str], others: list[str], said: list[str], where: list[str]
) -> pl.DataFrame:
    scores = 0.75 * _alike(titles, said) + 0.25 * _alike(places, where)
    left, right = linear_sum_assignment(scores, maximize=True)
    return pl.DataFrame(
        {"legacy_id": [ids[at] for at in left], "ats_id": [others[at] for at in right], "score": scores[left, right]}
    ).cast({"score": pl.Float64})


def _alike(mine: list[str], yours: list[str]) -> NDArray[np.float32]:
    matrix = process.cdist(mine, yours, scorer=fuzz.token_sort_ratio, workers=-1, dtype=np.float32)
    return np.asarray(matrix / np.float32(100))


def splink(legacy: pa.Table, ats: pa.Table) -> pl.DataFrame:
    """Splink 5 on DuckDB, its weights trained on these tables by expectation maximisation; then best of each job."""
    from splink import DuckDBAPI, Linker, block_on

    logging.getLogger("splink").setLevel(logging.ERROR)
    api = DuckDBAPI()
    sides = [api.register(_for_splink(table)) for table in (legacy, ats)]
    number = "employer_job_id" in legacy.column_names
    settings = _settings(number, legacy.num_rows, _chance_within_groups(legacy, ats))
    linker = Linker(sides, settings, log_level="ERROR")
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=7)
    for rule in (block_on("group", "title"), block_on("group", "location")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule, max_pairs=1e6)
    answer = linker.inference.predict(
        threshold_match_probability=0.001 if legacy.num_rows >= LARGE else None
    ).as_duckdbpyrelation()
    pairs = answer.select("unique_id_l, unique_id_r, match_weight, match_probability").pl()
    return _best_of_each(pairs)


def _for_splink(table: pa.Table) -> pa.Table:
    """Plain text, a title's words in the order of the alphabet, which is kindest to Splink's measures of likeness."""
    side = pl.DataFrame(pl.from_arrow(table)).rename({"id": "unique_id"})
    wanted = [n for n in ("unique_id", "group", "employer_job_id", "title", "location") if n in side.columns]
    plain = side.select(wanted).with_columns(
        pl.col("title", "location").str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}+#]+", " ").str.strip_chars()
    )
    return plain.with_columns(pl.col("title").str.split(" ").list.sort().list.join(" ")).to_arrow()


def _chance_within_groups(legacy: pa.Table, ats: pa.Table) -> float:
    """Splink's prior: pairs that an exact join finds, at a recall of .7, of all pairs within groups."""
    sides = [pl.DataFrame(pl.from_arrow(table.select(["group", "title", "location"]))) for table in (legacy, ats)]
    sizes = sides[0].group_by("group").len().join(sides[1].group_by("group").len("other"), on="group")
    pairs = int(sizes.select(pl.col("len").cast(pl.Int64) * pl.col("other")).sum().item())
    same = sides[0].unique(keep="none").join(sides[1].unique(keep="none"), on=["group", "title", "location"]).height
    return min(0.5, max(1, same) / 0.7 / max(1, pairs))


def _settings(number: bool, jobs: int, chance: float) -> Any:
    """Loose blocking where it can be afforded (the whole group), else by what the made-up jobs share."""
    import splink.comparison_library as cl
    from splink import SettingsCreator, block_on

    comparisons: list[Any] = [
        cl.JaroWinklerAtThresholds("title", [0.97, 0.93, 0.88, 0.8, 0.7]),
        cl.JaroWinklerAtThresholds("location", [0.95, 0.88, 0.75]),
    ]
    if number:
        comparisons.append(cl.JaroWinklerAtThresholds("employer_job_id", [0.92, 0.8]))
    rules: list[Any] = [block_on("group")]
    if jobs >= LARGE:
        rules = [block_on("group", "title"), block_on("group", "location", "substr(title, 1, 6)")]
        if number:
            rules.append(block_on("group", "employer_job_id"))
    return SettingsCreator(
        link_type="link_only", comparisons=comparisons, blocking_rules_to_generate_predictions=rules,
        retain_matching_columns=False, probability_two_random_records_match=chance,
    )  # fmt: skip


def _best_of_each(pairs: pl.DataFrame) -> pl.DataFrame:
    """The pairs that are the best of both their jobs, ties by id."""
    named = pairs.rename({"unique_id_l": "legacy_id", "unique_id_r": "ats_id", "match_probability": "score"})
    ranked = named.sort("match_weight", "legacy_id", "ats_id", descending=[True, False, False])
    best = ranked.filter(pl.col("legacy_id").is_first_distinct() & pl.col("ats_id").is_first_distinct())
    return best.select("legacy_id", "ats_id", "score", paired=pl.col("score") >= SPLINK_FROM)


WAYS: dict[str, Way] = {
    "ours": ours, "exact join": exact_join, "hash join": hash_join, "rapidfuzz + Hungarian": fuzzy, "Splink 5": splink,
}  # fmt: skip
NEEDS = {"hash join": "duckdb", "Splink 5": "splink"}


def ready(way: str) -> None:
    """Load what a process loads once: modules, and for ours the gazetteer and the weights; no jobs yet."""
    if way in NEEDS:
        importlib.import_module(NEEDS[way])
    if way == "ours":
        job = pa.table({"id": ["1"], "title": ["Cook II"], "location": ["Austin, TX"]})
        pair(job, job)


def lacking(way: str) -> str:
    """A sentence where a way needs something that is not installed; else empty."""
    need = NEEDS.get(way, "")
    if not need or importlib.util.find_spec(need):
        return ""
    return f"{way} is left out: {need} is not installed (uv sync --group bench)."
