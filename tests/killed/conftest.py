"""What the tests that kill may ask for: a process that forks the children to be killed."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from killed.killing import Nursery, nursery


@pytest.fixture(scope="session")
async def children() -> AsyncIterator[Nursery]:
    async with nursery() as made:
        yield made
