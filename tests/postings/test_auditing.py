"""What is new of a history is verified as it comes; what somebody alters by hand is found, and said everywhere."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest

from changeover import acts
from changeover.cutover import Moved
from changeover.database.connection import Database
from changeover.job import Job, Lane
from changeover.postings import auditing
from changeover.postings.history import Window, verify
from face import Face, text
from program import World


def jobs(prefix: str, *numbers: int) -> list[Job]:
    return [Job(id=f"{prefix}{n}", title=f"Keeper of bridge {n}", employer_job_id=f"R-{n}") for n in numbers]


@pytest.fixture
async def moved(world: World) -> World:
    """A company that has cut over, all of whose history has been audited."""
    await world.employ()
    world.tell(Lane.LEGACY, *jobs("L", 1, 2, 3))
    world.tell(Lane.ATS, *jobs("A", 1, 2, 3))
    await world.read(Lane.LEGACY)
    await world.activate()
    await world.read()
    assert [it.broken for it in await auditing.audit_due(world.db)] == [[]]
    return world


async def breaks(world: World, statement: str) -> None:
    """A row is altered by hand, by one whom no wall stops."""
    with psycopg.connect(world.db.address.owner, options="-c search_path=changeover") as conn:
        conn.execute(statement.encode(), {"company": world.company})


async def asked(world: World, query: str) -> list[int]:
    async with world.db.company(world.company) as conn:
        return [next(iter(row.values())) for row in await (await conn.execute(query.encode())).fetchall()]


async def due(db: Database) -> list[tuple[int, list[str]]]:
    return [(it.history.company_id, [each.code for each in it.broken]) for it in await auditing.audit_due(db)]


async def changes(world: World) -> None:
    """Something new happens to the company, an hour later."""
    world.later(hours=1)
    world.tell(Lane.ATS, *jobs("A", 1, 2, 3, 4))
    await world.read(Lane.ATS)


BEND = "update side set from_revision = from_revision + 1 where lane = 'legacy' and to_revision is null"
MEND = "update side set from_revision = from_revision - 1 where lane = 'legacy' and to_revision is null"
LOSE = """delete from side where company_id = %(company)s and to_revision is null and ctid = (select min(ctid) from side
where company_id = %(company)s and lane = 'ats' and to_revision is null)"""


async def test_nothing_is_looked_at_again_until_something_happens(moved: World) -> None:
    moved.later(hours=1)
    assert await due(moved.db) == []
    await changes(moved)
    assert await due(moved.db) == [(moved.company, [])]
    assert await due(moved.db) == []


async def test_a_row_broken_by_hand_is_found_with_the_next_change(moved: World) -> None:
    await breaks(moved, LOSE)
    await changes(moved)
    ((company, codes),) = await due(moved.db)
    assert company == moved.company
    assert "GAP" in codes


async def test_a_row_broken_by_hand_is_found_within_a_day_though_nothing_happens(moved: World) -> None:
    await breaks(moved, LOSE)
    moved.later(hours=1)
    assert await due(moved.db) == []
    moved.later(seconds=auditing.WHOLE.total_seconds())
    ((_, codes),) = await due(moved.db)
    assert "GAP" in codes


async def test_a_new_row_that_is_not_as_it_was_written_is_found_with_the_next_change(moved: World) -> None:
    (audited,) = await asked(moved, "select revision from audited")
    await changes(moved)
    await breaks(moved, f"update revision set who = 'nobody' where revision = {audited + 1}")
    assert await due(moved.db) == [(moved.company, ["HISTORY_ALTERED"])]
    async with moved.db.operator() as conn:
        (alert,) = await auditing.alerts(conn, 10)
        assert "was changed after it was written" in alert.sentence


async def test_new_rows_hang_on_the_last_one_that_was_audited(moved: World) -> None:
    (audited,) = await asked(moved, "select revision from audited")
    await changes(moved)
    await breaks(moved, f"update revision set hash = sha256(hash) where revision = {audited}")
    assert await due(moved.db) == [(moved.company, ["HISTORY_ALTERED"])]


async def test_an_old_row_that_is_not_as_it_was_written_is_found_within_a_day(moved: World) -> None:
    await breaks(moved, "update revision set why = 'Because.' where revision = 3")
    await changes(moved)
    assert await due(moved.db) == [(moved.company, [])]
    moved.later(seconds=auditing.WHOLE.total_seconds())
    assert await due(moved.db) == [(moved.company, ["HISTORY_ALTERED"])]


async def test_what_is_broken_is_said_until_all_of_the_history_is_right_again(moved: World) -> None:
    await breaks(moved, BEND)
    await auditing.audit(moved.db, moved.company, whole=True)
    await changes(moved)
    assert await due(moved.db) == [(moved.company, [])]
    async with moved.db.operator() as conn:
        (alert,) = await auditing.alerts(conn, 10)
        assert alert.company_id == moved.company
        assert alert.broken == await auditing.broken_count(conn) > 0
    await breaks(moved, MEND)
    await auditing.audit(moved.db, moved.company, whole=True)
    async with moved.db.operator() as conn:
        assert await auditing.alerts(conn, 10) == []


async def test_the_console_and_the_metrics_say_it(moved: World, face: Face) -> None:
    assert "changeover_broken_promises 0.0" in (await face.person.get("/metrics")).text
    await breaks(moved, LOSE)
    await auditing.audit(moved.db, moved.company, whole=True)
    page = await face.page("/")
    assert "A promise was broken" in text(page, "#attention")
    said = (await face.person.get("/metrics")).text
    assert "changeover_broken_promises 0.0" not in said
    assert "changeover_broken_promises" in said


async def test_any_part_of_a_history_is_verified_by_itself(moved: World) -> None:
    before = moved.db.now()
    moved.later(hours=1)
    seen = (await acts.preview(moved.flow, moved.company)).preview.digest
    assert isinstance(await acts.revert(moved.flow, moved.company, seen=seen, who="test"), Moved)
    whole = await verify(moved.db, moved.company)
    first = await verify(moved.db, moved.company, Window(until=before + timedelta(seconds=1)))
    rest = await verify(moved.db, moved.company, Window(since=before + timedelta(seconds=1)))
    assert [it.broken for it in (whole, first, rest)] == [[], [], []]
    assert first.revisions + rest.revisions == whole.revisions
    assert (first.cut_over, first.reverted, rest.cut_over, rest.reverted) == (1, 0, 0, 1)
    assert (rest.least, rest.most) == (3, 3), "no posting was missing at any instant of the revert"
    await breaks(moved, LOSE)
    assert (await verify(moved.db, moved.company, Window(until=before + timedelta(seconds=1)))).broken
