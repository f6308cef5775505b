"""Two tables checked and given one shape before they are matched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

FIELDS = (
    "group",
    "id",
    "title",
    "location",
    "company",
    "employer_job_id",
    "description",
    "url",
    "posted_at",
    "requisition",
    "workplace_type",
    "employment_types",
    "salary",
    "label",
)


class UnusableJobs(ValueError):
    """The tables cannot be matched at all: a stable code and one sentence with what to do."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Intake:
    """Both sides as frames of ``row`` (0, 1, 2 …), ``company_number`` and :data:`FIELDS`; decisions as rows.

    ``grouped`` says whether the tables named groups at all. ``confirmed`` and ``rejected`` have ``left``, ``right``.
    ``elsewhere`` has, by company_number, how many more jobs each side has: in pairs already, and not in the frames.
    """

    legacy: pl.DataFrame
    ats: pl.DataFrame
    confirmed: pl.DataFrame
    rejected: pl.DataFrame
    grouped: bool
    elsewhere: tuple[NDArray[np.int64], NDArray[np.int64]]


def frame(jobs: pa.Table) -> pl.DataFrame:
    """What a match reads of a table of jobs: its columns of :data:`FIELDS`, the group as text or null."""
    told = pl.DataFrame(pl.from_arrow(jobs.select([name for name in FIELDS if name in jobs.column_names])))
    return told.with_columns(_group()) if "group" in told.columns else told


def _group() -> pl.Expr:
    """The group as jobs and decisions are dealt out and joined by it: text, and null where it is blank."""
    text = pl.col("group").cast(pl.String)
    return pl.when(text.str.strip_chars() != "").then(text).alias("group")


def dealt(legacy: pl.DataFrame, ats: pl.DataFrame, most: int) -> list[tuple[pl.DataFrame, pl.DataFrame]]:
    """The jobs of both sides in at most ``most`` parts, each group whole in one of them."""
    sides = legacy, ats
    if most < 2 or any("group" not in side.columns for side in sides):
        return [sides]
    part = pl.col("group").hash(seed=1) % most
    dealt_out = [
        [side.filter(which == nth) for nth in range(most)]
        for side, which in ((side, side.select(part).to_series()) for side in sides)
    ]
    return [(mine, yours) for mine, yours in zip(*dealt_out, strict=True) if mine.height or yours.height] or [sides]


def take(
    legacy: pl.DataFrame,
    ats: pl.DataFrame,
    decisions: pa.Table | None,
    elsewhere: Mapping[str, tuple[int, int]] | None = None,
) -> Intake:
    """Check both frames and the decisions; ``elsewhere`` counts, by group, the paired jobs that are not in them.

    Raises UnusableJobs: no id column, a job without id, an id that stands twice in one group, a decision without
    its columns or with a verdict that is neither ``confirmed`` nor ``rejected``.
    """
    sides = [_rows(jobs, name) for jobs, name in ((legacy, "legacy"), (ats, "ATS"))]
    sides = _numbered(sides)
    said = _decisions(decisions, sides)
    grouped = any("group" in jobs.columns for jobs in (legacy, ats))
    yes, no = (said.filter(verdict=word).select("left", "right") for word in ("confirmed", "rejected"))
    return Intake(sides[0], sides[1], yes, no, grouped, _elsewhere(elsewhere or {}, sides))


