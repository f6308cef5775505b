"""Promises 1 to 4, checked over a company's whole history from its intervals alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from changeover.job import Lane

# A revision number above every other: the end of an interval that has not ended.
OPEN_END = 2**62


@dataclass(frozen=True, slots=True)
class Interval:
    """A job stood open (posting_id 0) or as a posting's side, from a revision until before another."""

    job_id: int
    lane: Lane
    start: int
    end: int
    posting_id: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One revision: what fed the company from it on, and what kind of change it was."""

    revision: int
    feed: Lane
    kind: str


@dataclass(frozen=True, slots=True)
class History:
    """Everything that a company's history says. ``agreed`` are (revision, posting) a person let close."""

    steps: Sequence[Step]
    open: Sequence[Interval]
    sides: Sequence[Interval]
    agreed: frozenset[tuple[int, int]]
    aliases: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Broken:
    """A promise that was broken: which, a stable code, at which revision, and what was seen."""

    promise: int
    code: str
    revision: int
    sentence: str


# Only these kinds of change may move the feed (promise 3).
FEED_MOVES = frozenset({"cut_over", "resolved", "reverted"})


def check(history: History) -> list[Broken]:
    """Every broken promise in a company's history, oldest first. O(n log n) in its intervals."""
    found = [
        *_one_feed(history.steps),
        *_no_gap(history),
        *_no_duplicate(history.sides, "SIDE_DOUBLED", by_posting=True),
        *_no_duplicate(history.sides, "JOB_DOUBLED", by_posting=False),
        *_identity(history),
    ]
    return sorted(found, key=lambda broken: (broken.revision, broken.promise))


def _one_feed(steps: Sequence[Step]) -> Iterable[Broken]:
    """Promise 3: revisions follow each other without a hole, and the feed moves only where it may."""
    for before, after in pairwise(steps):
        if after.revision != before.revision + 1:
            yield Broken(
                3,
                "REVISION_MISSING",
                after.revision,
                f"Revision {before.revision} is followed by {after.revision}: history has a hole.",
            )
        if after.feed is not before.feed and after.kind not in FEED_MOVES:
            yield Broken(
                3,
                "FEED_MOVED",
                after.revision,
                f"The feed moved to {after.feed} in a change of kind {after.kind}, which may not move it.",
            )


def _no_gap(history: History) -> Iterable[Broken]:
    """Promise 1: at each revision, a job that was open and valid stood on exactly one posting."""
    spans: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for side in history.sides:
        spans[side.job_id].append((side.start, side.end))
    fed = _fed_spans(history.steps)
    for interval in history.open:
        for start, end in _holes(interval, spans.get(interval.job_id, ())):
            # A hole on the side that does not feed is broken history too, but nobody saw it.
            seen = next((f for f in fed[interval.lane] if f[0] < end and start < f[1]), None)
            if seen:
                revision = max(start, seen[0])
                yield Broken(
                    1,
                    "GAP",
                    revision,
                    f"Job {interval.job_id} was open in the feeding source at revision {revision}, without a posting.",
                )
    opened: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for interval in history.open:
        opened[interval.job_id].append((interval.start, interval.end))
    for side in history.sides:
        for start, _ in _holes(side, opened.get(side.job_id, ())):
            yield Broken(
                1,
                "GHOST",
                start,
                f"Posting {side.posting_id} showed job {side.job_id} at revision {start}, when it was not open.",
            )


def _holes(interval: Interval, cover: Sequence[tuple[int, int]]) -> Iterable[tuple[int, int]]:
    """The parts of an interval that ``cover`` (any order, may touch) leaves bare."""
    at = interval.start
    for start, end in sorted(cover):
        if end <= at or start >= interval.end:
            continue
        if start > at:
            yield at, start
        at = max(at, end)
    if at < interval.end:
        yield at, interval.end


def _fed_spans(steps: Sequence[Step]) -> dict[Lane, list[tuple[int, int]]]:
    """The stretches of revisions that each lane fed, [start, end)."""
    spans: dict[Lane, list[tuple[int, int]]] = {Lane.LEGACY: [], Lane.ATS: []}
    for number, step in enumerate(steps):
        end = steps[number + 1].revision if number + 1 < len(steps) else OPEN_END
        last = spans[step.feed][-1] if spans[step.feed] else None
        if last and last[1] == step.revision:
            spans[step.feed][-1] = (last[0], end)
        else:
            spans[step.feed].append((step.revision, end))
    return spans


def _no_duplicate(sides: Sequence[Interval], code: str, *, by_posting: bool) -> Iterable[Broken]:
    """Promise 2: one job of a lane on a posting at a time, and a job on one posting at a time."""
    ordered = sorted(sides, key=lambda s: (*(_key(s, by_posting=by_posting)), s.start))
    for before, after in pairwise(ordered):
        if _key(before, by_posting=by_posting) == _key(after, by_posting=by_posting) and after.start < before.end:
            yield Broken(
                2,
                code,
                after.start,
                f"At revision {after.start} posting {after.posting_id} ({after.lane}, job {after.job_id}) overlaps "
                f"posting {before.posting_id} (job {before.job_id}): one opening stood twice.",
            )


def _key(side: Interval, *, by_posting: bool) -> tuple[object, ...]:
    return (side.posting_id, side.lane) if by_posting else (side.job_id,)


def _identity(history: History) -> Iterable[Broken]:
    """Promises 1 and 4: at a move of the feed nothing that was live is lost, but what a person agreed to.

    A posting that was live just before must be live just after under the same id; and no alias may
    lead to a posting that is itself an alias.
    """
    by_posting: dict[int, list[Interval]] = defaultdict(list)
    moves = [s for before, s in pairwise(history.steps) if s.feed is not before.feed]
    for side in history.sides:
        by_posting[side.posting_id].append(side)
    for step in moves:
        for posting_id, sides in by_posting.items():
            was = any(s.lane is step.feed.other and s.start < step.revision <= s.end for s in sides)
            now = any(s.lane is step.feed and s.start <= step.revision < s.end for s in sides)
            if was and not now and (step.revision, posting_id) not in history.agreed:
                yield Broken(
                    1,
                    "LOST_IN_MOVE",
                    step.revision,
                    f"Posting {posting_id} was live before the feed moved at revision {step.revision} and not after, "
                    "and nobody agreed to close it.",
                )
    for alias, target in history.aliases.items():
        if target in history.aliases:
            yield Broken(4, "ALIAS_OF_ALIAS", 0, f"Posting {alias} redirects to {target}, which itself redirects.")
