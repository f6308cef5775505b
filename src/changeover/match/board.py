"""A whole board matched by Spark: companies dealt out to tasks, a very large one in blocks of places."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from math import ceil
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from changeover.match.intake import FIELDS
from changeover.match.outcome import COLUMNS
from changeover.match.pairing import pair
from changeover.match.places import spelled_place
from changeover.match.weights import Weights

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

# So many jobs of both sides a task gets, give or take a company.
TASK = 100_000
# A company with more is dealt out in blocks of its places. About 1 GB of memory and 5 s for a task of this size.
LARGE = 400_000

_RESULT = ("group", *COLUMNS)
_SCHEMA = ", ".join(f"`{name}` {'double' if name == 'score' else 'string'}" for name in _RESULT)
_FOUND = pa.schema([(name, pa.float64() if name == "score" else pa.string()) for name in _RESULT])
_JOB = (*FIELDS, "lane", "unit")
_JOB_SCHEMA = ", ".join(f"`{name}` string" for name in _JOB)
# Between a company and its block. No employer's name has it.
_BLOCK = "\x1f"
# What is settled inside a block: pairs by employer job id, or by one text at one place. Scored text is not.
_SETTLED = "decision = 'paired' and rule <> 'text'"


def match_spark(
    spark: SparkSession,
    legacy: pa.Table | DataFrame,
    ats: pa.Table | DataFrame,
    decisions: pa.Table | None = None,
    weights: Weights | None = None,
    *,
    task: int = TASK,
    large: int = LARGE,
) -> DataFrame:
    """What pairing.pair finds in the jobs of a whole board, as a Spark data frame of ``group`` and outcome.COLUMNS.

    The tables and the answer are those of ``pair``; every company (``group``) is matched whole within one task, so
    the rows are the same whatever the number of tasks and workers. ``spark`` is a session of the Connect or the
    classic API; changeover must be importable where its workers run.

    A company of more than ``large`` jobs is matched in two steps. First each block of its places by itself, of which
    the pairs by employer job id and by a text that stands once at its place are kept: a text stands once in its block
    exactly if it does in the company. Then what is left of the company as one. So a job is in one pair at most. Lost
    is this: where two jobs of a block read alike at one place, an employer job id that would pair one of them with a
    job at another place comes too late.

    Raises what ``pair`` raises (as the engine's error); nothing is written.
    """
    jobs = _union(_frame(spark, legacy), _frame(spark, ats))
    sizes = {row["group"]: row["count"] for row in jobs.groupBy("group").count().collect()}
    rows = partial(_dealt, decisions=decisions, weights=weights, tasks=max(1, ceil(sum(sizes.values()) / task)))
    huge = {group: ceil(count / task) for group, count in sizes.items() if count > large}
    if not huge:
        return rows(jobs)
    theirs = jobs["group"].isin(list(huge))
    return rows(jobs.where(~theirs)).union(_in_blocks(spark, jobs.where(theirs), huge, decisions, rows))


def _frame(spark: SparkSession, jobs: pa.Table | DataFrame) -> DataFrame:
    if not isinstance(jobs, pa.Table):
        return jobs
    kept = jobs.select([name for name in FIELDS if name in jobs.column_names])
    return spark.createDataFrame(kept.cast(pa.schema([(name, pa.string()) for name in kept.column_names])))


def _union(legacy: DataFrame, ats: DataFrame) -> DataFrame:
    """All jobs as text, each with its ``lane`` and its ``unit``: what is matched as one, which is its company."""
    sides = []
    for lane, side in (("legacy", legacy), ("ats", ats)):
        told = {
            name: f"cast(`{name}` as string)" if name in side.columns else "cast(null as string)" for name in FIELDS
        }
        told["group"] = f"coalesce({told['group']}, '')"
        columns = (f"{expression} as `{name}`" for name, expression in told.items())
        sides.append(side.selectExpr(*columns, f"'{lane}' as lane", f"{told['group']} as unit"))
    return sides[0].union(sides[1])


def _dealt(
    jobs: DataFrame,
    *,
    decisions: pa.Table | None,
    weights: Weights | None,
    tasks: int,
    elsewhere: Mapping[str, tuple[int, int]] | None = None,
) -> DataFrame:
    """The jobs paired within their units; units are dealt out to tasks by a hash of their name."""

    def work(jobs: pa.Table) -> pa.Table:
        return pair_task(jobs, decisions=decisions, weights=weights, elsewhere=elsewhere)

    dealt = jobs.selectExpr(*(f"`{name}`" for name in _JOB), f"crc32(unit) % {tasks} as task")
    # Not cogroup: Sail refuses it. The lane is a column instead.
    return dealt.groupBy("task").applyInArrow(work, _SCHEMA)


def pair_task(
    jobs: pa.Table,
    *,
    decisions: pa.Table | None,
    weights: Weights | None,
    elsewhere: Mapping[str, tuple[int, int]] | None,
) -> pa.Table:
    """What one task does: pair the jobs of its units; a table of ``group`` and outcome.COLUMNS as plain columns."""
    frame = pl.DataFrame(pl.from_arrow(jobs))
    sides = [frame.filter(lane=lane) for lane in ("legacy", "ats")]
    within = [side.drop("group", "task").rename({"unit": "group"}).to_arrow() for side in sides]
    found = pair(within[0], within[1], _said(decisions, sides[0]), weights, elsewhere).select(_RESULT).cast(_FOUND)
    company = pc.replace_substring_regex(found.column("group"), f"{_BLOCK}\\d+$", "")
    return found.set_column(0, "group", company)


def _said(decisions: pa.Table | None, legacy: pl.DataFrame) -> pa.Table | None:
    """The decisions about jobs of this task, their group being the unit."""
    if decisions is None or not decisions.num_rows:
        return None
    said = pl.DataFrame(pl.from_arrow(decisions))
    by = ["group", "legacy_id"] if "group" in said.columns else ["legacy_id"]
    units = legacy.select("group", pl.col("id").alias("legacy_id"), "unit")
    here = said.join(units, on=by).select(pl.col("unit").alias("group"), "legacy_id", "ats_id", "verdict")
    return here.to_arrow()


def _in_blocks(
    spark: SparkSession,
    jobs: DataFrame,
    blocks: Mapping[str, int],
    decisions: pa.Table | None,
    rows: Callable[..., DataFrame],
) -> DataFrame:
    """The companies of ``blocks``: first each block of places, then what is left of the company as one."""
    confirmed = _confirmed(spark, decisions)
    free = jobs if confirmed is None else jobs.join(confirmed, confirmed.columns, "left_anti")
    placed = free.mapInArrow(partial(_place, blocks=dict(blocks)), _JOB_SCHEMA)
    settled = rows(placed).where(_SETTLED).persist()
    counts = {row["group"]: row["count"] for row in settled.groupBy("group").count().collect()}
    taken = settled.selectExpr("`group`", "'legacy' as lane", "legacy_id as id").union(
        settled.selectExpr("`group`", "'ats' as lane", "ats_id as id")
    )
    left = jobs.join(taken, ["group", "lane", "id"], "left_anti")
    return settled.union(rows(left, elsewhere={group: (n, n) for group, n in counts.items()}))


def _confirmed(spark: SparkSession, decisions: pa.Table | None) -> DataFrame | None:
    """The jobs of confirmed pairs, which may stand in two blocks and so wait for the second step."""
    if decisions is None:
        return None
    said = pl.DataFrame(pl.from_arrow(decisions)).filter(verdict="confirmed")
    if not said.height:
        return None
    group = [pl.col("group").fill_null("")] if "group" in said.columns else []
    sides = [
        said.select(*group, pl.lit(lane).alias("lane"), pl.col(f"{lane}_id").cast(pl.String).alias("id"))
        for lane in ("legacy", "ats")
    ]
    return spark.createDataFrame(pl.concat(sides).unique().to_arrow())


def _place(batches: Iterable[pa.RecordBatch], *, blocks: Mapping[str, int]) -> Iterator[pa.RecordBatch]:
    """The jobs with the block of their place in their unit; places that mean the same are in one block."""
    for batch in batches:
        columns = {name: batch.column(name) for name in _JOB}
        where = zip(columns["group"].to_pylist(), columns["location"].to_pylist(), strict=True)
        units = [
            f"{group}{_BLOCK}{zlib.crc32(spelled_place(place or '').encode()) % blocks[group]}"
            for group, place in where
        ]
        yield pa.RecordBatch.from_pydict({**columns, "unit": pa.array(units, pa.string())})
