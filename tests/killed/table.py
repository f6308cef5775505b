"""The table of points in docs/killed-anywhere.md, made of every visit that `./dev soak --kills` has made."""

from __future__ import annotations

import csv
import fcntl
from collections.abc import Iterable
from pathlib import Path

from killed.operations import OPERATIONS, Visit

KILLS = Path(__file__).with_name("kills.csv")
PAGE = Path(__file__).parents[2] / "docs" / "killed-anywhere.md"
_COUNTS = ("process", "postgresql", "before", "after", "broken")
_TEXT = """# Killed anywhere

`./dev soak --kills` stops a process before a word that it says to the database (BEGIN and COMMIT too), kills it, or
PostgreSQL, with `kill -9`, starts again, checks every promise, does the operation again and checks once more. The
words of an operation are numbered from its beginning: these are its points. What stands after a kill is what stood
before the operation, or all of it; of one with several transactions, some may be done, and it ends by itself.

So far points were visited {visits:,} times, {found} of the visits found a promise broken. Each run is in the
ledger, `tests/soak/ledger.csv`.

This page is made by `PYTHONPATH=tests python -m killed.table`.
"""


def add_visits(visits: Iterable[tuple[str, Visit]]) -> None:
    """Add visits to what is kept of each point; several runs may be at work."""
    with KILLS.open("a+", newline="") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        rows = {(row["operation"], int(row["point"])): row for row in csv.DictReader(file)}
        for how, each in visits:
            said = " > ".join(each.said.split()[-3:])
            row = rows.setdefault(
                (each.operation, each.point),
                {"operation": each.operation, "point": str(each.point)} | dict.fromkeys(_COUNTS, "0"),
            )
            row["said"] = said
            for count in (how, "after" if each.after else "before", *(["broken"] if each.broken else [])):
                row[count] = str(int(row[count]) + 1)
        file.truncate(0)
        writer = csv.DictWriter(file, ["operation", "point", "said", *_COUNTS], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows[key] for key in sorted(rows))
    PAGE.write_text(page())


def page() -> str:
    """The page as it has to be."""
    with KILLS.open(newline="") as file:
        rows = list(csv.DictReader(file))
    visits = sum(int(row["before"]) + int(row["after"]) for row in rows)
    parts = [_TEXT.format(visits=visits, found=sum(int(row["broken"]) for row in rows))]
    for name, operation in OPERATIONS.items():
        mine = [row for row in rows if row["operation"] == name]
        parts.append(f"## {name[:1].upper()}{name[1:]}\n")
        parts.append(f"Checked: {operation.checked}\n")
        parts.append("| point | being said | process killed | PostgreSQL killed | before / after | broken |")
        parts.append("|---|---|---|---|---|---|")
        parts += [
            f"| {row['point']} | `{row['said']}` | {row['process']} | {row['postgresql']} | "
            f"{row['before']} / {row['after']} | {row['broken']} |"
            for row in mine
        ]
        parts.append("")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page())
