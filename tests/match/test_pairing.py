"""What a match promises, by outcome."""

from __future__ import annotations

import pyarrow as pa
import pytest

from changeover.match.intake import UnusableJobs
from changeover.match.pairing import pair
from match.jobs import decided, job, jobs, matched, verdicts


class TestPaired:
    def test_the_same_text_once_on_each_side_is_a_pair(self) -> None:
        assert decided(jobs(job("l", "Data Engineer")), jobs(job("a", "Data Engineer"))) == {("l", "a"): "paired"}

    @pytest.mark.parametrize(
        ("title", "place"),
        [
            ("Engineer, Data", "Austin, Texas, United States"),
            ("data engineer (m/w/d)", "US-TX-AUSTIN-01"),
            ("Data Engineering", "Austin"),
            ("Data Engineer \u2013 Austin", "Austin, TX +2"),
        ],
    )
    def test_the_same_meaning_is_a_pair(self, title: str, place: str) -> None:
        assert decided(jobs(job("l", "Data Engineer")), jobs(job("a", title, place))) == {("l", "a"): "paired"}

    @pytest.mark.parametrize(
        "other", ["R-1042", "Job ID: R-1042", "r1042", "0001042", "REQ-1042-1", "R-1042-US", "JR1042", "1042"]
    )
    def test_an_employer_job_id_is_recognised_however_it_is_written(self, other: str) -> None:
        legacy = jobs(job("l", "Data Engineer", employer_job_id="R-1042"), job("m", "Clerk", employer_job_id="R-77"))
        ats = jobs(job("a", "Big Data Engineer", employer_job_id=other), job("b", "Clerk", employer_job_id="R-77"))
        found = matched(legacy, ats)
        assert {ids: row["decision"] for ids, row in found.items()} == {("l", "a"): "paired", ("m", "b"): "paired"}
        assert found["l", "a"]["rule"] == "employer_job_id"

    def test_an_id_outweighs_a_better_text(self) -> None:
        legacy = jobs(job("l", "Data Engineer", employer_job_id="R-1042"))
        ats = jobs(job("a", "Senior Engineer, Data", employer_job_id="1042"), job("b", "Data Engineer"))
        assert decided(legacy, ats) == {("l", "a"): "paired", (None, "b"): "ats_only"}

    def test_one_requisition_at_two_places_is_told_apart_by_place(self) -> None:
        legacy = jobs(
            job("l1", "Cook", "Austin, TX", employer_job_id="R-1042"),
            job("l2", "Cook", "Boston, MA", employer_job_id="R-1042"),
        )
        ats = jobs(
            job("a1", "Cook", "Boston, Massachusetts", employer_job_id="R-1042"),
            job("a2", "Cook", "Austin, Texas", employer_job_id="R-1042"),
        )
        assert decided(legacy, ats) == {("l1", "a2"): "paired", ("l2", "a1"): "paired"}

    def test_an_id_in_the_address_of_the_other_is_enough(self) -> None:
        legacy = jobs(job("l", "Data Engineer", "Remote", url="https://jobs.example.com/view/R-104277-data-engineer"))
        ats = jobs(
            job("a", "Data Engineer II", "Austin, TX", employer_job_id="R-104277"),
            job("b", "Data Engineer III", "Austin, TX", employer_job_id="R-104278"),
        )
        assert decided(legacy, ats)["l", "a"] == "paired"

    def test_a_company_name_does_not_veto(self) -> None:
        found = decided(
            jobs(job("l", "Radar Engineer", company="RTX")), jobs(job("a", "Radar Engineer", company="Raytheon"))
        )
        assert found == {("l", "a"): "paired"}


