"""Verify reads what is recorded of a company, and finds whatever is planted in a copied database."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from changeover import acts
from changeover.cutover import Moved
from changeover.job import Job, Lane
from changeover.postings.history import Verified, verify
from program import World
from promises import broken

# Pairs that have stood through some moves of the feed, each ATS job on a posting of its own at first.
LONG = """
insert into revision (company_id, revision, at, kind, who, why, feed, state)
select %(c)s, r, now(), case when r <= 5 then 'x' when r %% 2 = 0 then 'cut_over' else 'reverted' end, '', '',
  case when r > 5 and r %% 2 = 0 then 'ats' else 'legacy' end, '' from generate_series(3, 5 + %(m)s) r;

update company set revision = 5 + %(m)s, feed = 'legacy';

insert into job (company_id, job_id, lane, source_id, source_job_id, posting_id, open, valid, opened_revision, title,
  digest)
select %(c)s, g * 4 + at, lane, 1, lane || g, g * 4, true, true, opened, 'x', ''
from generate_series(1, %(n)s) g, (values (0, 'legacy', 3), (2, 'ats', 4)) lanes (at, lane, opened);

insert into job_open select company_id, job_id, lane, opened_revision, null from job;

insert into side
select company_id, posting_id, lane, job_id, case lane when 'ats' then 5 else 3 end, null from job
union all select company_id, job_id, lane, job_id, 4, 5 from job where lane = 'ats'
"""


def jobs(prefix: str, *numbers: int) -> list[Job]:
    return [Job(id=f"{prefix}{n}", title=f"Keeper of bridge {n}", employer_job_id=f"R-{n}") for n in numbers]


@pytest.fixture
async def moved(world: World) -> World:
    """A company that has cut over, been reverted and resolved, with a job closed on the way."""
    await world.employ()
    world.tell(Lane.LEGACY, *jobs("L", 1, 2, 3, 4))
    world.tell(Lane.ATS, *jobs("A", 1, 2, 3))
    await world.read(Lane.LEGACY)
    await world.activate()
    await world.read()
    for act in (acts.resolve, acts.revert, acts.resolve):
        seen = (await acts.preview(world.flow, world.company)).preview.digest
        assert isinstance(await act(world.flow, world.company, seen=seen, who="test"), Moved)
    return world


@contextmanager
def planted(world: World) -> Iterator[psycopg.Connection]:
    """The database's owner at work, whom no wall and no constraint stops."""
    with psycopg.connect(world.db.address.owner, options="-c search_path=changeover") as conn:
        conn.execute("set session_replication_role = replica")
        for index in ("job_side", "side_now", "side_job_now", "job_open_now"):
            conn.execute(f"drop index {index}".encode())
        yield conn


async def found(world: World) -> Verified:
    return await verify(world.db, world.company)


async def test_what_really_happened_is_clean_and_counted(moved: World) -> None:
    it = await found(moved)
    assert it.broken == []
    assert (it.cut_over, it.reverted, it.gaps, it.duplicates) == (2, 1, 0, 0)
    assert it.name == "Ferrous & Sons"
    assert it.revisions > 10
    assert it.intervals >= 14


class TestAGap:
    async def test_now_is_found(self, moved: World) -> None:
        with planted(moved) as conn:
            conn.execute("update job set open = false where source_job_id = 'A2'")
        it = await found(moved)
        assert it.gaps == 1
        assert it.broken[0].code == "HISTORY_DIFFERS"

    async def test_of_the_past_is_found(self, moved: World) -> None:
        with planted(moved) as conn:
            conn.execute(
                "update side set to_revision = from_revision + 1 from job j "
                "where j.job_id = side.job_id and j.source_job_id = 'L4' and side.from_revision < 5"
            )
        it = await found(moved)
        assert it.gaps >= 1
        assert "GAP" in {each.code for each in it.broken}

    async def test_that_was_wiped_from_the_history_is_found(self, moved: World) -> None:
        with planted(moved) as conn:
            for table in ("side", "job_open"):
                conn.execute(
                    f"delete from {table} using job j where j.job_id = {table}.job_id and source_job_id = 'A1'".encode()
                )
        it = await found(moved)
        assert it.gaps >= 1
        assert "NOT_IN_HISTORY" in {each.code for each in it.broken}

    async def test_by_a_closing_that_nobody_agreed_to_is_found(self, moved: World) -> None:
        with planted(moved) as conn:
            conn.execute("delete from agreed_closing")
        it = await found(moved)
        # L4 closed at both cut-overs.
        assert [each.code for each in it.broken] == ["LOST_IN_MOVE", "LOST_IN_MOVE"]


class TestADuplicate:
    async def test_of_a_posting_now_is_found(self, moved: World) -> None:
        with planted(moved) as conn:
            conn.execute(
                "insert into job select company_id, 77, lane, source_id, 'planted', posting_id, open, valid, flaw, "
                "opened_revision, closed_revision, title, location, company_name, employer_job_id, requisition, url, "
                "apply_url, workplace_type, posted_at, digest from job where source_job_id = 'A3'"
            )
            conn.execute(
                "insert into side select company_id, posting_id, lane, 77, from_revision, to_revision "
                "from side s where to_revision is null and job_id = (select job_id from job where source_job_id = 'A3')"
            )
            conn.execute(
                "insert into job_open select company_id, 77, lane, 9, null from job where source_job_id = 'A3'"
            )
        it = await found(moved)
        assert it.duplicates >= 1
        assert "SIDE_DOUBLED" in {each.code for each in it.broken}

    async def test_of_a_job_in_the_past_is_found(self, moved: World) -> None:
        with planted(moved) as conn:
            conn.execute(
                "insert into side select company_id, 88, lane, job_id, from_revision + 1, from_revision + 2 from side "
                "where from_revision = (select min(from_revision) from side) limit 1"
            )
        it = await found(moved)
        assert it.duplicates >= 1
        assert "JOB_DOUBLED" in {each.code for each in it.broken}


class TestAFeed:
    async def test_that_was_moved_by_hand_is_found(self, moved: World) -> None:
        with planted(moved) as conn:
            conn.execute("update company set feed = 'legacy', state = 'matching'")
        assert "FEED_DIFFERS" in {each.code for each in (await found(moved)).broken}

    async def test_that_lost_a_revision_is_found(self, moved: World) -> None:
        with planted(moved) as conn:
            conn.execute("delete from revision where revision = 4")
        assert "REVISION_MISSING" in {each.code for each in (await found(moved)).broken}


async def test_the_check_from_outside_finds_the_same(moved: World) -> None:
    assert broken(moved.db.address.owner) == []
    with planted(moved) as conn:
        conn.execute("update side set to_revision = from_revision + 1 where from_revision < 5 and lane = 'legacy'")
    assert broken(moved.db.address.owner) != []


async def test_a_long_history_is_verified_in_seconds(world: World) -> None:
    await world.employ()
    with planted(world) as conn:
        at = {"c": world.company, "n": 20_000, "m": 10}
        for statement in LONG.split(";"):
            conn.execute(statement.encode(), at)
    began = time.process_time()
    it = await found(world)
    assert (it.broken, it.intervals) == ([], 100_000)
    # A million intervals have a minute; this is a tenth of them in this process.
    assert time.process_time() - began < 6
