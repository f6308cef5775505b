"""The outside world over real HTTP: what programs read there, and what a person can do there."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx2
import pytest
from lxml import etree
from selectolax.lexbor import LexborHTMLParser

from changeover.demo.sites import Sites
from changeover.demo.world import World
from changeover.job import Lane


@pytest.fixture
def visitor(sites: Sites) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=sites.url, trust_env=False) as client:
        yield client


def job_posting(page: str) -> dict[str, object]:
    node = LexborHTMLParser(page).css_first('script[type="application/ld+json"]')
    assert node is not None
    found: dict[str, object] = json.loads(node.text())
    return found


class TestAProgramReads:
    def test_a_sitemap_whose_job_pages_all_carry_a_job_posting(self, world: World, visitor: httpx2.Client) -> None:
        tree = etree.fromstring(visitor.get("/careers/quillfeather/sitemap.xml").content)
        pages = [url for url in tree.xpath("//*[local-name()='loc']/text()") if "/jobs/" in url]
        assert len(pages) == len(world.jobs("quillfeather", Lane.LEGACY))
        said = [job_posting(visitor.get(page).text) for page in pages]
        assert {s["title"] for s in said} == {job.title for job in world.jobs("quillfeather", Lane.LEGACY)}

    def test_a_feed_that_is_whole_cut_off_or_shrunk(self, world: World, visitor: httpx2.Client) -> None:
        whole = visitor.get("/feeds/crumbwell.xml").content
        assert len(etree.fromstring(whole).findall("job")) == 26
        world.truncate("crumbwell")
        cut = visitor.get("/feeds/crumbwell.xml").content
        assert whole.startswith(cut)
        with pytest.raises(etree.XMLSyntaxError):
            etree.fromstring(cut)
        world.shrink("crumbwell")
        assert len(etree.fromstring(visitor.get("/feeds/crumbwell.xml").content).findall("job")) == 8
        world.mend("crumbwell")
        assert visitor.get("/feeds/crumbwell.xml").content == whole

    def test_a_source_that_is_down(self, world: World, visitor: httpx2.Client) -> None:
        world.take_down("crumbwell")
        world.take_down("quillfeather")
        for path in ("/feeds/crumbwell.xml", "/careers/quillfeather/", "/careers/quillfeather/sitemap.xml"):
            assert visitor.get(path).status_code == 503

    def test_greenhouse_with_a_total_and_escaped_content(self, sites: Sites, visitor: httpx2.Client) -> None:
        answer = visitor.get(sites.ats_url("quillfeather")).json()
        assert answer["meta"]["total"] == len(answer["jobs"]) == 16
        assert answer["jobs"][0]["content"].startswith("&lt;p&gt;")
        assert visitor.get(answer["jobs"][0]["absolute_url"]).status_code == 200

    def test_lever_in_pages(self, visitor: httpx2.Client) -> None:
        at = "/lever/v0/postings/tidewrack?mode=json"
        whole = visitor.get(at).json()
        parts = [visitor.get(f"{at}&skip={skip}&limit=6").json() for skip in range(0, 24, 6)]
        assert [len(part) for part in parts] == [6, 6, 4, 0]
        assert [job for part in parts for job in part] == whole

    def test_ashby_with_its_version(self, sites: Sites, visitor: httpx2.Client) -> None:
        answer = visitor.get(sites.ats_url("owlight")).json()
        assert (len(answer["jobs"]), answer["apiVersion"]) == (14, "1")

    @pytest.mark.parametrize(
        "path", ["/greenhouse/v1/boards/tidewrack/jobs", "/lever/v0/postings/nobody", "/ashby/posting-api/job-board/x"]
    )
    def test_404_for_a_board_that_is_not_there(self, visitor: httpx2.Client, path: str) -> None:
        assert visitor.get(path).status_code == 404

    def test_robots_that_keep_it_from_the_desks(self, visitor: httpx2.Client) -> None:
        assert "Disallow: /desk/" in visitor.get("/robots.txt").text


class TestAPersonSees:
    def test_every_employer_and_links_that_all_answer(self, world: World, visitor: httpx2.Client) -> None:
        page = LexborHTMLParser(visitor.get("/").text)
        links = [link.attributes["href"] or "" for link in page.css("main a")]
        assert len(links) >= 2 * len(world.employers)
        assert {visitor.get(link).status_code for link in links} == {200}

    def test_a_closed_job_as_gone_and_an_unknown_one_as_not_found(self, world: World, visitor: httpx2.Client) -> None:
        job = world.job("owlight", Lane.LEGACY, "rigger")
        world.close("owlight", "rigger")
        assert visitor.get(f"/careers/owlight/jobs/{job.number}").status_code == 410
        assert visitor.get("/careers/owlight/jobs/none").status_code == 404
        assert visitor.get("/careers/nobody/").status_code == 404

    def test_what_an_employer_typed_and_never_as_markup(self, world: World, visitor: httpx2.Client) -> None:
        title = '</script><script>alert("x")</script>'
        key = world.open_job("quillfeather", title, ("Jena", "Thuringia", "DE"))
        number = world.job("quillfeather", Lane.LEGACY, key).number
        page = visitor.get(f"/careers/quillfeather/jobs/{number}").text
        assert job_posting(page)["title"] == title
        for path in (f"/careers/quillfeather/jobs/{number}", "/careers/quillfeather/", "/desk/quillfeather"):
            assert "<script>alert" not in visitor.get(path).text


class TestAPersonAtTheDeskCan:
    def act(self, visitor: httpx2.Client, slug: str, action: str, **form: str) -> httpx2.Response:
        return visitor.post(f"/desk/{slug}/{action}", data=form)

    def test_put_the_ats_right(self, world: World, visitor: httpx2.Client) -> None:
        assert self.act(visitor, "tidewrack", "fix").status_code == 303
        assert "TW-326" in visitor.get("/desk/tidewrack").text
        assert len(world.jobs("tidewrack", Lane.ATS)) == 17

    def test_rename_a_job_and_give_it_an_id(self, world: World, visitor: httpx2.Client) -> None:
        form = {"key": "galley-cook", "title": "Ship's Cook", "place": "Heysham", "employer_job_id": "TW-313"}
        self.act(visitor, "tidewrack", "edit", **form)
        job = world.job("tidewrack", Lane.ATS, "galley-cook")
        assert (job.title, job.place.text, job.employer_job_id) == ("Ship's Cook", "Heysham", "TW-313")

    def test_close_a_job_and_open_it_again(self, world: World, visitor: httpx2.Client) -> None:
        self.act(visitor, "owlight", "close", key="rigger", lane="ats")
        assert len(world.jobs("owlight", Lane.ATS)) == 13
        self.act(visitor, "owlight", "reopen", key="rigger", lane="ats")
        assert len(world.jobs("owlight", Lane.ATS)) == 14

    def test_open_a_new_job_where_they_have_others(self, world: World, visitor: httpx2.Client) -> None:
        self.act(visitor, "quillfeather", "open", title="Glassblower", city="jena", employer_job_id="Q", lane="both")
        job = world.jobs("quillfeather", Lane.ATS)[-1]
        assert (job.title, job.place.text, job.employer_job_id) == ("Glassblower", "Jena, Germany", "Q")

    def test_add_a_job_to_the_ats_and_break_the_feed(self, world: World, visitor: httpx2.Client) -> None:
        self.act(visitor, "tidewrack", "add", key="ticket-office")
        assert world.job("tidewrack", Lane.ATS, "ticket-office").open
        for action in ("truncate", "shrink", "take-down", "mend"):
            assert self.act(visitor, "tidewrack", action).status_code == 303
        assert world.state("tidewrack") == "whole"

    @pytest.mark.parametrize(
        ("action", "form"),
        [
            ("edit", {"key": "galley-cook", "title": " "}),
            ("edit", {"key": "no-such-job", "title": "A"}),
            ("open", {"title": "x" * 201, "city": "Leeds"}),
            ("close", {"key": "galley-cook", "lane": "nowhere"}),
            ("fly", {}),
        ],
    )
    def test_but_not_what_makes_no_sense(
        self, world: World, visitor: httpx2.Client, action: str, form: dict[str, str]
    ) -> None:
        before = world.jobs("tidewrack", Lane.ATS)
        answer = self.act(visitor, "tidewrack", action, **form)
        assert answer.status_code == 400
        assert 'role="status"' in answer.text
        assert world.jobs("tidewrack", Lane.ATS) == before
