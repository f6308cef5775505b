"""Legacy jobs and ATS jobs of one or many companies paired one to one, each pair with its reasons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa

from changeover.match import assignment, candidates, evidence, outcome
from changeover.match.evidence import FIELDS, Levels, Rows, Side
from changeover.match.intake import take, take_decisions
from changeover.match.normalise import loose_id, strict_id
from changeover.match.titles import Titles, read_titles
from changeover.match.weights import Weights, shipped_weights

_DECISION = FIELDS.index("decision")


@dataclass(frozen=True, slots=True)
class Match:
    """One call's material: both sides, the titles read, the evidence of them, the decisions of people."""

    jobs: tuple[pl.DataFrame, pl.DataFrame]
    sides: tuple[Side, Side]
    titles: Titles
    weights: Weights
    confirmed: pl.DataFrame
    rejected: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Scored:
    """Pairs of rows with the levels of their evidence and the log-odds these add up to."""

    left: Rows
    right: Rows
    levels: Levels
    score: np.ndarray
    rule: str

    def only(self, keep: np.ndarray, rule: str = "") -> Scored:
        """The pairs for which ``keep`` is true."""
        return Scored(self.left[keep], self.right[keep], self.levels[keep], self.score[keep], rule or self.rule)


def pair(
    legacy: pa.Table, ats: pa.Table, decisions: pa.Table | None = None, weights: Weights | None = None
) -> pa.Table:
    """Pair the jobs of two sides; one row per pair, suggestion or lone job (see :mod:`changeover.match.outcome`).

    ``legacy`` and ``ats`` have ``id`` and, where known, title, location, company, employer_job_id, description, url,
    posted_at, requisition, workplace_type (text, null is unknown) and ``group``: pairs are sought within a group only,
    one group where the column is absent. ``decisions`` has legacy_id, ats_id, verdict (``confirmed`` or ``rejected``)
    and, where ids repeat across groups, group. The order of rows does not matter.

    Raises changeover.match.intake.UnusableJobs where an id is missing or stands twice.
    """
    match = _prepare(legacy, ats, decisions, weights or shipped_weights())
    confirmed = _confirmed(match)
    by_id = _free(match, _same_id(match), [confirmed])
    won = _clear(match, by_id)
    id_pairs = by_id.only(won, "employer_job_id")
    by_text, twins = _by_text(match, [confirmed, id_pairs])
    text_won = _clear(match, by_text) & ~_twins(by_text, twins)
    text_pairs = by_text.only(text_won, "text")
    accepted = [confirmed, id_pairs, text_pairs]
    id_doubts = _free(match, by_id.only(~won, "employer_job_id_doubt"), accepted)
    once = by_text.only(~_among(by_text, id_doubts))
    doubts = [
        id_doubts,
        _free(match, _each_twin(match, once.only(_twins(once, twins), "twins"), accepted), accepted),
        _free(match, once.only(~_twins(once, twins), "doubt"), accepted),
    ]
    return outcome.table(match.jobs, accepted, doubts, match.weights)


def _prepare(legacy: pa.Table, ats: pa.Table, decisions: pa.Table | None, weights: Weights) -> Match:
    jobs = (_read(take(legacy, "legacy")), _read(take(ats, "ATS")))
    names = pl.concat([side.select("title") for side in jobs]).get_column("title").unique().sort()
    numbers = pl.DataFrame({"title": names, "number": np.arange(len(names))})
    sides = tuple(
        Side(
            side.select("title")
            .join(numbers, on="title", how="left", maintain_order="left")
            .get_column("number")
            .to_numpy(),
            side.get_column("location"),
            side.get_column("strict"),
            side.get_column("loose"),
        )
        for side in jobs
    )
    verdicts = _decided(take_decisions(decisions), jobs)
    return Match(
        jobs, (sides[0], sides[1]), read_titles(names), weights,
        verdicts.filter(verdict="confirmed"), verdicts.filter(verdict="rejected"),
    )  # fmt: skip


