"""Rows of the answer, many at a time: each text is kept once and pointed at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from changeover.match.columns import arrow_numbers, arrow_texts

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts as numbers into a pool: one number may stand for all rows."""

    number: NDArray[np.int32]
    pool: pa.Array

    @classmethod
    def all_the_same(cls, text: str) -> Texts:
        """One text for every row."""
        return cls(np.zeros(1, np.int32), arrow_texts([text]))

    @classmethod
    def each(cls, texts: pl.Series) -> Texts:
        """One text a row."""
        coded = texts.rechunk().to_arrow().dictionary_encode()
        number = coded.indices.to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
        return cls(number, coded.dictionary.cast(pa.string()))


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one decision and rule. ``left`` or ``right`` is None where all rows lack that side."""

    decision: str
    rule: str
    code: str
    left: Rows | None
    right: Rows | None
    score: NDArray[np.float64]
    reason: Texts
    fix: Texts
    evidence: Texts
    twins: Texts | None = None

    def __len__(self) -> int:
        return max(len(side) for side in (self.left, self.right) if side is not None)


def as_table(parts: Sequence[Part], sides: tuple[pl.DataFrame, pl.DataFrame], grouped: bool) -> pa.Table:
    """The parts one below the other, with the ids (and groups) of their jobs."""
    if not parts:
        return _SCHEMA.empty_table() if grouped else _SCHEMA.remove(0).empty_table()
    counts = [len(part) for part in parts]
    rows = [_rows([getattr(part, name) for part in parts], counts) for name in ("left", "right")]
    columns: dict[str, pa.Array] = {}
    if grouped:
        columns["group"] = _groups(sides, rows)
    columns["legacy_id"] = _taken(sides[0].get_column("id"), rows[0])
    columns["ats_id"] = _taken(sides[1].get_column("id"), rows[1])
    scores = [np.broadcast_to(part.score, count) for part, count in zip(parts, counts, strict=True)]
    columns["score"] = arrow_numbers(np.concatenate(scores))
    for name in ("decision", "rule", "code"):
        columns[name] = _pooled([Texts.all_the_same(getattr(p, name)) for p in parts], counts).dictionary_decode()
    for name in ("reason", "fix", "evidence"):
        columns[name] = _pooled([getattr(part, name) for part in parts], counts)
    columns["twins"] = _pooled([part.twins or Texts.all_the_same("") for part in parts], counts)
    return pa.table({name: columns[name] for name in _SCHEMA.names if name in columns})


_REPEATED = pa.dictionary(pa.int32(), pa.string())
_SCHEMA = pa.schema(
    {
        "group": _REPEATED, "legacy_id": pa.string(), "ats_id": pa.string(), "score": pa.float64(),
        "decision": pa.string(), "rule": pa.string(), "reason": _REPEATED, "code": pa.string(), "fix": _REPEATED,
        "evidence": _REPEATED, "twins": _REPEATED,
    }
)  # fmt: skip


def _groups(sides: tuple[pl.DataFrame, pl.DataFrame], rows: Sequence[Rows]) -> pa.DictionaryArray:
    """The group of each row, from whichever side has a job there."""
    number = np.zeros(len(rows[0]), np.int32)
    names: dict[int, str] = {}
    for side, at in zip(sides, rows, strict=True):
        companies = side.get_column("company_number").to_numpy()
        number[at >= 0] = companies[at[at >= 0]]
        names.update(side.select("company_number", pl.col("group").fill_null("")).unique("company_number").iter_rows())
    pool = [names.get(n, "") for n in range(max(names, default=-1) + 1)]
    return pa.DictionaryArray.from_arrays(arrow_numbers(number), arrow_texts(pool))


def _rows(parts: Sequence[Rows | None], counts: Sequence[int]) -> Rows:
    """Row numbers of one side; -1 where a part has none."""
    return np.concatenate([np.full(n, -1) if p is None else p for p, n in zip(parts, counts, strict=True)])


def _taken(values: pl.Series, rows: Rows) -> pa.Array:
    """The values at these rows, null where there is none."""
    at = pl.Series(rows)
    return values.gather(at if (rows >= 0).all() else at.set(at < 0, None)).to_arrow().cast(pa.string())


def _pooled(texts: Sequence[Texts], counts: Sequence[int]) -> pa.DictionaryArray:
    """One below the other, each distinct text once."""
    pool = pa.concat_arrays([text.pool for text in texts]).dictionary_encode()
    to = pool.indices.to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
    starts = np.cumsum([0, *(len(text.pool) for text in texts)])
    numbers = [
        np.broadcast_to(to[start:][text.number], count)
        for text, start, count in zip(texts, starts, counts, strict=False)
    ]
    return pa.DictionaryArray.from_arrays(arrow_numbers(np.concatenate(numbers)), pool.dictionary)
