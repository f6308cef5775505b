"""A company with a contract whose slots are full, for tests of slots."""

from __future__ import annotations

from changeover.contracts import slots, store
from changeover.contracts.slots import Wish
from changeover.contracts.wrapping import Kind, Preview, Rule
from changeover.job import Job
from program import World


async def contract(world: World, number: int, *rules: Rule, seats: int = 1) -> int:
    """A contract with so many slots, its rules as they were agreed to."""
    made = await slots.add_contract(world.db, world.company, "Gold", slots=number, seats=seats, who="test")
    for rule in rules or (Rule(Kind.ALL),):
        await agree(world, made, Wish(add=rule))
    return made


async def agree(world: World, made: int, wish: Wish) -> Preview:
    """Look at what a change would do, and do it."""
    async with world.db.company(world.company) as conn:
        seen = await slots.preview(conn, world.company, made, wish)
    assert isinstance(seen, Preview), seen
    done = await slots.change_contract(world.db, world.company, made, wish, seen=seen.digest, who="test")
    assert done == seen
    return seen


async def wrapped(world: World) -> dict[int, int]:
    """The slot of each posting that holds one and is live."""
    async with world.db.company(world.company) as conn:
        return {it.posting_id: it.slot for it in await store.wraps(conn, world.company) if it.live}


async def promoted(world: World) -> set[str]:
    """What the board calls promoted, by title."""
    live = await world.live()
    rows = [{"company_id": world.company, "posting_id": each} for each in live]
    return {live[posting] for _, posting in await store.promoted(world.db, rows)}


def job(number: int, title: str, description: str = "") -> Job:
    return Job(
        id=str(number),
        title=title,
        location="Oslo, Norway",
        employer_job_id=f"R-{number}",
        description=description,
    )