def _read(side: pl.DataFrame) -> pl.DataFrame:
    return side.with_columns(
        pl.col("row").cast(pl.Int64),
        pl.col("title").fill_null(""),
        pl.col("location").fill_null(""),
        strict_id(pl.col("employer_job_id")).alias("strict"),
        loose_id(pl.col("employer_job_id")).alias("loose"),
    ).with_columns(
        pl.when(pl.col(name) != "").then(pl.col(name)).otherwise(None).alias(name) for name in ("strict", "loose")
    )


def _decided(decisions: pl.DataFrame, jobs: tuple[pl.DataFrame, pl.DataFrame]) -> pl.DataFrame:
    """Decisions as rows of both sides; those about jobs that are gone say nothing today."""
    mine = jobs[0].select("group", pl.col("id").alias("legacy_id"), pl.col("row").alias("left"))
    yours = jobs[1].select("group", pl.col("id").alias("ats_id"), pl.col("row").alias("right"))
    found = decisions.join(mine, on=["group", "legacy_id"]).join(yours, on=["group", "ats_id"])
    return found.sort("group", "legacy_id", "ats_id", "verdict")


def _confirmed(match: Match) -> Scored:
    """Confirmed pairs, each job once: of two confirmations of one job the first by id stands."""
    taken: set[tuple[str, int]] = set()
    kept: list[tuple[int, int]] = []
    for left, right in match.confirmed.select("left", "right").iter_rows():
        if ("l", left) not in taken and ("r", right) not in taken:
            taken |= {("l", left), ("r", right)}
            kept.append((left, right))
    pairs = np.array(kept, np.int64).reshape(-1, 2)
    return _score(match, pairs[:, 0], pairs[:, 1], "confirmed", confirmed=True)


def _score(match: Match, left: Rows, right: Rows, rule: str, confirmed: bool = False) -> Scored:
    levels = evidence.levels_of(match.titles, *match.sides, left, right)
    levels[:, _DECISION] = int(confirmed)
    return Scored(left, right, levels, evidence.log_odds(levels, match.weights), rule)


def _same_id(match: Match) -> Scored:
    """Every pair of jobs of a group whose employer job ids agree, unless so many share it that it names none."""
    mine, yours = (side.filter(pl.col("loose").is_not_null()).select("group", "loose", "row") for side in match.jobs)
    pairs = _limited_join(mine, yours, ["group", "loose"])
    return _score(match, pairs["row"].to_numpy(), pairs["other"].to_numpy(), "employer_job_id")


def _limited_join(mine: pl.DataFrame, yours: pl.DataFrame, key: list[str], most: int = 2500) -> pl.DataFrame:
    """Rows joined on ``key``, without the keys that would give more than ``most`` pairs."""
    sizes = mine.group_by(key).len("a").join(yours.group_by(key).len("b"), on=key)
    kept = sizes.filter(pl.col("a").cast(pl.Int64) * pl.col("b") <= most).select(key)
    return mine.join(kept, on=key, how="semi").join(yours.rename({"row": "other"}), on=key)


def _free(match: Match, scored: Scored, accepted: list[Scored]) -> Scored:
    """The pairs of which neither job is accepted elsewhere and no person has said no."""
    keep = np.ones(len(scored.left), np.bool_)
    for other in accepted:
        keep &= ~(np.isin(scored.left, other.left) | np.isin(scored.right, other.right))
    width = match.jobs[1].height + 1
    refused = match.rejected.select(pl.col("left") * width + pl.col("right")).to_series().to_numpy()
    return scored.only(keep & ~np.isin(scored.left * width + scored.right, refused))


def _clear(match: Match, scored: Scored) -> np.ndarray:
    weights = match.weights
    return assignment.clear_pairs(scored.left, scored.right, scored.score, weights.accept, weights.margin)


