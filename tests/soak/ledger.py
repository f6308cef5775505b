"""The ledger: a line for each run of `./dev soak`, so that steps and kills add up over all of them."""

from __future__ import annotations

import csv
import subprocess
from dataclasses import astuple, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

LEDGER = Path(__file__).with_name("ledger.csv")


@dataclass(frozen=True)
class Run:
    """One run: of which commit, from when (seconds of the clock), which seeds, and what it came to.

    ``moves``: cut-overs, resolves and reverts of a walk; of the oldest runs nobody counted them.
    """

    commit: str
    began: float
    kind: str
    seeds: str
    steps: int
    faults: int
    kills: int
    broken: int
    moves: int = 0


def commit() -> str:
    """The commit of this tree, with a plus where the program is not as it was committed."""
    git = ["git", "-C", str(LEDGER.parents[2])]
    changed = subprocess.run([*git, "diff", "--quiet", "HEAD", "--", "src"], check=False).returncode
    name = subprocess.run([*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True).stdout
    return name.strip() + "+" * changed


def add(run: Run) -> None:
    """Add a run, each as one write: several may be at work."""
    began = datetime.fromtimestamp(run.began, UTC).strftime("%Y-%m-%d %H:%M")
    values = [
        began if field.name == "began" else str(int(value) if isinstance(value, bool) else value)
        for field, value in zip(fields(run), astuple(run), strict=True)
    ]
    with LEDGER.open("a") as file:
        if file.tell() == 0:
            file.write(",".join(field.name for field in fields(Run)) + "\n")
        file.write(",".join(values) + "\n")


def total() -> dict[str, int]:
    """Steps, faults, kills and broken promises of all runs."""
    with LEDGER.open() as file:
        rows = list(csv.DictReader(file))
    return {name: sum(int(row[name]) for row in rows) for name in ("steps", "faults", "kills", "broken")}
