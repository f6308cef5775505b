"""changeover train, and a match with what it wrote."""

from __future__ import annotations

from pathlib import Path

from match.openings import table
from match.test_training import labelled, texts

from .conftest import Run, jsonl


def view(folder: Path, companies: int) -> None:
    folder.mkdir()
    for name, text in zip(("legacy.jsonl", "ats.jsonl", "truth.csv"), texts(companies), strict=True):
        (folder / name).write_text(text)


def test_a_small_view_is_learned_and_matched_with(changeover: Run, tmp_path: Path) -> None:
    view(tmp_path / "view", 12)
    ended = changeover("train", "view", "--folds", "3", "--precision", "0.98", "--output", "own.toml")
    # Whether they do better than those it comes with is said, and is the exit status.
    assert ended.status == (1 if "keep those" in ended.stderr else 0)
    lines = ended.stdout.splitlines()
    assert [line.split("  ")[0] for line in lines] == ["part", "1", "2", "3", "all", "all, weights before"]
    assert "Learning 7 of 7" in ended.stderr
    assert (tmp_path / "own.toml").read_text().startswith("# The weights of evidence")

    legacy, ats, truth = labelled(1)
    (tmp_path / "legacy.jsonl").write_bytes(jsonl(legacy))
    (tmp_path / "ats.jsonl").write_bytes(jsonl(ats))
    rows = changeover("match", "legacy.jsonl", "ats.jsonl", "--weights", "own.toml", "--format", "csv").rows
    paired = {(row["legacy_id"], row["ats_id"]) for row in rows if row["decision"] == "paired"}
    assert table(legacy).num_rows
    assert paired
    assert paired <= set(truth)


def test_other_weights_say_other_things(changeover: Run, tmp_path: Path) -> None:
    from changeover.match.weights import DEFAULT

    text = DEFAULT.read_text()
    old = next(line for line in text.splitlines() if line.startswith("accept = "))
    (tmp_path / "strict.toml").write_text(text.replace(old, "accept = 25.0"))
    (tmp_path / "l.jsonl").write_bytes(jsonl([{"id": "L1", "title": "Nurse", "location": "Leith"}]))
    (tmp_path / "a.jsonl").write_bytes(jsonl([{"id": "A1", "title": "Nurse (nights)", "location": "Leith"}]))
    said = {}
    for words in ((), ("--weights", "strict.toml")):
        said[words] = changeover("match", "l.jsonl", "a.jsonl", "--format", "csv", *words).rows[0]["decision"]
    assert said == {(): "paired", ("--weights", "strict.toml"): "review"}


def test_what_is_no_labels_or_no_weights_is_said(changeover: Run, tmp_path: Path) -> None:
    (tmp_path / "other.txt").write_text("hello")
    view(tmp_path / "few", 2)
    for path, sentence in (
        ("nowhere", "There is no nowhere"),
        ("other.txt", "is no JSON"),
        (".", "There is no legacy.jsonl"),
        ("few", "TOO_FEW_LABELS"),
    ):
        ended = changeover("train", path)
        assert (ended.status, sentence in ended.stderr) == (2, True), ended.stderr
    (tmp_path / "side.jsonl").write_bytes(jsonl([{"id": "1", "title": "Nurse"}]))
    (tmp_path / "text.toml").write_text('[threshold]\naccept = "high"\n')
    (tmp_path / "flat.toml").write_text("accept = 1\n")
    for name in ("nowhere.toml", "other.txt", "text.toml", "flat.toml"):
        ended = changeover("match", "side.jsonl", "side.jsonl", "--weights", name)
        assert ended.status == 2
        assert "changeover train" in ended.stderr
