"""The states of a migration and the one table of allowed moves."""

from __future__ import annotations

from enum import StrEnum

from changeover.job import Lane
from changeover.refusal import Refusal


class State(StrEnum):
    """Where a company's migration stands."""

    LEGACY = "legacy"
    MATCHING = "matching"
    READY = "ready"
    CUT_OVER = "cut_over"
    FINISHED = "finished"


class Move(StrEnum):
    """What may happen to a migration."""

    ACTIVATE = "activate"
    BECOME_READY = "become_ready"
    FALL_BACK = "fall_back"
    CUT_OVER = "cut_over"
    RESOLVE = "resolve"
    REVERT = "revert"
    CANCEL = "cancel"
    FINISH = "finish"


MOVES: dict[Move, tuple[frozenset[State], State]] = {
    Move.ACTIVATE: (frozenset({State.LEGACY}), State.MATCHING),
    Move.BECOME_READY: (frozenset({State.MATCHING}), State.READY),
    Move.FALL_BACK: (frozenset({State.READY}), State.MATCHING),
    Move.CUT_OVER: (frozenset({State.READY}), State.CUT_OVER),
    Move.RESOLVE: (frozenset({State.MATCHING, State.READY}), State.CUT_OVER),
    Move.REVERT: (frozenset({State.CUT_OVER}), State.MATCHING),
    Move.CANCEL: (frozenset({State.MATCHING, State.READY}), State.LEGACY),
    Move.FINISH: (frozenset({State.CUT_OVER}), State.FINISHED),
}

FEEDS: dict[State, Lane] = {
    State.LEGACY: Lane.LEGACY,
    State.MATCHING: Lane.LEGACY,
    State.READY: Lane.LEGACY,
    State.CUT_OVER: Lane.ATS,
    State.FINISHED: Lane.ATS,
}

# The lanes that are read in each state. Both are read until `finished`, so that a revert shows today's jobs.
READS: dict[State, frozenset[Lane]] = {
    State.LEGACY: frozenset({Lane.LEGACY}),
    State.MATCHING: frozenset(Lane),
    State.READY: frozenset(Lane),
    State.CUT_OVER: frozenset(Lane),
    State.FINISHED: frozenset({Lane.ATS}),
}


_TARGET = {
    Move.CUT_OVER: State.CUT_OVER,
    Move.RESOLVE: State.CUT_OVER,
    Move.REVERT: State.MATCHING,
    Move.ACTIVATE: State.MATCHING,
    Move.CANCEL: State.LEGACY,
}
_WORD = {
    State.LEGACY: "not activated",
    State.MATCHING: "in migration",
    State.READY: "ready to cut over",
    State.CUT_OVER: "active on its ATS",
    State.FINISHED: "finished",
}
_NEXT = {
    State.LEGACY: "Activate the migration first.",
    State.MATCHING: "Look at the review page for what is left.",
    State.READY: "It cuts over by itself unless it is held.",
    State.CUT_OVER: "Revert leads back while the way back is open.",
    State.FINISHED: "A finished migration stays as it is.",
}


def refuse(state: State, move: Move) -> Refusal | None:
    """Why ``move`` is not allowed in ``state``, or None if it is.

    A second caller of a move that has happened is told ALREADY_MOVED: nothing is done twice.
    """
    allowed, _ = MOVES[move]
    if state in allowed:
        return None
    feeds_ats = move in (Move.CUT_OVER, Move.RESOLVE) and state in (State.CUT_OVER, State.FINISHED)
    if state is _TARGET.get(move) or feeds_ats:
        stands = "not in migration" if state is State.LEGACY else f"already {_WORD[state]}"
        return Refusal("ALREADY_MOVED", f"Nothing was done: this company is {stands}.", _NEXT[state])
    return Refusal(
        "NOT_ALLOWED", f"Nothing was done: this company is {_WORD[state]}, so it cannot {_verb(move)}.", _NEXT[state]
    )


def _verb(move: Move) -> str:
    return {Move.BECOME_READY: "become ready", Move.FALL_BACK: "fall back", Move.CUT_OVER: "cut over"}.get(
        move, str(move)
    )
