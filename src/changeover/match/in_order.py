"""The jobs of a group of twins paired in the order of their ids or of their posting dates."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

_LAST = datetime.max.replace(tzinfo=UTC)


class Order(StrEnum):
    """By what the jobs of a group are put in order on each side."""

    IDS = "ids"
    DATES = "dates"


def pairs_in_order(
    legacy: Sequence[Mapping[str, Any]], ats: Sequence[Mapping[str, Any]], by: Order
) -> list[tuple[int, int]]:
    """The (legacy, ATS) job ids of a group, first with first: as many as the smaller side has.

    Jobs have job_id, source_job_id and posted_at. Numbers within ids count as numbers: L9 comes before L10. Of one
    posting date the ids decide; jobs without one come last.
    """
    ordered = [sorted(side, key=_dated if by is Order.DATES else _named) for side in (legacy, ats)]
    return [(one["job_id"], other["job_id"]) for one, other in zip(*ordered, strict=False)]


def _named(job: Mapping[str, Any]) -> tuple[Any, ...]:
    parts = re.split(r"([0-9]+)", job["source_job_id"])
    return tuple((int(part), "") if at % 2 else (0, part) for at, part in enumerate(parts)), job["job_id"]


def _dated(job: Mapping[str, Any]) -> tuple[Any, ...]:
    return job["posted_at"] or _LAST, _named(job)
