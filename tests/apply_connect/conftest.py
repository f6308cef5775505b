"""A vendor's client, and the world that it pushes to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from pydantic import SecretStr

from apply_connect.wire import KEYS, Receivers, Wire, enable, new_wire
from changeover.apply_connect import hooks, work
from changeover.job import Lane
from changeover.settings import Settings
from changeover.webhooks.outbox import Outbox
from face import Face, new_face
from program import World


@pytest.fixture
def receivers() -> Receivers:
    return Receivers()


@pytest.fixture
async def connected(world: World, receivers: Receivers) -> AsyncIterator[Face]:
    """The world's web with an outbox, whose events come to ``receivers``."""
    outbox = Outbox(world.db, world.flow.queue, receivers, {hooks.CHANNEL: hooks.channel(world.db, lambda: KEYS)})
    work.register(world.flow, outbox)
    async with new_face(world) as face:
        served = face.web.state.served
        settings = Settings(secret_key=SecretStr("k" * 32))
        face.web.state.served = replace(served, outbox=outbox, settings=settings)
        yield face


@pytest.fixture
async def wire(connected: Face, receivers: Receivers) -> Wire:
    """A child that may push for a company in migration."""
    world = connected.world
    await world.employ(push=True)
    world.tell(Lane.LEGACY)
    outbox = connected.web.state.served.outbox
    made = await new_wire(connected, receivers, outbox)
    await enable(made)
    return made
