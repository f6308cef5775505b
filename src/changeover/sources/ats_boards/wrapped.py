"""An ATS's answer within another's, as proxies and exports have it, or its pages one after the other."""

from __future__ import annotations

from collections import deque
from typing import Any, NamedTuple

from changeover.job import Job
from changeover.sources.ats_boards import recognise
from changeover.sources.ats_boards.board import Board, Told, reading, told
from changeover.sources.json_job import plainly
from changeover.sources.json_list import more_than
from changeover.sources.origins import Tally
from changeover.sources.source import Reading

_DEEPEST = 4
_MOST = 500


class _Found(NamedTuple):
    board: Board
    answers: list[Any]
    around: tuple[dict[str, Any], ...] = ()


def read_wrapped(answer: Any) -> Reading | None:
    """The reading of the board's answers that stand in another answer; None where there are none with jobs."""
    found = _find(answer)
    if found is None:
        return None
    tally, jobs, ids = Tally(), list[Job](), set[str]()
    parts = [part for each in found.answers if (part := told(found.board, each, tally))]
    for part in parts:
        fresh = [job for job in part.jobs if job.id not in ids]
        jobs += fresh
        ids.update(job.id for job in fresh)
    seen, totals = sum(part.seen for part in parts), [part.total for part in parts if part.total is not None]
    said = Told(jobs, seen, sum(part.unreadable for part in parts), max(totals, default=None), tally.found())
    return reading(found.board, said, more_than(seen, found.around)[0])


def _find(answer: Any) -> _Found | None:
    """The outermost answer of a board with jobs within the value, or a list of such answers."""
    waiting: deque[tuple[Any, tuple[dict[str, Any], ...]]] = deque([(answer, ())])
    for _ in range(_MOST):
        if not waiting:
            return None
        value, around = waiting.popleft()
        if (board := recognise(value)) and board.records(value):
            return _Found(board, [value], around)
        if isinstance(value, list) and (board := _of_all(value)):
            return _Found(board, value, around)
        if isinstance(value, list) and len(value) == 1:
            waiting.append((value[0], around))
        if isinstance(value, dict) and len(around) < _DEEPEST:
            below = (*around, plainly(value))
            waiting.extend((inner, below) for inner in value.values() if isinstance(inner, dict | list))
    return None


def _of_all(answers: list[Any]) -> Board | None:
    """The board whose answers all elements of a list are, some of them with jobs."""
    board = recognise(answers[0]) if answers and isinstance(answers[0], dict) else None
    if board is None or not all(board.records(each) is not None for each in answers):
        return None
    return board if any(map(board.records, answers)) else None
