"""changeover match from the outside: what it prints, where, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from changeover.match.explaining import probability

from .conftest import COLUMNS, COOK, COOK_THERE, FURTHER, LAWYER_THERE, NURSE, NURSE_THERE, Run, jsonl

SAME = {"title": "Cook", "location": "Leith"}


class TestEveryJobHasItsTwin:
    def test_ends_with_0(self, match: Run) -> None:
        ended = match([NURSE, COOK], [NURSE_THERE, COOK_THERE])
        assert ended.status == 0
        assert {(row["legacy_id"], row["ats_id"], row["decision"]) for row in ended.rows} == {
            ("L1", "A1", "paired"),
            ("L2", "A2", "paired"),
        }

    def test_two_empty_sides_leave_nothing_over(self, match: Run) -> None:
        ended = match([], [])
        assert (ended.status, ended.rows) == (0, [])

    def test_the_columns_are_those_of_the_contract_in_its_order(self, match: Run) -> None:
        assert match([NURSE], [NURSE_THERE]).stdout.split("\r\n")[0] == ",".join(
            f'"{name}"' for name in (*COLUMNS, *FURTHER)
        )

    def test_both_jobs_stand_beside_the_decision(self, match: Run) -> None:
        [row] = match([NURSE], [NURSE_THERE]).rows
        assert row["legacy_title"] == "Nurse"
        assert row["ats_title"] == "Nurse (nights)"
        assert (row["legacy_employer_job_id"], row["ats_employer_job_id"]) == ("R-1", "R1")
        assert 0.9 < float(row["score"]) <= 1


class TestSomethingIsLeft:
    def test_a_lone_job_ends_with_1_and_has_the_code_of_the_wire(self, match: Run) -> None:
        ended = match([NURSE, COOK], [NURSE_THERE, LAWYER_THERE])
        alone = {(row["legacy_id"], row["ats_id"], row["decision"], row["code"]) for row in ended.rows[1:]}
        assert ended.status == 1
        assert alone == {
            ("L2", "", "legacy_only", "MIGRATION_MISSING_JOB_POSTING"),
            ("", "A3", "ats_only", "MIGRATION_MISSING_SCRAPED_JOB"),
        }
        assert "1 paired" in ended.stderr

    def test_a_doubt_ends_with_1(self, match: Run) -> None:
        ended = match([COOK], [COOK_THERE, COOK_THERE | {"id": "A4"}])
        assert ended.status == 1
        assert {row["decision"] for row in ended.rows} == {"review"}

    @pytest.mark.parametrize("sides", [([NURSE], []), ([], [NURSE_THERE])], ids=["no ATS job", "no legacy job"])
    def test_an_empty_side_leaves_every_job_alone(self, match: Run, sides: tuple[list[Any], list[Any]]) -> None:
        ended = match(*sides)
        assert (ended.status, len(ended.rows)) == (1, 1)

    def test_every_row_says_what_to_do(self, match: Run) -> None:
        ended = match([NURSE, COOK], [LAWYER_THERE])
        assert all(row["reason"] and row["fix"] for row in ended.rows)


class TestReadInPart:
    def test_a_cut_off_side_ends_with_1_though_all_of_it_matches(self, changeover: Run, tmp_path: Path) -> None:
        (tmp_path / "a.jsonl").write_bytes(jsonl([NURSE]) + b'{"id": "L9", "tit')
        (tmp_path / "b.jsonl").write_bytes(jsonl([NURSE_THERE]))
        ended = changeover("match", "a.jsonl", "b.jsonl", "--format", "csv")
        assert ended.status == 1
        assert "Legacy: CUT_OFF: " in ended.stderr
        assert [row["decision"] for row in ended.rows] == ["paired"]

    def test_an_id_used_twice_is_told_and_ends_with_1(self, match: Run) -> None:
        ended = match([NURSE, COOK | {"id": "L1"}], [NURSE_THERE])
        assert ended.status == 1
        assert "Legacy: ID_USED_TWICE: " in ended.stderr

    def test_a_job_without_an_id_is_told_and_ends_with_1(self, match: Run) -> None:
        ended = match([NURSE], [NURSE_THERE, {"title": "Cook"}])
        assert ended.status == 1
        assert "ATS: MISSING_ID: " in ended.stderr

    def test_a_job_without_a_title_is_told(self, match: Run) -> None:
        ended = match([NURSE | {"title": ""}], [LAWYER_THERE])
        assert ended.status == 1
        assert "Legacy: MISSING_TITLE: " in ended.stderr
        assert "It has no title to compare." in {row["reason"] for row in ended.rows}


class TestNothingCouldBeRead:
    @pytest.mark.parametrize(
        ("source", "code"),
        [
            ("nothing.jsonl", "NO_SUCH_FILE"),
            ("http://no-such-host.invalid/jobs.xml", "HOST_NOT_FOUND"),
            ("http://127.0.0.1/jobs.xml", "PRIVATE_ADDRESS"),
            ("junk", "NOT_A_JOB_SOURCE"),
            ("no-id.csv", "NOT_RECORDS"),
        ],
    )
    @pytest.mark.parametrize("side", ["Legacy", "ATS"])
    def test_one_sentence_names_the_side_and_nothing_is_written(
        self, changeover: Run, tmp_path: Path, source: str, code: str, side: str
    ) -> None:
        (tmp_path / "fine.jsonl").write_bytes(jsonl([NURSE]))
        (tmp_path / "junk").write_bytes(bytes(range(256)) * 400)
        (tmp_path / "no-id.csv").write_text("title,location\nNurse,Leith\n")
        sides = [source, "fine.jsonl"] if side == "Legacy" else ["fine.jsonl", source]
        ended = changeover("match", *sides, "--output", "out.csv")
        told = [line for line in ended.stderr.splitlines() if line.startswith(f"{side}: ")]
        assert ended.status == 2
        assert ended.stdout == ""
        # What may be a feed of its own make is also told how to map it.
        assert len(told) == (2 if code == "NOT_A_JOB_SOURCE" else 1)
        assert told[0].startswith(f"{side}: {code}: ")
        assert not (tmp_path / "out.csv").exists()

    def test_records_that_all_lack_an_id_are_no_side(self, match: Run) -> None:
        assert match([{"title": "Nurse"}, {"title": "Cook"}], [NURSE_THERE]).status == 2


class TestBadUsage:
    def test_only_one_side_can_be_standard_input(self, changeover: Run) -> None:
        ended = changeover("match", "-", "-")
        assert ended.status == 2
        assert "Only one side" in ended.stderr

    @pytest.mark.parametrize("words", [("--legacy-kind", "nonsense"), ("--ats-kind", "nonsense")])
    def test_an_unknown_kind(self, match: Run, words: tuple[str, str]) -> None:
        ended = match([NURSE], [NURSE_THERE], *words)
        assert (ended.status, ended.stdout) == (2, "")
        assert "UNKNOWN_KIND: " in ended.stderr

    def test_a_field_that_no_job_has(self, match: Run) -> None:
        ended = match([NURSE], [NURSE_THERE], "--by", "division")
        assert (ended.status, ended.stdout) == (2, "")
        assert "No legacy job says 'division'" in ended.stderr
        assert "employer_job_id" in ended.stderr

    @pytest.mark.parametrize("where", ["missing/out.csv", "."])
    def test_a_place_that_cannot_be_written_is_told_before_anything_is_read(self, changeover: Run, where: str) -> None:
        ended = changeover("match", "nothing", "nothing", "--output", where)
        assert ended.status == 2
        assert "folder" in ended.stderr
        assert "NO_SUCH_FILE" not in ended.stderr

    def test_a_job_to_explain_that_is_not_there(self, match: Run) -> None:
        ended = match([NURSE, COOK], [NURSE_THERE], "--explain", "L3")
        assert (ended.status, ended.stdout) == (2, "")
        assert "There is no legacy job L3" in ended.stderr

    def test_a_format_that_is_not_there(self, match: Run) -> None:
        assert match([NURSE], [NURSE_THERE], "--format", "pdf").status == 2


class TestGroups:
    def test_jobs_are_paired_within_their_group_only(self, match: Run) -> None:
        legacy = [{"id": f"L{n}", **SAME, "division": f"D{n}"} for n in range(3)]
        ats = [{"id": f"A{n}", **SAME, "division": f"D{n}"} for n in range(3)]
        ended = match(legacy, ats, "--by", "division")
        assert ended.status == 0
        assert {(row["legacy_id"], row["ats_id"], row["group"]) for row in ended.rows} == {
            (f"L{n}", f"A{n}", f"D{n}") for n in range(3)
        }

    def test_a_field_of_every_record_is_a_group_too(self, match: Run) -> None:
        ended = match([NURSE | {"company": "North"}], [NURSE_THERE | {"company": "South"}], "--by", "company")
        assert {row["decision"] for row in ended.rows} == {"legacy_only", "ats_only"}
        assert "2 of 2 groups are on one side only" in ended.stderr

    def test_numbers_and_lists_are_groups_by_what_they_say(self, match: Run) -> None:
        legacy = [COOK | {"team": 7}, NURSE | {"team": ["a", "b"]}]
        ats = [COOK_THERE | {"team": 7}, NURSE_THERE | {"team": ["a", "b"]}]
        assert match(legacy, ats, "--by", "team").status == 0

    def test_jobs_that_say_no_group_are_told_and_meet_each_other(self, match: Run) -> None:
        ended = match([COOK, NURSE | {"team": "x"}], [COOK_THERE, NURSE_THERE | {"team": "x"}], "--by", "team")
        assert ended.status == 0
        assert "1 legacy jobs do not say 'team'" in ended.stderr


class TestStandardInput:
    @pytest.mark.parametrize("words", [("-", "other.jsonl"), ("other.jsonl", "-")])
    def test_is_either_side(self, changeover: Run, tmp_path: Path, words: tuple[str, str]) -> None:
        (tmp_path / "other.jsonl").write_bytes(jsonl([NURSE_THERE]))
        assert changeover("match", *words, stdin=jsonl([NURSE])).status == 0


class TestOutput:
    def test_a_file_holds_what_stdout_would(self, match: Run, tmp_path: Path) -> None:
        printed = match([NURSE], [NURSE_THERE]).stdout
        ended = match([NURSE], [NURSE_THERE], "--output", "out.csv")
        assert ended.stdout == ""
        assert (tmp_path / "out.csv").read_bytes().decode() == printed

    def test_a_file_that_is_there_is_replaced_and_no_other_left(self, match: Run, tmp_path: Path) -> None:
        (tmp_path / "out.csv").write_text("old")
        match([NURSE], [NURSE_THERE], "--output", "out.csv")
        assert "Nurse" in (tmp_path / "out.csv").read_text()
        assert sorted(path.name for path in tmp_path.iterdir()) == ["ats.jsonl", "legacy.jsonl", "out.csv"]

    def test_a_device_is_written_to_and_stays(self, match: Run) -> None:
        assert match([NURSE], [NURSE_THERE], "--output", "/dev/null").status == 0
        assert Path("/dev/null").is_char_device()


class TestCsv:
    def test_is_safe_to_open_in_a_spreadsheet(self, match: Run) -> None:
        for row in match([NURSE | {"title": "=1+1"}, COOK | {"location": "@here\n-1"}], [LAWYER_THERE]).rows:
            for cell in row.values():
                assert not any(line[:1] in ("=", "+", "-", "@", "\t") for line in cell.splitlines())

    def test_of_read_matches_as_the_source_itself(self, changeover: Run, match: Run, tmp_path: Path) -> None:
        legacy = [NURSE | {"title": '=SUM("1;2")\t'}, COOK | {"team": ["a", 1]}]
        ats = [NURSE_THERE | {"title": "-Nurse"}, COOK_THERE, LAWYER_THERE]
        straight = match(legacy, ats).stdout
        for name in ("legacy", "ats"):
            (tmp_path / f"{name}.csv").write_text(changeover("read", f"{name}.jsonl", "--format", "csv").stdout)
            again = [json.loads(line) for line in changeover("read", f"{name}.csv").stdout.splitlines()]
            first = [json.loads(line) for line in changeover("read", f"{name}.jsonl").stdout.splitlines()]
            assert again == first
        assert changeover("match", "legacy.csv", "ats.csv", "--format", "csv").stdout == straight

    def test_of_a_match_is_no_source_of_jobs_and_says_so(self, match: Run, changeover: Run, tmp_path: Path) -> None:
        (tmp_path / "pairs.csv").write_text(match([NURSE], [NURSE_THERE]).stdout)
        ended = changeover("match", "pairs.csv", "ats.jsonl")
        assert ended.status == 2
        assert "a list of matches, not of jobs" in ended.stderr


class TestJson:
    def test_has_the_same_records_with_evidence_that_adds_up(self, match: Run) -> None:
        sides = [NURSE, COOK], [NURSE_THERE, COOK_THERE, LAWYER_THERE]
        told = json.loads(match(*sides, "--format", "json").stdout)
        assert [row["legacy_id"] or "" for row in told] == [row["legacy_id"] for row in match(*sides).rows]
        assert all({*COLUMNS, *FURTHER, "evidence"} == set(row) for row in told)
        for row in told:
            if row["decision"] == "paired":
                total = sum(step["weight"] for step in row["evidence"])
                assert probability(total) == pytest.approx(row["score"], abs=1e-3)

    def test_of_nothing_is_an_empty_list(self, match: Run) -> None:
        assert json.loads(match([], [], "--format", "json").stdout) == []


class TestTable:
    def test_shows_what_needs_a_person_first(self, match: Run) -> None:
        lines = match([NURSE, COOK], [NURSE_THERE, LAWYER_THERE], "--format", "table").stdout.splitlines()
        assert [line.split("  ")[0] for line in lines[1:]] == ["only legacy", "only ATS", "paired"]

    def test_shows_brackets_as_they_are(self, match: Run) -> None:
        titled = {"title": "Koch [m/w/d] [/red] :smile:"}
        assert (
            "Koch [m/w/d] [/red] :smile:" in match([COOK | titled], [COOK_THERE | titled], "--format", "table").stdout
        )

    def test_of_very_many_rows_is_cut_and_says_where_the_rest_is(self, match: Run) -> None:
        legacy = [{"id": f"L{n}", "title": f"Cook {n}", "location": "Leith"} for n in range(600)]
        lines = match(legacy, [], "--format", "table").stdout.splitlines()
        assert len(lines) == 502
        assert "100 more" in lines[-1]


class TestExplain:
    LEGACY = (NURSE, COOK)
    ATS = (NURSE_THERE, COOK_THERE, LAWYER_THERE, COOK | {"id": "A5", "title": "Cook, pastry"})

    def test_tells_one_job_with_evidence_that_adds_up(self, match: Run) -> None:
        ended = match(self.LEGACY, self.ATS, "--explain", "L1", "--format", "json")
        told = json.loads(ended.stdout)
        [row] = told["rows"]
        assert ended.status == 0
        assert (row["ats_id"], row["decision"]) == ("A1", "paired")
        assert probability(sum(step["weight"] for step in row["evidence"])) == pytest.approx(row["score"], abs=1e-3)

    def test_names_the_next_best_and_whose_twin_each_is(self, match: Run) -> None:
        told = json.loads(match(self.LEGACY, self.ATS, "--explain", "L1", "--format", "json").stdout)
        candidates = {one["ats_id"]: one for one in told["candidates"]}
        assert set(candidates) == {"A1", "A2", "A3", "A5"}
        assert candidates["A2"]["twin_of"] == "L2"
        assert candidates["A3"]["against"]
        for one in told["candidates"]:
            assert sum(step["weight"] for step in one["evidence"]) == pytest.approx(one["log_odds"], abs=1e-3)

    def test_for_a_person_shows_each_step_and_the_sum(self, match: Run) -> None:
        ended = match(self.LEGACY, self.ATS, "--explain", "L2", "--format", "table")
        assert ended.stdout.startswith("Legacy L2: Cook · Leith\n\nDecision: paired with ATS A2")
        assert "together" in ended.stdout
        assert "The ATS jobs most like it" in ended.stdout

    def test_a_job_that_is_alone_ends_with_1(self, match: Run) -> None:
        ended = match([COOK], [LAWYER_THERE], "--explain", "L2", "--format", "table")
        assert ended.status == 1
        assert "Decision: only at the old source" in ended.stdout
        assert "A3" in ended.stdout

    def test_compares_within_its_group_only(self, match: Run) -> None:
        legacy, ats = [COOK | {"team": "a"}], [COOK_THERE | {"team": "a"}, LAWYER_THERE | {"team": "b"}]
        told = json.loads(match(legacy, ats, "--by", "team", "--explain", "L2", "--format", "json").stdout)
        assert [one["ats_id"] for one in told["candidates"]] == ["A2"]

    def test_with_an_empty_other_side_has_no_candidates(self, match: Run) -> None:
        assert json.loads(match([COOK], [], "--explain", "L2", "--format", "json").stdout)["candidates"] == []


class TestHostileText:
    @pytest.mark.parametrize("format_", ["table", "csv", "json", "html"])
    def test_a_title_of_a_megabyte_passes_in_every_format(self, match: Run, format_: str) -> None:
        huge = {"title": "Cook " * 200_000}
        ended = match([COOK | huge], [COOK_THERE | huge, LAWYER_THERE], "--format", format_)
        assert ended.status == 1

    def test_control_characters_and_lone_surrogates_do_no_harm(self, changeover: Run, tmp_path: Path) -> None:
        record = b'{"id": "L1", "title": "Co\\u0000ok \\ud800 \\u202e", "location": "Leith"}\n'
        (tmp_path / "a.jsonl").write_bytes(record)
        for format_ in ("table", "csv", "json", "html"):
            assert changeover("match", "a.jsonl", "a.jsonl", "--format", format_).status == 0


class TestHelp:
    def test_has_an_example(self, changeover: Run) -> None:
        assert "Example: changeover match old-feed.xml" in " ".join(changeover("match", "--help").stdout.split())
