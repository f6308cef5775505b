"""`./dev soak [--minutes N] [--seed S] [--kills]`: a long run of the machine or of kills, added to the ledger."""

from __future__ import annotations

import argparse
import logging
import os
import random
import signal
import sys
import time
from collections import Counter
from itertools import count

import structlog

from model.machine import MOVES, STEPS, play, stage
from soak.kills import kill
from soak.ledger import Run, add, commit, total
from soak.server import own_server

# So many machines on one database, each of so many steps; then another one.
MACHINES, LENGTH = 3, 150


def walk(minutes: float, first: int) -> int:
    """Walk for so long, from one seed after another; add the run to the ledger, and answer 1 if anything broke."""
    began, counts, failure, seeds = time.time(), Counter[str](), "", count(first)
    number, end = first, began + 60 * minutes
    try:
        with own_server(durable=False) as (_, server):
            while time.time() < end and not failure:
                with stage(server) as made:
                    number = next(seeds)
                    try:
                        failure = play(made, number, machines=MACHINES, length=LENGTH)
                    finally:
                        seen = made.moves()
                        counts += made.counts + seen
                        print(f"seed {number}:", ", ".join(f"{seen[kind]} {kind}" for kind in MOVES), flush=True)
    finally:
        steps = sum(counts[name] for name in set(STEPS))
        moves = sum(counts[kind] for kind in MOVES)
        add(Run(commit(), began, "walks", f"{first}-{number}", steps, counts["faults"], 0, bool(failure), moves))
    print(f"{steps:,} steps, {counts['faults']:,} faults", f"broken by seed {number}:\n{failure}" if failure else "")
    return bool(failure)


def main() -> int:
    """Walk or kill; 1 if a promise was broken."""
    parser = argparse.ArgumentParser(prog="./dev soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=random.randrange(10**9))
    parser.add_argument("--kills", action="store_true", help="kill processes and PostgreSQL instead of walking")
    given = parser.parse_args()
    # Of jobs as few as these, a pool of threads costs more than it saves.
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    logging.disable(logging.WARNING)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    broken = (kill if given.kills else walk)(given.minutes, given.seed)
    print("in all:", ", ".join(f"{count:,} {name}" for name, count in total().items()))
    return broken


if __name__ == "__main__":
    sys.exit(main())
