"""What a match promises, by outcome."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from changeover.match.intake import UnusableJobs
from changeover.match.pairing import pair


def jobs(*rows: dict[str, Any]) -> pa.Table:
    names = sorted({name for row in rows for name in row} | {"id"})
    return pa.table({name: pa.array([row.get(name) for row in rows], pa.string()) for name in names})


def job(key: str, title: str, location: str = "Austin, TX", **more: str) -> dict[str, Any]:
    return {"id": key, "title": title, "location": location, **more}


def decided(legacy: pa.Table, ats: pa.Table, decisions: pa.Table | None = None) -> dict[tuple[Any, Any], str]:
    rows = pair(legacy, ats, decisions).to_pylist()
    return {(row["legacy_id"], row["ats_id"]): row["decision"] for row in rows}


def verdicts(*rows: tuple[str, str, str]) -> pa.Table:
    return pa.table({n: [r[i] for r in rows] for i, n in enumerate(("legacy_id", "ats_id", "verdict"))})


class TestPaired:
    def test_the_same_text_once_on_each_side_is_a_pair(self) -> None:
        assert decided(jobs(job("l", "Data Engineer")), jobs(job("a", "Data Engineer"))) == {("l", "a"): "paired"}

    @pytest.mark.parametrize("other", ["Job ID: R-1042", "r1042", "0001042", "REQ-1042-1", "R-1042-US", "JR1042"])
    def test_an_employer_job_id_is_recognised_however_it_is_written(self, other: str) -> None:
        legacy = jobs(job("l", "Data Engineer", employer_job_id="R-1042"), job("m", "Clerk", employer_job_id="R-7"))
        ats = jobs(job("a", "Engineer, Data", employer_job_id=other), job("b", "Clerk", employer_job_id="R-7"))
        assert decided(legacy, ats) == {("l", "a"): "paired", ("m", "b"): "paired"}


class TestNeverPaired:
    def test_conflicting_employer_job_ids_are_never_a_pair(self) -> None:
        found = decided(
            jobs(job("l", "Data Engineer", employer_job_id="R-1")),
            jobs(job("a", "Data Engineer", employer_job_id="R-2")),
        )
        assert "paired" not in found.values()

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Data Engineer Intern - Summer 2026", "Data Engineer Intern - Fall 2026"),
            ("Data Engineer Intern 2025", "Data Engineer Intern 2026"),
            ("Software Engineer I", "Software Engineer II"),
            ("iOS Engineer", "Android Engineer"),
            ("Research Scientist, PhD", "Research Scientist, MS"),
            ("Senior Data Engineer", "Staff Data Engineer"),
            ("Data Engineer Intern", "Data Engineer - New Grad"),
        ],
    )
    def test_one_word_that_contradicts_is_enough(self, one: str, other: str) -> None:
        assert "paired" not in decided(jobs(job("l", one)), jobs(job("a", other))).values()

    def test_a_rejected_pair_stays_apart_though_it_reads_the_same(self) -> None:
        found = decided(jobs(job("l", "Cook")), jobs(job("a", "Cook")), verdicts(("l", "a", "rejected")))
        assert found == {("l", None): "legacy_only", (None, "a"): "ats_only"}


class TestDoubt:
    def test_twins_go_to_review_as_a_group(self) -> None:
        found = decided(jobs(job("l", "Cook")), jobs(job("a", "Cook"), job("b", "Cook")))
        assert set(found.values()) == {"review"}

    def test_a_confirmed_pair_stands_against_all_evidence(self) -> None:
        legacy, ats = jobs(job("l", "Cook", employer_job_id="R-1")), jobs(job("a", "Chef", employer_job_id="R-2"))
        assert decided(legacy, ats, verdicts(("l", "a", "confirmed"))) == {("l", "a"): "paired"}


class TestLone:
    def test_each_lone_job_has_one_row_with_the_code_of_the_wire(self) -> None:
        rows = pair(jobs(job("l", "Cook")), jobs(job("a", "Lawyer", "Oslo"))).to_pylist()
        assert [(r["legacy_id"], r["ats_id"], r["code"]) for r in rows] == [
            ("l", None, "MIGRATION_MISSING_JOB_POSTING"),
            (None, "a", "MIGRATION_MISSING_SCRAPED_JOB"),
        ]

    def test_an_empty_side_leaves_every_job_alone(self) -> None:
        assert decided(jobs(job("l", "Cook")), jobs()) == {("l", None): "legacy_only"}
        assert decided(jobs(), jobs(job("a", "Cook"))) == {(None, "a"): "ats_only"}
        assert decided(jobs(), jobs()) == {}


class TestRefused:
    def test_no_id_column(self) -> None:
        with pytest.raises(UnusableJobs, match="no column 'id'"):
            pair(pa.table({"title": ["Cook"]}), jobs())

    def test_an_id_that_stands_twice(self) -> None:
        with pytest.raises(UnusableJobs, match="stands twice"):
            pair(jobs(job("l", "Cook"), job("l", "Chef")), jobs())
