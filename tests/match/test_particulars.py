"""What titles, employers and a job's terms say of two openings, as a person would read them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from match.jobs import Row, jobs, matched

DECOYS = ({"id": "l9", "title": "Glazier", "location": "Bergen, Norway"},
          {"id": "a9", "title": "Baker", "location": "Lyon, France"})  # fmt: skip


def beside(legacy: Row, ats: Row) -> Any:
    """What is found of two jobs at one place, each with another job of its side."""
    one, other = ({"id": key, "location": "Oslo, Norway", **job} for key, job in (("l1", legacy), ("a1", ats)))
    found = matched(jobs(one, DECOYS[0]), jobs(other, DECOYS[1]))
    return found.get(("l1", "a1"))


class TestOneOpening:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Welder (m/w/d)", "Welder"),
            ("Ingénieur logiciel H/F", "Ingénieur logiciel"),
            ("Senior Welder", "Welder, Sr."),
            ("Software Engineer II", "Software Engineer 2"),
            ("Registered Nurse", "RN"),
            ("Vice President, Sales", "VP Sales"),
            ("Werkstudent Marketing", "Working Student Marketing"),
            ("Software Engineer Intern - Summer 2026", "Software Engineer Intern (Summer 2026)"),
            ("Verkäufer (w/m/d) in Teilzeit", "Verkäufer in Teilzeit (m/w/d)"),
            ("Project Manager - Remote", "Project Manager (Remote)"),
            ("Machine Learning Engineer, PhD", "PhD Machine Learning Engineer"),
            ("iOS Engineer, Payments", "Payments iOS Engineer"),
            ("Full-time Cook", "Cook (Full Time)"),
        ],
    )
    def test_is_paired_however_its_title_is_written(self, one: str, other: str) -> None:
        assert beside({"title": one}, {"title": other})["decision"] == "paired"

    def test_that_one_side_names_in_two_languages_is_shown_to_a_person(self) -> None:
        assert beside({"title": "Buchhalter / Accountant"}, {"title": "Accountant"})["decision"] == "review"

    @pytest.mark.parametrize(
        ("one", "other"), [("Acme Forge GmbH", "ACME FORGE"), ("Acme, Inc.", "Acme Forge International"), ("Acme", "")]
    )
    def test_is_paired_whatever_name_its_employer_goes_by(self, one: str, other: str) -> None:
        found = beside({"title": "Welder", "company": one}, {"title": "Welder", "company": other})
        assert found["decision"] == "paired"


class TestTwoOpenings:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Software Engineer I", "Software Engineer II"),
            ("Junior Welder", "Senior Welder"),
            ("Software Engineer Intern - Summer 2026", "Software Engineer Intern - Fall 2026"),
            ("Software Engineer Intern 2025", "Software Engineer Intern 2026"),
            ("iOS Engineer", "Android Engineer"),
            ("Full-time Cook", "Part-time Cook"),
            ("PhD Research Intern", "Bachelor Research Intern"),
            ("Data Engineer, 4 months", "Data Engineer, 8 months"),
            ("Engineer, Team 4711", "Engineer, Team 4712"),
        ],
    )
    def test_of_nearly_one_title_are_never_paired_without_a_person(self, one: str, other: str) -> None:
        found = beside({"title": one}, {"title": other})
        assert found is None or found["decision"] == "review"


class TestTerms:
    def test_tell_jobs_apart_that_read_the_same(self) -> None:
        def at(side: str) -> list[Row]:
            return [
                {"id": f"{side}{n}", "title": "Welder", "location": "Oslo, Norway", "salary": json.dumps(paid)}
                for n, paid in enumerate(({"min": 400, "max": 500, "currency": "NOK", "unit": "HOUR"},
                                          {"min": 700, "max": 800, "currency": "NOK", "unit": "HOUR"}))
            ]  # fmt: skip

        found = matched(jobs(*at("l")), jobs(*at("a")))
        score = {key: row["score"] for key, row in found.items()}
        assert score.get(("l0", "a0"), 0) > score.get(("l0", "a1"), 0)
        assert score.get(("l1", "a1"), 0) > score.get(("l1", "a0"), 0)

    @pytest.mark.parametrize(
        ("name", "one", "other", "said"),
        [
            ("employment_types", '["FULL_TIME"]', '["PART_TIME"]', "employment types differ"),
            ("salary", '{"min":50000,"currency":"EUR","unit":"YEAR"}', '{"min":90000,"currency":"EUR","unit":"YEAR"}',
             "the pay differs"),
            ("salary", '{"min":50000,"currency":"EUR","unit":"YEAR"}', '{"min":50000,"currency":"EUR","unit":"YEAR"}',
             "same pay"),
        ],
    )  # fmt: skip
    def test_are_evidence_and_said(self, name: str, one: str, other: str, said: str) -> None:
        found = beside({"title": "Welder of pipes", name: one}, {"title": "Welder, pipe systems", name: other})
        assert said in found["reason"]
        assert any(step["field"].startswith(name[:6]) for step in json.loads(found["evidence"]))

    @pytest.mark.parametrize(
        ("one", "other"),
        [("{}", '{"min":1}'), ("no JSON", '{"min":1}'), ('{"min":"x"}', '{"min":1}'), ("[1]", "3"),
         ('{"min":1e999}', '{"min":1}'), ('{"min":5,"currency":"EUR"}', '{"min":9,"currency":"USD"}')],
    )  # fmt: skip
    def test_that_cannot_be_compared_say_nothing(self, one: str, other: str) -> None:
        found = beside({"title": "Welder of pipes", "salary": one}, {"title": "Welder, pipe systems", "salary": other})
        assert "pay" not in found["reason"]
