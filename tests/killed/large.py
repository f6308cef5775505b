"""A large feed read for the first time: kept as its snapshot and written from there, whenever its reader is killed."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from typing import Any

import pytest

import large_feeds
from changeover import flow as runs
from changeover.app import source_reader
from changeover.database.revise import create_company, revise
from changeover.job import Lane
from changeover.settings import Settings
from changeover.snapshot import store as snapshots
from killed.killing import ask
from killed.receiving import Receiver
from program import World

# Each feed is gone when the tests are over.
_FEEDS = list[Any]()


async def unread(world: World, _outside: Receiver) -> dict[str, Any]:
    """A company with a feed that was never read."""
    feed = tempfile.NamedTemporaryFile(suffix=".xml")  # noqa: SIM115 - see _FEEDS
    _FEEDS.append(feed)
    feed.write(large_feeds.feed(large_feeds.ALL).encode())
    feed.flush()
    company = await create_company(world.db, "Ditches", who="test")
    async with revise(world.db, company, kind="source_added", who="test", why="A feed.") as change:
        source = await snapshots.add_source(change, lane=Lane.LEGACY, kind="indeed", location=feed.name)
    return {"company": company, "source": source, "fetches": True, "large": True}


def all_open(world: World, order: dict[str, Any]) -> bool:
    """Whether each of its jobs is live, once, and nothing is left of what was kept on the way."""
    live = "select source_job_id as key from job where company_id = %s and lane = 'legacy' and open"
    kept = "select 1 from first_part where company_id = %s union all select 1 from first_snapshot where company_id = %s"
    keys = sorted(row["key"] for row in ask(world, live, order["company"]))
    return keys == sorted(f"L{n}" for n in large_feeds.ALL) and not ask(world, kept, order["company"], order["company"])


async def read(world: World, order: dict[str, Any]) -> None:
    """Read the feed as a large one."""
    with pytest.MonkeyPatch.context() as patch:
        large_feeds.small(patch.setattr)
        flow = replace(world.flow, read=source_reader(Settings()))
        await runs.read_source(flow, order["company"], order["source"])
