"""Jobs to match, written short."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from changeover.match.pairing import pair

Row = dict[str, Any]


def job(key: str, title: str | None, location: str | None = "Austin, TX", **more: str | None) -> Row:
    return {"id": key, "title": title, "location": location, **more}


def jobs(*rows: Row) -> pa.Table:
    names = sorted({name for row in rows for name in row} | {"id"})
    return pa.table({name: pa.array([row.get(name) for row in rows], pa.string()) for name in names})


def verdicts(*rows: tuple[str, str, str]) -> pa.Table:
    names = ("legacy_id", "ats_id", "verdict")
    return pa.table({name: pa.array([row[i] for row in rows], pa.string()) for i, name in enumerate(names)})


def matched(legacy: pa.Table, ats: pa.Table, decisions: pa.Table | None = None) -> dict[tuple[Any, Any], Row]:
    """The rows of the answer by their two ids."""
    rows = pair(legacy, ats, decisions).to_pylist()
    found = {(row["legacy_id"], row["ats_id"]): row for row in rows}
    assert len(found) == len(rows), "a pair or a lone job has one row"
    return found


def decided(legacy: pa.Table, ats: pa.Table, decisions: pa.Table | None = None) -> dict[tuple[Any, Any], str]:
    """The decision about each pair and lone job."""
    return {ids: row["decision"] for ids, row in matched(legacy, ats, decisions).items()}
