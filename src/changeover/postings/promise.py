"""Promises 1 to 4, checked over a company's whole history from its intervals alone."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from changeover.job import Lane

# A revision number above every other: the end of an interval that has not ended.
OPEN_END = 2**62

Spans = Sequence[tuple[int, int]]


class Interval(NamedTuple):
    """A job stood open (posting_id 0) or as a posting's side, from a revision until before another."""

    job_id: int
    lane: Lane
    start: int
    end: int
    posting_id: int = 0


class Step(NamedTuple):
    """One revision: what fed the company from it on, and what kind of change it was."""

    revision: int
    feed: Lane
    kind: str


_NOTHING = Step(0, Lane.LEGACY, "")


@dataclass(frozen=True, slots=True)
class History:
    """What a company's history says, all of it or a part. ``agreed`` are (revision, posting) a person let close.

    ``before``: the revision before the first.
    """

    steps: Sequence[Step]
    open: Sequence[Interval]
    sides: Sequence[Interval]
    agreed: frozenset[tuple[int, int]] = frozenset()
    aliases: Mapping[int, int] = field(default_factory=dict)
    before: Step = _NOTHING


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
    fed = _fed_spans([history.before, *history.steps])
    found = [
        *_one_feed(history.before, history.steps),
        *_no_gap(history, fed),
        *_no_duplicate(history.sides, "SIDE_DOUBLED", by_posting=True),
        *_no_duplicate(history.sides, "JOB_DOUBLED", by_posting=False),
        *_no_duplicate(history.open, "OPEN_DOUBLED", by_posting=False),
        *_nothing_lost(history),
        *_same_address(history.sides, fed),
        *_aliases(history),
    ]
    return sorted(found, key=lambda broken: (broken.revision, broken.promise))


def live_at_once(history: History) -> tuple[int, int]:
    """The least and the most postings that were live at one revision. O(n log n)."""
    changes: dict[int, int] = defaultdict(int)
    fed = _fed_spans([history.before, *history.steps])
    for side in history.sides:
        for start, end in fed[side.lane]:
            if side.start < end and start < side.end:
                changes[max(start, side.start)] += 1
                changes[min(end, side.end)] -= 1
    first = history.steps[0].revision if history.steps else history.before.revision
    live, counts = 0, []
    for revision in sorted(changes.keys() | {first}):
        live += changes.get(revision, 0)
        if first <= revision < OPEN_END:
            counts.append(live)
    return min(counts), max(counts)


def _one_feed(before: Step, steps: Sequence[Step]) -> Iterable[Broken]:
    """Promise 3: revisions follow each other from 1 without a hole, and the feed moves only where it may."""
    for after in steps:
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
        before = after


def _no_gap(history: History, fed: Mapping[Lane, Spans]) -> Iterable[Broken]:
    """Promise 1: at each revision, a job that was open and valid in the feeding source stood on a posting.

    And the reverse: no posting showed a job that was not open.
    """
    shown, opened = _spans_by_job(history.sides), _spans_by_job(history.open)
    for interval in history.open:
        for start, end in _holes(interval.start, interval.end, shown.get(interval.job_id, ())):
            # A hole on the side that does not feed is broken history too, but nobody saw it.
            seen = _first_overlap(start, end, fed[interval.lane])
            if seen is not None:
                yield Broken(
                    1,
                    "GAP",
                    seen,
                    f"Job {interval.job_id} was open in the feeding source at revision {seen}, without a posting.",
                )
    for side in history.sides:
        for start, _ in _holes(side.start, side.end, opened.get(side.job_id, ())):
            yield Broken(
                1,
                "GHOST",
                start,
                f"Posting {side.posting_id} showed job {side.job_id} at revision {start}, when it was not open.",
            )


def _spans_by_job(intervals: Iterable[Interval]) -> dict[int, list[tuple[int, int]]]:
    spans: dict[int, list[tuple[int, int]]] = {}
    for interval in intervals:
        spans.setdefault(interval.job_id, []).append((interval.start, interval.end))
    return spans


def _holes(start: int, end: int, cover: Spans) -> Iterator[tuple[int, int]]:
    """The parts of [start, end) that ``cover`` (any order, may touch) leaves bare."""
    if len(cover) == 1 and cover[0][0] <= start and cover[0][1] >= end:
        return
    for other_start, other_end in sorted(cover):
        if other_end <= start or other_start >= end:
            continue
        if other_start > start:
            yield start, other_start
        start = max(start, other_end)
    if start < end:
        yield start, end


def _first_overlap(start: int, end: int, spans: Spans) -> int | None:
    """The first revision of [start, end) that lies in one of the spans (in order)."""
    return next((max(start, s) for s, e in spans if s < end and start < e), None)


