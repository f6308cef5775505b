"""Career sites over real HTTP: found by sitemap or listing, proved whole, or said not to be."""

from __future__ import annotations

import dataclasses
import gzip
import json

import pytest

from changeover.sources.career_site import read_site
from changeover.sources.fetch import Fetcher
from changeover.sources.listing import looks_like_job, read_listing
from changeover.sources.sitemap import read_sitemap
from changeover.sources.source import Completeness, Reading

from .conftest import NOW, QUICK
from .local_server import Asked, LocalServer, Told


def job_page(title: str = "Nurse", number: object = 7, head: str = "", **more: object) -> str:
    posting = {"@type": "JobPosting", "title": title, "identifier": number, "description": "x", **more}
    return f'<html><head>{head}<script type="application/ld+json">{json.dumps(posting)}</script></head></html>'


def sitemap(*urls: str, root: str = "urlset", item: str = "url") -> str:
    inner = "".join(f"<{item}><loc>{url}</loc></{item}>" for url in urls)
    return f'<?xml version="1.0"?><{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{inner}</{root}>'


def with_jobs(site: LocalServer, *numbers: int) -> list[str]:
    site.pages["/"] = "<html>Welcome</html>"
    for number in numbers:
        site.pages[f"/jobs/{number}"] = job_page(f"Job {number}", number)
    return [f"{site.url}/jobs/{number}" for number in numbers]


async def read(site: LocalServer, fetcher: Fetcher, path: str = "/") -> Reading:
    reading = await read_site(site.url + path, fetcher, NOW)
    assert all(problem.sentence.rstrip().endswith(".") for problem in reading.problems)
    return reading


def ids(reading: Reading) -> list[str]:
    return [job.id for job in reading.jobs]


def codes(reading: Reading) -> list[str]:
    return [problem.code for problem in reading.problems]


class TestPagesThatAreNotCalledLikeJobs:
    """Addresses such as /join-us/baker look like no job's; the pages that they lead to say what they are."""

    async def test_are_found_by_what_they_carry(self, site: LocalServer, fetcher: Fetcher) -> None:
        for name in ("baker", "miller"):
            site.pages[f"/join-us/{name}"] = job_page(name, name)
        site.pages["/join-us/why"] = "<html>We are nice</html>"
        listed = [f"{site.url}/join-us/{name}" for name in ("baker", "miller", "why")]
        site.pages["/sitemap.xml"] = sitemap(site.url + "/", *listed)
        site.pages["/"] = "<html>Welcome</html>"
        reading = await read(site, fetcher)
        assert (ids(reading), reading.complete, codes(reading)) == (["/join-us/baker", "/join-us/miller"], True, [])

    async def test_are_found_from_the_links_of_the_page_that_was_given(
        self, site: LocalServer, fetcher: Fetcher
    ) -> None:
        site.pages["/join-us/baker.html"] = job_page("Baker", 1)
        site.pages["/join-us/"] = '<html><a href="baker.html">Baker</a> <a href="/imprint">Imprint</a></html>'
        reading = await read(site, fetcher, "/join-us/")
        assert (ids(reading), reading.complete) == (["/join-us/baker.html"], True)

    async def test_leave_a_reading_partial_where_they_are_too_many_to_try(
        self, site: LocalServer, fetcher: Fetcher
    ) -> None:
        site.pages["/"] = "<html>Welcome</html>"
        site.pages["/people/0"] = job_page("Baker", 1)
        site.pages["/sitemap.xml"] = sitemap(*(f"{site.url}/people/{number}" for number in range(150)))
        for number in range(1, 150):
            site.pages[f"/people/{number}"] = "<html>A person</html>"
        reading = await read(site, fetcher)
        assert (ids(reading), reading.completeness) == (["/people/0"], Completeness.PARTIAL)
        assert codes(reading) == ["PAGES_LEFT"]

    async def test_a_site_without_any_says_so(self, site: LocalServer, fetcher: Fetcher) -> None:
        site.pages["/"] = '<html><a href="/people/ida">Ida</a></html>'
        site.pages["/people/ida"] = "<html>A person</html>"
        reading = await read(site, fetcher)
        assert (reading.completeness, codes(reading)) == (Completeness.FAILED, ["NO_JOBS_FOUND"])


