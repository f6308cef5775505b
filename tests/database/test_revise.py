"""A write that turns out to change nothing leaves no trace, whatever becomes of its connection."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager

import psycopg
import pytest

from changeover.database.board import BoardChange, revise_board
from changeover.database.revise import Change, revise
from program import World


def _beginning(world: World, whose: str) -> AbstractAsyncContextManager[Change | BoardChange]:
    if whose == "board":
        return revise_board(world.db, kind="tried", who="test", why="")
    return revise(world.db, world.company, kind="tried", who="test", why="")


async def _history(world: World) -> list[str]:
    async with world.db.operator() as conn:
        return [row["kind"] for row in await (await conn.execute("select kind from revision")).fetchall()]


@pytest.mark.parametrize("whose", ["company", "board"])
@pytest.mark.parametrize("lost", [False, True], ids=["", "connection lost"])
async def test_what_changes_nothing_ends_quietly(world: World, whose: str, lost: bool) -> None:
    await world.employ()
    before = await _history(world)
    async with _beginning(world, whose) as change:
        if lost:
            pid = change.conn.info.backend_pid
            async with await psycopg.AsyncConnection.connect(world.db.address.owner, autocommit=True) as owner:
                await owner.execute("select pg_terminate_backend(%s)", (pid,))
        raise change.nothing_changed()
    assert await _history(world) == before


async def test_who_writes_to_a_company_writes_to_no_other_meanwhile(world: World) -> None:
    await world.employ()
    first = world.company
    await world.employ()
    async with _beginning(world, "company") as change:
        with pytest.raises(RuntimeError, match=f"company {first} was to be written to within a change of company"):
            async with revise(world.db, first, kind="tried", who="test", why=""):
                pass
        raise change.nothing_changed()
