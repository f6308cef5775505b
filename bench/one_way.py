"""One way of matching in a process of its own, so that its memory is its own and nothing is known from before.

Run by the match benches: python bench/one_way.py WAY LEGACY.parquet ATS.parquet ANSWER.parquet
Prints one line of JSON: seconds of getting ready and of the match, its processor seconds, peak memory in bytes.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl


@dataclass(slots=True)
class Cost:
    """What one way costs, over several processes: seconds by the clock, and of work of all processors."""

    start: list[float] = field(default_factory=list)
    match: list[float] = field(default_factory=list)
    work: list[float] = field(default_factory=list)
    peak: int = 0

    def figures(self) -> dict[str, float]:
        """Medians, and the highest peak; ``start_seconds`` is what a process loads once."""
        return {
            "seconds": round(statistics.median(self.match), 3),
            "start_seconds": round(statistics.median(self.start), 3),
            "processor_seconds": round(statistics.median(self.work), 3),
            "peak_gb": round(self.peak / 1e9, 2),
        }


def measured(way: str, folder: Path, cost: Cost) -> pl.DataFrame:
    """Run ``way`` on the two tables in ``folder`` in a new process, add what it cost, and give its answer back."""
    answer = folder / f"{way.replace(' ', '_')}.parquet"
    sides = [str(folder / f"{side}.parquet") for side in ("legacy", "ats")]
    done = subprocess.run(
        [sys.executable, __file__, way, *sides, str(answer)], stdout=subprocess.PIPE, check=True, text=True
    )
    told = json.loads(done.stdout.splitlines()[-1])
    cost.start.append(told["start"])
    cost.match.append(told["seconds"])
    cost.work.append(told["work"])
    cost.peak = max(cost.peak, told["peak"])
    return pl.read_parquet(answer)


def _peak() -> int:
    """The most memory this process ever had. Not ru_maxrss, which begins with what the parent had."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


def main() -> int:
    """Match and say what it cost."""
    from ways import WAYS, ready

    way, legacy, ats, answer = sys.argv[1:]
    sides = [pl.read_parquet(path).to_arrow() for path in (legacy, ats)]
    began = time.perf_counter()
    ready(way)
    clock, busy = time.perf_counter(), time.process_time()
    found = WAYS[way](*sides)
    seconds, work = time.perf_counter() - clock, time.process_time() - busy
    peak = _peak()
    found.write_parquet(answer)
    print(json.dumps({"start": clock - began, "seconds": seconds, "work": work, "peak": peak}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