class TestBySitemap:
    async def test_every_page_of_the_sitemap_is_read(self, site: LocalServer, fetcher: Fetcher) -> None:
        site.pages["/sitemap.xml"] = sitemap(site.url + "/", site.url + "/about", *with_jobs(site, 1, 2, 3))
        reading = await read(site, fetcher)
        assert ids(reading) == ["/jobs/1", "/jobs/2", "/jobs/3"]
        assert (reading.complete, codes(reading)) == (True, [])
        assert [job.employer_job_id for job in reading.jobs] == ["1", "2", "3"]

    async def test_what_an_https_site_lists_over_http_is_read_over_https(
        self, secure: LocalServer, fetcher: Fetcher
    ) -> None:
        listed = [address.replace("https:", "http:") for address in with_jobs(secure, 1, 2)]
        secure.pages["/robots.txt"] = f"Sitemap: {listed[0].removesuffix('jobs/1')}a.xml"
        secure.pages["/a.xml"] = sitemap(*listed)
        secure.pages["/"] = f'<a href="{listed[0].removesuffix("1")}3">A job</a>'
        secure.pages["/jobs/3"] = job_page("Job 3", 3)
        reading = await read(secure, fetcher)
        assert (sorted(ids(reading)), codes(reading)) == (["/jobs/1", "/jobs/2", "/jobs/3"], [])

    async def test_an_index_of_compressed_sitemaps_named_by_robots(self, site: LocalServer, fetcher: Fetcher) -> None:
        urls = with_jobs(site, 1, 2)
        site.pages["/robots.txt"] = f"User-agent: *\nDisallow:\nSitemap: {site.url}/maps/index.xml\n"
        site.pages["/maps/index.xml"] = sitemap(f"{site.url}/maps/1.xml.gz", root="sitemapindex", item="sitemap")
        site.pages["/maps/1.xml.gz"] = gzip.compress(sitemap(*urls).encode())
        assert ids(await read(site, fetcher)) == ["/jobs/1", "/jobs/2"]

    async def test_the_sitemap_itself_may_be_given(self, site: LocalServer, fetcher: Fetcher) -> None:
        site.pages["/x.xml"] = sitemap(*with_jobs(site, 1))
        assert ids(await read(site, fetcher, "/x.xml")) == ["/jobs/1"]

    async def test_a_sitemap_that_is_cut_off_is_not_whole(self, site: LocalServer, fetcher: Fetcher) -> None:
        site.pages["/sitemap.xml"] = sitemap(*with_jobs(site, 1, 2))[:-9]
        reading = await read(site, fetcher)
        assert (len(reading.jobs), reading.completeness, codes(reading)) == (2, Completeness.PARTIAL, ["CUT_OFF"])

    async def test_a_sitemap_that_fails_is_not_no_sitemap(self, site: LocalServer, fetcher: Fetcher) -> None:
        with_jobs(site, 1)
        site.pages["/"] = '<a href="/jobs/1">Nurse</a>'
        site.pages["/sitemap.xml"] = Told(status=503)
        reading = await read(site, fetcher)
        assert (ids(reading), reading.completeness) == (["/jobs/1"], Completeness.PARTIAL)

    async def test_a_sitemap_whose_jobs_are_all_on_another_host_is_no_site_without_jobs(
        self, site: LocalServer, fetcher: Fetcher
    ) -> None:
        with_jobs(site)
        site.pages["/sitemap.xml"] = sitemap(f"{site.url}/", "https://jobs.other.example/jobs/1")
        reading = await read(site, fetcher)
        assert (reading.completeness, codes(reading)) == (Completeness.FAILED, ["JOBS_ELSEWHERE"])
        assert "jobs.other.example" in reading.problems[0].sentence

    async def test_an_index_may_lead_to_sitemaps_on_another_host(self, site: LocalServer, fetcher: Fetcher) -> None:
        elsewhere = site.url.replace("127.0.0.1", "localhost")
        site.pages["/sitemap.xml"] = sitemap(f"{elsewhere}/maps/1.xml", root="sitemapindex", item="sitemap")
        site.pages["/maps/1.xml"] = sitemap(*with_jobs(site, 1))
        assert ids(await read(site, fetcher)) == ["/jobs/1"]

    async def test_a_check_of_who_asks_is_no_page_without_a_job(self, site: LocalServer, fetcher: Fetcher) -> None:
        site.pages["/sitemap.xml"] = sitemap(*with_jobs(site, 1, 2))
        site.pages["/jobs/2"] = "<html><head><title>Just a moment...</title></head><body>x</body></html>"
        reading = await read(site, fetcher)
        assert (ids(reading), reading.completeness, codes(reading)) == (["/jobs/1"], Completeness.PARTIAL, ["BLOCKED"])

    async def test_a_whole_sitemap_without_jobs_is_a_whole_reading_of_none(
        self, site: LocalServer, fetcher: Fetcher
    ) -> None:
        with_jobs(site)
        site.pages["/sitemap.xml"] = sitemap(site.url + "/")
        reading = await read(site, fetcher)
        assert (len(reading.jobs), reading.complete, codes(reading)) == (0, True, ["NO_JOBS"])


