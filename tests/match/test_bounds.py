"""Jobs that are too many, too long or too strange are matched in bounded time."""

from __future__ import annotations

import time

import polars as pl
import pyarrow as pa
import pytest

from changeover.match.pairing import pair
from match.jobs import decided, job, jobs

MANY = 50_000
SCRIPTS = [
    "مهندس برمجيات", "ソフトウェアエンジニア", "Инженер-программист", "软件工程师", "מהנדס תוכנה",
    "Ingénieur·e logiciel", "🚀🚀 Rocket",
]  # fmt: skip


def many(**columns: list[str]) -> tuple[pa.Table, pa.Table]:
    count = len(next(iter(columns.values())))
    frame = pl.DataFrame(columns)
    sides = (frame.with_columns(pl.Series("id", [f"{side}{n}" for n in range(count)])) for side in "la")
    legacy, ats = (side.to_arrow() for side in sides)
    return legacy, ats


def counts(legacy: pa.Table, ats: pa.Table) -> dict[str, int]:
    started = time.perf_counter()
    found = pair(legacy, ats)
    assert time.perf_counter() - started < 30, "bounded"
    return {row["values"]: row["counts"] for row in found.column("decision").value_counts().to_pylist()}


class TestFiftyThousandIdenticalTitles:
    def test_go_to_review_as_one_group(self) -> None:
        assert counts(*many(title=["Cook"] * MANY, location=["Austin, TX"] * MANY)) == {"review": MANY}

    def test_are_told_apart_by_their_ids(self) -> None:
        numbers = [f"R-{n}" for n in range(MANY)]
        assert counts(*many(title=["Cook"] * MANY, employer_job_id=numbers)) == {"paired": MANY}

    def test_are_told_apart_by_the_numbers_of_their_shops(self) -> None:
        places = [f"Austin, TX {n}" for n in range(1, MANY + 1)]
        assert counts(*many(title=["Cook"] * MANY, location=places)) == {"paired": MANY}

    def test_are_not_told_apart_by_an_id_that_all_share(self) -> None:
        assert counts(*many(title=["Cook"] * MANY, employer_job_id=["N/A"] * MANY)) == {"review": MANY}


class TestALargeCompany:
    def test_is_compared_where_jobs_share_something_telling(self) -> None:
        fields = ["Data", "Network", "Payroll", "Legal", "Safety", "Clinical", "Product", "Retail"]
        places = ["Austin, TX", "Boston, MA", "Denver, CO", "Paris, France", "Oslo, Norway"]
        base = pl.DataFrame({"n": range(4_000)}).with_columns(
            pl.format("{} Engineer, Unit {}", pl.col("n").map_elements(lambda n: fields[n % 8], pl.String), "n")
            .alias("title"),
            pl.col("n").map_elements(lambda n: places[n % 5], pl.String).alias("location"),
        )  # fmt: skip
        legacy = base.select(pl.format("l{}", "n").alias("id"), "title", "location").to_arrow()
        ats = base.select(
            pl.format("a{}", "n").alias("id"), pl.format("Reworded: {}", "title").alias("title"), "location"
        ).to_arrow()
        found = pair(legacy, ats).to_pylist()
        paired = [row for row in found if row["decision"] == "paired"]
        assert len(paired) > 3_400
        assert all(row["legacy_id"][1:] == row["ats_id"][1:] for row in paired)


class TestStrangeText:
    @pytest.mark.parametrize("title", SCRIPTS)
    def test_of_any_script_is_matched_with_itself(self, title: str) -> None:
        assert decided(jobs(job("l", title)), jobs(job("a", title))) == {("l", "a"): "paired"}

    def test_without_letters_is_nobodys_twin(self) -> None:
        assert "paired" not in decided(jobs(job("l", "🚀")), jobs(job("a", "!!!"))).values()

    def test_of_a_megabyte_costs_no_more(self) -> None:
        title = "Engineer " * 120_000
        legacy = jobs(*(job(f"l{n}", f"{n} {title}", "x" * 1_000_000) for n in range(5)))
        ats = jobs(*(job(f"a{n}", f"{n} {title}", "x" * 1_000_000) for n in range(5)))
        assert counts(legacy, ats)["paired"] == 5
