"""What a push or a page costs is its own size, not the board's."""

from __future__ import annotations

import asyncio
from itertools import count

from changeover import flow as runs
from changeover.database.connection import TURN, in_turns
from changeover.flow import Push
from changeover.job import Job
from changeover.postings import live
from program import World

FETCHED = "select idx_tup_fetch + seq_tup_read as rows from pg_stat_xact_user_tables where relname = 'job'"

KEPT = """
select name, generic_plans, cardinality(parameter_types) as keys from pg_prepared_statements
where statement like '%from public_%'
"""


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


async def test_a_page_goes_by_its_keys_however_small_the_board_was_when_it_was_first_shown(world: World) -> None:
    await world.employ(push=True)
    for _ in range(8):
        await live.look_up(world.db, world.company, 7)
        await live.page(world.db, company_id=world.company, before=live.NEWEST, size=50)
    async with world.db.board() as conn:
        await conn.execute("set local plan_cache_mode = force_generic_plan")
        kept = await (await conn.execute(KEPT)).fetchall()
        assert len(kept) == 3
        for each in kept:
            assert each["generic_plans"] > 5
            keys = ", ".join(["7"] * each["keys"])
            plan = await (await conn.execute(f"explain execute {each['name']} ({keys})".encode())).fetchall()
            told = "\n".join(row["QUERY PLAN"] for row in plan)
            assert "Seq Scan" not in told, told
            assert "Sort" not in told, told


async def test_a_large_answer_is_taken_in_turns_with_what_else_the_process_does(world: World) -> None:
    turns = count()

    async def page() -> None:
        while True:
            next(turns)
            await asyncio.sleep(0)

    async with world.db.board() as conn:
        answer = await conn.execute("select generate_series(1, %s) as n", (4 * TURN,))
        beside = asyncio.create_task(page())
        told = [row["n"] async for rows in in_turns(answer) for row in rows]
        beside.cancel()
    assert told == list(range(1, 4 * TURN + 1))
    assert next(turns) >= 4
