"""Markup of pages as sites write it: heads, comments, other encodings, microdata; none of it believed too far."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changeover.sources import microdata
from changeover.sources.job_page import Says, read_page
from changeover.sources.json_ld import job_postings
from changeover.sources.page_head import read_head

from .conftest import NOW

POSTING = json.dumps({"@type": "JobPosting", "title": "Nürse", "description": "x"}, ensure_ascii=False)
BLOCK = f'<script type="application/ld+json">{POSTING}</script>'


def titles(page: bytes, charset: str = "") -> list[str]:
    return [posting["title"] for posting in job_postings(page, charset).postings]


class TestSeveral:
    def _told(self, *postings: Mapping[str, object]) -> list[tuple[str, str]]:
        blocks = "".join(f'<script type="application/ld+json">{json.dumps(one)}</script>' for one in postings)
        page = read_page(blocks.encode(), "https://a.example/jobs/1", NOW)
        return [(job.id, job.url) for job in page.jobs]

    def test_what_a_page_tells_twice_is_one_job(self) -> None:
        posting = {"@type": "JobPosting", "title": "Nurse", "identifier": "7"}
        assert self._told(posting, {"@graph": [posting]}) == [("/jobs/1", "https://a.example/jobs/1")]

    def test_each_job_of_a_list_is_known_and_applied_for_at_its_own_address(self) -> None:
        items = [
            {"@type": "ListItem", "item": {"@type": "JobPosting", "title": f"Job {n}", "url": f"/jobs/{n}"}}
            for n in (2, 3)
        ]
        assert self._told({"@type": "ItemList", "itemListElement": items}) == [
            ("/jobs/2", "https://a.example/jobs/2"), ("/jobs/3", "https://a.example/jobs/3"),
        ]  # fmt: skip


class TestBlocks:
    @pytest.mark.parametrize(
        "page",
        [
            BLOCK.encode(),
            BLOCK.replace("application/ld+json", "application/ld&#43;json").encode(),
            BLOCK.replace("<script type", "<SCRIPT nonce='a>b' data-x=1 TYPE").replace("a>b", "ab").encode(),
            BLOCK.replace("</script>", "</ScRiPt >").encode(),
            f"<script>var t = 'application/ld+json'</script>{BLOCK}".encode(),
            BLOCK.encode("utf-16"),
            b'<meta charset="iso-8859-1">' + BLOCK.encode("latin-1"),
            BLOCK.replace("</script>", "").encode(),
        ],
    )
    def test_however_the_page_wrote_it(self, page: bytes) -> None:
        assert titles(page) == ["Nürse"]

    def test_the_answers_charset_is_used(self) -> None:
        assert titles(BLOCK.encode("cp1250"), "windows-1250") == ["Nürse"]

    @pytest.mark.parametrize("page", [f"<!-- {BLOCK} -->", BLOCK.replace("ld+json", "json")])
    def test_what_a_browser_would_not_see_is_no_job(self, page: str) -> None:
        assert titles(page.encode()) == []

    def test_a_comment_before_it_hides_nothing(self) -> None:
        assert titles(f"<!-- old --><p>{BLOCK}".encode()) == ["Nürse"]

    @given(st.text(max_size=60), st.binary(max_size=60))
    def test_nothing_raises(self, inner: str, around: bytes) -> None:
        page = around + f'<script type="application/ld+json">{inner}JobPosting'.encode("utf-8", "replace") + around
        job_postings(page)
        read_page(page, "https://a.example/jobs/1", NOW)

    @pytest.mark.parametrize("piece", [b"<!--", b"<script type=application/ld", b"<link '", b"<script ", b"itemprop="])
    def test_markup_made_to_take_long_does_not(self, piece: bytes) -> None:
        began = time.perf_counter()
        read_page(piece * (2_000_000 // len(piece)), "https://a.example/jobs/1", NOW)
        assert time.perf_counter() - began < 3


class TestHead:
    def head(self, inner: str, url: str = "https://a.example/jobs/1?x=1") -> tuple[str, bool]:
        found = read_head(f"<html><head>{inner}</head>".encode(), url)
        return found.address, found.noindex

    def test_the_canonical_address(self) -> None:
        assert self.head('<link href="/jobs/1" rel="canonical">') == ("https://a.example/jobs/1", False)
        assert self.head("<link rel=canonical href=/jobs/1>") == ("https://a.example/jobs/1", False)
        assert self.head('<meta property="og:url" content="https://www.a.example/jobs/1?a=1&amp;b=2">') == (
            "https://www.a.example/jobs/1?a=1&b=2",
            False,
        )

    def test_an_address_that_is_not_the_sites_is_not_believed(self) -> None:
        for href in ("https://evil.example/jobs/1", "javascript:x", "https://a.example/", ""):
            assert self.head(f'<link rel="canonical" href="{href}">')[0] == ""

    def test_a_page_that_is_not_to_be_indexed(self) -> None:
        assert self.head('<META NAME="ROBOTS" CONTENT="NOINDEX, follow">')[1]
        assert not self.head('<!-- <meta name="robots" content="noindex"> -->')[1]
        assert not self.head('<meta name="robots" content="index, follow">')[1]


MARKED = """
<div itemscope itemtype="http://schema.org/JobPosting">
 <h1 itemprop="title">Nurse</h1> <meta itemprop="datePosted" content="2026-11-01">
 <div itemprop="description"><p>Care.</p><script>x</script></div>
 <span itemprop="hiringOrganization" itemscope itemtype="http://schema.org/Organization">
  <b itemprop="name">Acme</b></span>
 <div itemprop="jobLocation" itemscope itemtype="http://schema.org/Place">
  <p itemprop="address" itemscope itemtype="http://schema.org/PostalAddress">
   <span itemprop="addressLocality">Bern</span><span itemprop="addressCountry">CH</span></p></div>
 <time itemprop="validThrough" datetime="2027-01-01">soon</time>
 <a itemprop="url" href="/jobs/1">here</a>
