"""The invented world, and its sites answering on loopback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from changeover.demo.sites import Sites
from changeover.demo.world import World


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def sites(world: World) -> Iterator[Sites]:
    with Sites(world) as running:
        yield running
