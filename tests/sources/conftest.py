"""What the tests of the sources share: a local site, rules that allow it, the real feeds."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from changeover.sources.fetch import Fetcher, FetchRules

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
FEEDS = Path(__file__).parents[3] / "shared" / "data" / "feeds"
QUICK = FetchRules(allow_private=True, host_delay=0, first_wait=0.01, silence_seconds=2, page_seconds=5)


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher(QUICK) as opened:
        yield opened


@pytest.fixture
def feeds() -> Path:
    if not FEEDS.is_dir():
        pytest.skip("the real feeds (shared/data/feeds beside the project) are not here")
    return FEEDS