class TestByListing:
    async def test_links_and_further_pages_are_followed(self, site: LocalServer, fetcher: Fetcher) -> None:
        with_jobs(site, 1, 2, 3)
        site.pages["/"] = '<a href="/jobs/1">One</a><a href="/about">x</a><a rel="next" href="/?page=2">more</a>'
        site.pages["/?page=2"] = (
            '<a href="/jobs/2">Two</a><a href="https://other.example/jobs/9">x</a><a href="?page=3">3</a>'
        )
        site.pages["/?page=3"] = '<a href="/jobs/3">Three</a><a href="?page=2">back</a><a href="?page=4">4</a>'
        site.pages["/?page=4"] = site.pages["/?page=3"]
        reading = await read(site, fetcher)
        assert (ids(reading), reading.complete) == (["/jobs/1", "/jobs/2", "/jobs/3"], True)

    async def test_a_missing_page_of_the_listing_is_not_the_end(self, site: LocalServer, fetcher: Fetcher) -> None:
        with_jobs(site, 1)
        site.pages["/"] = '<a href="/jobs/1">One</a><a rel="next" href="/?page=2">more</a>'
        site.pages["/?page=2"] = Told(status=500)
        reading = await read(site, fetcher)
        assert (ids(reading), reading.completeness, codes(reading)) == (["/jobs/1"], Completeness.PARTIAL, ["HTTP_500"])

    async def test_one_jobs_page_is_a_source_of_one_job(self, site: LocalServer, fetcher: Fetcher) -> None:
        site.pages["/jobs/7"] = job_page()
        assert ids(await read(site, fetcher, "/jobs/7")) == ["/jobs/7"]

    async def test_one_jobs_page_that_links_to_others_is_among_them(self, site: LocalServer, fetcher: Fetcher) -> None:
        with_jobs(site, 1)
        site.pages["/jobs/7"] = job_page() + '<a href="/jobs/1">Similar</a>'
        assert sorted(ids(await read(site, fetcher, "/jobs/7"))) == ["/jobs/1", "/jobs/7"]

    @pytest.mark.parametrize(
        ("path", "job"),
        [
            ("/jobs/123", True),
            ("/en/careers/nurse-boston", True),
            ("/job/nurse/123/apply-now-1", True),
            ("/job-opening.php?req=1", True),
            ("/stellenangebote/koch-berlin", True),
            ("/index.php?jobId=9", True),
            ("/job-4711.html", True),
            ("/jobs", False),
            ("/jobs/search", False),
            ("/blog/2026/news", False),
            ("/careers/style.css", False),
            ("/jobs/page/2", False),
        ],
    )
    def test_what_looks_like_a_job(self, path: str, job: bool) -> None:
        assert looks_like_job("https://acme.example" + path) is job

    def test_links_to_elsewhere_are_no_jobs_of_the_site(self) -> None:
        body = b"<a href='//evil.example/jobs/1'>x</a><a href='javascript:x'>y</a><a href='/jobs/2#top'>z</a>"
        assert read_listing(body, "https://acme.example/jobs").jobs == ("https://acme.example/jobs/2",)


