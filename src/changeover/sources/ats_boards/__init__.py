"""The public job boards of applicant tracking systems, each a small module with a BOARD."""

from __future__ import annotations

from typing import Any

from changeover.sources.ats_boards import (
    ashby,
    bamboohr,
    breezy,
    eightfold,
    greenhouse,
    icims,
    jibe,
    lever,
    oracle,
    pinpoint,
    recruitee,
    rippling,
    smartrecruiters,
    successfactors,
    workable,
    workday,
)
from changeover.sources.ats_boards.board import Board

BOARDS: tuple[Board, ...] = tuple(
    module.BOARD
    for module in (
        greenhouse,
        lever,
        ashby,
        smartrecruiters,
        workable,
        recruitee,
        workday,
        bamboohr,
        breezy,
        oracle,
        rippling,
        pinpoint,
        eightfold,
        jibe,
        icims,
        successfactors,
    )
)


def recognise(answer: Any) -> Board | None:
    """The board whose answer this is, by its shape. An empty list is nobody's in particular."""
    if answer in ([], {"data": []}):
        return None
    return next((board for board in BOARDS if board.records(answer) is not None), None)


def named(kind: str) -> Board | None:
    """The board of this kind, or None."""
    return next((board for board in BOARDS if board.kind == kind), None)


def at_address(url: str) -> tuple[Board, str] | None:
    """The board that a person's page at the address belongs to, and the address of its list; None for other sites."""
    for board in BOARDS:
        if endpoint := board.endpoint(url):
            return board, endpoint
    return None
