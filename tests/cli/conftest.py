"""The command line run as a person runs it, in this process."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from changeover.cli import main

COLUMNS = [
    "legacy_id", "ats_id", "score", "decision", "rule", "reason", "code", "fix",
    "legacy_title", "legacy_location", "legacy_company", "legacy_employer_job_id",
    "ats_title", "ats_location", "ats_company", "ats_employer_job_id",
]  # fmt: skip

NURSE = {"id": "L1", "title": "Nurse", "location": "Leith", "employer_job_id": "R-1"}
COOK = {"id": "L2", "title": "Cook", "location": "Leith"}
NURSE_THERE = {"id": "A1", "title": "Nurse (nights)", "location": "Leith", "employer_job_id": "R1"}
COOK_THERE = {"id": "A2", "title": "Cook", "location": "Leith"}
LAWYER_THERE = {"id": "A3", "title": "Lawyer", "location": "Oslo"}


class Ended(NamedTuple):
    """How a command ended, and what it printed."""

    status: int
    stdout: str
    stderr: str

    @property
    def rows(self) -> list[dict[str, str]]:
        """Its CSV."""
        return list(csv.DictReader(io.StringIO(self.stdout, newline="")))


Run = Callable[..., Ended]
# What stands after the contract's columns.
FURTHER = ["twins"]


@pytest.fixture
def changeover(monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes], tmp_path: Path) -> Run:
    monkeypatch.chdir(tmp_path)

    def run(*words: str, stdin: bytes = b"") -> Ended:
        monkeypatch.setattr(sys, "argv", ["changeover", *words])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsysbinary.readouterr()
        assert b"Traceback" not in err
        return Ended(int(ended.value.code or 0), out.decode(), err.decode())

    return run


def jsonl(records: Sequence[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


@pytest.fixture
def match(changeover: Run, tmp_path: Path) -> Run:
    """Match two lists of records, as CSV where no other format is named."""

    def run(legacy: Sequence[dict[str, Any]], ats: Sequence[dict[str, Any]], *words: str) -> Ended:
        (tmp_path / "legacy.jsonl").write_bytes(jsonl(legacy) or b"[]")
        (tmp_path / "ats.jsonl").write_bytes(jsonl(ats) or b"[]")
        told = () if "--format" in words else ("--format", "csv")
        return changeover("match", "legacy.jsonl", "ats.jsonl", *told, *words)

    return run
