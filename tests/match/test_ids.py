"""Employer job ids as two systems write them."""

from __future__ import annotations

import polars as pl
import pytest

from changeover.match.normalise import loose_ids, shown_id


def loose(*values: str | None) -> list[str | None]:
    return loose_ids(pl.Series(values, dtype=pl.String)).to_list()


class TestAnId:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("R45210-2", "R45210"),
            ("R-00174597-1", "174597"),
            ("R24-5151-2", "r24_5151"),
            ("2026-21012-1", "Job ID: 2026-21012"),
            ("R-45005-2025-1", "45005-2025"),
            ("200664320-3810", "0200664320"),
            ("42598-JOB-1", "42598-JOB"),
            ("PT-JR033470", "0000033470"),
            ("R45210_2-US", "REQ-45210"),
            ("00280979WD", "280979WD"),
            ("634ea713-8b29-4ed9-b3e8-d543744f8589", "634EA7138B294ED9B3E8D543744F8589"),
            ("ac0dc094-2480-43c2-8495-26ade227ff4f", "Job ID: AC0DC094248043C2849526ADE227FF4F"),
        ],
    )
    def test_is_one_however_it_is_written(self, one: str, other: str) -> None:
        first, second = loose(one, other)
        assert first == second

    @pytest.mark.parametrize(
        ("one", "other"), [("2026-12", "2026-13"), ("R-1042", "R-1043"), ("24-5151", "25-5151"), ("A1", "A2")]
    )
    def test_is_not_another(self, one: str, other: str) -> None:
        first, second = loose(one, other)
        assert first != second

    def test_that_says_nothing_is_none(self) -> None:
        assert loose(None, "", "  ", "-") == [None, None, None, None]

    def test_is_shown_without_its_label(self) -> None:
        shown = pl.DataFrame({"id": ["Job ID: R-1042", " 55 "]}).select(shown_id(pl.col("id"))).to_series()
        assert shown.to_list() == ["R-1042", "55"]
