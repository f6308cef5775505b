"""Every source of the demo read as the product reads it, over real HTTP, and matched as the product matches."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

import pyarrow as pa
import pytest

from changeover.demo.push import payload
from changeover.demo.sites import Sites
from changeover.demo.world import World
from changeover.job import Job, Lane
from changeover.match.pairing import pair
from changeover.sources import ats_push, registry
from changeover.sources.fetch import FetchRules
from changeover.sources.source import Completeness, Reading

RULES = FetchRules(allow_private=True, host_delay=0, first_wait=0.01)
LEGACY_KINDS = {
    "quillfeather": "career_site",
    "tidewrack": "indeed",
    "crumbwell": "indeed",
    "owlight": "career_site",
    "fernsluice": "xml_feed",
    "brambleway": "career_site",
}
ATS_KINDS = {"quillfeather": "greenhouse", "tidewrack": "lever", "crumbwell": "greenhouse", "owlight": "ashby"}


async def read(sites: Sites, slug: str, lane: Lane) -> Reading:
    location = sites.legacy_url(slug) if lane is Lane.LEGACY else sites.ats_url(slug)
    return await registry.read(location, None, RULES)


def table(jobs: Sequence[Job]) -> pa.Table:
    names = ("id", "title", "location", "company", "employer_job_id", "description", "url", "workplace_type")
    return pa.table({name: pa.array([getattr(job, name) or None for job in jobs], pa.string()) for name in names})


async def decisions(sites: Sites, slug: str) -> Counter[str]:
    legacy, ats = [(await read(sites, slug, lane)).jobs for lane in Lane]
    return Counter(row["decision"] for row in pair(table(legacy), table(ats)).to_pylist())


class TestWhole:
    @pytest.mark.parametrize(("slug", "kind"), LEGACY_KINDS.items())
    async def test_an_old_source_says_every_job_that_is_open(
        self, world: World, sites: Sites, slug: str, kind: str
    ) -> None:
        reading = await read(sites, slug, Lane.LEGACY)
        assert (reading.kind, reading.completeness, list(reading.problems)) == (kind, Completeness.COMPLETE, [])
        expected = {(job.title, job.employer_job_id) for job in world.jobs(slug, Lane.LEGACY)}
        assert {(job.title, job.employer_job_id) for job in reading.jobs} == expected
        assert len(reading.jobs) == len(world.jobs(slug, Lane.LEGACY))
        assert all(len(job.description) > 100 and job.posted_at and job.url and job.location for job in reading.jobs)

    @pytest.mark.parametrize(("slug", "kind"), ATS_KINDS.items())
    async def test_an_ats_board_says_every_job_that_is_open(
        self, world: World, sites: Sites, slug: str, kind: str
    ) -> None:
        reading = await read(sites, slug, Lane.ATS)
        assert (reading.kind, reading.completeness, list(reading.problems)) == (kind, Completeness.COMPLETE, [])
        held = world.jobs(slug, Lane.ATS)
        assert {job.id: job.title for job in reading.jobs} == {job.number: job.title for job in held}
        if kind != "ashby":  # Ashby's public board has no field for the employer's own id.
            assert {job.id: job.employer_job_id for job in reading.jobs} == {j.number: j.employer_job_id for j in held}

    async def test_a_closed_job_is_simply_not_said_any_more(self, world: World, sites: Sites) -> None:
        world.close("owlight", "rigger")
        for lane in Lane:
            reading = await read(sites, "owlight", lane)
            assert (reading.completeness, len(reading.jobs)) == (Completeness.COMPLETE, 13)


class TestBroken:
    async def test_a_feed_that_is_cut_off_is_partial(self, world: World, sites: Sites) -> None:
        world.truncate("crumbwell")
        reading = await read(sites, "crumbwell", Lane.LEGACY)
        assert reading.completeness is Completeness.PARTIAL
        assert 0 < len(reading.jobs) < 26

    async def test_a_feed_that_shrank_says_that_it_is_whole(self, world: World, sites: Sites) -> None:
        world.shrink("crumbwell")
        reading = await read(sites, "crumbwell", Lane.LEGACY)
        assert (reading.completeness, len(reading.jobs)) == (Completeness.COMPLETE, 8)

    @pytest.mark.parametrize("slug", ["quillfeather", "crumbwell"])
    async def test_a_source_that_is_down_is_failed(self, world: World, sites: Sites, slug: str) -> None:
        world.take_down(slug)
        assert (await read(sites, slug, Lane.LEGACY)).completeness is Completeness.FAILED


class TestMatched:
    @pytest.mark.parametrize(("slug", "pairs"), [("quillfeather", 16), ("crumbwell", 26), ("owlight", 14)])
    async def test_every_job_where_the_demo_says_so(self, sites: Sites, slug: str, pairs: int) -> None:
        assert await decisions(sites, slug) == {"paired": pairs}

    async def test_every_job_that_the_pushing_ats_would_send(self, world: World, sites: Sites) -> None:
        body = payload(world.employer("fernsluice"), world.jobs("fernsluice", Lane.ATS), [], sites.url, complete=True)
        batch = ats_push.parse(json.dumps(body).encode())
        assert isinstance(batch, ats_push.Batch)
        legacy = await read(sites, "fernsluice", Lane.LEGACY)
        found = pair(table(legacy.jobs), table([pushed.job for pushed in batch.pushed])).to_pylist()
        assert Counter(row["decision"] for row in found) == {"paired": 14}

    async def test_not_every_job_where_a_person_is_needed(self, sites: Sites) -> None:
        found = await decisions(sites, "tidewrack")
        assert found["review"] >= 2
        assert found["legacy_only"] >= 2
        assert found["ats_only"] >= 1

    async def test_after_the_fix_all_but_one_doubt_one_dead_job_and_one_new_job(
        self, world: World, sites: Sites
    ) -> None:
        world.fix_in_ats("tidewrack")
        assert await decisions(sites, "tidewrack") == {"paired": 15, "review": 1, "legacy_only": 1, "ats_only": 1}
