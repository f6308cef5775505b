"""Every row of the wire's reference has a contract test: the list says which, and these say that it is true."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from apply_connect.rows import ROWS

HERE = Path(__file__).parent
# Beside the project, like all that is read for checks alone.
REFERENCE = Path(__file__).parents[3] / "shared" / "reference" / "apply-connect.md"
SHOWN = [(section, row, test) for section, rows in ROWS.items() for row, test in rows.items()]


def told(text: str) -> set[tuple[str, str]]:
    """The section and the first cell of each row of each table."""
    found, section, inside = set(), "", False
    for line in text.splitlines():
        if head := re.match(r"#+ (\d+(?:\.\d+)?)", line):
            section = head[1]
        if not line.startswith("|"):
            inside = False
        elif re.fullmatch(r"\|[-| ]+\|", line):
            inside = True
        elif inside:
            found.add((section, line.strip("|").split("|")[0].strip()))
    return found


def names_in(path: Path) -> set[str]:
    """The tests of a file: ``test_x`` and ``TestX::test_y``."""
    found = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}::{each.name}" for each in node.body if hasattr(each, "name")}
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(node.name)
    return found


@pytest.mark.skipif(not REFERENCE.exists(), reason="the reference is not beside the project")
def test_every_row_of_the_reference_is_on_the_list_and_no_other() -> None:
    listed = {(section, row) for section, row, _ in SHOWN}
    assert listed ^ told(REFERENCE.read_text()) == set()


@pytest.mark.parametrize(("section", "row", "test"), SHOWN, ids=lambda it: it[:40])
def test_each_has_a_test_or_a_reason(section: str, row: str, test: str) -> None:
    del section, row
    if test.startswith("no: "):
        assert len(test) > len("no: ") + 10
        return
    file, _, name = test.partition("::")
    assert name in names_in(HERE / file), test
