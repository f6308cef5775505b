"""JobPosting out of pages: every quirk that pages have, and nothing invented."""

from __future__ import annotations

import html
import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from changeover.job import Job
from changeover.sources.job_page import Page, Says, read_page
from changeover.sources.json_ld import job_postings
from changeover.sources.saved_pages import read_one

from .conftest import NOW

POSTING: dict[str, Any] = {
    "@context": "https://schema.org",
    "@type": "JobPosting",
    "title": "Nurse",
    "description": "<p>Care</p>",
    "datePosted": "2026-03-20",
    "hiringOrganization": {"@type": "Organization", "name": "Acme"},
    "identifier": {"@type": "PropertyValue", "name": "Acme", "value": "R-7"},
    "jobLocation": {
        "@type": "Place",
        "address": {
            "addressLocality": "Boston",
            "addressRegion": "MA",
            "addressCountry": {"@type": "Country", "name": "US"},
        },
    },
}
URL = "https://acme.example/jobs/7"


def page(block: str, head: str = "", script: str = '<script type="application/ld+json">') -> bytes:
    return f"<html><head><meta charset=utf-8>{head}{script}{block}</script></head><body>x</body></html>".encode()


def read(value: object, **more: str) -> Page:
    return read_page(page(json.dumps(value), **more), URL, NOW)


def the_job(value: object) -> Job:
    [job] = read(value).jobs
    return job


