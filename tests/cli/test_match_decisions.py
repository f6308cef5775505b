"""A person's words in the CSV of a match are taken, whatever spreadsheet wrote them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from .conftest import COOK, COOK_THERE, NURSE, NURSE_THERE, Run


class TestDecisions:
    TWINS = (COOK, COOK | {"id": "L3"}), (COOK_THERE, COOK_THERE | {"id": "A4"})

    def edited(self, match: Run, tmp_path: Path, words: dict[tuple[str, str], str], separator: str = ",") -> str:
        rows = match(*self.TWINS).rows
        for row in rows:
            row["decision"] = words.get((row["legacy_id"], row["ats_id"]), row["decision"])
        with (tmp_path / "edited.csv").open("w", newline="", encoding="utf-8-sig") as file:
            writer = csv.DictWriter(file, [*rows[0]], delimiter=separator)
            writer.writeheader()
            writer.writerows(rows)
        return "edited.csv"

    @pytest.mark.parametrize("separator", [",", ";", "\t"])
    def test_a_persons_word_in_the_csv_settles_what_texts_cannot(
        self, match: Run, tmp_path: Path, separator: str
    ) -> None:
        said = {("L2", "A2"): "confirmed", ("L3", "A4"): "Rejected "}
        ended = match(*self.TWINS, "--decisions", self.edited(match, tmp_path, said, separator))
        assert "1 pair confirmed, 1 rejected" in ended.stderr
        assert {(row["legacy_id"], row["ats_id"], row["rule"]) for row in ended.rows} == {
            ("L2", "A2", "confirmed"),
            ("L3", "", "alone"),
            ("", "A4", "alone"),
        }

    def test_the_csv_as_it_came_says_nothing(self, match: Run, tmp_path: Path) -> None:
        ended = match(*self.TWINS, "--decisions", self.edited(match, tmp_path, {}))
        assert {row["decision"] for row in ended.rows} == {"review"}

    def test_words_about_jobs_that_are_gone_are_told(self, match: Run, tmp_path: Path) -> None:
        (tmp_path / "said.csv").write_text("legacy_id,ats_id,decision\nL9,A1,confirmed\n")
        ended = match([NURSE], [NURSE_THERE], "--decisions", "said.csv")
        assert ended.status == 0
        assert "1 of the decisions are about jobs that are not here today" in ended.stderr

    @pytest.mark.parametrize(
        ("text", "what"),
        [
            ("legacy_id,ats_id\nL1,A1\n", "no column decision"),
            ("legacy_id,ats_id,decision\nL1,A1,maybe\n", "Line 2 decides 'maybe'"),
            ("legacy_id,ats_id,decision\nL1,,confirmed\n", "Line 2 is confirmed but names one job only"),
            ("", "no column legacy_id"),
        ],
    )
    def test_what_is_no_decision_is_told_and_nothing_matched(
        self, match: Run, tmp_path: Path, text: str, what: str
    ) -> None:
        (tmp_path / "said.csv").write_text(text)
        ended = match([NURSE], [NURSE_THERE], "--decisions", "said.csv")
        assert (ended.status, ended.stdout) == (2, "")
        assert what in ended.stderr

    def test_a_file_that_is_not_there(self, match: Run) -> None:
        assert match([NURSE], [NURSE_THERE], "--decisions", "nothing.csv").status == 2

    def test_binary_junk(self, match: Run, tmp_path: Path) -> None:
        (tmp_path / "said.csv").write_bytes(bytes(range(256)) * 100)
        assert match([NURSE], [NURSE_THERE], "--decisions", "said.csv").status == 2
