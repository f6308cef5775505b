"""A source read now: what was left of an earlier reading first, then what it says."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from changeover.job import Lane
from changeover.kept_answers import KeptAnswers
from changeover.migration import store as migrations
from changeover.migration.readiness import unheard_after
from changeover.readings import RESOLVE_RETRY, SYSTEM, Asked, Flow, Taken, dropped, not_readable, take
from changeover.refusal import Refusal
from changeover.same_lane import decide_shadows
from changeover.snapshot import first
from changeover.snapshot import store as snapshots
from changeover.snapshot.due import claim
from changeover.snapshot.first import Left
from changeover.snapshot.store import Began, SourceRow
from changeover.snapshot.telling import as_everything, tells_elsewhere
from changeover.source_memory import Overtaken, SourceMemory, validators
from changeover.sources.raw import Raw
from changeover.sources.source import Reading


async def read_source(flow: Flow, company_id: int, source_id: int, *, who: str = SYSTEM) -> Taken | Refusal:
    """Read one source now and take in what is believed of it.

    What was left to be done of an earlier reading is done first.
    """
    turn = await _begin(flow, company_id, source_id)
    if isinstance(turn, _Turn) and await _before(flow, turn, who):
        turn = await _begin(flow, company_id, source_id)
    if isinstance(turn, Refusal):
        return turn
    row, began = turn.row, turn.began
    believe = row.full_read_at is not None and began.at - row.full_read_at < flow.full_read
    return await read_begun(flow, row, began, who, believe=believe)


@dataclass(frozen=True, slots=True)
class _Turn:
    """A reading that has begun, and what is left to be done of an earlier one."""

    row: SourceRow
    began: Began
    left: Left | None


async def _begin(flow: Flow, company_id: int, source_id: int) -> _Turn | Refusal:
    async with flow.db.company(company_id) as conn:
        row = await snapshots.source(conn, company_id, source_id)
        if row is None or not row.active or not row.pulled:
            return not_readable(row)
        it = await migrations.company(conn, company_id)
        at_most = RESOLVE_RETRY if it.resolve_digest else None
        began = await claim(conn, row, flow.db.now(), it.revision, at_most=at_most)
        return _Turn(row, began, await first.left_to_write(conn, row, began.at - flow.full_read))


async def _before(flow: Flow, turn: _Turn, who: str) -> bool:
    """What comes before a source is read: whether there was anything, after which the reading begins anew.

    A first large reading whose process ended before all of its jobs were written is ended; or a source of changes is
    read where it tells everything.
    """
    row, left = turn.row, turn.left
    if left:
        memory = SourceMemory(flow.db, row, left.began, who, left=True)
        await _taken_in(flow, row, memory.kept_reading(left), left.began, who, memory)
        return True
    within = unheard_after(timedelta(minutes=row.every_minutes or 60), flow.terms.patience)
    elsewhere = tells_elsewhere(row, turn.began.at, within=within, full_read=flow.full_read)
    if elsewhere:
        await _read_everything(flow, elsewhere, turn.began, who)
    return elsewhere is not None


async def _read_everything(flow: Flow, row: SourceRow, began: Began, who: str) -> None:
    """Read a source of changes where it tells everything; its answers are not those that it is read again from."""
    memory = SourceMemory(flow.db, row, began, who)
    await memory.open()

    async def told() -> Reading:
        return replace(as_everything(await flow.read(row, Asked(memory))), validators=("", ""))

    await _taken_in(flow, row, told(), began, who, memory)


async def read_begun(
    flow: Flow, row: SourceRow, began: Began, who: str, *, believe: bool = False, replay: bool = False
) -> Taken | Refusal:
    """Do a reading that has begun. ``believe``: what a page says of itself that it has not changed; ``replay``: the
    source is not asked, and told again what it answered last.
    """
    memory, before = SourceMemory(flow.db, row, began, who), KeptAnswers(flow.db, row)
    await memory.open()
    await before.open()
    raw = Raw(flow.raw_bytes, before, replay=replay, believe=believe)
    asked = Asked(memory, ("", "") if replay else validators(row, began.at, flow.full_read), raw)

    async def told() -> Reading:
        reading = await flow.read(row, asked)
        return replace(reading, validators=("", "")) if replay else reading

    return await _taken_in(flow, row, told(), began, who, memory, raw)


async def _taken_in(
    flow: Flow,
    row: SourceRow,
    coming: Awaitable[Reading],
    began: Began,
    who: str,
    memory: SourceMemory,
    raw: Raw | None = None,
) -> Taken | Refusal:
    """Take in a reading; the jobs of a first large one, which are kept by then, are written before it is judged."""
    try:
        reading = await memory.write_first(await coming, flow.progress)
        taken = await take(flow, row, reading, began, who=who, memory=memory, raw=raw)
    except Overtaken:
        taken = dropped(row)
    await memory.forget_first()
    return taken


async def read_all(flow: Flow, company_id: int, lanes: Iterable[Lane]) -> bool:
    """Read every pulled source of the lanes now; True if the newest reading of each is whole and believed.

    The legacy lane goes first: the twin of a job that is new there may come with the ATS's reading, and
    a job that is new in the ATS holds nothing.
    """
    wanted = frozenset(lanes)
    for lane in (Lane.LEGACY, Lane.ATS):
        for row in await _pulled(flow, company_id, wanted & {lane}):
            await read_source(flow, company_id, row.source_id)
    await decide_shadows(flow.db, company_id)
    # Not what each answered: one that was dropped may have been overtaken by one that was whole.
    return all(row.whole_now for row in await _pulled(flow, company_id, wanted))


async def _pulled(flow: Flow, company_id: int, lanes: frozenset[Lane]) -> list[SourceRow]:
    async with flow.db.company(company_id) as conn:
        rows = await snapshots.sources(conn, company_id)
    return [row for row in rows if row.active and row.pulled and row.lane in lanes]