class TestWhereItStands:
    @pytest.mark.parametrize(
        "value",
        [
            POSTING,
            [POSTING],
            [{"@type": "WebSite"}, POSTING],
            {"@context": "x", "@graph": [{"@type": "Organization"}, POSTING]},
            {"@type": "WebPage", "mainEntity": POSTING},
            {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": POSTING}]},
            {**POSTING, "@type": ["JobPosting", "Thing"]},
            {**POSTING, "@type": "http://schema.org/JobPosting"},
        ],
    )
    def test_a_posting_is_found_wherever_it_stands(self, value: object) -> None:
        job = the_job(value)
        assert (job.title, job.location, job.company, job.employer_job_id) == ("Nurse", "Boston, MA, US", "Acme", "R-7")
        assert (job.id, job.url) == ("/jobs/7", URL)

    @pytest.mark.parametrize(
        "script",
        [
            '<script nonce="x" type="application/ld+json">',
            "<SCRIPT TYPE='application/ld+json' id=x>",
            "<script type=application/ld+json>",
            '<script\n data-x="1"\n type = "application/ld+json; charset=utf-8">',
        ],
    )
    def test_the_type_need_not_be_the_first_attribute(self, script: str) -> None:
        assert read(POSTING, script=script).says is Says.JOBS

    def test_several_blocks_and_several_jobs_on_a_page(self) -> None:
        two = [POSTING, {**POSTING, "title": "Cook", "identifier": 8}]
        found = read(two)
        assert [job.id for job in found.jobs] == ["/jobs/7#R-7", "/jobs/7#8"]


class TestHowItIsWritten:
    @pytest.mark.parametrize(
        "wrap",
        [
            lambda text: f"//<![CDATA[\n{text}\n//]]>",
            lambda text: f"/*<![CDATA[*/{text}/*]]>*/",
            lambda text: f"<![CDATA[{text}]]>",
            lambda text: f"<!--\n{text}\n-->",
            lambda text: f"{text};",
            lambda text: text.replace("Care", "Ca\nre\t"),
            lambda text: text.replace("}, ", "}\n").replace('", "', '"\n"'),
            lambda text: text[:-1] + ",}",
            lambda text: text[:-1] + ' /* not // "this" */ }',
            lambda text: html.escape(text),
            lambda text: text.replace("Care", r"Care \& \'more\'"),
        ],
    )
    def test_the_usual_mistakes_are_mended(self, wrap: Any) -> None:
        [job] = read_page(page(wrap(json.dumps(POSTING))), URL, NOW).jobs
        assert (job.title, job.employer_job_id) == ("Nurse", "R-7")

    @pytest.mark.parametrize(
        ("change", "field", "expected"),
        [
            ({"identifier": "R-9"}, "employer_job_id", "R-9"),
            ({"identifier": 9}, "employer_job_id", "9"),
            ({"identifier": [{"value": 10}]}, "employer_job_id", "10"),
            ({"identifier": {"@type": "PropertyValue", "value": URL}}, "employer_job_id", ""),
            ({"identifier": {}}, "employer_job_id", ""),
            ({"hiringOrganization": "Acme Inc"}, "company", "Acme Inc"),
            ({"hiringOrganization": [{"name": "A"}]}, "company", "A"),
            ({"title": ["Cook", "Chef"]}, "title", "Cook"),
            ({"title": None, "name": "Chef"}, "title", "Chef"),
            ({"title": None}, "title", ""),
            ({"title": "R&amp;D Lead"}, "title", "R&D Lead"),
            ({"description": "&lt;p&gt;Hi&lt;/p&gt;"}, "description", "<p>Hi</p>"),
            ({"description": ["<p>Hi</p>"]}, "description", "<p>Hi</p>"),
            ({"description": {"x": 1}}, "description", ""),
            ({"jobLocation": "Boston"}, "location", "Boston"),
            ({"jobLocation": {"address": "1 Main St, Boston"}}, "location", "1 Main St, Boston"),
            ({"jobLocation": {"name": "HQ"}}, "location", "HQ"),
            ({"jobLocation": [{"address": {"addressLocality": city}} for city in ("A", "B", "A")]}, "location", "A; B"),
            (
                {"jobLocation": None, "applicantLocationRequirements": {"@type": "Country", "name": "France"}},
                "location",
                "Remote, France",
            ),
            ({"jobLocationType": "TELECOMMUTE"}, "workplace_type", "remote"),
            ({"jobLocationType": ["TELECOMMUTE"]}, "workplace_type", "remote"),
        ],
    )
    def test_values_of_any_type(self, change: dict[str, Any], field: str, expected: str) -> None:
        assert getattr(the_job({**POSTING, **change}), field) == expected


class TestWhatAPageSays:
    def test_a_page_without_a_posting_says_so(self) -> None:
        for body in (b"", b"<html></html>", page(""), page('{"@type": "Organization"}'), page("{broken")):
            assert read_page(body, URL, NOW).says is Says.NOTHING

    def test_a_posting_that_cannot_be_made_out_is_broken_not_absent(self) -> None:
        assert read_page(page('{"@type": "JobPosting", "title": "Nur'), URL, NOW).says is Says.BROKEN

    @pytest.mark.parametrize(
        ("until", "says"),
        [
            ("2026-11-23", Says.JOBS),
            ("2026-11-22", Says.EXPIRED),
            ("2026-11-24T11:00:00Z", Says.EXPIRED),
            ("2026-11-24T13:00:00Z", Says.JOBS),
            ("whenever", Says.JOBS),
        ],
    )
    def test_a_posting_past_its_last_day_is_over(self, until: str, says: Says) -> None:
        assert read({**POSTING, "validThrough": until}).says is says

    def test_a_page_that_is_not_to_be_indexed_is_over(self) -> None:
        assert read(POSTING, head='<meta name="robots" content="NOINDEX, nofollow">').says is Says.EXPIRED
        told = read_page(page(json.dumps(POSTING)), URL, NOW, {"x-robots-tag": "noindex"})
        assert told.says is Says.EXPIRED

    def test_the_canonical_address_is_the_pages_own(self) -> None:
        head = '<link rel="canonical" href="/jobs/seven?utm_source=x">'
        assert read(POSTING, head=head).jobs[0].id == "/jobs/seven"

    @pytest.mark.parametrize("href", ["https://other.example/x", "/", "javascript:x"])
    def test_a_canonical_address_of_another_site_or_the_home_page_is_not_believed(self, href: str) -> None:
        assert read(POSTING, head=f'<link rel="canonical" href="{href}">').jobs[0].id == "/jobs/7"

    def test_a_saved_page_is_followed_by_what_it_says_of_itself(self) -> None:
        assert read_one(page(json.dumps({**POSTING, "url": URL})), "x.html", NOW).jobs[0].id == "/jobs/7"
        assert read_one(page(json.dumps(POSTING)), "x.html", NOW).jobs[0].id == "R-7"
        bare = {key: value for key, value in POSTING.items() if key != "identifier"}
        assert read_one(page(json.dumps(bare)), "x.html", NOW).jobs[0].id == "x.html"


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just("JobPosting")
KEYS = st.sampled_from([*POSTING, "@graph", "name", "value", "address", "validThrough", "baseSalary"]) | st.text(
    max_size=5
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6), max_leaves=30
)


class TestNothingRaises:
    @given(VALUES)
    def test_any_nesting(self, value: object) -> None:
        read(value)

    @given(st.dictionaries(KEYS, VALUES, max_size=8))
    @example({"baseSalary": 2**70})
    def test_any_fields_of_a_posting(self, fields: dict[str, Any]) -> None:
        for job in read({**fields, "@type": "JobPosting"}).jobs:
            assert isinstance(job.digest(), bytes)

    @given(st.text())
    def test_any_text_in_a_block(self, text: str) -> None:
        job_postings(f'<script type="application/ld+json">{text}</script>')

    @given(st.binary(max_size=300))
    def test_any_bytes(self, body: bytes) -> None:
        read_page(body, URL, NOW)

    def test_depth(self) -> None:
        for block in ("[" * 100_000, "[" * 100_000 + "]" * 100_000, '{"a":' * 50_000):
            read_page(page(block + "JobPosting"), URL, NOW)
