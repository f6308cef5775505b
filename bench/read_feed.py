"""How fast a large feed is read, first and again, beside a bare `lxml.iterparse` of the same file: plain and as gz.

Run: .venv/bin/python bench/read_feed.py [--jobs 30000] [--only plain | --only gz] [--keep FOLDER]
Each figure is of a process of its own. Prints a table for each, and last one line of JSON.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

_WORDS = """the of and care nurse patient team lead ward shift hospital experience years degree skills work support
clinical day night city open apply benefits salary insurance pension training growth culture customer driver warehouse
software engineer develop test deploy data model review report plan manage budget project client visit travel""".split()  # noqa: SIM905
_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n<source>\n<publisher>P</publisher>\n'
_JOB = """<job>
<title><![CDATA[{title} {n}]]></title>
<date><![CDATA[Fri, 20 Mar 2026 19:18:39 GMT]]></date>
<referencenumber><![CDATA[{n}]]></referencenumber>
<requisitionid><![CDATA[R-{n}]]></requisitionid>
<url><![CDATA[https://jobs.example.com/{n}?utm_source=indeed]]></url>
<company><![CDATA[Company {company}]]></company>
<city><![CDATA[Boston]]></city>
<state><![CDATA[MA]]></state>
<country><![CDATA[US]]></country>
<postalcode><![CDATA[02101]]></postalcode>
<description><![CDATA[{description}]]></description>
<salary><![CDATA[$50000]]></salary>
<jobtype><![CDATA[fulltime]]></jobtype>
<category><![CDATA[Health]]></category>
</job>
"""
FORMS = {"plain": ".xml", "gz": ".xml.gz"}
STEPS = ("iterparse", "read", "first", "again", "changed", "copy")
MARKS = {"first": 0.5, "again": 3.0, "changed": 3.0}
"""What each is to be of iterparse's rate."""


def jobs(count: int, edition: int) -> Iterator[str]:
    """The records; of edition 1 every fiftieth is described anew: 2 %."""
    dice = random.Random(7)
    for n in range(count):
        text = _description(dice)
        anew = f"<p>Edition {edition}.</p>" if edition and n % 50 == 7 else ""
        yield _JOB.format(n=n, title=dice.choice(_WORDS).title(), company=n % 50, description=text + anew)


def _description(dice: random.Random) -> str:
    def said(count: int) -> str:
        return " ".join(dice.choices(_WORDS, k=count))

    return "".join(
        f"<h3>{said(3)}</h3><p>{said(40)} &amp; more.</p><ul>{''.join(f'<li>{said(7)}</li>' for _ in range(4))}</ul>"
        for _ in range(6)
    )


def make(path: Path, count: int, edition: int) -> None:
    """Write the feed, compressed where its name says so."""
    with gzip.open(path, "wt", compresslevel=1) if path.suffix == ".gz" else path.open("w") as file:
        file.write(_HEAD)
        for record in jobs(count, edition):
            file.write(record)
        file.write("</source>\n")


def step(folder: Path, name: str) -> dict[str, float]:
    """One figure: run in a process of its own, which says seconds and its largest resident size."""
    command = [sys.executable, str(Path(__file__).with_name("read_feed_step.py")), str(folder), name]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def table(count: int, found: dict[str, dict[str, float]]) -> dict[str, float]:
    """Print what was found, and the ratios to the bare parser before and after."""
    bare = min(found["iterparse"]["seconds"], found["iterparse again"]["seconds"])
    least = min(found["iterparse"]["cpu"], found["iterparse again"]["cpu"])
    print(f"{'':18}{'seconds':>9}{'jobs/s':>10}{'of iterparse':>14}", end="")
    print(f"{'cpu s':>9}{'of its cpu':>12}{'mark':>6}{'peak MB':>9}{'second':>8}")
    ratios = {}
    for name, it in _rows(found):
        ratio = bare / it["seconds"]
        ratios[name] = round(ratio, 3)
        print(f"{name:18}{it['seconds']:9.2f}{count / it['seconds']:10,.0f}{ratio:14.2f}", end="")
        print(f"{it['cpu']:9.2f}{least / it['cpu']:12.2f}{MARKS.get(name, ''):>6}", end="")
        print(f"{it['peak_mb']:9.0f}{it['second_mb']:8.0f}")
    return ratios


def _rows(found: dict[str, dict[str, float]]) -> Iterator[tuple[str, dict[str, float]]]:
    """The figures, and under the first reading those of it with all its postings written."""
    for name, it in found.items():
        yield name, it
        if "live" in it:
            yield "first, all live", {**it, "seconds": it["live"], "cpu": it["live_cpu"]}


def measured(folder: Path, count: int, suffix: str) -> dict[str, dict[str, float]]:
    """The figures of each step over feeds with this ending, which are made where they are not there."""
    folder.mkdir(exist_ok=True)
    folder.chmod(0o711)
    try:
        for edition in (0, 1):
            path = folder / f"edition{edition}{suffix}"
            if not path.exists():
                make(path, count, edition)
        os.sync()  # or the disk is still busy with the feeds when they are read
        found = {name: step(folder, name) for name in STEPS}
        found["iterparse again"] = step(folder, "iterparse")
    finally:
        subprocess.run(
            [sys.executable, str(Path(__file__).with_name("read_feed_step.py")), str(folder), "end"], check=False
        )
    return found


def main() -> None:
    """Make the feeds, measure each step in turn, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=30_000)
    parser.add_argument("--only", choices=FORMS, help="Read the feed in this form alone.")
    parser.add_argument("--keep", type=Path, help="Make the files in this folder and leave them there.")
    chosen = parser.parse_args()
    folder, load, told = chosen.keep or Path(tempfile.mkdtemp(prefix="changeover-feeds-")), os.getloadavg()[0], {}
    folder.mkdir(exist_ok=True)
    folder.chmod(0o711)
    print(f"{chosen.jobs:,} jobs; load at start {load:.1f} on {os.cpu_count()} cores")
    try:
        for form in [chosen.only] if chosen.only else FORMS:
            found = measured(folder / form, chosen.jobs, FORMS[form])
            print(f"\n{form}:")
            told[form] = {"of_iterparse": table(chosen.jobs, found), "steps": found}
    finally:
        if chosen.keep is None:
            shutil.rmtree(folder, ignore_errors=True)
    print("\nfirst: until its snapshot is committed, from which its postings are then written.")
    print("peak MB: of the process that reads; second: of the one that makes jobs beside it.")
    print("cpu: of our processes and PostgreSQL together, which other programs on the machine disturb less.")
    print("copy: the same rows by COPY into one table without index, check or history.")
    print(json.dumps({"jobs": chosen.jobs, "load": load, **told}))


if __name__ == "__main__":
    main()