class TestPagesOfJobs:
    async def test_jobs_that_are_over_are_left_out_and_told(self, site: LocalServer, fetcher: Fetcher) -> None:
        urls = with_jobs(site, 1, 2, 3, 4, 5)
        site.pages["/jobs/2"] = Told(status=404)
        site.pages["/jobs/3"] = Told(status=410)
        site.pages["/jobs/4"] = job_page(validThrough="2026-01-01")
        site.pages["/jobs/5"] = job_page(head='<meta name="robots" content="noindex">')
        site.pages["/sitemap.xml"] = sitemap(*urls)
        reading = await read(site, fetcher)
        assert (ids(reading), reading.complete, codes(reading)) == (["/jobs/1"], True, ["EXPIRED"])
        assert reading.problems[0].sentence.startswith("4 ")

    @pytest.mark.parametrize("status", [429, 500, 503, 403])
    async def test_a_page_that_does_not_answer_leaves_the_reading_partial(
        self, site: LocalServer, fetcher: Fetcher, status: int
    ) -> None:
        site.pages["/sitemap.xml"] = sitemap(*with_jobs(site, 1, 2, 3))
        site.pages["/jobs/2"] = Told(status=status)
        reading = await read(site, fetcher)
        assert (ids(reading), reading.completeness) == (["/jobs/1", "/jobs/3"], Completeness.PARTIAL)
        assert codes(reading) == [f"HTTP_{status}"]

    async def test_a_site_that_stops_answering_is_not_asked_for_every_page(
        self, site: LocalServer, fetcher: Fetcher
    ) -> None:
        site.pages["/sitemap.xml"] = sitemap(*with_jobs(site, *range(200)))
        for number in range(20, 200):
            site.pages[f"/jobs/{number}"] = Told(status=503)
        reading = await read(site, fetcher)
        assert len(reading.jobs) == 20
        assert "PAGES_LEFT" in codes(reading)
        assert len(site.asked) < 80

    async def test_pages_without_a_posting_are_told_and_nothing_is_invented(
        self, site: LocalServer, fetcher: Fetcher
    ) -> None:
        site.pages["/sitemap.xml"] = sitemap(*with_jobs(site, 1, 2))
        site.pages["/jobs/2"] = "<h1>Nurse wanted</h1>"
        reading = await read(site, fetcher)
        assert (ids(reading), codes(reading)) == (["/jobs/1"], ["NO_JOB_POSTING"])

    async def test_a_site_without_any_posting_is_no_source(self, site: LocalServer, fetcher: Fetcher) -> None:
        site.pages["/sitemap.xml"] = sitemap(*with_jobs(site, 1))
        site.pages["/jobs/1"] = "<h1>Nurse wanted</h1>"
        reading = await read(site, fetcher)
        assert (reading.completeness, codes(reading)) == (Completeness.FAILED, ["NO_JOB_POSTING"])

    async def test_a_posting_that_cannot_be_made_out_counts_as_unread(
        self, site: LocalServer, fetcher: Fetcher
    ) -> None:
        site.pages["/sitemap.xml"] = sitemap(*with_jobs(site, 1, 2))
        site.pages["/jobs/2"] = '<script type="application/ld+json">{"@type":"JobPosting","title":"Nur</script>'
        reading = await read(site, fetcher)
        assert (reading.unreadable, codes(reading)) == (1, ["BROKEN_JOB_POSTING"])

    async def test_one_job_at_two_addresses_is_one_job(self, site: LocalServer, fetcher: Fetcher) -> None:
        urls = with_jobs(site, 1, 2)
        for number in (1, 2):
            head = f'<link rel="canonical" href="{site.url}/jobs/1">'
            site.pages[f"/jobs/{number}"] = job_page(head=head)
        site.pages["/sitemap.xml"] = sitemap(*urls)
        assert ids(await read(site, fetcher)) == ["/jobs/1"]

    async def test_what_a_page_tells_of_similar_jobs_is_told_by_their_own_pages(
        self, site: LocalServer, fetcher: Fetcher
    ) -> None:
        urls = with_jobs(site, 1, 2)
        told = [{"@type": "JobPosting", "title": f"Job {n}", "url": f"/jobs/{n}"} for n in (1, 2)]
        block = f'<script type="application/ld+json">{json.dumps(told)}</script>'
        site.pages["/jobs/1"] = f"<html><head>{block}</head></html>"
        site.pages["/sitemap.xml"] = sitemap(*urls)
        assert ids(await read(site, fetcher)) == ["/jobs/1", "/jobs/2"]

    async def test_one_canonical_address_on_every_job_is_not_believed(
        self, site: LocalServer, fetcher: Fetcher
    ) -> None:
        urls = with_jobs(site, 1, 2)
        for number in (1, 2):
            site.pages[f"/jobs/{number}"] = job_page(f"Job {number}", head='<link rel="canonical" href="/careers">')
        site.pages["/sitemap.xml"] = sitemap(*urls)
        assert ids(await read(site, fetcher)) == ["/jobs/1", "/jobs/2"]


