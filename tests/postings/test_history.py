"""`verify` reads a company's history back: clean as it is, and a gap or a duplicate planted in a copy is found."""

from __future__ import annotations

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from changeover.database.connection import Address, Database
from changeover.database.embedded import Server
from changeover.database.revise import UnknownCompany
from changeover.job import Job, Lane
from changeover.migration.state import State
from changeover.postings.history import Verified, verify
from program import World, fresh_database


def job(key: str, number: int) -> Job:
    return Job(id=key, title=f"Welder {number}", location="Oslo, Norway", employer_job_id=f"R-{number}")


async def moved(world: World) -> None:
    """A company that has cut over, with three pairs."""
    await world.employ()
    for lane in Lane:
        world.tell(lane, *(job(f"{lane}{n}", n) for n in (1, 2, 3)))
    await world.read(Lane.LEGACY)
    await world.activate()
    await world.read()
    async with world.db.company(world.company) as conn:
        row = await (await conn.execute("select state from company")).fetchone()
    assert row is not None
    assert row["state"] == State.CUT_OVER


async def copied(server: Server, world: World, planted: str) -> Verified:
    """What verify says of a copy of the world's database in which the owner did what the program cannot."""
    name = str(conninfo_to_dict(world.db.address.owner)["dbname"])
    # A database that is copied has no visitors.
    await world.db.close()
    with fresh_database(server, source=name) as address:
        with psycopg.connect(address.owner, options="-c search_path=changeover") as conn:
            changed = conn.execute(planted).rowcount
            assert changed > 0, "nothing was planted"
        return await _verified(address, world.company)


async def _verified(address: Address, company: int) -> Verified:
    async with Database(address, pool_size=2) as db:
        return await verify(db, company)


async def test_the_history_of_a_move_is_clean(world: World) -> None:
    await moved(world)
    found = await verify(world.db, world.company)
    assert found.broken == []
    assert (found.gaps, found.duplicates, found.cut_over, found.reverted) == (0, 0, 1, 0)
    assert found.revisions > 5


_ONE = "(select min(job_id) from job where lane = 'ats')"
PLANTED = {
    "a gap: a job begins to be shown later than it opened": (
        "update side set from_revision = from_revision + 1 where from_revision = (select min(from_revision) from side) "
        "and job_id = (select min(job_id) from job where lane = 'legacy')",
        "gaps",
        "GAP",
    ),
    "a gap: what is live is in no interval": (
        f"update side set to_revision = (select revision from company) where job_id = {_ONE} and to_revision is null",
        "gaps",
        "NOT_IN_HISTORY",
    ),
    "a duplicate: one job on two postings": (
        "insert into side (company_id, posting_id, lane, job_id, from_revision, to_revision) "
        "select s.company_id, (select max(posting_id) from posting), s.lane, s.job_id, r.revision, r.revision + 1 "
        "from side s cross join (select max(revision) as revision from revision) r "
        f"where s.job_id = {_ONE} and s.to_revision is null",
        "duplicates",
        "JOB_DOUBLED",
    ),
    "a duplicate: two jobs of a lane on one posting": (
        "insert into side (company_id, posting_id, lane, job_id, from_revision, to_revision) "
        "select s.company_id, s.posting_id, s.lane, (select max(job_id) from job where lane = 'ats'), r.revision, "
        "r.revision + 1 from side s cross join (select max(revision) as revision from revision) r "
        f"where s.job_id = {_ONE} and s.to_revision is null",
        "duplicates",
        "SIDE_DOUBLED",
    ),
    "an alias that leads to an alias": (
        "update posting set alias_of = (select max(posting_id) from posting where alias_of is not null) "
        "where posting_id = (select min(posting_id) from posting where alias_of is not null)",
        "gaps",
        "ALIAS_OF_ALIAS",
    ),
    "a revision that is missing": ("delete from revision where revision = 3", "broken", "REVISION_MISSING"),
    "a feed that moved without a revision": (
        "update company set feed = 'legacy', state = 'matching'",
        "broken",
        "FEED_DIFFERS",
    ),
}


@pytest.mark.parametrize("name", PLANTED)
async def test_verify_finds_in_a_copied_database(name: str, world: World, server: Server) -> None:
    planted, counted, code = PLANTED[name]
    await moved(world)
    assert (await verify(world.db, world.company)).broken == []

    found = await copied(server, world, planted)

    assert code in {each.code for each in found.broken}, found.broken
    assert getattr(found, counted)


async def test_verify_of_a_company_that_is_not_there_says_so(world: World) -> None:
    with pytest.raises(UnknownCompany):
        await verify(world.db, 12)
