"""The real feeds, boards and pages beside the project, each read with its known count."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from changeover.sources import registry
from changeover.sources.source import Completeness, Reading

from .conftest import FEEDS, NOW, QUICK

BETTER_COUNTED = {
    "ats-ashby/ashby_photoroom.json": 13,  # the page's own query, under data.jobBoard.jobPostings
    "ats-oracle/careerkit_oracle_orc.json": 2,  # two requisitions in one item
    "ats-oracle/careerkit_oracle_orc_detail.json": 1,  # the detail of one job
    "html/careerkit_paylocity.html": 2,  # in the data of its script, as the next
    "html/careerkit_phenom.html": 2,
    "json-other/remoteok.json": 95,  # the first of 96 elements is a legal notice
}
"""Where the list counts a tag or an array that is not quite the jobs."""

UNTITLED = {"xml-indeed/completestaffing_2026-03-04.xml": 2, "xml-indeed/completestaffing_2026-03-20.xml": 3}
"""Real jobs whose title is empty in the feed itself."""

PARTIAL = {
    "xml-indeed/completestaffing_2026-03-04.xml": "LEADING_JUNK",
    "ats-bamboohr/careerkit_bamboohr.json": "COUNT_MISMATCH",
    "ats-greenhouse/careerkit_greenhouse.json": "COUNT_MISMATCH",
    "ats-eightfold/careerkit_eightfold.json": "UNPROVEN",
    "ats-oracle/careerkit_oracle_orc.json": "UNPROVEN",
    "ats-oracle/careerkit_oracle_orc_detail.json": "UNPROVEN",
    "html/careerkit_phenom.html": "COUNT_MISMATCH",
    "json-other/justjoinit.json": "COUNT_MISMATCH",
}
"""Trimmed or broken as they stand, and why each is not taken as whole."""


def listed() -> dict[str, int]:
    if not FEEDS.is_dir():
        return {}
    rows = re.findall(r"^\| ([\w./-]+) \| \d+ \| (\d+) \|", (FEEDS / "README.md").read_text(), re.MULTILINE)
    return {name: int(count) for name, count in rows}


async def read(path: Path) -> Reading:
    return await registry.read(str(path), None, QUICK, now=NOW)


@pytest.mark.parametrize("name", sorted(listed()) or ["(none)"])
async def test_every_file_is_read_with_its_count(feeds: Path, name: str) -> None:
    found = await read(feeds / name)
    expected = BETTER_COUNTED.get(name, listed()[name])
    assert len(found.jobs) == expected
    assert len({job.id for job in found.jobs}) == expected
    assert sum(not job.title for job in found.jobs) == UNTITLED.get(name, 0)
    assert found.unreadable == 0
    if expected == 0:
        assert (found.completeness, found.problems[0].code) == (Completeness.FAILED, "NO_JOB_POSTING")
    elif name in PARTIAL:
        assert (found.completeness, found.problems[0].code) == (Completeness.PARTIAL, PARTIAL[name])
    else:
        assert found.complete


async def test_the_folder_of_pages_gives_the_one_job_and_names_the_rest(feeds: Path) -> None:
    found = await read(feeds / "html")
    assert (len(found.jobs), found.completeness) == (1, Completeness.PARTIAL)
    assert len(found.problems) == 14


async def test_two_readings_of_one_feed_share_the_ids_that_survived(feeds: Path) -> None:
    before = await read(feeds / "xml-indeed/completestaffing_2026-03-04.xml")
    after = await read(feeds / "xml-indeed/completestaffing_2026-03-20.xml")
    assert len({job.id for job in before.jobs} & {job.id for job in after.jobs}) == 192


async def test_a_storm_of_twins_is_kept_as_rows_of_their_requisitions(feeds: Path) -> None:
    for name, requisitions in (
        ("xml-indeed/paretti_indeed_2017.xml", 40),
        ("xml-other/paretti_careerjet_2017.xml", 39),
    ):
        found = await read(feeds / name)
        assert len({job.requisition for job in found.jobs}) == requisitions
        assert "ID_REPEATED" in [problem.code for problem in found.problems]
        assert {job.id for job in (await read(feeds / name)).jobs} == {job.id for job in found.jobs}


async def test_every_description_is_neutral(feeds: Path) -> None:
    for path in [feeds / name for name in listed()]:
        for job in (await read(path)).jobs:
            assert not re.search(r"<(?:script|style|iframe|img|object)\b|\son\w+=", job.description, re.IGNORECASE)
