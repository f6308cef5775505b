"""A board that learned weights of its own is matched by them, and by the shipped ones when it lays them aside."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from changeover import app
from changeover import flow as runs
from changeover.job import Job, Lane
from changeover.match import store as matches
from changeover.match.weights import own_weights, shipped_weights, write_weights
from changeover.settings import Settings, SettingsRefused
from program import World

LEGACY = [Job(id="L1", title="Marine Biologist for Coastal Surveys", location="Oslo, Norway"),
          Job(id="L2", title="Night Nurse", location="Bergen, Norway")]  # fmt: skip
ATS = [Job(id="A1", title="Marine Biologist, Coastal Survey Programme", location="Oslo"),
       Job(id="A2", title="Baker", location="Lyon, France")]  # fmt: skip


async def counts(world: World) -> dict[str, int]:
    async with world.db.company(world.company) as conn:
        return await matches.finding_counts(conn, world.company)


async def test_what_is_paired_follows_the_weights_of_the_setting(world: World, tmp_path: Path) -> None:
    await world.employ()
    world.tell(Lane.LEGACY, *LEGACY)
    world.tell(Lane.ATS, *ATS)
    await world.read(Lane.LEGACY)
    await world.activate()
    await world.read()
    assert (await counts(world))["paired"] == 1

    # Nothing is accepted by these without an id; every job is the same, and so only the weights can have changed it.
    file = tmp_path / "weights.toml"
    wary = replace(shipped_weights(), accept=50.0)
    file.write_text(write_weights(wary))
    shipped, world.flow = world.flow, replace(world.flow, weights=own_weights(file))
    await runs.run(world.flow, world.company)
    assert "paired" not in await counts(world)

    world.flow = shipped
    await runs.run(world.flow, world.company)
    assert (await counts(world))["paired"] == 1


async def test_a_file_that_holds_no_weights_ends_the_start_with_what_to_do(world: World, tmp_path: Path) -> None:
    (tmp_path / "weights.toml").write_text("[rarity]\n")
    settings = Settings(match_weights=tmp_path / "weights.toml")
    with pytest.raises(SettingsRefused, match=r"holds no weights .* leave the setting match_weights out"):
        app.make_flow(settings, world.db, world.flow.queue, world.flow.read)
