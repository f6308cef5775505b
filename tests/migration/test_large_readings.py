"""A reading too large for one revision is written in parts: what crosses it is seen, and nothing is half believed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import pytest

from changeover import acts, readings
from changeover import flow as runs
from changeover.job import Job, Lane
from changeover.postings import store as postings
from changeover.postings.history import verify
from changeover.readings import Taken
from program import World
from promises import broken


def jobs(*numbers: int) -> list[Job]:
    return [Job(id=f"L{n}", title=f"Digger of ditch {n}", employer_job_id=f"R-{n}") for n in numbers]


@pytest.fixture
async def small_parts(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(readings, "CHUNK", 3)
    await world.employ()
    return world


def after_part(number: int, monkeypatch: pytest.MonkeyPatch, happens: Callable[[], Awaitable[object]]) -> None:
    """Have something happen between two parts of a reading."""
    write, seen = readings._write_part, 0

    async def written(*args: Any) -> Any:
        nonlocal seen
        after = await write(*args)
        seen += 1
        if seen == number:
            await happens()
        return after

    monkeypatch.setattr(readings, "_write_part", written)


async def read(world: World) -> object:
    return await runs.read_source(world.flow, world.company, world.legacy)


async def kept(world: World) -> None:
    assert broken(world.db.address.owner) == []
    assert (await verify(world.db, world.company)).broken == []


async def test_all_of_it_is_written(small_parts: World) -> None:
    world = small_parts
    world.tell(Lane.LEGACY, *jobs(*range(10)))
    outcome = await read(world)
    assert isinstance(outcome, Taken)
    assert len(await world.live()) == 10
    await kept(world)


async def test_a_later_reading_that_comes_between_two_parts_has_the_last_word(
    small_parts: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = small_parts
    world.tell(Lane.LEGACY, *jobs(*range(20)))
    await read(world)

    async def later() -> None:
        monkeypatch.undo()
        world.tell(Lane.LEGACY, *jobs(*range(24)))
        assert isinstance(await read(world), Taken)

    after_part(2, monkeypatch, later)
    world.tell(Lane.LEGACY, *jobs(*range(29)))
    assert getattr(await read(world), "code", "") == "READING_DROPPED"
    assert len(await world.live()) == 24
    await kept(world)


async def test_what_an_earlier_reading_does_between_two_parts_is_made_good(
    small_parts: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = small_parts
    world.tell(Lane.LEGACY, *jobs(*range(20)))
    await read(world)
    world.tell(Lane.LEGACY, *jobs(*range(8)))
    await read(world)
    # Held: and accepted while a larger reading, which tells every job, is half written.
    after_part(1, monkeypatch, partial(runs.accept, world.flow, world.company, world.legacy, who="operator"))
    world.tell(Lane.LEGACY, *jobs(*range(29)))
    assert isinstance(await read(world), Taken)
    assert len(await world.live()) == 29
    await kept(world)


async def test_a_source_revoked_between_two_parts_tells_nothing_more(
    small_parts: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = small_parts
    world.tell(Lane.LEGACY, *jobs(*range(4)))
    await read(world)
    after_part(1, monkeypatch, partial(acts.revoke_source, world.flow, world.company, world.legacy, who="operator"))
    world.tell(Lane.LEGACY, *jobs(*range(20)))
    assert getattr(await read(world), "code", "") == "READING_DROPPED"
    assert len(await world.live()) == 7
    await kept(world)


async def test_pairs_that_change_places_in_several_batches_keep_their_history(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postings._batches, "__defaults__", (2,))
    await world.employ()
    world.tell(Lane.LEGACY, *jobs(*range(6)))
    world.tell(Lane.ATS, *(Job(id=f"A{n}", title=f"Digger of ditch {n}", employer_job_id=f"R-{n}") for n in range(6)))
    await world.read(Lane.LEGACY)
    await world.activate()
    await world.read()
    before = await world.live()
    async with world.db.company(world.company) as conn:
        pairs = sorted(await postings.current_pairs(conn, world.company))
    turned = [(legacy, ats) for (legacy, _), (_, ats) in zip(pairs, [*pairs[1:], pairs[0]], strict=True)]
    async with postings.change_postings(world.db, world.company, kind="matched", who="test", why="") as change:
        assert await postings.unpair_jobs(change, pairs) == 6
        assert await postings.pair_jobs(change, turned) == 6
    assert (await world.live()).keys() == before.keys()
    await kept(world)
