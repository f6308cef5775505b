"""A match as CSV comes back from a spreadsheet as it was."""

from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from changeover.match.decisions_csv import read_decisions
from changeover.match.match_csv import COLUMNS, header, line
from changeover.sources.spreadsheet import unguarded

CELLS = st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cs"]), max_size=30).map(lambda t: t or None))
SIGNS = st.text(st.sampled_from("=+-@'\t\r\n \uff1da\"',"), min_size=1, max_size=8)
ROWS = st.fixed_dictionaries(dict.fromkeys(COLUMNS, CELLS | SIGNS))


@given(st.lists(ROWS, max_size=5))
def test_every_cell_reads_back_as_it_was(rows: list[dict[str, str | None]]) -> None:
    text = header() + "".join(line(row) for row in rows)
    back = list(csv.reader(io.StringIO(text, newline="")))
    assert tuple(back[0]) == COLUMNS
    assert [[unguarded(cell) for cell in cells] for cells in back[1:]] == [
        [row[name] or "" for name in COLUMNS] for row in rows
    ]


IDS = st.text(st.characters(exclude_categories=["Cs", "Z", "C"]), min_size=1, max_size=12)


@given(st.lists(st.tuples(IDS | SIGNS, IDS | SIGNS, st.sampled_from(["confirmed", "rejected", "paired", "review"]))))
def test_decisions_written_into_it_name_the_same_jobs(pairs: list[tuple[str, str, str]]) -> None:
    whole = [(legacy.strip(), ats.strip(), word) for legacy, ats, word in pairs if legacy.strip() and ats.strip()]
    empty = dict.fromkeys(COLUMNS, "")
    rows = [empty | {"legacy_id": legacy, "ats_id": ats, "decision": word} for legacy, ats, word in whole]
    said = read_decisions(header() + "".join(line(row) for row in rows)).to_pylist()
    assert [(row["legacy_id"], row["ats_id"], row["verdict"]) for row in said] == [
        pair for pair in whole if pair[2] in ("confirmed", "rejected")
    ]


@given(SIGNS)
def test_no_line_of_a_cell_is_a_formula(text: str) -> None:
    row = dict.fromkeys(COLUMNS, text)
    for cells in csv.reader(io.StringIO(line(row), newline="")):
        for cell in cells:
            assert not any(part.lstrip()[:1] in tuple("=+-@\uff1d") and part.lstrip() for part in cell.splitlines())


def test_a_score_has_four_decimals_and_a_missing_side_is_empty() -> None:
    row = dict.fromkeys(COLUMNS, None) | {"legacy_id": "L1", "score": 0.5}
    assert line(row).startswith('"L1","","0.5000",""')
    assert line(row).endswith('""\r\n')
