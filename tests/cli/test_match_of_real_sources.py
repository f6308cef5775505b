"""changeover match on real feeds, boards and labelled pairs, which stand beside the project."""

from __future__ import annotations

import csv
import json
import runpy
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from .conftest import Run, jsonl

DATA = Path(__file__).parents[3] / "shared" / "data"
FEEDS, PAIRS = DATA / "feeds", DATA / "pairs"
BOARDS = (
    "ats-greenhouse/greenhouse_wayve.json",
    "ats-lever/careerkit_lever.json",
    "ats-ashby/stapply_1password.json",
    "ats-ashby/stapply_alan.json",
    "ats-ashby/stapply_ashby.json",
    "ats-ashby/stapply_backmarket.json",
)
# precision, recall, strict precision and F1 that the match is held to on labelled pairs.
MARKS = {
    "overlap": (0.995, 0.92, 0.99, 0.985),
    "open": (0.99, 0.85, 0.0, 0.96),
    "ids": (0.999, 0.995, 0.0, 0.0),
    "ids-reformatted": (0.999, 0.98, 0.0, 0.0),
}

pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason="shared/data, with the real sources, is not beside the project"
)


class TestCompleteStaffing:
    OLD = str(FEEDS / "xml-indeed" / "completestaffing_2026-03-04.xml")
    NEW = str(FEEDS / "xml-indeed" / "completestaffing_2026-03-20.xml")

    def test_the_broken_feed_is_read_as_far_as_it_goes_and_ends_with_1(self, changeover: Run) -> None:
        ended = changeover("match", self.OLD, self.NEW, "--format", "csv")
        assert ended.status == 1
        assert "Legacy: LEADING_JUNK: " in ended.stderr
        assert "Legacy: indeed: 360 jobs, partial." in ended.stderr
        assert "ATS: indeed: 344 jobs, complete." in ended.stderr
        paired = [row for row in ended.rows if row["decision"] == "paired"]
        assert len({row["legacy_id"] for row in ended.rows} - {""}) == 360
        assert len({row["ats_id"] for row in ended.rows} - {""}) == 344
        # The feed's ids are also its Employer Job IDs: what survived the sixteen days is paired by them, and only that.
        assert len(paired) == 192
        assert all(row["legacy_id"] == row["ats_id"] for row in paired)


@pytest.mark.parametrize("board", BOARDS)
def test_a_board_finds_itself_with_its_ids_removed(changeover: Run, tmp_path: Path, board: str) -> None:
    there = str(FEEDS / board)
    jobs = [json.loads(line) for line in changeover("read", there).stdout.splitlines()]
    # What a scraper sees: the texts, and numbers of its own.
    kept = ("title", "location", "company", "description", "posted_at", "workplace_type")
    bare = [{"id": f"old-{job['id']}", **{name: job[name] for name in kept if name in job}} for job in jobs]
    (tmp_path / "old.jsonl").write_bytes(jsonl(bare))
    rows = changeover("match", "old.jsonl", there, "--format", "csv").rows
    paired = {row["legacy_id"]: row["ats_id"] for row in rows if row["decision"] == "paired"}
    alike = Counter((job["title"].lower(), job["location"]) for job in jobs)
    single = {job["id"] for job in jobs if alike[job["title"].lower(), job["location"]] == 1}
    assert all(old == f"old-{new}" for old, new in paired.items())
    assert len(single & set(paired.values())) >= 0.98 * len(single)
    assert {row["decision"] for row in rows} <= {"paired", "review"}


@pytest.mark.parametrize("view", MARKS)
def test_labelled_pairs_score_as_promised(changeover: Run, tmp_path: Path, view: str) -> None:
    sides = (str(PAIRS / view / f"{side}.jsonl") for side in ("legacy", "ats"))
    assert changeover("match", *sides, "--by", "group", "--format", "csv", "--output", "pairs.csv").status == 1
    scorer: dict[str, Any] = runpy.run_path(str(DATA / "score_pairs.py"))
    with (tmp_path / "pairs.csv").open(newline="") as file:
        found = scorer["score"](PAIRS / view, list(csv.DictReader(file)))
    precision, recall, strict, f1 = MARKS[view]
    assert found["one_to_one"]
    assert found["paired_precision"] >= precision
    assert found["paired_recall"] >= recall
    assert found["paired_precision_strict"] >= strict
    assert found["f1"] >= f1


def test_one_agency_in_two_formats_is_a_storm_of_twins_and_none_is_lost(changeover: Run) -> None:
    old, new = FEEDS / "xml-indeed" / "paretti_indeed_2017.xml", FEEDS / "xml-other" / "paretti_careerjet_2017.xml"
    ended = changeover("match", str(old), str(new), "--format", "csv")
    assert ended.status == 1
    ids = [[row["legacy_id"] for row in ended.rows], [row["ats_id"] for row in ended.rows]]
    assert [len(set(side) - {""}) for side in ids] == [600, 600]
