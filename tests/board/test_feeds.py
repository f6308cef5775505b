"""Programs find every live posting: in the sitemap's parts, as RSS, and as a JobPosting that is whole."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import pytest
from lxml import etree
from selectolax.lexbor import LexborHTMLParser

from changeover.board import feeds, job_posting
from changeover.job import Job, Lane
from face import LEGACY, Face, job
from program import World

SPACE = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def xml(text: str) -> etree._Element:
    return etree.fromstring(text.encode())


async def test_the_sitemap_has_every_live_posting_once(
    world: World, face: Face, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "PART", 7)
    await world.employ()
    world.tell(Lane.LEGACY, *(job(f"L{n}", f"Role {n}") for n in range(40)))
    await world.read(Lane.LEGACY)
    index = xml((await face.stranger.get("/sitemap.xml")).text)
    parts = [str(each) for each in index.xpath("//s:loc/text()", namespaces=SPACE)]
    assert len(parts) == 6
    found: list[str] = []
    for part in parts:
        found += xml((await face.stranger.get(part)).text).xpath("//s:url/s:loc/text()", namespaces=SPACE)
    assert sorted(found) == sorted(f"{face.url}/jobs/{world.company}-{each}" for each in await world.live())
    assert (await face.stranger.get("/sitemap/x.xml")).status_code == 404


async def test_an_empty_board_has_a_sitemap_and_a_feed(face: Face) -> None:
    assert len(xml((await face.stranger.get("/sitemap.xml")).text)) == 1
    assert len(xml((await face.stranger.get("/sitemap/0.xml")).text)) == 0
    assert xml((await face.stranger.get("/jobs.rss")).text).xpath("//item") == []


async def test_the_feed_follows_a_search(world: World, face: Face) -> None:
    await world.employ()
    world.tell(Lane.LEGACY, *LEGACY, job("L9", "Welder <&> Son"))
    await world.read(Lane.LEGACY)
    answer = await face.stranger.get("/jobs.rss?q=welder")
    assert answer.headers["content-type"].startswith("application/rss+xml")
    (item,) = xml(answer.text).xpath("//item")
    assert item.findtext("title") == "Welder <&> Son · Ferrous & Sons"
    assert parsedate_to_datetime(item.findtext("pubDate")).tzinfo is not None
    assert (await face.stranger.get(item.findtext("link"))).status_code == 200
    assert len(xml((await face.stranger.get("/jobs.rss")).text).xpath("//item")) == len(LEGACY) + 1


async def test_robots_are_told_where_to_go(face: Face) -> None:
    told = (await face.stranger.get("/robots.txt")).text
    assert f"Sitemap: {face.url}/sitemap.xml" in told
    assert "Disallow: /applications" in told


ROW = {
    "company_id": 1,
    "posting_id": 5_000_000_000_000_000,
    "employer": "Ferrous & Sons",
    "company_name": "",
    "title": "Night Baker",
    "description": "<p>You bake.</p>",
    "location": "York, England",
    "employer_job_id": "CB-801",
    "workplace_type": "",
    "posted_at": datetime(2026, 3, 2, tzinfo=UTC),
    "extra": {},
}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"location": "Oslo, Norway"}, {"jobLocation": {"addressLocality": "Oslo", "addressCountry": "NO"}}),
        (
            {"location": "Springfield, IL"},
            {"jobLocation": {"addressLocality": "Springfield", "addressRegion": "IL", "addressCountry": "US"}},
        ),
        ({"extra": {"employmentType": "Full-time"}}, {"employmentType": "FULL_TIME"}),
        ({"extra": {"employmentType": ["PART_TIME", "intern"]}}, {"employmentType": ["PART_TIME", "INTERN"]}),
        ({"extra": {"employmentType": {"odd": 1}, "validThrough": 7}}, {}),
        (
            {"extra": {"salary": "€3,000 - €3,500 per month"}},
            {
                "baseSalary": {
                    "@type": "MonetaryAmount",
                    "currency": "EUR",
                    "value": {"@type": "QuantitativeValue", "minValue": 3000, "maxValue": 3500, "unitText": "MONTH"},
                }
            },
        ),
        ({"extra": {"validThrough": "2026-05-01T00:00:00+00:00"}}, {"validThrough": "2026-05-01T00:00:00+00:00"}),
        (
            {"workplace_type": "remote", "location": "Remote, Norway"},
            {"jobLocationType": "TELECOMMUTE", "applicantLocationRequirements": {"@type": "Country", "name": "NO"}},
        ),
    ],
)
def test_a_job_posting_says_what_is_known(more: dict[str, object], said: dict[str, object]) -> None:
    made = job_posting.job_posting({**ROW, **more}, "https://board.example/jobs/1-5")
    for name, value in said.items():
        if name == "jobLocation":
            assert value.items() <= made[name]["address"].items()  # type: ignore[attr-defined]
        else:
            assert made[name] == value


async def test_every_job_posting_has_what_search_engines_require(world: World, face: Face) -> None:
    """Google's required properties: title, description, datePosted, hiringOrganization, jobLocation with a country."""
    await world.employ()
    world.tell(Lane.LEGACY, job("L1", "Night Baker"), Job("L2", "Pastry Chef", "Leith, Scotland; Oslo, Norway"))
    await world.read(Lane.LEGACY)
    for posting in await world.live():
        page = LexborHTMLParser((await face.stranger.get(f"/jobs/{world.company}-{posting}")).text)
        node = page.css_first('script[type="application/ld+json"]')
        assert node is not None
        said = json.loads(node.text())
        assert said["@context"] == "https://schema.org"
        assert said["@type"] == "JobPosting"
        assert said["title"]
        assert said["description"]
        assert datetime.fromisoformat(said["datePosted"])
        assert said["hiringOrganization"] == {"@type": "Organization", "name": "Ferrous & Sons"}
        places = said["jobLocation"] if isinstance(said["jobLocation"], list) else [said["jobLocation"]]
        assert all(place["@type"] == "Place" and place["address"]["addressCountry"] for place in places)
