"""The ATS behind a career site is found by what its pages lead to, offered, and never taken for the site."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changeover.sources.ats_behind import ats_behind
from changeover.sources.career_site import read_site
from changeover.sources.fetch import Fetcher

from .conftest import NOW
from .local_server import LocalServer
from .test_career_site import job_page, sitemap

SITE = "https://careers.acme.example/jobs"


@pytest.mark.parametrize(
    ("markup", "kind", "address"),
    [
        (
            '<iframe src="https://boards.greenhouse.io/embed/job_board?for=acme&amp;b=x">',
            "greenhouse",
            "boards/acme/jobs",
        ),
        ('<script src="//boards.greenhouse.io/embed/job_board/js?for=acme">', "greenhouse", "boards/acme/jobs"),
        ('<a href="https://jobs.lever.co/acme/0-1/apply">', "lever", "api.lever.co/v0/postings/acme"),
        ('<a href="https://jobs.eu.lever.co/acme/0-1/apply">', "lever", "api.eu.lever.co/v0/postings/acme"),
        ("{'u': 'https://jobs.ashbyhq.com/acme/1'}", "ashby", "job-board/acme"),
        ('<a href="https://acme.wd3.myworkdayjobs.com/de-DE/Jobs/job/x">', "workday", "/wday/cxs/acme/Jobs/jobs"),
        ('<a href="https://acme.teamtailor.com/jobs/1-x">', "teamtailor", "acme.teamtailor.com/jobs.rss"),
        ('<a href="https://acme.jobs.personio.de/job/1">', "personio", "acme.jobs.personio.de/xml"),
        ('<a href="https://jobs.smartrecruiters.com/Acme/1-x">', "smartrecruiters", "companies/Acme/postings"),
        ('<a href="https://apply.workable.com/acme/">', "workable", "accounts/acme"),
        ('<a href="https://acme.recruitee.com/">', "recruitee", "acme.recruitee.com/api/offers/"),
        ('<a href="https://careers-acme.icims.com/jobs/1/x/job">', "icims", "careers-acme.icims.com/jobs/search"),
        ('<a href="https://acme.jibeapply.com/jobs">', "jibe", "acme.jibeapply.com/api/jobs"),
        ('<a href="https://acme.bamboohr.com/careers/1">', "bamboohr", "acme.bamboohr.com/careers/list"),
        ('<a href="https://acme.breezy.hr/p/1">', "breezy", "acme.breezy.hr/json"),
        ('<a href="https://ats.rippling.com/acme/jobs">', "rippling", "board/acme/jobs"),
        ('<a href="https://acme.pinpointhq.com/postings">', "pinpoint", "acme.pinpointhq.com/postings.json"),
        (
            '<a href="https://x.fa.em2.oraclecloud.com/hcmUI/CandidateExperience/en/sites/CX_1/job/1">',
            "oracle",
            "finder=findReqs;siteNumber=CX_1",
        ),
        (
            '<link href="https://rmkcdn.successfactors.com/a.css">',
            "successfactors_site",
            "https://careers.acme.example/",
        ),
    ],
)
def test_found_by_a_link_or_a_mark(markup: str, kind: str, address: str) -> None:
    found = ats_behind([(SITE, markup.encode())])
    assert found is not None
    assert found.kind == kind
    assert found.address.endswith(address)
    assert found.sentence.endswith(".")


@pytest.mark.parametrize(
    "markup",
    [
        "<a href='https://www.teamtailor.com/'>We use Teamtailor</a>",
        "<img src='https://assets-aws.teamtailor.com/x.png'>",
        "<script src='https://boards.greenhouse.io/embed'>",
        "<a href='https://notlever.example/lever.co/x'>",
        "greenhouse.io",
    ],
)
def test_the_atss_own_pages_are_nobodys_board(markup: str) -> None:
    assert ats_behind([(SITE, markup.encode())]) is None


def test_the_one_that_most_pages_lead_to() -> None:
    other, own = b"<a href='https://jobs.lever.co/partner'>", b"<a href='https://jobs.ashbyhq.com/acme/1'>"
    found = ats_behind([(SITE, other + own), (SITE, own), (SITE, own)])
    assert found is not None
    assert (found.kind, found.times) == ("ashby", 3)


async def test_it_is_offered_and_the_reading_stays_what_it_was(site: LocalServer, fetcher: Fetcher) -> None:
    site.pages["/"] = "<html></html>"
    site.pages["/jobs/1"] = job_page() + '<a href="https://jobs.lever.co/acme/0-1/apply">Apply</a>'
    site.pages["/sitemap.xml"] = sitemap(site.url + "/jobs/1")
    reading = await read_site(site.url + "/", fetcher, NOW)
    assert (len(reading.jobs), reading.complete) == (1, True)
    assert [problem.code for problem in reading.problems] == ["ATS_BEHIND"]
    assert "https://api.lever.co/v0/postings/acme" in reading.problems[0].sentence


@given(st.binary(max_size=200))
def test_nothing_raises(inner: bytes) -> None:
    ats_behind([(SITE, b"//x.lever.co/" + inner + b"https://boards.greenhouse.io" + inner)])
