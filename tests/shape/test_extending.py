"""The changes that docs/extending.md shows can be made as they stand there, and do what it says."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHOWN = re.findall(r"^```diff\n(.*?)^```", (ROOT / "docs" / "extending.md").read_text(), re.M | re.S)
MOST = 40

READ = """
import asyncio, sys
from changeover.sources.registry import read
reading = asyncio.run(read(sys.argv[1]))
print(reading.kind, reading.completeness, *(job.title for job in reading.jobs))
"""
ASK = """
from changeover.apply.application import check
from changeover.apply.questions import name_of, read_form
asked = {"id": "work", "text": "Where is your work shown?", "kind": "link"}
form = read_form({"sections": {"contact": {}, "additional": [{"questions": [asked]}]}})
for said in ("javascript:alert(1)", "https://example.org/work"):
    section = next(each for each in form.sections if each.key.startswith("additional"))
    field = f"{section.key}.0.{name_of('work')}"
    print(check(form, {field: [said]}, {}).errors.get(field, "taken"))
"""
WAIT = """
from changeover.migration.readiness import JobFacts, job_blockers
facts = JobFacts(legacy=40, ats=30, paired=1)
for blocker in job_blockers(facts, ats_only_holds=False, none_live_confirmed=False):
    print(blocker.code, blocker.sentence)
"""


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the code, to be changed."""
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def made(change: str, folder: Path) -> None:
    """Make a change in the copy, which has fewer than ``MOST`` new lines."""
    assert len(re.findall(r"^\+(?!\+\+ )", change, re.M)) < MOST
    apply = ["git", "apply", "--unidiff-zero", "--recount", "-"]
    subprocess.run(apply, cwd=folder, input=change, text=True, check=True, env=os.environ | {"GIT_DIR": str(folder)})


def said(program: str, folder: Path, *words: str) -> str:
    env = os.environ | {"PYTHONPATH": str(folder / "src")}
    return subprocess.run(
        [sys.executable, "-c", program, *words], cwd=folder, env=env, capture_output=True, text=True, check=True
    ).stdout


def test_there_are_three() -> None:
    assert len(SHOWN) == 3


def test_a_job_board_is_added_by_its_own_file(copied: Path) -> None:
    made(SHOWN[0], copied)
    opening = {
        "key": "7",
        "name": "Crane Operator",
        "harbour": "Kiel, Germany",
        "number": "R-7",
        "about": "<p>Lift.</p>",
    }
    answer = copied / "answer.json"
    answer.write_text(json.dumps({"count": 1, "openings": [opening]}))
    assert said(READ, copied, str(answer)) == "quayside complete Crane Operator\n"
    answer.write_text(json.dumps({"count": 2, "openings": [opening]}))
    assert said(READ, copied, str(answer)) == "quayside partial Crane Operator\n"


def test_a_question_is_added_with_how_it_is_judged(copied: Path) -> None:
    made(SHOWN[1], copied)
    refused, taken = said(ASK, copied).splitlines()
    assert refused.startswith("This is no web address.")
    assert taken == "taken"


def test_a_reason_is_added_with_its_sentence(copied: Path) -> None:
    made(SHOWN[2], copied)
    assert "HARDLY_ANY_PAIRED 40 jobs on the board have hardly a twin in the ATS" in said(WAIT, copied)
