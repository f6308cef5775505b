"""History is chained: whoever changes it, with whatever rights, is found by the next check."""

from __future__ import annotations

import psycopg
import pytest
from psycopg.rows import dict_row

from changeover import acts
from changeover.accounts import people
from changeover.accounts.account import Role
from changeover.database.board import BOARD
from changeover.database.chain import chain
from face import migrate
from program import World


def tamper(world: World, statement: str, **said: object) -> None:
    """As the owner of the database, whom no wall holds."""
    with psycopg.connect(world.db.address.owner, row_factory=dict_row, options="-c search_path=changeover") as conn:
        changed = conn.execute(statement, {"company": world.company, **said}).rowcount
        assert changed > 0, statement


async def test_a_history_that_nobody_touched_is_whole(world: World) -> None:
    await migrate(world)
    await acts.hold(world.flow, world.company, held=True, who="test", why="Wait: 'quoted', ünïcode, 10 %.")
    it = await chain(world.db, world.company)
    assert (it.broken_at, it.unchained) == (None, 0)
    assert it.rows > 5
    assert len(it.head) == 64
    # The connection's time zone and language do not matter.
    with psycopg.connect(world.db.address.owner, autocommit=True) as conn:
        conn.execute("alter role changeover_app set timezone = 'Asia/Kathmandu'")
        try:
            assert await chain(world.db, world.company) == it
        finally:
            conn.execute("alter role changeover_app reset timezone")


@pytest.mark.parametrize(
    "change",
    [
        "why = 'somebody else'",
        "who = 'somebody else'",
        "at = at + interval '1 second'",
        "detail = '{}'",
        "state = 'finished'",
        "position = position + 1",
        "hash = sha256('x')",
        "kind = 'other'",
    ],
)
async def test_a_row_that_was_changed_is_found(world: World, change: str) -> None:
    await migrate(world)
    await acts.hold(world.flow, world.company, held=True, who="test", why="Wait.")
    async with world.db.company(world.company) as conn:
        rows = await (await conn.execute("select revision from revision where detail <> '{}'")).fetchall()
    at = rows[-1]["revision"]
    tamper(world, f"update revision set {change} where company_id = %(company)s and revision = %(at)s", at=at)
    it = await chain(world.db, world.company)
    assert it.broken_at == at
    assert "changed" in it.sentence


async def test_a_row_that_was_deleted_is_found_at_either_end_and_between(world: World) -> None:
    await migrate(world)
    last = (await chain(world.db, world.company)).rows
    for gone, found in ((last, last), (3, 4), (1, 2)):
        tamper(world, "delete from revision where company_id = %(company)s and revision = %(at)s", at=gone)
        assert (await chain(world.db, world.company)).broken_at == found


async def test_a_row_that_was_put_between_is_found(world: World) -> None:
    await migrate(world)
    last = (await chain(world.db, world.company)).rows
    tamper(
        world,
        "insert into revision (company_id, revision, at, kind, who, why, feed, state, position, hash) "
        "select company_id, %(next)s, at, kind, who, why, feed, state, position, hash from revision "
        "where company_id = %(company)s and revision = %(last)s",
        last=last,
        next=last + 1,
    )
    tamper(world, "update company set revision = revision + 1 where company_id = %(company)s")
    assert (await chain(world.db, world.company)).broken_at == last + 1


async def test_rows_of_an_older_version_are_bound_by_the_next_one(world: World) -> None:
    await migrate(world)
    tamper(world, "update revision set hash = null where company_id = %(company)s")
    before = await chain(world.db, world.company)
    assert (before.broken_at, before.unchained) == (None, before.rows)
    await acts.hold(world.flow, world.company, held=True, who="test", why="Wait.")
    after = await chain(world.db, world.company)
    assert (after.broken_at, after.unchained) == (None, before.rows)
    tamper(world, "update revision set why = 'else' where company_id = %(company)s and revision = 2")
    assert (await chain(world.db, world.company)).broken_at == after.rows


async def test_the_boards_own_history_is_chained_too(world: World) -> None:
    for name in ("ada", "ben", "eve"):
        await people.add(world.db, f"{name}@example.org", "", Role.OPERATOR, (), who="test")
    it = await chain(world.db, BOARD)
    assert (it.rows, it.broken_at, it.unchained) == (3, None, 0)
    tamper(world, "update board_revision set who = 'nobody' where revision = 2")
    assert (await chain(world.db, BOARD)).broken_at == 2