class TestNeverPaired:
    def test_conflicting_employer_job_ids_are_never_a_pair_but_shown(self) -> None:
        legacy = jobs(job("l", "Data Engineer", employer_job_id="R-1"))
        found = matched(legacy, jobs(job("a", "Data Engineer", employer_job_id="R-2")))
        assert found["l", "a"]["decision"] == "review"
        assert found["l", "a"]["rule"] == "employer_job_id_differs"
        assert found["l", "a"]["fix"] == "If they are one opening, set the Employer Job ID of ATS job a to R-1."

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Data Engineer Intern - Summer 2026", "Data Engineer Intern - Fall 2026"),
            ("Data Engineer Intern 2025", "Data Engineer Intern 2026"),
            ("Software Engineer I", "Software Engineer II"),
            ("Software Engineer 1", "Software Engineer III"),
            ("Store Associate 101", "Store Associate 132"),
            ("iOS Engineer", "Android Engineer"),
            ("Research Scientist, PhD", "Research Scientist, MS"),
            ("Senior Data Engineer", "Staff Data Engineer"),
            ("Data Engineer Intern", "Data Engineer - New Grad"),
            ("Data Intern (January - June)", "Data Intern (July - December)"),
            ("Night Nurse", "Day Nurse"),
            ("Internship 4 months", "Internship 8 months"),
        ],
    )
    def test_one_word_that_contradicts_is_enough(self, one: str, other: str) -> None:
        assert "paired" not in decided(jobs(job("l", one)), jobs(job("a", other))).values()

    def test_another_country_is_never_a_pair_by_text(self) -> None:
        found = decided(jobs(job("l", "Cook", "Oslo, Norway")), jobs(job("a", "Cook", "Paris, France")))
        assert "paired" not in found.values()

    def test_a_word_that_only_one_of_two_rivals_has_decides(self) -> None:
        legacy = jobs(job("l", "Software Engineer, Tracking"), job("m", "Software Engineer, Mapping"))
        ats = jobs(job("a", "Software Engineer, Mapping (Remote)"), job("b", "Software Engineer - Tracking Team"))
        found = decided(legacy, ats)
        assert ("l", "a") not in found or found["l", "a"] != "paired"
        assert found["l", "b"] == "paired"

    def test_a_rejected_pair_stays_apart_though_it_reads_the_same(self) -> None:
        found = decided(jobs(job("l", "Cook")), jobs(job("a", "Cook")), verdicts(("l", "a", "rejected")))
        assert found == {("l", None): "legacy_only", (None, "a"): "ats_only"}

    def test_a_rejected_pair_stays_apart_though_its_ids_agree(self) -> None:
        legacy, ats = jobs(job("l", "Cook", employer_job_id="R-10")), jobs(job("a", "Cook", employer_job_id="R-10"))
        assert "paired" not in decided(legacy, ats, verdicts(("l", "a", "rejected"))).values()