class TestRobots:
    async def test_what_robots_forbid_is_not_read_and_the_reading_not_whole(
        self, site: LocalServer, fetcher: Fetcher
    ) -> None:
        site.pages["/robots.txt"] = "User-agent: *\nDisallow: /jobs/2\nUser-agent: other\nDisallow: /\n"
        site.pages["/sitemap.xml"] = sitemap(*with_jobs(site, 1, 2))
        reading = await read(site, fetcher)
        assert (ids(reading), codes(reading)) == (["/jobs/1"], ["ROBOTS_FORBID"])
        assert site.times("/jobs/2") == 0

    async def test_our_own_rules_come_before_those_for_all(self, site: LocalServer, fetcher: Fetcher) -> None:
        site.pages["/robots.txt"] = "User-agent: *\nDisallow: /\nUser-agent: Changeover\nAllow: /\n"
        site.pages["/sitemap.xml"] = sitemap(*with_jobs(site, 1))
        assert ids(await read(site, fetcher)) == ["/jobs/1"]

    async def test_a_forbidden_site_is_not_read(self, site: LocalServer, fetcher: Fetcher) -> None:
        site.pages["/robots.txt"] = "User-agent: *\nDisallow: /\n"
        reading = await read(site, fetcher)
        assert (reading.completeness, codes(reading)) == (Completeness.FAILED, ["ROBOTS_FORBID"])
        assert [asked.path for asked in site.asked] == ["/robots.txt"]

    @pytest.mark.parametrize(
        ("status", "allowed"), [(404, True), (403, True), (500, False), (503, False), (429, False)]
    )
    async def test_a_client_error_allows_everything_a_server_error_nothing(
        self, site: LocalServer, fetcher: Fetcher, status: int, allowed: bool
    ) -> None:
        site.pages["/robots.txt"] = Told(status=status)
        site.pages["/sitemap.xml"] = sitemap(*with_jobs(site, 1))
        reading = await read(site, fetcher)
        assert (reading.completeness is not Completeness.FAILED) is allowed

    async def test_the_pace_that_robots_ask_for_is_kept(self, site: LocalServer) -> None:
        async def resolver(_host: str, _port: int) -> list[str]:
            return ["127.0.0.1"]

        site.pages["/robots.txt"] = "User-agent: *\nCrawl-delay: 0.2\n"
        with_jobs(site, 1)
        site.pages["/jobs/1"] = job_page()
        origin = f"http://careers.example:{site.port}"
        site.pages["/sitemap.xml"] = sitemap(f"{origin}/jobs/1")
        async with Fetcher(dataclasses.replace(QUICK, parallel=4), resolver=resolver) as fetcher:
            loop_began = NOW
            reading = await read_site(origin + "/", fetcher, loop_began)
            assert fetcher._delays["careers.example"] == 0.2
        assert ids(reading) == ["/jobs/1"]


class TestBounds:
    async def test_no_more_pages_at_once_than_the_rules_say(self, site: LocalServer) -> None:
        import asyncio

        at_once = most = 0

        async def page(_asked: Asked) -> Told:
            nonlocal at_once, most
            at_once += 1
            most = max(most, at_once)
            await asyncio.sleep(0.02)
            at_once -= 1
            return Told(job_page().encode())

        urls = with_jobs(site, *range(20))
        for number in range(20):
            site.pages[f"/jobs/{number}"] = page
        site.pages["/sitemap.xml"] = sitemap(*urls)
        async with Fetcher(dataclasses.replace(QUICK, parallel=3)) as fetcher:
            await read_site(site.url + "/", fetcher, NOW)
        assert most == 3

    async def test_progress_is_told(self, site: LocalServer, fetcher: Fetcher) -> None:
        site.pages["/sitemap.xml"] = sitemap(*with_jobs(site, 1, 2, 3))
        told: list[tuple[int, int | None]] = []
        await read_site(site.url + "/", fetcher, NOW, lambda done, of: told.append((done, of)))
        assert told == [(1, 3), (2, 3), (3, 3)]

    def test_a_sitemap_is_recognised_or_not(self) -> None:
        assert read_sitemap(b"<html></html>") is None
        unopened = read_sitemap(b"\x1f\x8bnot gzip")
        assert unopened is not None
        assert not unopened.whole
        found = read_sitemap(sitemap("https://a.example/?a=1&amp;b=2", "https://a.example/?a=1&amp;b=2").encode())
        assert found is not None
        assert found.addresses == ("https://a.example/?a=1&b=2",)
