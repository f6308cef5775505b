"""A process killed at any word of a move leaves the state before or after, and the run ends by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import promises
from killed.killing import Child, Nursery, ask, at_rest, employ, forgotten, live, stands, until
from killed.operations import OPERATIONS, each_dies, points, visit
from killed.pushing import BATCHES, SIZE, client, told_again_changes_nothing
from program import World

READY = ("ready", "legacy")
CUT_OVER = ("cut_over", "ats")
ALL_MATCH: dict[str, Any] = {"legacy": [1, 2, 3], "ats": [1, 2, 3]}
# As many at once as the server has places for.
_TOGETHER = 6


@dataclass(frozen=True)
class Killed:
    """A company whose process was killed before the word ``before``, and what it showed until then."""

    company: int
    before: str
    showed: dict[int, str]


def places(said: Sequence[str]) -> list[int]:
    """The numbers of the words to be killed before: every word of the move, and the one after its commit."""
    move = [number for number, where in enumerate(said, 1) if "cutover.move_feed" in where]
    return [*move, move[-1] + 1]


async def killed_before(
    world: World, children: Nursery, act: str, companies: dict[int, dict[str, Any]], **jobs: Any
) -> list[Killed]:
    """Kill one child for each company: before the word of that number in its ``act``."""
    showed = {company: live(world, company) for company in companies}
    dead: list[tuple[int, str, Child]] = []
    waiting = list(companies.items())
    while waiting:
        now, waiting = waiting[:_TOGETHER], waiting[_TOGETHER:]
        begun = [(c, children.begin(world, act, company=c, **order, **jobs)) for c, order in now]
        for company, child in begun:
            before = await child.stops()
            assert before is not None, f"{child.id} came to its end"
            dead.append((company, before, child))
        for _, child in begun:
            await child.dies()
    await forgotten(world, [child for _, _, child in dead])
    return [Killed(company, before, showed[company]) for company, before, _ in dead]


async def brought_to_its_end(world: World, children: Nursery, **jobs: Any) -> None:
    """A fresh program with a worker, and nobody who tells it what was left undone."""
    worker = children.begin(world, "work", stale=1.0, **jobs)
    await until(lambda: at_rest(world))
    await worker.dies()


async def test_a_cut_over_killed_before_any_of_its_words_is_before_or_after_and_completes_by_itself(
    world: World, children: Nursery
) -> None:
    first = children.begin(world, "run", company=await employ(world, **ALL_MATCH), **ALL_MATCH)
    said = await first.tells("said")
    assert stands(world, world.company) == CUT_OVER

    orders = {await employ(world, **ALL_MATCH): {"stop": number} for number in places(said)}
    killed = await killed_before(world, children, "run", orders, **ALL_MATCH)

    # The commit goes out with the move's last words: at one of them all of it stands, before that nothing.
    found = [stands(world, each.company) for each in killed]
    committed = found.index(CUT_OVER)
    assert found == [READY] * committed + [CUT_OVER] * (len(found) - committed)
    assert 0 < committed < len(found)
    assert [each for each in killed if live(world, each.company).keys() != each.showed.keys()] == []
    assert promises.broken(world.db.address.owner) == []

    await brought_to_its_end(world, children, **ALL_MATCH)

    assert [each for each in killed if stands(world, each.company) != CUT_OVER] == []
    assert [each for each in killed if live(world, each.company) != each.showed] == []
    moves = ask(world, "select company_id from revision where kind = 'cut_over' group by 1 having count(*) = 1")
    assert len(moves) == len(killed) + 1
    assert promises.broken(world.db.address.owner) == []


async def test_a_push_that_was_answered_stands_after_kill_9_and_told_again_changes_nothing(
    world: World, children: Nursery
) -> None:
    company = await employ(world, [1], [1], push=True)
    every = list(range(2, 1000))

    pushing = children.begin(world, "push", company=company, ats=every)
    answered = [await pushing.tells("number") for _ in range(3)]
    await pushing.dies()
    await forgotten(world, [pushing])

    stood = _open_pushed(world, company)
    assert [key for key in stood if stood.count(key) > 1] == []
    assert {f"A{number}" for number in answered} <= set(stood)
    assert promises.broken(world.db.address.owner) == []

    # A client that does not know what came through tells it all again: what stood stays at its revision.
    (before,) = ask(world, "select revision from company where company_id = %s", company)
    again = children.begin(world, "push", company=company, ats=[int(key[1:]) for key in stood])
    await again.tells("done")
    assert ask(world, "select revision from company where company_id = %s", company) == [before]
    assert _open_pushed(world, company) == stood


async def test_what_the_wire_answered_stands_after_kill_9_and_told_again_changes_nothing(
    world: World, children: Nursery
) -> None:
    it = await client(world)
    serving = children.begin(world, "serve")
    pushing = asyncio.create_task(it.push_until_it_fails(await serving.tells("url")))
    await until(lambda: len(it.answered) > 3 * SIZE)
    await serving.dies()
    await pushing
    await forgotten(world, [serving])
    assert 0 < len(it.answered) < BATCHES * SIZE
    assert it.lacking() == []
    assert promises.broken(world.db.address.owner) == []

    again = children.begin(world, "serve")
    await told_again_changes_nothing(it, await again.tells("url"))
    assert promises.broken(world.db.address.owner) == []


async def test_the_change_of_the_boards_key_killed_half_way_goes_on_and_loses_no_secret(
    world: World, children: Nursery
) -> None:
    rekey = OPERATIONS["changing the board's key"]
    last = len(await points(world, children, rekey))
    visits = [
        each
        # The others are the soak's.
        for number in (1, last // 4, last // 2, last * 3 // 4, last)
        for each in await visit(world, children, rekey, [number], each_dies, list)
    ]
    assert [each for each in visits if each.broken] == []
    assert {each.after for each in visits} == {False, True}, "killed before all was sealed, and after"


def _open_pushed(world: World, company: int) -> list[str]:
    """What the board has of the ATS's jobs, a line for each that is open with its history begun."""
    rows = ask(
        world,
        "select source_job_id from job join job_open using (company_id, job_id)"
        " join job_text using (company_id, job_id)"
        " where company_id = %s and job.lane = 'ats' and open and to_revision is null order by job_id",
        company,
    )
    return [row["source_job_id"] for row in rows]
