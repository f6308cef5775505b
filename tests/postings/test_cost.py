"""What a push costs is its own size, not the board's."""

from __future__ import annotations

from changeover import flow as runs
from changeover.flow import Push
from changeover.job import Job
from program import World

FETCHED = "select idx_tup_fetch + seq_tup_read as rows from pg_stat_xact_user_tables where relname = 'job'"


async def test_a_push_does_not_look_at_what_was_pushed_before_it(world: World) -> None:
    # On a new board the first pushes are planned while its tables are empty, and those plans are kept.
    await world.employ(push=True)
    fetched = []
    for nth in range(24):
        jobs = [Job(f"{nth}-{n}", "Night Baker", "York, England", description="Bread. " * 20) for n in range(60)]
        async with runs.pushing(world.flow, world.company, who="test") as push:
            assert isinstance(push, Push)
            conn = push.change.conn
            before = await (await conn.execute(FETCHED)).fetchone()
            await push.write(jobs, {})
            after = await (await conn.execute(FETCHED)).fetchone()
            fetched.append(after["rows"] - before["rows"] if before and after else 0)
    assert fetched[-1] < 60 * 10, fetched
