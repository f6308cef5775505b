"""No article, recording, product, home or event becomes a posting; no feed of jobs is refused for telling little."""

from __future__ import annotations

import pytest

from changeover.sources import registry
from changeover.sources.fetch import Fetcher
from changeover.sources.source import Completeness
from changeover.sources.xml_feed import read_feed

from .feeds_of_others import JOBS, OTHERS, rss
from .local_server import LocalServer
from .test_odd_feeds import read


@pytest.mark.parametrize("things", OTHERS)
def test_a_feed_of_other_things_is_refused_with_what_was_seen_and_what_to_do(things: str) -> None:
    body, seen = OTHERS[things]
    found = read(body)
    assert (found.completeness, [problem.code for problem in found.problems]) == (Completeness.FAILED, ["NOT_OF_JOBS"])
    assert seen in found.problems[0].sentence
    assert "--kind" in found.problems[0].sentence or "source map" in found.problems[0].sentence


@pytest.mark.parametrize("jobs", JOBS)
def test_a_feed_of_jobs_is_read_however_little_it_tells(jobs: str) -> None:
    found = read(JOBS[jobs])
    assert (len(found.jobs), found.completeness, list(found.problems)) == (2, Completeness.COMPLETE, [])


def test_where_nothing_tells_of_anything_the_items_are_read_and_that_is_said() -> None:
    found = read(rss("Crumb", "/{}", names="Baker|Cook"))
    assert (len(found.jobs), found.completeness) == (2, Completeness.COMPLETE)
    assert [problem.code for problem in found.problems] == ["MAY_BE_NO_JOBS"]


@pytest.mark.parametrize("things", ["a WordPress blog", "films"])
def test_who_says_the_kind_is_believed(things: str) -> None:
    body = OTHERS[things][0]
    found = read_feed([body.encode()], "rss" if body.startswith("<rss") else "atom")
    assert (len(found.jobs), found.completeness, list(found.problems)) == (2, Completeness.COMPLETE, [])


async def test_the_feeds_own_address_tells_too(site: LocalServer, fetcher: Fetcher) -> None:
    site.pages["/blog/feed.xml"] = site.pages["/jobs/feed.xml"] = rss("Crumb", "/{}")
    blog = await registry.read(f"{site.url}/blog/feed.xml", rules=fetcher.rules)
    assert (blog.completeness, blog.problems[0].code) == (Completeness.FAILED, "NOT_OF_JOBS")
    jobs = await registry.read(f"{site.url}/jobs/feed.xml", rules=fetcher.rules)
    assert (len(jobs.jobs), list(jobs.problems)) == (2, [])


async def test_a_sitemap_of_news_is_a_site_without_jobs_and_no_feed_of_them(
    site: LocalServer, fetcher: Fetcher
) -> None:
    news = "<news:news><news:title>We bake</news:title></news:news>"
    site.pages["/news.xml"] = (
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/x">'
        f"<url><loc>{site.url}/news/1</loc>{news}</url></urlset>"
    )
    found = await registry.read(f"{site.url}/news.xml", rules=fetcher.rules)
    assert (found.completeness, [problem.code for problem in found.problems]) == (
        Completeness.FAILED, ["NO_JOBS_FOUND"],
    )  # fmt: skip
