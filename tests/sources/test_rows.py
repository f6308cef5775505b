"""What is known to go wrong with sources has a test, or a reason why it has none."""

from __future__ import annotations

from pathlib import Path

import pytest

from apply_connect.test_rows import names_in

from .rows import ROWS

HERE = Path(__file__).parent


@pytest.mark.parametrize("test", [pytest.param(test, id=row) for rows in ROWS.values() for row, test in rows.items()])
def test_each_has_a_test_or_a_reason(test: str) -> None:
    if test.startswith("no: "):
        assert len(test) > len("no: ") + 10
        return
    file, _, name = test.partition("::")
    assert name in {each.rpartition("::")[2] for each in names_in(HERE / file)}, test
