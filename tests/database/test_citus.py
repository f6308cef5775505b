"""A whole migration on a Citus cluster, where CHANGEOVER_TEST_CITUS_URL names an empty database of one."""

from __future__ import annotations

import os
import re

import psycopg
import pytest

import promises
from changeover.database.connection import Address
from changeover.database.upgrade import upgrade
from changeover.job import Job, Lane
from changeover.migration import store as migrations
from changeover.migration.state import State
from changeover.postings.history import verify
from program import world_on
from shape.measure import ROOT

URL = os.environ.get("CHANGEOVER_TEST_CITUS_URL", "")


def distribute(owner: str) -> None:
    """What docs/scale.md says, word for word."""
    (text,) = re.findall(r"```sql\n(select create_distributed_table.*?)```", (ROOT / "docs/scale.md").read_text(), re.S)
    with psycopg.connect(owner, autocommit=True) as conn:
        conn.execute("create extension if not exists citus")
        for statement in text.split(";\n"):
            if statement.strip():
                conn.execute(statement.encode())


def test_the_docs_say_how_the_tables_are_spread() -> None:
    text = (ROOT / "docs/scale.md").read_text()
    assert text.count("create_distributed_table(") == 2


@pytest.mark.skipif(not URL, reason="needs CHANGEOVER_TEST_CITUS_URL, an empty database of a Citus cluster")
async def test_a_company_is_cut_over_on_a_cluster() -> None:
    address = Address(URL, login_by_role=False)
    upgrade(address)
    distribute(URL)
    async with world_on(address) as world:
        await world.employ()
        for lane in Lane:
            jobs = (
                Job(id=f"{lane}{n}", title=f"Welder {n}", location="Oslo", employer_job_id=f"R-{n}") for n in range(9)
            )
            world.tell(lane, *jobs)
        await world.read(Lane.LEGACY)
        before = await world.live()
        await world.activate()
        await world.read()
        assert await world.live() == before
        async with world.db.company(world.company) as conn:
            assert (await migrations.company(conn, world.company)).state is State.CUT_OVER
        assert promises.broken(URL) == []
        assert not (await verify(world.db, world.company)).broken
