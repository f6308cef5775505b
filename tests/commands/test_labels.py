"""What people said of pairs is written down as labels, from a real database, and is read as such."""

from __future__ import annotations

import json

from changeover.match.labels import installation

from .conftest import Changeover, Outside


def test_confirmed_and_rejected_pairs_are_exported(changeover: Changeover, outside: Outside) -> None:
    changeover("labels", status=1)
    made = changeover("company", "add", "Labelled", "--ats", "Greenhouse").out.strip()
    changeover("source", "add", made, outside.feed("/jobs.xml", range(6)))
    changeover("source", "add", made, outside.board("/ats.json", [0, 1, 2, 4, 5]))
    changeover("activate", made, status=1)
    changeover("confirm", made, "L-0", "4000")
    changeover("reject", made, "L-1", "4001")
    # What closes later is still what was judged.
    outside.board("/ats.json", [1, 2, 4, 5])
    changeover("source", "read", made)

    told = changeover("labels", made, "--output", "labels.jsonl")
    assert "2 pairs confirmed or rejected" in told.err
    text = (changeover.folder / "labels.jsonl").read_text()
    assert changeover("labels").out == text
    board = installation(text)
    assert (len(board.truth), len(board.rejected or ())) == (1, 1)
    titles = {job["id"]: job["title"] for job in board.legacy.to_pylist() + board.ats.to_pylist()}
    assert [{titles[job] for job in pair} for pair in board.truth] == [{"Weld Inspector"}]
    assert (board.legacy.num_rows, board.ats.num_rows) == (6, 5)
    assert {json.loads(line).get("group") for line in text.splitlines()[1:]} == {made}
    # One company is too little to learn from, and that is said.
    assert "TOO_FEW_LABELS" in changeover("train", "labels.jsonl", status=2).err
