"""A run of a company of which nothing has changed asks little: a board has thousands of them."""

from __future__ import annotations

from changeover import flow as runs
from changeover.job import Job, Lane
from model.faults import Fault, armed, listen
from program import World


async def test_a_run_that_finds_nothing_to_do_says_few_words_to_the_database(world: World) -> None:
    listen()
    await world.employ()
    world.tell(Lane.LEGACY, Job(id="L1", title="Keeper", employer_job_id="R-1"), Job(id="L2", title="Warden"))
    world.tell(Lane.ATS, Job(id="A1", title="Keeper", employer_job_id="R-1"))
    await world.read(Lane.LEGACY)
    await world.activate()
    await world.read()
    with armed(Fault(1_000, "raised")) as words:
        await runs.run(world.flow, world.company)
    assert words.said <= 24