class TestDoubt:
    def test_twins_go_to_review_as_a_group(self) -> None:
        found = matched(jobs(job("l", "Cook")), jobs(job("a", "Cook"), job("b", "Cook")))
        assert {row["decision"] for row in found.values()} == {"review"}
        assert {row["rule"] for row in found.values()} == {"twins"}

    def test_a_group_names_every_member_once_whatever_ids_one_side_has(self) -> None:
        legacy = jobs(*(job(f"l{n}", "Cook", employer_job_id=f"R-{n}") for n in range(1, 28)))
        ats = jobs(*(job(f"a{n}", "Cook") for n in range(1, 28)))
        found = matched(legacy, ats)
        assert set(found) == {(f"l{n}", f"a{n}") for n in range(1, 28)}
        assert {row["twins"] for row in found.values()} == {"l1"}
        assert all("27 jobs of the old source and 27 of the ATS read the same" in r["reason"] for r in found.values())

    def test_a_group_whose_sides_differ_in_number_leaves_nobody_out(self) -> None:
        legacy = jobs(*(job(f"l{n}", "Cook") for n in range(5)))
        ats = jobs(*(job(f"a{n}", "Cook") for n in range(3)))
        found = matched(legacy, ats)
        assert len(found) == 5
        assert {pair[1] for pair in found} == {"a0", "a1", "a2"}

    def test_two_groups_are_two(self) -> None:
        legacy = jobs(*(job(f"l{n}", title) for n, title in enumerate(["Cook", "Cook", "Nurse", "Nurse"])))
        ats = jobs(*(job(f"a{n}", title) for n, title in enumerate(["Cook", "Cook", "Nurse", "Nurse"])))
        assert {key: row["twins"] for key, row in matched(legacy, ats).items()} == {
            ("l0", "a0"): "l0", ("l1", "a1"): "l0", ("l2", "a2"): "l2", ("l3", "a3"): "l2"
        }  # fmt: skip

    def test_a_rejected_pair_of_a_group_is_not_suggested_again_and_nobody_is_left_out(self) -> None:
        legacy, ats = (jobs(*(job(f"{side}{n}", "Cook") for n in range(3))) for side in "la")
        found = matched(legacy, ats, verdicts(("l1", "a1", "rejected")))
        assert ("l1", "a1") not in found
        assert {pair[0] for pair in found} == {"l0", "l1", "l2"}
        assert {pair[1] for pair in found} == {"a0", "a1", "a2"}

    def test_of_many_that_are_like_one_none_is_told_that_nothing_is(self) -> None:
        legacy = jobs(*(job(f"l{n}", f"Cook, {word}") for n, word in enumerate(["north", "south", "east", "west"])))
        ats = jobs(job("a", "Cook, upper"))
        lone = [row for row in matched(legacy, ats).values() if row["decision"] == "legacy_only"]
        assert {row["rule"] for row in lone} <= {"outdone", "twin_taken"} or not lone

    def test_one_choice_settles_twins(self) -> None:
        legacy, ats = jobs(job("l", "Cook"), job("m", "Cook")), jobs(job("a", "Cook"), job("b", "Cook"))
        assert set(decided(legacy, ats).values()) == {"review"}
        found = decided(legacy, ats, verdicts(("l", "b", "confirmed")))
        assert found == {("l", "b"): "paired", ("m", "a"): "paired"}

    def test_a_recycled_id_goes_to_review(self) -> None:
        legacy = jobs(job("l", "Warehouse Associate, Nights", "Reno, NV", employer_job_id="R-1042"))
        ats = jobs(job("a", "General Counsel", "London, UK", employer_job_id="R-1042"))
        found = matched(legacy, ats)
        assert found["l", "a"]["decision"] == "review"
        assert found["l", "a"]["rule"] == "employer_job_id_recycled"

    def test_a_suggestion_carries_the_code_of_the_legacy_side(self) -> None:
        found = matched(jobs(job("l", "Cook")), jobs(job("a", "Cook"), job("b", "Cook")))
        assert {row["code"] for row in found.values()} == {"MIGRATION_MISSING_JOB_POSTING"}


class TestAPersonsWord:
    def test_a_confirmed_pair_stands_against_all_evidence(self) -> None:
        legacy, ats = jobs(job("l", "Cook", employer_job_id="R-1")), jobs(job("a", "Chef", employer_job_id="R-2"))
        assert decided(legacy, ats, verdicts(("l", "a", "confirmed"))) == {("l", "a"): "paired"}

    def test_a_confirmed_pair_outlives_a_better_match(self) -> None:
        legacy, ats = jobs(job("l", "Cook")), jobs(job("a", "Chef"), job("b", "Cook"))
        found = decided(legacy, ats, verdicts(("l", "a", "confirmed")))
        assert found == {("l", "a"): "paired", (None, "b"): "ats_only"}

    def test_of_two_confirmations_of_one_job_the_first_by_id_stands(self) -> None:
        legacy, ats = jobs(job("l", "Cook")), jobs(job("a", "Chef"), job("b", "Baker"))
        said = verdicts(("l", "b", "confirmed"), ("l", "a", "confirmed"))
        assert decided(legacy, ats, said)["l", "a"] == "paired"

    def test_a_decision_about_a_job_that_is_gone_says_nothing(self) -> None:
        found = decided(jobs(job("l", "Cook")), jobs(job("a", "Cook")), verdicts(("l", "gone", "confirmed")))
        assert found == {("l", "a"): "paired"}


