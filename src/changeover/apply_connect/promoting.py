"""Paid slots on the wire: a job told as PREMIUM claims a slot of its contract, or is refused with 402."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from changeover.apply_connect.deciding import Decision
from changeover.apply_connect.store import Row
from changeover.apply_connect.told import Refused
from changeover.contracts import slots
from changeover.flow import Push
from changeover.postings import store as postings

_CONTRACT = re.compile(r"(?:urn:li:contract:)?([1-9]\d{0,18})")
PREMIUM = "PREMIUM"


def _contract(told: str) -> int:
    match = _CONTRACT.fullmatch(told.strip())
    return int(match[1]) if match else 0


async def claimed(
    push: Push, decided: Sequence[Decision | Refused], rows: Mapping[str, Row]
) -> list[Decision | Refused]:
    """What was decided, but that who asks for a slot that is not there is refused: nothing of theirs is written."""
    if not any(_premium(it) for it in decided):
        return list(decided)
    left = await slots.room(push.change.conn, push.change.company_id)
    return [_claim(it, rows.get(it.told.external_id), left) if isinstance(it, Decision) else it for it in decided]


def _premium(it: Decision | Refused) -> bool:
    return isinstance(it, Decision) and it.keep is not None and it.keep["listing"] == PREMIUM


def _claim(it: Decision, row: Row | None, left: dict[int, int]) -> Decision | Refused:
    if not _premium(it):
        return it
    told, asked = it.told, _contract(it.told.contract)
    if asked not in left:
        message = f"Not authorized for contract {told.contract}: it is none of this company's."
        return Refused(told.index, 403, "CONTRACT_NOT_AUTHORIZED", message, told.external_id)
    if row is not None and row["open"] and row["listing"] == PREMIUM and _contract(row["contract"]) == asked:
        return it
    if not left[asked]:
        message = f"Insufficient job slots for contract {told.contract}: every paid slot is taken."
        return Refused(told.index, 402, "INSUFFICIENT_JOB_SLOTS", message, told.external_id)
    left[asked] -= 1
    return it


async def promote(push: Push, decisions: Sequence[Decision], rows: Mapping[str, Row]) -> None:
    """Give slots to who claimed one, and take back those of jobs that are BASIC now. Their jobs are written."""
    up: dict[int, list[int]] = {}
    down: list[int] = []
    for it in decisions:
        row = rows.get(it.told.external_id)
        demoted = row is not None and row["listing"] == PREMIUM and it.keep is not None and not _premium(it)
        if not demoted and not _premium(it):
            continue
        posting = await postings.pushed_posting(push.change.conn, push.change.company_id, it.told.external_id)
        if posting is not None and demoted:
            down.append(posting)
        elif posting is not None:
            up.setdefault(_contract(it.told.contract), []).append(posting)
    if down:
        await slots.let_go(push.change, down)
    for contract, promoted in up.items():
        await slots.pin(push.change, contract, promoted)
