"""Many employers in one match: each is matched as alone, however it is named and however many are matched at once."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from changeover.match import pairing
from changeover.match.board import pair_task
from changeover.match.pairing import pair
from match.jobs import verdicts


def side(prefix: str, groups: list[str | None]) -> pa.Table:
    rows = [(f"{prefix}{n}", f"Welder of kind {n % 5}", group) for group in groups for n in range(5)]
    return pa.table({
        "id": pa.array([f"{key} {group}" for key, _, group in rows], pa.string()),
        "title": pa.array([title for _, title, _ in rows], pa.string()),
        "location": pa.array(["Oslo"] * len(rows), pa.string()),
        "group": pa.array([group for *_, group in rows], pa.string()),
    })  # fmt: skip


def paired(found: pa.Table) -> set[tuple[Any, Any]]:
    return {(row["legacy_id"], row["ats_id"]) for row in found.to_pylist() if row["decision"] == "paired"}


@pytest.mark.parametrize("threads", [1, 2, 3, 4])
def test_an_employer_is_one_however_its_name_is_told(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairing, "LARGE", 0)
    monkeypatch.setattr(pairing, "THREADS", threads)
    legacy, ats = side("l", ["Acme", "7", ""]), side("a", ["Acme", "7", None])
    coded = ats.set_column(3, "group", ats.column("group").dictionary_encode())
    assert len(paired(pair(legacy, coded))) == 15


def test_pairs_come_first_then_suggestions_then_lone_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairing, "LARGE", 0)
    legacy, ats = side("l", ["Acme", "7", "Borg", "Cork"]), side("a", ["Acme", "Borg", "Dole"])
    told = [row["decision"] for row in pair(legacy, ats).to_pylist()]
    order = {"paired": 0, "review": 1, "legacy_only": 2, "ats_only": 2}
    assert [order[decision] for decision in told] == sorted(order[decision] for decision in told)
    assert len(set(told)) > 1


def dealt(jobs: pa.Table, lane: str) -> pa.Table:
    """The jobs as a task gets them."""
    columns = {name: jobs.column(name) for name in jobs.column_names}
    count = jobs.num_rows
    return pa.table({**columns, "lane": [lane] * count, "unit": columns["group"], "task": [0] * count})


@pytest.mark.parametrize("group", ["", "Acme"])
def test_a_persons_word_counts_in_a_task_of_many_machines_as_here(group: str) -> None:
    legacy, ats = side("l", [group]), side("a", [group])
    words = verdicts((f"l0 {group}", f"a1 {group}", "confirmed"), (f"l2 {group}", f"a2 {group}", "rejected"))
    both = pa.concat_tables([dealt(legacy, "legacy"), dealt(ats, "ats")])
    there = paired(pair_task(both, decisions=words, weights=None, elsewhere=None))
    assert there == paired(pair(legacy, ats, words))
    assert (f"l0 {group}", f"a1 {group}") in there
    assert (f"l2 {group}", f"a2 {group}") not in there
