"""Two tables checked and given one shape before they are matched."""

from __future__ import annotations

import polars as pl
import pyarrow as pa

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
)


class UnusableJobs(ValueError):
    """The tables cannot be matched at all: a stable code and one sentence with what to do."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


def take(table: pa.Table, side: str) -> pl.DataFrame:
    """One side as a frame of :data:`FIELDS` (strings, empty means null) with ``row`` counted from 0.

    Raises UnusableJobs: no id column, a job without id, an id that stands twice in one group.
    """
    if "id" not in table.column_names:
        raise UnusableJobs(
            "NO_ID_COLUMN", f"The {side} jobs have no column 'id'; name the one that holds each job's id."
        )
    frame = pl.DataFrame(pl.from_arrow(table.select([name for name in FIELDS if name in table.column_names])))
    columns = [_text(name) if name in frame.columns else pl.lit(None, pl.String).alias(name) for name in FIELDS]
    rows = frame.lazy().select(columns).with_columns(pl.col("group").fill_null("")).with_row_index("row").collect()
    _check_ids(rows, side)
    return rows


def take_decisions(table: pa.Table | None) -> pl.DataFrame:
    """A person's decisions as ``group, legacy_id, ats_id, verdict``; none gives an empty frame.

    Raises UnusableJobs where a column is missing or a verdict is neither ``confirmed`` nor ``rejected``.
    """
    names = ("group", "legacy_id", "ats_id", "verdict")
    if table is None or table.num_rows == 0:
        return pl.DataFrame(schema=dict.fromkeys(names, pl.String))
    missing = [name for name in names[1:] if name not in table.column_names]
    if missing:
        raise UnusableJobs(
            "NO_DECISION_COLUMN", f"The decisions have no column {missing[0]!r}; each needs {names[1:]}."
        )
    frame = pl.DataFrame(pl.from_arrow(table))
    columns = [_text(name) if name in frame.columns else pl.lit("").alias(name) for name in names]
    rows = frame.select(columns).with_columns(pl.col("group").fill_null("")).unique(maintain_order=False)
    unknown = rows.filter(~pl.col("verdict").is_in(["confirmed", "rejected"]))
    if unknown.height:
        verdict = unknown.get_column("verdict").sort()[0]
        raise UnusableJobs("UNKNOWN_VERDICT", f"A decision says {verdict!r}; it must be 'confirmed' or 'rejected'.")
    return rows


def _text(name: str) -> pl.Expr:
    """A column as text in which blank means unknown."""
    text = pl.col(name).cast(pl.String)
    return pl.when(text.str.contains(r"\S")).then(text).otherwise(None).alias(name)


def _check_ids(rows: pl.DataFrame, side: str) -> None:
    if rows.get_column("id").null_count():
        raise UnusableJobs("JOB_WITHOUT_ID", f"A job on the {side} side has no id; give every job an id of its own.")
    if rows.select(pl.struct("group", "id").n_unique()).item() == rows.height:
        return
    twice = rows.filter(pl.struct("group", "id").is_duplicated()).get_column("id").sort()[0]
    raise UnusableJobs("ID_USED_TWICE", f"The id {twice!r} stands twice on the {side} side; each job needs its own.")