def _fed_spans(steps: Sequence[Step]) -> dict[Lane, list[tuple[int, int]]]:
    """The stretches of revisions that each lane fed, [start, end), in order."""
    spans: dict[Lane, list[tuple[int, int]]] = {Lane.LEGACY: [], Lane.ATS: []}
    for number, step in enumerate(steps):
        end = steps[number + 1].revision if number + 1 < len(steps) else OPEN_END
        mine = spans[step.feed]
        if mine and mine[-1][1] == step.revision:
            mine[-1] = (mine[-1][0], end)
        else:
            mine.append((step.revision, end))
    return spans


def _no_duplicate(intervals: Sequence[Interval], code: str, *, by_posting: bool) -> Iterable[Broken]:
    """Promise 2: one job of a lane on a posting at a time, and a job on one posting at a time."""
    places: dict[tuple[int, Lane] | int, list[Interval]] = {}
    for each in intervals:
        places.setdefault((each.posting_id, each.lane) if by_posting else each.job_id, []).append(each)
    for together in places.values():
        if len(together) == 1:
            continue
        last, *later = sorted(together, key=lambda each: each.start)
        for each in later:
            if each.start < last.end:
                yield Broken(
                    2,
                    code,
                    each.start,
                    f"At revision {each.start} posting {each.posting_id} ({each.lane}, job {each.job_id}) overlaps "
                    f"posting {last.posting_id} (job {last.job_id}): one opening stood twice.",
                )
            last = max(last, each, key=lambda each: each.end)


def _nothing_lost(history: History) -> Iterable[Broken]:
    """Promise 1: what was live just before a move of the feed is live just after it, under the same id.

    But for what a person agreed to close.
    """
    moves: dict[Lane, list[int]] = {Lane.LEGACY: [], Lane.ATS: []}
    for before, after in pairwise([history.before, *history.steps]):
        if after.feed is not before.feed:
            moves[before.feed].append(after.revision)
    cover: dict[tuple[int, Lane], list[tuple[int, int]]] = defaultdict(list)
    for side in history.sides:
        cover[side.posting_id, side.lane].append((side.start, side.end))
    for side in history.sides:
        away = moves[side.lane]
        # It was live just before a move at r if start < r <= end; the other side must hold r itself.
        for start, end in _holes(side.start + 1, side.end + 1, cover.get((side.posting_id, side.lane.other), ())):
            for revision in away[bisect_left(away, start) : bisect_left(away, end)]:
                if (revision, side.posting_id) not in history.agreed:
                    yield Broken(
                        1,
                        "LOST_IN_MOVE",
                        revision,
                        f"Posting {side.posting_id} was live before the feed moved at revision {revision} and not "
                        "after, and nobody agreed to close it.",
                    )


def _same_address(sides: Sequence[Interval], fed: Mapping[Lane, Spans]) -> Iterable[Broken]:
    """Promise 4: a job that is live, and stays so, stays on its posting."""
    by_job: dict[int, list[Interval]] = {}
    for side in sides:
        by_job.setdefault(side.job_id, []).append(side)
    for its in by_job.values():
        if len(its) == 1:
            continue
        for before, after in pairwise(sorted(its, key=lambda side: side.start)):
            moved = before.end == after.start and before.posting_id != after.posting_id
            # Both the revision before and the revision itself lie in one stretch that the lane fed.
            if moved and _within(after.start - 1, after.start, fed[after.lane]):
                yield Broken(
                    4,
                    "ADDRESS_CHANGED",
                    after.start,
                    f"Job {after.job_id} was live on posting {before.posting_id} and moved to {after.posting_id} at "
                    f"revision {after.start}.",
                )


def _within(first: int, last: int, spans: Spans) -> bool:
    at = bisect_right(spans, (first, OPEN_END)) - 1
    return at >= 0 and spans[at][0] <= first and last < spans[at][1]


def _aliases(history: History) -> Iterable[Broken]:
    """Promise 4: an alias leads to a posting in one step, and shows nothing itself."""
    for alias, target in history.aliases.items():
        if target in history.aliases:
            yield Broken(4, "ALIAS_OF_ALIAS", 0, f"Posting {alias} redirects to {target}, which itself redirects.")
    for side in history.sides:
        if side.end == OPEN_END and side.posting_id in history.aliases:
            yield Broken(
                4,
                "ALIAS_SHOWS",
                side.start,
                f"Posting {side.posting_id} redirects elsewhere, and job {side.job_id} stands on it since revision "
                f"{side.start}.",
            )