def _elsewhere(
    told: Mapping[str, tuple[int, int]], sides: list[pl.DataFrame]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The counts of ``told`` by company_number, 0 for those it does not name."""
    size = 1 + max(int(side.get_column("company_number").to_numpy().max(initial=0)) for side in sides)
    counts = np.zeros((2, size), np.int64)
    if told:
        numbers = pl.concat(side.select(pl.col("group").fill_null(""), "company_number") for side in sides).unique()
        for group, number in numbers.iter_rows():
            counts[:, number] = told.get(group, (0, 0))
    return counts[0], counts[1]


def _numbered(sides: list[pl.DataFrame]) -> list[pl.DataFrame]:
    """Both sides with ``company_number``: the groups numbered in their order, whatever the order of the rows."""
    if all(side.get_column("group").null_count() == side.height for side in sides):
        return [side.with_columns(pl.lit(0, pl.UInt32).alias("company_number")) for side in sides]
    coded = [side.get_column("group").fill_null("").to_arrow().dictionary_encode() for side in sides]
    pools = [pl.Series(code.dictionary, dtype=pl.String) for code in coded]
    names = pl.concat(pools).unique().sort()
    numbers = pl.DataFrame({"name": names}).with_row_index("number")
    numbered = []
    for side, code, pool in zip(sides, coded, pools, strict=True):
        to = pool.to_frame("name").join(numbers, on="name", how="left", maintain_order="left").get_column("number")
        numbered.append(side.with_columns(to.gather(pl.Series(code.indices)).alias("company_number")))
    return numbered


def _rows(jobs: pl.DataFrame, side: str) -> pl.DataFrame:
    if "id" not in jobs.columns:
        raise UnusableJobs(
            "NO_ID_COLUMN", f"The {side} jobs have no column 'id'; name the column that holds each job's id 'id'."
        )
    # In one piece: rows taken from a column of several pieces cost forty times as much.
    whole = jobs.rechunk()
    columns = [pl.col(name).cast(pl.String) if name in whole.columns else _NOTHING.alias(name) for name in FIELDS]
    rows = _blank_is_unknown(whole.select(columns)).with_row_index("row")
    _check_ids(rows, side)
    return rows.with_columns(pl.col("label").fill_null(pl.col("id")))


_NOTHING = pl.lit(None, pl.String)


def _blank_is_unknown(rows: pl.DataFrame) -> pl.DataFrame:
    """Text columns in which blank means unknown; a column without blanks stays as it is, without a copy."""
    # A blank text is empty or begins with a blank, which is below "!" or no ASCII: most texts are told by that alone.
    odd = {name: (pl.col(name) < "!") | (pl.col(name) >= "\x7f") for name in rows.columns}
    found = rows.select(is_odd.any().alias(name) for name, is_odd in odd.items()).row(0, named=True)
    blank = {name: pl.col(name).str.strip_chars() == "" for name, any_ in found.items() if any_}
    emptied = [pl.when(is_blank).then(None).otherwise(name).alias(name) for name, is_blank in blank.items()]
    return rows.with_columns(emptied) if emptied else rows


def _check_ids(rows: pl.DataFrame, side: str) -> None:
    ids = rows.get_column("id")
    if ids.null_count():
        raise UnusableJobs("JOB_WITHOUT_ID", f"A job on the {side} side has no id; give every job an id of its own.")
    # Sorting hashes is several times faster than building a hash table of the ids; most sides have no two alike.
    hashes = np.sort(ids.hash(seed=1).to_numpy())
    if not (hashes[1:] == hashes[:-1]).any():
        return
    if not rows.select(pl.struct("group", "id").is_duplicated().any()).item():
        return
    twice = rows.filter(pl.struct("group", "id").is_duplicated()).get_column("id").sort()[0]
    raise UnusableJobs("ID_USED_TWICE", f"The id {twice!r} stands twice on the {side} side; each job needs its own.")


def _decisions(table: pa.Table | None, sides: list[pl.DataFrame]) -> pl.DataFrame:
    """A person's decisions as ``left, right, verdict``; those about jobs that are gone say nothing today."""
    names = ("legacy_id", "ats_id", "verdict")
    if table is None or table.num_rows == 0:
        return pl.DataFrame(schema={"left": pl.UInt32, "right": pl.UInt32, "verdict": pl.String})
    missing = [name for name in names if name not in table.column_names]
    if missing:
        raise UnusableJobs("NO_DECISION_COLUMN", f"The decisions have no column {missing[0]!r}; each needs {names}.")
    told = pl.DataFrame(pl.from_arrow(table))
    unknown = told.filter(~pl.col("verdict").is_in(["confirmed", "rejected"]).fill_null(False))
    if unknown.height:
        verdict = unknown.get_column("verdict").sort()[0]
        raise UnusableJobs("UNKNOWN_VERDICT", f"A decision says {verdict!r}; it must be 'confirmed' or 'rejected'.")
    by = ["group"] if "group" in told.columns else []
    said = told.select(*(_group() for _ in by), *(pl.col(name).cast(pl.String) for name in names)).unique()
    for side, key, row in ((sides[0], "legacy_id", "left"), (sides[1], "ats_id", "right")):
        jobs = side.select(*by, pl.col("id").alias(key), pl.col("row").alias(row))
        said = said.join(jobs, on=[*by, key], nulls_equal=True)
    same = said.join(sides[0].select(left="row", at="company_number"), on="left").join(
        sides[1].select(right="row", other="company_number"), on="right"
    )
    kept = same.filter(pl.col("at") == pl.col("other")).sort("legacy_id", "ats_id", "verdict")
    return kept.select("left", "right", "verdict")
