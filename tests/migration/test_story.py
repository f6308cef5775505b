"""An employer moves to its ATS: nothing disappears, nothing shows twice, and there is a way back."""

from __future__ import annotations

from changeover import acts
from changeover import flow as runs
from changeover.cutover import Moved
from changeover.job import Job, Lane
from changeover.migration import store as migrations
from changeover.migration.state import State
from program import World


def job(key: str, title: str, *, place: str = "Oslo, Norway", requisition: str = "") -> Job:
    return Job(id=key, title=title, location=place, employer_job_id=requisition)


LEGACY = [job(f"L{n}", f"Engineer {name}", requisition=f"R-{n}") for n, name in enumerate(("Iron", "Tin", "Zinc"), 10)]
ATS = [job(f"A{n}", f"Engineer {name}", requisition=f"R-{n}") for n, name in enumerate(("Iron", "Tin", "Zinc"), 10)]


async def state(world: World) -> State:
    async with world.db.company(world.company) as conn:
        return (await migrations.company(conn, world.company)).state


async def test_an_employer_whose_jobs_all_match_moves_by_itself_and_keeps_every_address(world: World) -> None:
    await world.employ()
    world.tell(Lane.LEGACY, *LEGACY)
    world.tell(Lane.ATS, *ATS)
    await world.read(Lane.LEGACY)
    before = await world.live()
    assert len(before) == 3

    await world.activate()
    await world.read()

    assert await state(world) is State.CUT_OVER
    assert await world.live() == before


async def test_revert_shows_the_same_postings_and_does_not_cut_over_again_by_itself(world: World) -> None:
    await world.employ()
    world.tell(Lane.LEGACY, *LEGACY)
    world.tell(Lane.ATS, *ATS)
    await world.read(Lane.LEGACY)
    before = await world.live()
    await world.activate()
    await world.read()

    seen = (await acts.preview(world.flow, world.company)).preview.digest
    outcome = await acts.revert(world.flow, world.company, seen=seen, who="test")
    assert isinstance(outcome, Moved), outcome
    await world.read()
    await runs.run(world.flow, world.company)

    assert await world.live() == before
    assert await state(world) is State.READY