class TestLone:
    def test_each_lone_job_has_one_row_with_the_code_of_the_wire(self) -> None:
        found = matched(jobs(job("l", "Cook")), jobs(job("a", "Lawyer", "Oslo")))
        assert {ids: row["code"] for ids, row in found.items()} == {
            ("l", None): "MIGRATION_MISSING_JOB_POSTING",
            (None, "a"): "MIGRATION_MISSING_SCRAPED_JOB",
        }

    def test_a_job_whose_twin_has_another_twin_is_told_so(self) -> None:
        legacy = jobs(job("l", "Data Engineer", employer_job_id="R-10"), job("m", "Data Engineer, Payments"))
        ats = jobs(job("a", "Data Engineer, Payments", employer_job_id="R-10"))
        row = matched(legacy, ats)["m", None]
        assert row["decision"] == "legacy_only"

    def test_what_to_publish_names_the_id(self) -> None:
        row = matched(jobs(job("l", "Cook", employer_job_id="Job ID: R-10")), jobs())["l", None]
        assert "Employer Job ID R-10," in row["fix"]

    def test_a_job_without_a_title_is_alone_and_says_why(self) -> None:
        found = matched(jobs(job("l", None)), jobs(job("a", " ")))
        assert {row["rule"] for row in found.values()} == {"no_title"}

    def test_an_empty_side_leaves_every_job_alone(self) -> None:
        assert decided(jobs(job("l", "Cook")), jobs()) == {("l", None): "legacy_only"}
        assert decided(jobs(), jobs(job("a", "Cook"))) == {(None, "a"): "ats_only"}
        assert decided(jobs(), jobs()) == {}


class TestWhatToFix:
    def test_a_missing_id_is_named_with_the_job_it_belongs_to(self) -> None:
        found = matched(jobs(job("l", "Cook", employer_job_id="R-1042")), jobs(job("55", "Cook")))
        assert found["l", "55"]["decision"] == "paired"
        assert found["l", "55"]["fix"] == "Set the Employer Job ID of ATS job 55 to R-1042."

    def test_a_pair_that_agrees_needs_nothing(self) -> None:
        legacy, ats = jobs(job("l", "Cook", employer_job_id="R-10")), jobs(job("a", "Cook", employer_job_id="R-10"))
        assert matched(legacy, ats)["l", "a"]["fix"] == ""


class TestGroups:
    def test_pairs_are_sought_within_a_group_only(self) -> None:
        legacy, ats = jobs(job("l", "Cook", group="one")), jobs(job("a", "Cook", group="two"))
        assert decided(legacy, ats) == {("l", None): "legacy_only", (None, "a"): "ats_only"}

    def test_one_id_may_stand_in_two_groups(self) -> None:
        table = jobs(job("1", "Cook", group="one"), job("1", "Cook", group="two"))
        rows = pair(table, table).to_pylist()
        assert [(row["decision"], row["group"]) for row in rows if row["decision"] == "paired"] == [
            ("paired", "one"), ("paired", "two"),
        ] or sorted(row["group"] for row in rows) == ["one", "two"]  # fmt: skip


class TestRefused:
    def test_no_id_column(self) -> None:
        with pytest.raises(UnusableJobs, match="no column 'id'"):
            pair(pa.table({"title": ["Cook"]}), jobs())

    def test_a_job_without_id(self) -> None:
        with pytest.raises(UnusableJobs, match="has no id"):
            pair(jobs({"id": None, "title": "Cook"}), jobs())

    def test_an_id_that_stands_twice(self) -> None:
        with pytest.raises(UnusableJobs, match="stands twice"):
            pair(jobs(job("l", "Cook"), job("l", "Chef")), jobs())

    def test_a_verdict_that_is_none(self) -> None:
        with pytest.raises(UnusableJobs, match="'perhaps'"):
            pair(jobs(job("l", "Cook")), jobs(job("a", "Cook")), verdicts(("l", "a", "perhaps")))

    def test_decisions_without_their_columns(self) -> None:
        with pytest.raises(UnusableJobs, match="no column 'ats_id'"):
            pair(jobs(job("l", "Cook")), jobs(), pa.table({"legacy_id": ["l"], "verdict": ["rejected"]}))