def _among(scored: Scored, other: Scored) -> np.ndarray:
    """Which pairs of ``scored`` are also in ``other``."""
    width = 1 + max(int(s.right.max(initial=0)) for s in (scored, other))
    return np.isin(scored.left * width + scored.right, other.left * width + other.right)


def _twins(scored: Scored, many: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """Which pairs have, on either side, another job that reads exactly alike."""
    return (many[0][scored.left] > 1) | (many[1][scored.right] > 1)


def _each_twin(match: Match, scored: Scored, accepted: list[Scored]) -> Scored:
    """Pairs of profiles as pairs of the jobs that read so, a few of each side."""
    taken = [np.concatenate([s.left for s in accepted]), np.concatenate([s.right for s in accepted])]
    members = [
        _profiles(side, gone).select("at", "members").explode("members")
        for side, gone in zip(match.jobs, taken, strict=True)
    ]
    pairs = pl.DataFrame({"nth": np.arange(len(scored.left)), "left": scored.left, "right": scored.right})
    each = pairs.join(members[0].rename({"at": "left", "members": "row"}), on="left").join(
        members[1].rename({"at": "right", "members": "other"}), on="right"
    )
    nth = each.get_column("nth").to_numpy()
    return Scored(
        each.get_column("row").to_numpy(), each.get_column("other").to_numpy(), scored.levels[nth], scored.score[nth],
        scored.rule,
    )  # fmt: skip


def _by_text(match: Match, accepted: list[Scored]) -> tuple[Scored, tuple[np.ndarray, np.ndarray]]:
    """Pairs of what is left, compared by text; jobs that read exactly alike are compared once, as twins."""
    mine = _profiles(match.jobs[0], np.concatenate([s.left for s in accepted]))
    yours = _profiles(match.jobs[1], np.concatenate([s.right for s in accepted]))
    left, right, large = candidates.every_pair(mine, yours)
    blocks = [(left, right), *(_large_group(match, mine.filter(group=g), yours.filter(group=g)) for g in large)]
    found = _score(match, np.concatenate([b[0] for b in blocks]), np.concatenate([b[1] for b in blocks]), "text")
    found = _free(match, found, [])
    found = found.only(found.score >= match.weights.review)
    many = (np.zeros(match.jobs[0].height, np.int64), np.zeros(match.jobs[1].height, np.int64))
    for counts, profile in zip(many, (mine, yours), strict=True):
        counts[profile.get_column("at").to_numpy()] = profile.get_column("many").to_numpy()
    return found, many


def _profiles(side: pl.DataFrame, taken: Rows) -> pl.DataFrame:
    """Jobs not yet taken, one row for all of a group that read alike: ``group, at`` (the first by id), ``many``."""
    rest = side.filter(~pl.col("row").is_in(taken)).sort("group", "id")
    return rest.group_by("group", "title", "location", "loose", maintain_order=True).agg(
        pl.col("row").first().alias("at"), pl.len().alias("many"), pl.col("row").head(3).alias("members")
    )


def _large_group(match: Match, mine: pl.DataFrame, yours: pl.DataFrame) -> tuple[Rows, Rows]:
    """Candidates of a group too large to compare whole: the same title, or rare words shared."""
    rows = [frame.get_column("at").to_numpy() for frame in (mine, yours)]
    words = match.titles.words.multiply(match.titles.rarity[None, :]).tocsr()
    at, other = candidates.by_words(*(words[side.title[r]] for side, r in zip(match.sides, rows, strict=True)))
    same = _limited_join(
        mine.select("title", "location", row="at"), yours.select("title", "location", row="at"), ["title", "location"]
    )
    both = np.unique(
        np.stack(
            [
                np.concatenate([rows[0][at], same.get_column("row").to_numpy()]),
                np.concatenate([rows[1][other], same.get_column("other").to_numpy()]),
            ]
        ),
        axis=1,
    )
    return both[0], both[1]
