"""The table of points in docs/killed-anywhere.md, made of every visit that `./dev soak --kills` has made."""

from __future__ import annotations

import csv
import fcntl
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
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

The program has {points:,} points as it is now, which were visited {visits:,} times; {found} of the visits found a
promise broken. Each run is in the ledger, `tests/soak/ledger.csv`, with those that visited points of before.

This page is made by `PYTHONPATH=tests python -m killed.table`.
"""


Point = tuple[str, str, int]


def named(operation: str, said: Sequence[str]) -> list[Point]:
    """The points of an operation by what is being said there and for the how manyth time.

    Their numbers change with every word that the program says more or less; these stay.
    """
    seen: Counter[str] = Counter()
    found = []
    for each in map(_short, said):
        seen[each] += 1
        found.append((operation, each, seen[each]))
    return found


def _short(said: str) -> str:
    return " > ".join(said.split()[-3:])


def _key(row: Mapping[str, str]) -> Point:
    return row["operation"], row["said"], int(row["time"])


def visited() -> Counter[Point]:
    """How often each point was visited by all runs so far."""
    with KILLS.open(newline="") as file:
        rows = csv.DictReader(file)
        return Counter({_key(row): int(row["before"]) + int(row["after"]) for row in rows})


def add_visits(visits: Iterable[tuple[str, Visit]], points: Mapping[str, Sequence[str]]) -> None:
    """Add visits to what is kept of each point; several runs may be at work.

    ``points``: what the operations say by now. A point that is none any more is dropped, and one that nobody has
    visited yet stands with zeros.
    """
    now = [point for name, said in points.items() for point in named(name, said)]
    with KILLS.open("a+", newline="") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        kept = {_key(row): row for row in csv.DictReader(file)}
        rows = {point: row for point, row in kept.items() if point[0] not in points}
        for point in now:
            operation, said, time = point
            about = {"operation": operation, "said": said, "time": str(time)}
            rows[point] = kept.get(point, about | dict.fromkeys(_COUNTS, "0"))
        for how, each in visits:
            row = rows[named(each.operation, points[each.operation])[each.point - 1]]
            for count in (how, "after" if each.after else "before", *(["broken"] if each.broken else [])):
                row[count] = str(int(row[count]) + 1)
        file.truncate(0)
        writer = csv.DictWriter(file, ["operation", "said", "time", *_COUNTS], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows.values())
    PAGE.write_text(page())


def page() -> str:
    """The page as it has to be."""
    with KILLS.open(newline="") as file:
        rows = list(csv.DictReader(file))
    visits = sum(int(row["before"]) + int(row["after"]) for row in rows)
    found = sum(int(row["broken"]) for row in rows)
    parts = [_TEXT.format(points=len(rows), visits=visits, found=found)]
    for name, operation in OPERATIONS.items():
        mine = [row for row in rows if row["operation"] == name]
        parts.append(f"## {name[:1].upper()}{name[1:]}\n")
        parts.append(f"Checked: {operation.checked}\n")
        parts.append("| point | being said | process killed | PostgreSQL killed | before / after | broken |")
        parts.append("|---|---|---|---|---|---|")
        parts += [
            f"| {number} | `{row['said']}` | {row['process']} | {row['postgresql']} | "
            f"{row['before']} / {row['after']} | {row['broken']} |"
            for number, row in enumerate(mine, 1)
        ]
        parts.append("")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page())
