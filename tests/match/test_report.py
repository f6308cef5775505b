"""The report of a match counts every job once, shows what is asked of a person, and stays a page that opens."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

import polars as pl
import pytest

from changeover.job import Job
from changeover.match.beside import beside, jobs_table
from changeover.match.pairing import pair
from changeover.match.report import DOUBTS, JOBS, SideRead, percent, report
from changeover.match.report_causes import CAUSES, with_causes

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def rows(legacy: Sequence[Job], ats: Sequence[Job], by: str = "") -> pl.DataFrame:
    tables = jobs_table(legacy, by), jobs_table(ats, by)
    return beside(pair(*tables), *tables)


def page(legacy: Sequence[Job], ats: Sequence[Job], *, whole: bool = True, by: str = "") -> str:
    problems = [] if whole else ["The feed ends early."]
    sides = (
        SideRead("old.xml", "indeed", len(legacy), whole, problems),
        SideRead("new.json", "greenhouse", len(ats), True),
    )
    return report(rows(legacy, ats, by), sides, made=NOW, style="/* look */", by=by)


def text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html.split("</style>")[1]).split())


def job(key: str, title: str, number: str = "", place: str = "Leith", **extra: str) -> Job:
    return Job(key, title, place, employer_job_id=number, extra=extra)


class TestCauses:
    def test_jobs_that_lack_an_employer_job_id_are_counted_as_such(self) -> None:
        legacy = [job(f"L{n}", "Cook", f"R-{n}", team=f"T{n}") for n in range(27)]
        ats = [job(f"A{n}-{twin}", "Cook", team=f"T{n}") for n in range(27) for twin in (1, 2)]
        assert "27 jobs lack an Employer Job ID in the ATS" in text(page(legacy, ats, by="team"))

    def test_one_job_is_told_in_the_singular(self) -> None:
        assert "1 job of the old source is not in the ATS" in text(page([job("L1", "Cook")], [job("A1", "Lawyer")]))

    def test_matched_jobs_without_a_number_in_the_ats_are_told_too(self) -> None:
        told = text(page([job("L1", "Cook", "R-7")], [job("A1", "Cook")]))
        assert "1 matched job lacks an Employer Job ID in the ATS" in told
        assert "Every job of both sides has its twin" in told

    @pytest.mark.parametrize(
        ("rule", "decision", "cause"),
        [
            ("twins", "review", "twins"),
            ("contradiction", "review", "contradiction"),
            ("employer_job_id_differs", "review", "id-differs"),
            ("employer_job_id_shared", "review", "id-shared"),
            ("employer_job_id_in_text_recycled", "review", "id-reused"),
            ("a rule that is yet to be", "review", "doubt"),
            ("twin_taken", "legacy_only", "legacy-taken"),
            ("twin_taken", "ats_only", "ats-taken"),
            ("no_title", "ats_only", "ats-no-title"),
            ("a rule that is yet to be", "legacy_only", "legacy-alone"),
            ("a rule that is yet to be", "ats_only", "ats-alone"),
            ("text", "paired", None),
        ],
    )
    def test_every_rule_has_its_cause(self, rule: str, decision: str, cause: str | None) -> None:
        one = pl.DataFrame({"rule": [rule], "decision": [decision]}).with_columns(
            pl.lit(None, pl.String).alias(name) for name in ("legacy_employer_job_id", "ats_employer_job_id")
        )
        assert with_causes(one).get_column("cause").to_list() == [cause]

    def test_have_names_of_their_own(self) -> None:
        assert len({cause.name for cause in CAUSES}) == len(CAUSES)


class TestThePage:
    def test_counts_a_doubtful_job_once_however_many_suggestions_it_has(self) -> None:
        html = page([job("L1", "Nurse, nights")], [job("A1", "Nurse, days"), job("A2", "Nurse, evenings")])
        assert "1 are in doubt" in text(html)
        assert html.count('class="candidate"') == 2

    def test_shows_jobs_that_read_the_same_as_one_block(self) -> None:
        legacy = [job(f"L{n}", "Cook", f"R-{n}") for n in range(1, 28)]
        html = page(legacy, [job(f"A{n}", "Cook") for n in range(1, 28)])
        assert "27 jobs lack an Employer Job ID in the ATS and read the same as others" in text(html)
        assert "27 of the old source and 27 of the ATS read the same" in text(html)
        assert html.count('class="pairing twins"') == 1
        assert all(f"{side}{n}" in html for side in "LA" for n in range(1, 28))

    def test_marks_the_words_that_differ(self) -> None:
        html = page([job("L1", "Nurse, nights"), job("L2", "Nurse")], [job("A1", "Nurse, days")])
        assert "<del>nights</del>" in html
        assert "<ins>days</ins>" in html

    def test_needs_nothing_from_elsewhere_and_runs_no_script(self) -> None:
        html = page([job("L1", "Cook"), job("L2", "Nurse")], [job("A1", "Cook")])
        assert not re.search(r"<script|<link|<img|\bsrc=|url\(|@import|https?://", html)

    def test_lets_nothing_active_through(self) -> None:
        evil = '</title><script>alert(1)</script><img src=x onerror="alert(1)">'
        html = page([job(evil, evil, evil, evil), job("L2", evil)], [job(evil, evil, place=evil), job("A2", "Cook")])
        assert "<script" not in html
        assert "<img" not in html

    def test_says_which_side_was_not_read_in_full_and_why(self) -> None:
        told = text(page([job("L1", "Cook")], [job("A1", "Cook")], whole=False))
        assert "The old source was not read in full" in told
        assert "The feed ends early." in told

    def test_of_two_empty_sides_says_so(self) -> None:
        assert "Neither side has a job" in text(page([], []))

    def test_shows_where_most_is_left(self) -> None:
        legacy = [job("L1", "Cook", team="a"), job("L2", "Nurse", team="b"), job("L3", "Lawyer", team="b")]
        told = text(page(legacy, [job("A1", "Cook", team="a")], by="team"))
        assert "Where most is left team Paired In doubt Only old Only ATS b 0 0 2 0 a 1 0 0 0" in told

    def test_numbers_of_the_parts_add_up_to_the_jobs(self) -> None:
        legacy = [job(f"L{n}", f"Cook {n % 7}", f"R-{n}" if n % 3 else "") for n in range(60)]
        ats = [job(f"A{n}", f"Cook {n % 9}", f"R{n}" if n % 4 else "") for n in range(10, 80)]
        label = re.search(r'aria-label="(Of 60 legacy jobs [^"]+)"', page(legacy, ats))
        assert label is not None
        parts = [int(number) for number in re.findall(r"\d+", label[1])]
        assert sum(parts[1:4]) == parts[0] == 60
        assert parts[4] == 70


class TestOfAHundredThousandJobs:
    def test_stays_a_page_that_opens_and_counts_what_it_leaves_out(self) -> None:
        found = pl.DataFrame(
            {
                "legacy_id": [f"L{n}" for n in range(100_000)],
                "decision": ["legacy_only"] * 50_000 + ["review"] * 50_000,
                "rule": ["alone"] * 50_000 + ["doubt"] * 50_000,
            }
        ).with_columns(
            pl.when(pl.col("decision") == "review").then(pl.col("legacy_id")).alias("ats_id"),
            pl.lit(0.5).alias("score"),
            pl.lit("").alias("twins"),
            *(pl.lit("x" * 2_000).alias(name) for name in ("reason", "fix", "legacy_title", "ats_title")),
            *(pl.lit("").alias(f"{s}_{n}") for s in ("legacy", "ats") for n in ("location", "company")),
            *(pl.lit("").alias(f"{s}_employer_job_id") for s in ("legacy", "ats")),
            pl.lit("").alias("code"), pl.lit("[]").alias("evidence"),
        )  # fmt: skip
        side = SideRead("x", "records", 100_000, True)
        html = report(found, (side, side), made=NOW, style="")
        assert len(html) < 1_000_000
        assert f"{50_000 - JOBS:,} more are not shown here" in html
        assert f"{50_000 - DOUBTS:,} more are not shown here" in html
        assert "--format csv" in html


@pytest.mark.parametrize(
    ("score", "said"), [(0.0, "under 1 %"), (0.004, "under 1 %"), (0.5, "50 %"), (0.93, "93 %"), (0.9999, "over 99 %")]
)
def test_a_probability_is_never_said_to_be_certain(score: float, said: str) -> None:
    assert percent(score) == said