</div>
"""


class TestMicrodata:
    def test_a_page_with_microdata_alone_is_read(self) -> None:
        page = read_page(MARKED.encode(), "https://a.example/jobs/1", NOW)
        [job] = page.jobs
        assert (job.title, job.company, job.location) == ("Nurse", "Acme", "Bern, CH")
        assert job.description == "<p>Care.</p>"
        assert job.extra["validThrough"] == "2027-01-01"

    def test_json_ld_comes_first(self) -> None:
        page = read_page((BLOCK + MARKED).encode(), "https://a.example/jobs/1", NOW)
        assert [job.title for job in page.jobs] == ["Nürse"]

    def test_a_page_with_rdfa_alone_is_read_and_what_is_for_others_is_none_of_it(self) -> None:
        inner = (
            '<h1 property="title">Nurse</h1><meta property="og:title" content="Jobs"><p property="jobLocation" '
            'typeof="Place"><b property="address" typeof="PostalAddress"><i property="addressLocality">Bern</i></b></p>'
        )
        for kind in ('vocab="https://schema.org/" typeof="JobPosting"', 'typeof="schema:JobPosting"'):
            page = read_page(f"<div {kind}>{inner}</div>".encode(), "https://a.example/jobs/1", NOW)
            assert [(job.title, job.location) for job in page.jobs] == [("Nurse", "Bern")]

    def test_a_job_that_is_over_by_microdata(self) -> None:
        body = MARKED.replace("2027-01-01", "2026-01-01").encode()
        assert read_page(body, "https://a.example/jobs/1", NOW).says is Says.EXPIRED

    def test_a_page_of_other_things_holds_none(self) -> None:
        assert microdata.job_postings(b'<div itemscope itemtype="https://schema.org/Product"></div>') == []
