"""Real jobs of two independent sources: the marks that the match is held to."""

from __future__ import annotations

import csv
import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl
import pytest

from changeover.match.pairing import pair

DATA = Path(__file__).parents[3] / "shared" / "data"

pytestmark = pytest.mark.skipif(
    not (DATA / "pairs").is_dir(), reason="the labelled pairs (../shared/data/pairs) are not on this machine"
)

MARKS = {
    "overlap": {"paired_precision": 0.995, "paired_recall": 0.92, "paired_precision_strict": 0.99, "f1": 0.985},
    "open": {"paired_precision": 0.99, "paired_recall": 0.85, "f1": 0.96},
    "ids": {"paired_precision": 0.999, "paired_recall": 0.995},
    "ids-reformatted": {"paired_precision": 0.999, "paired_recall": 0.98},
}


def scorer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("score_pairs", DATA / "score_pairs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def predictions(view: str) -> list[dict[str, Any]]:
    sides = [
        pl.read_ndjson(DATA / "pairs" / view / f"{side}.jsonl", infer_schema_length=None).to_arrow()
        for side in ("legacy", "ats")
    ]
    rows = pair(*sides).to_pylist()
    return [{**row, "legacy_id": row["legacy_id"] or "", "ats_id": row["ats_id"] or ""} for row in rows]


@pytest.mark.parametrize("view", MARKS)
def test_reaches_its_marks(view: str) -> None:
    scores = scorer().score(DATA / "pairs" / view, predictions(view))
    assert scores["one_to_one"]
    missed = {name: (scores[name], mark) for name, mark in MARKS[view].items() if scores[name] < mark}
    assert not missed


def test_says_how_sure_it_is() -> None:
    """Calibrated: of the pairs given a chance of about p, about p are true (the open view, groups left out)."""
    folder = DATA / "pairs" / "open"
    with (folder / "truth.csv").open(encoding="utf-8") as file:
        truth = {(row["legacy_id"], row["ats_id"]) for row in csv.DictReader(file)}
    with (folder / "undecidable.csv").open(encoding="utf-8") as file:
        twins = {row["id"] for row in csv.DictReader(file)}
    told = [
        (row["score"], (row["legacy_id"], row["ats_id"]) in truth)
        for row in predictions("open")
        if row["legacy_id"] and row["ats_id"] and not {row["legacy_id"], row["ats_id"]} & twins and not row["twins"]
    ]
    for low, high in ((0.1, 0.3), (0.3, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 1.01)):
        part = [(score, true) for score, true in told if low <= score < high]
        said, happened = (sum(column) / len(part) for column in zip(*part, strict=True))
        assert abs(said - happened) < 0.15, (low, high, said, happened)
