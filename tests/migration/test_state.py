"""Every move from every state: allowed, refused in a sentence, or told that it has happened already."""

from __future__ import annotations

from itertools import product

import pytest

from changeover.job import Lane
from changeover.migration.state import FEEDS, MOVES, READS, Move, State, refuse
from changeover.refusal import Refusal

# What each move may begin from, written out once more from the design's picture.
ALLOWED = {
    (State.LEGACY, Move.ACTIVATE): State.MATCHING,
    (State.MATCHING, Move.BECOME_READY): State.READY,
    (State.READY, Move.FALL_BACK): State.MATCHING,
    (State.READY, Move.CUT_OVER): State.CUT_OVER,
    (State.MATCHING, Move.RESOLVE): State.CUT_OVER,
    (State.READY, Move.RESOLVE): State.CUT_OVER,
    (State.CUT_OVER, Move.REVERT): State.MATCHING,
    (State.MATCHING, Move.CANCEL): State.LEGACY,
    (State.READY, Move.CANCEL): State.LEGACY,
    (State.CUT_OVER, Move.FINISH): State.FINISHED,
}
# A second caller of a move that somebody made first.
ALREADY = {
    (State.MATCHING, Move.ACTIVATE),
    (State.CUT_OVER, Move.CUT_OVER),
    (State.FINISHED, Move.CUT_OVER),
    (State.CUT_OVER, Move.RESOLVE),
    (State.FINISHED, Move.RESOLVE),
    (State.MATCHING, Move.REVERT),
    (State.LEGACY, Move.CANCEL),
}
EVERY = list(product(State, Move))


@pytest.mark.parametrize(("state", "move"), EVERY)
def test_a_move_is_allowed_told_of_or_refused(state: State, move: Move) -> None:
    refusal = refuse(state, move)
    if (state, move) in ALLOWED:
        assert refusal is None
        assert MOVES[move][1] is ALLOWED[state, move]
        return
    assert refusal is not None
    assert refusal.code == ("ALREADY_MOVED" if (state, move) in ALREADY else "NOT_ALLOWED")


@pytest.mark.parametrize(("state", "move"), EVERY)
def test_whoever_is_refused_is_told_that_nothing_was_done_and_what_to_do(state: State, move: Move) -> None:
    refusal = refuse(state, move)
    if refusal is not None:
        assert refusal.sentence.startswith("Nothing was done: ")
        assert refusal.sentence.endswith(".")
        assert "_" not in refusal.sentence
        assert refusal.fix.endswith(".")
        assert str(refusal) == f"{refusal.sentence} {refusal.fix}"


@pytest.mark.parametrize("move", [Move.ACTIVATE, Move.CUT_OVER, Move.RESOLVE, Move.REVERT, Move.CANCEL])
def test_the_second_caller_of_a_persons_move_is_told_that_it_has_happened(move: Move) -> None:
    allowed, target = MOVES[move]
    assert all(refuse(state, move) is None for state in allowed)
    refusal = refuse(target, move)
    assert refusal is not None
    assert refusal.code == "ALREADY_MOVED"


def test_only_cut_over_resolve_and_revert_change_who_feeds() -> None:
    moving = {move for (state, move), target in ALLOWED.items() if FEEDS[state] is not FEEDS[target]}
    assert moving == {Move.CUT_OVER, Move.RESOLVE, Move.REVERT}


def test_what_feeds_is_read_in_every_state_and_both_sides_until_it_is_finished() -> None:
    assert all(FEEDS[state] in READS[state] for state in State)
    assert all(READS[state] == set(Lane) for state in (State.MATCHING, State.READY, State.CUT_OVER))


def test_every_state_can_be_left_but_the_last() -> None:
    assert {state for state, _ in ALLOWED} == set(State) - {State.FINISHED}


def test_a_refusal_without_a_fix_is_its_sentence() -> None:
    assert str(Refusal("CODE", "Nothing was done.")) == "Nothing was done."
