"""A history is held against the promises: honest ones are clean, and each planted fault is found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changeover.job import Lane
from changeover.postings.promise import OPEN_END, History, Interval, Step, check

L, A = Lane.LEGACY, Lane.ATS

# Fed by the old source until 5, then by the ATS until 8, then by the old source again.
STEPS = [
    *(Step(n, L, "matched") for n in (1, 2, 3, 4)),
    Step(5, A, "resolved"),
    *(Step(n, A, "matched") for n in (6, 7)),
    Step(8, L, "reverted"),
]
# Job 1 (legacy) and 2 (ATS) are a pair on posting 10; 3 is legacy alone, which a person let close at 5.
OPEN = [Interval(1, L, 1, OPEN_END), Interval(2, A, 2, OPEN_END), Interval(3, L, 1, OPEN_END)]
SIDES = [
    Interval(1, L, 1, OPEN_END, 10),
    Interval(2, A, 2, 3, 20),
    Interval(2, A, 3, OPEN_END, 10),
    Interval(3, L, 1, OPEN_END, 30),
]
HONEST = History(STEPS, OPEN, SIDES, frozenset({(5, 30)}), {20: 10})


def codes(history: History) -> set[str]:
    return {each.code for each in check(history)}


def test_an_honest_history_is_clean() -> None:
    assert check(HONEST) == []
    assert check(History([], [], [])) == []


def sides(*changed: Interval, without: int = -1) -> list[Interval]:
    return [side for number, side in enumerate(SIDES) if number != without] + list(changed)


FAULTS: dict[str, tuple[History, str, int, int]] = {
    "a hole between two stretches of a job on the board": (
        replace(HONEST, sides=sides(Interval(3, L, 1, 2, 30), Interval(3, L, 4, OPEN_END, 30), without=3)),
        *("GAP", 1, 2),
    ),
    "a job that never came to the board": (replace(HONEST, sides=SIDES[:3]), "GAP", 1, 1),
    "a posting that shows a job that has closed": (
        replace(HONEST, open=[*OPEN[:2], Interval(3, L, 1, 6)]),
        *("GHOST", 1, 6),
    ),
    "a job on two postings": (replace(HONEST, sides=sides(Interval(1, L, 4, 6, 40))), "JOB_DOUBLED", 2, 4),
    "two jobs of a lane on one posting": (
        replace(
            HONEST,
            open=[*OPEN, Interval(4, L, 2, OPEN_END)],
            sides=sides(Interval(4, L, 2, OPEN_END, 10)),
        ),
        *("SIDE_DOUBLED", 2, 2),
    ),
    "a job open twice": (replace(HONEST, open=[*OPEN, Interval(1, L, 4, 5)]), "OPEN_DOUBLED", 2, 4),
    "a posting lost in the move, to which nobody agreed": (
        replace(HONEST, agreed=frozenset()),
        *("LOST_IN_MOVE", 1, 5),
    ),
    "a posting let close at another move": (
        replace(HONEST, agreed=frozenset({(8, 30)})),
        *("LOST_IN_MOVE", 1, 5),
    ),
    "a posting lost on the way back": (
        replace(HONEST, open=[Interval(1, L, 1, 7), *OPEN[1:]], sides=sides(Interval(1, L, 1, 7, 10), without=0)),
        *("LOST_IN_MOVE", 1, 8),
    ),
    "a live job that changes its address": (
        replace(HONEST, sides=sides(Interval(1, L, 1, 3, 40), Interval(1, L, 3, OPEN_END, 10), without=0)),
        *("ADDRESS_CHANGED", 4, 3),
    ),
    "an alias that leads to an alias": (replace(HONEST, aliases={20: 25, 25: 10}), "ALIAS_OF_ALIAS", 4, 0),
    "an alias that shows a job": (replace(HONEST, aliases={20: 10, 30: 10}), "ALIAS_SHOWS", 4, 1),
    "a revision that is missing": (
        replace(HONEST, steps=[step for step in STEPS if step.revision != 3]),
        *("REVISION_MISSING", 3, 4),
    ),
    "a feed that moved in a change that may not move it": (
        replace(HONEST, steps=[*STEPS[:-1], STEPS[-1]._replace(kind="matched")]),
        *("FEED_MOVED", 3, 8),
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_the_check_finds(name: str) -> None:
    history, code, promise, revision = FAULTS[name]
    found = check(history)
    assert (code, promise, revision) in {(each.code, each.promise, each.revision) for each in found}, found
    assert all(each.sentence.endswith(".") for each in found)
    assert [each.revision for each in found] == sorted(each.revision for each in found)


def test_a_hole_on_the_side_that_does_not_feed_was_seen_by_nobody() -> None:
    unseen = replace(HONEST, sides=sides(Interval(2, A, 3, 4, 10), Interval(2, A, 5, OPEN_END, 10), without=2))
    assert check(unseen) == []
    seen = replace(HONEST, sides=sides(Interval(2, A, 3, 6, 10), Interval(2, A, 7, OPEN_END, 10), without=2))
    assert codes(seen) == {"GAP"}


# Histories made as the program makes them: revision by revision, each job on a posting while it is open.


@st.composite
def honest(draw: st.DrawFn) -> History:
    """Some pairs and lone jobs that open and close, and a feed that moves back and forth when nothing is lost."""
    last = draw(st.integers(2, 14))
    pairs = draw(st.integers(0, 4))
    standing: dict[int, tuple[int, int]] = {}
    opened: list[Interval] = []
    shown: list[Interval] = []
    steps: list[Step] = []
    agreed: set[tuple[int, int]] = set()
    feed = L
    lanes = {1 + 2 * n: L for n in range(pairs)} | {2 + 2 * n: A for n in range(pairs)}

    def end(job: int, revision: int) -> None:
        start, posting = standing.pop(job)
        opened.append(Interval(job, lanes[job], start, revision))
        shown.append(Interval(job, lanes[job], start, revision, posting))

    for revision in range(1, last + 1):
        moves = revision > 1 and draw(st.booleans()) and draw(st.booleans())
        if moves:
            # A move changes no job; what only the old feed shows closes by a person's word.
            there = {posting for job, (_, posting) in standing.items() if lanes[job] is feed.other}
            here = {posting for job, (_, posting) in standing.items() if lanes[job] is feed}
            agreed |= {(revision, posting) for posting in here - there}
            feed = feed.other
        else:
            for job in draw(st.sets(st.sampled_from(sorted(lanes)), max_size=3)) if lanes else ():
                if job in standing:
                    end(job, revision)
                else:
                    standing[job] = (revision, 100 + (job - 1) // 2)
        steps.append(Step(revision, feed, ("resolved" if feed is A else "reverted") if moves else "matched"))
    for job in list(standing):
        end(job, OPEN_END)
    return History(steps, opened, shown, frozenset(agreed))


@given(history=honest())
def test_honest_histories_are_clean(history: History) -> None:
    assert check(history) == []


def _drop_a_side(history: History, at: int) -> History:
    return replace(history, sides=[side for n, side in enumerate(history.sides) if n != at])


def _double_a_side(history: History, at: int) -> History:
    return replace(history, sides=[*history.sides, history.sides[at]._replace(posting_id=999)])


def _drop_an_open(history: History, at: int) -> History:
    return replace(history, open=[each for n, each in enumerate(history.open) if n != at])


def _drop_a_step(history: History, at: int) -> History:
    return replace(history, steps=[step for n, step in enumerate(history.steps) if n != at % (len(history.steps) - 1)])


@pytest.mark.parametrize(
    ("plant", "code"),
    [
        (_double_a_side, "JOB_DOUBLED"),
        (_drop_an_open, "GHOST"),
        (_drop_a_step, "REVISION_MISSING"),
        (_drop_a_side, "GAP"),
    ],
)
@given(data=st.data())
def test_a_fault_planted_in_any_honest_history_is_found(
    plant: Callable[[History, int], History], code: str, data: st.DataObject
) -> None:
    history = data.draw(honest().filter(lambda made: bool(made.sides)))
    at = data.draw(st.integers(0, len(history.sides) - 1))
    side = history.sides[at]
    fed = any(step.feed is side.lane and side.start <= step.revision < side.end for step in history.steps)
    if code != "GAP" or fed:
        assert code in codes(plant(history, at))
