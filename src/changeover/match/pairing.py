"""Legacy jobs and ATS jobs of one or many companies paired one to one, each pair with its reasons."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import polars as pl
import pyarrow as pa

from changeover.match import by_id, by_text, outcome
from changeover.match.collection import no_collection
from changeover.match.evidence import COLUMN, blank, log_odds
from changeover.match.found import Found, Tally, paired
from changeover.match.intake import dealt, frame, take
from changeover.match.particulars import with_particulars
from changeover.match.profiles import read_profiles
from changeover.match.weights import Weights, shipped_weights

# From so many jobs on threads pay; what is left of Python in the work lets no more than a few run at once.
LARGE = 20_000
THREADS = 4


def pair(
    legacy: pa.Table,
    ats: pa.Table,
    decisions: pa.Table | None = None,
    weights: Weights | None = None,
    elsewhere: Mapping[str, tuple[int, int]] | None = None,
) -> pa.Table:
    """Pair the jobs of two sides; one row per pair, suggestion or lone job (columns in outcome.COLUMNS).

    ``legacy`` and ``ats`` have ``id`` and, where known, title, location, company, employer_job_id, description, url,
    posted_at, requisition, workplace_type, employment_types and salary (JSON as sources/terms.py has them), label (what
    sentences call the job, its id if not given; text, null is unknown) and ``group``: pairs are sought within a group,
    all jobs are one group where the column is absent. ``decisions`` has legacy_id, ats_id, verdict (``confirmed`` or
    ``rejected``) and, where ids repeat across groups, group. ``elsewhere`` says of a group ("" without groups) how many
    more legacy and ATS jobs it has that are paired already and not in the tables: a part of a company is matched
    as the whole would be if it holds every job that shares something with its own. The order of rows changes
    nothing but the order of rows.

    Tiers, each over what the one before left: a person's word; one employer job id, the texts agreeing; one text
    that stands once on each side; scored text with a floor and a margin. All but the last are hash joins; the last
    compares a small company whole and a large one where jobs share telling words, so the cost grows with the jobs.
    Many jobs are matched by several threads, each group by one.

    Raises changeover.match.intake.UnusableJobs where an id is missing or stands twice.
    """
    weights = weights or shipped_weights()
    with no_collection():
        parts = _parts(legacy, ats)
        if len(parts) == 1:
            return _pair(parts, decisions, weights, elsewhere)
        with ThreadPoolExecutor(len(parts)) as threads:
            found = [threads.submit(_pair, parts, decisions, weights, elsewhere) for _ in range(len(parts))]
            return outcome.together([each.result() for each in found])


def _parts(legacy: pa.Table, ats: pa.Table) -> list[tuple[pl.DataFrame, pl.DataFrame]]:
    sides = frame(legacy), frame(ats)
    large = sides[0].height + sides[1].height >= LARGE
    return dealt(*sides, min(pl.thread_pool_size(), THREADS) if large else 1)


def _pair(
    parts: list[tuple[pl.DataFrame, pl.DataFrame]],
    decisions: pa.Table | None,
    weights: Weights,
    elsewhere: Mapping[str, tuple[int, int]] | None,
) -> pa.Table:
    """One of the parts paired. It is taken away, so that nothing is held of it but what it is made into."""
    tally = Tally(take(*parts.pop(), decisions, elsewhere))
    tally.add([_confirmed(tally, weights)])
    tally.add(by_id.same_id_and_text(*tally.free(), tally, weights))
    mine, yours = (by_id.with_ids(side) for side in tally.free())
    tally.add(by_id.same_id_and_title(mine, yours, tally, weights))
    read_and_compare(*tally.without(mine, yours), tally, weights)
    return outcome.table(tally, weights)


def read_and_compare(legacy: pl.DataFrame, ats: pl.DataFrame, tally: Tally, weights: Weights) -> None:
    """The tiers that read titles and places, over the jobs that the cheap ones left."""
    profiles, mine, yours = read_profiles(with_particulars(legacy), with_particulars(ats), weights.rarity, weights.rare)
    tally.add(by_id.same_id(profiles, mine, yours, tally, weights))
    tally.add(by_id.id_in_text(profiles, *tally.without(mine, yours), tally, weights))
    tally.add(by_text.standing_once(profiles, *tally.without(mine, yours), tally, weights))
    tally.add(by_text.scored(profiles, *tally.without(mine, yours), tally, weights))


def _confirmed(tally: Tally, weights: Weights) -> Found:
    """Confirmed pairs, each job once: of two confirmations of one job the first by id stands."""
    seen: tuple[set[int], set[int]] = (set(), set())
    kept: list[tuple[int, int]] = []
    for left, right in tally.intake.confirmed.iter_rows():
        if left not in seen[0] and right not in seen[1]:
            seen[0].add(left)
            seen[1].add(right)
            kept.append((left, right))
    levels = blank(1)
    levels[:, COLUMN["decision"]] = 1
    pairs = pl.DataFrame(kept, schema={"left": pl.Int64, "right": pl.Int64}, orient="row")
    return paired("confirmed", pairs, levels, log_odds(levels, weights))
