"""How well jobs are matched on real jobs of two independent sources, ours beside exact join, rapidfuzz and Splink.

Run: .venv/bin/python bench/match_quality.py [--views overlap open] [--nested]
Prints a table for each view, and last one line of JSON. With --nested also what ours reaches on companies that it
has not seen: weights learned and thresholds chosen on the others.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import polars as pl
from learned_elsewhere import nested
from match_speed import PAIRS, view_field
from one_way import Cost, measured
from ways import lacking

from changeover.match import by_text
from changeover.match.by_id import with_ids
from changeover.match.candidates import WHOLE, pairs_of
from changeover.match.found import Tally
from changeover.match.intake import take
from changeover.match.particulars import with_particulars
from changeover.match.profiles import read_profiles
from changeover.match.weights import shipped_weights

VIEWS = ("overlap", "open", "ids", "ids-reformatted")
MARKS = {
    "overlap": {"paired_precision": 0.995, "paired_recall": 0.92, "paired_precision_strict": 0.99, "f1": 0.985},
    "open": {"paired_precision": 0.99, "paired_recall": 0.85, "f1": 0.96},
    "ids": {"paired_precision": 0.999, "paired_recall": 0.995},
    "ids-reformatted": {"paired_precision": 0.999, "paired_recall": 0.98},
}
Scores = dict[str, Any]


def scorer() -> ModuleType:
    """The scorer that came with the labelled pairs."""
    spec = importlib.util.spec_from_file_location("score_pairs", PAIRS.parent / "score_pairs.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(PAIRS.parent / "score_pairs.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def scored(found: pl.DataFrame, view: str) -> Scores:
    """Precision, recall and the rest; an answer's rows of a job alone are passed over."""
    rows = found.select(
        pl.col("legacy_id", "ats_id").fill_null(""), "score",
        decision=pl.when("paired").then(pl.lit("paired")).otherwise(pl.lit("review")),
    )  # fmt: skip
    return dict(scorer().score(PAIRS / view, rows.to_dicts()))


def blocking_recall(folder: Path) -> dict[str, float]:
    """What part of the true pairs is considered at all, by text alone, if each company were a large one and as is."""
    sides = [pl.read_parquet(folder / f"{side}.parquet").drop("employer_job_id", strict=False) for side in _SIDES]
    tally = Tally(take(sides[0], sides[1], None))
    weights = shipped_weights()
    legacy, ats = (with_particulars(with_ids(side)) for side in tally.free())
    profiles, mine, yours = read_profiles(legacy, ats, weights.rarity, weights.rare)
    texts = by_text.distinct(mine), by_text.distinct(yours)
    names = [
        tally_side.get_column("id").to_numpy()[text.get_column("row").to_numpy()]
        for tally_side, text in zip((tally.intake.legacy, tally.intake.ats), texts, strict=True)
    ]
    truth = pl.read_parquet(folder / "truth.parquet")
    known = [pl.DataFrame({key: ids}) for key, ids in zip(("legacy_id", "ats_id"), names, strict=True)]
    for key, ids in zip(("legacy_id", "ats_id"), known, strict=True):
        truth = truth.join(ids, on=key, how="semi")
    recall = {}
    for name, whole in (("as_is", WHOLE), ("all_large", 0)):
        pairs = list(pairs_of(texts[0], texts[1], profiles, whole))
        left, right = (np.concatenate([p[at] for p in pairs]) for at in (0, 1))
        seen = pl.DataFrame({"legacy_id": names[0][left], "ats_id": names[1][right]}, schema_overrides=_TEXT)
        recall[name] = round(truth.join(seen, on=["legacy_id", "ats_id"], how="semi").height / truth.height, 4)
        recall[f"{name}_pairs"] = len(left)
    return recall


_SHOWN = ("paired_precision", "paired_recall", "paired_precision_strict", "f1", "recall_at_995")
_SIDES = ("legacy", "ats")
_TEXT = {"legacy_id": pl.String, "ats_id": pl.String}


def show(view: str, told: dict[str, Scores], blocking: dict[str, float]) -> None:
    """A table of the ways, and the recall of the blocking."""
    print(f"\n{view} (load of the machine: {os.getloadavg()[0]:.1f})")
    head = ("precision", "recall", "strict", "best F1", "R at .995", "seconds", "peak GB")
    print(f"  {'':<24}" + "".join(f"{name:>11}" for name in head))
    for way, s in told.items():
        figures = [s[name] for name in _SHOWN]
        print(f"  {way:<24}" + "".join(f"{n:>11.4f}" for n in figures) + f"{s['seconds']:>11.2f}{s['peak_gb']:>11.2f}")
    print(
        f"  true pairs considered, by text alone: {blocking['as_is']:.2%} of those with a text of their own "
        f"({blocking['as_is_pairs']:,} pairs); were every company a large one: {blocking['all_large']:.2%} "
        f"({blocking['all_large_pairs']:,})"
    )
    sys.stdout.flush()


def main() -> int:
    """Measure, print, and answer 1 if a mark was missed."""
    parser = argparse.ArgumentParser(description="How well jobs are matched, beside other ways.")
    parser.add_argument("--views", nargs="+", choices=VIEWS, default=VIEWS)
    parser.add_argument("--nested", action="store_true", help="also ours on companies it has not seen (many minutes)")
    parser.add_argument("--folds", nargs=2, type=int, default=(5, 5), metavar=("OUTER", "INNER"),
                        help="for --nested: parts of the companies, and parts on which the threshold is chosen (0: as "
                        "shipped); half a minute or more each")  # fmt: skip
    given = parser.parse_args()
    if not PAIRS.is_dir():
        print("The labelled pairs (../shared/data/pairs) are not on this machine: nothing to measure.")
        return 0
    ways = [way for way in ("ours", "exact join", "rapidfuzz + Hungarian", "Splink 5") if not lacking(way)]
    if sentence := lacking("Splink 5"):
        print(sentence)
    runs: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="match-quality-") as place:
        for view in given.views:
            field = view_field(view, Path(place) / view)
            told = {}
            for way in ways:
                cost = Cost()
                told[way] = scored(measured(way, field.folder, cost), view) | cost.figures()
            blocking = blocking_recall(field.folder)
            show(view, told, blocking)
            runs[view] = {"ways": told, "blocking": blocking}
    unseen = {}
    if given.nested:
        texts = [v for v in given.views if "ids" not in v]
        unseen = {view: scored(found, view) for view, found in nested(texts, *given.folds)}
        for view, s in unseen.items():
            print(f"\n{view}, companies not seen: " + ", ".join(f"{k} {s[k]}" for k in s if isinstance(s[k], float)))
    missed = {
        f"{view}: {name}": runs[view]["ways"]["ours"][name]
        for view in runs for name, mark in MARKS[view].items() if runs[view]["ways"]["ours"][name] < mark
    }  # fmt: skip
    out = {"bench": Path(__file__).stem, "kept": not missed, "missed": missed, "runs": runs, "unseen": unseen}
    print(json.dumps(out))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
