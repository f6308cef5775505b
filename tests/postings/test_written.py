"""The live set as files: what a feed of it says reads back as it was told, and where jobs are is in its own fields."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from lxml import etree

from changeover.postings.written import FRAMES, one
from changeover.sources.xml_feed import read_feed

ROW = {
    "company_id": 1,
    "posting_id": 5_000_000_000_000_000,
    "employer": "Ferrous & Sons",
    "company_name": "",
    "title": "Night Baker",
    "location": "York, England, United Kingdom",
    "employer_job_id": "CB-801",
    "description": "<p>You bake.</p>",
    "apply_url": "",
    "workplace_type": "",
    "posted_at": datetime(2026, 3, 2, tzinfo=UTC),
}
HOME = "https://board.example"


@pytest.mark.parametrize(
    ("location", "parts"),
    [
        ("York, England, United Kingdom", {"city": "York", "state": "England", "country": "GB"}),
        ("Springfield, IL", {"city": "Springfield", "state": "IL", "country": "US"}),
        ("Oslo; Bergen, Norway", {"city": "Oslo", "country": "NO"}),
        ("Remote, Norway", {"country": "NO"}),
        ("Remote", {}),
        ("Nowhere at all", {"city": "Nowhere at all"}),
        ("", {}),
        (" , ; ,", {}),
    ],
)
def test_a_place_is_told_whole_and_in_the_fields_that_feeds_have_for_its_parts(
    location: str, parts: dict[str, str]
) -> None:
    written = one({**ROW, "location": location}, HOME, "xml")
    element = etree.fromstring(written)
    assert element.findtext("location", "") == location
    told = {name: text for name in ("city", "state", "country") if (text := element.findtext(name))}
    assert told == parts


def test_the_feed_reads_back_as_what_was_written() -> None:
    head, tail = FRAMES["xml"]
    reading = read_feed([(head + one(ROW, HOME, "xml") + tail).encode()])
    assert (reading.kind, reading.complete, list(reading.problems)) == ("indeed", True, [])
    [job] = reading.jobs
    assert (job.id, job.title, job.location, job.employer_job_id, job.url) == (
        "1-5000000000000000",
        "Night Baker",
        ROW["location"],
        "CB-801",
        "https://board.example/jobs/1-5000000000000000",
    )
