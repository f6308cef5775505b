"""A feed without jobs is empty only if nothing in it may be a job."""

from __future__ import annotations

import pytest

from changeover.sources.source import Completeness
from changeover.sources.xml_feed import read_feed

from .test_xml_feed import codes, read


class TestNoRecordFound:
    @pytest.mark.parametrize(
        "head",
        [
            "<source><publisher>P</publisher><publisherurl>u</publisherurl><lastBuildDate>x</lastBuildDate></source>",
            "<rss><channel><title>x</title><image><url>u</url><title>t</title></image></channel></rss>",
            "<feed><title>x</title><link href='a'/><link href='b'/><author><name>P</name><uri>u</uri></author></feed>",
            "<result><status>ok</status><data><count>0</count><page>1</page></data></result>",
        ],
    )
    def test_a_head_alone_is_an_empty_feed(self, head: str) -> None:
        reading = read(head.encode())
        assert (len(reading.jobs), reading.complete, codes(reading)) == (0, True, [])

    @pytest.mark.parametrize(
        "unknown",
        [
            "<source><publisher>P</publisher><thing><what>Nurse</what><where>Boston</where></thing></source>",
            "<jobs><thing what='Nurse'/><thing what='Cook'/></jobs>",
            "<root><items><thing><what><![CDATA[<b>Nurse</b>]]></what><where>Boston</where></thing></items></root>",
            "<rss><channel><title>x</title><thing><what>a</what><where>b</where></thing></channel></rss>",
        ],
    )
    def test_records_under_an_unknown_name_are_not_taken_for_none(self, unknown: str) -> None:
        reading = read(unknown.encode())
        assert (reading.completeness, codes(reading)) == (Completeness.FAILED, ["UNKNOWN_RECORDS"])
        assert "<thing>" in reading.problems[0].sentence
        assert "changeover source map" in reading.problems[0].sentence

    @pytest.mark.parametrize(
        "error",
        [
            "<jobs><error>Too many requests</error></jobs>",
            "<result><status>error</status><message>Too many requests</message></result>",
            "<?xml version='1.0'?><jobs>Too many requests</jobs>",
        ],
    )
    def test_an_error_in_place_of_jobs_is_no_empty_feed(self, error: str) -> None:
        reading = read(error.encode())
        assert (reading.completeness, codes(reading)) == (Completeness.FAILED, ["ERROR_TOLD"])
        assert "Too many requests" in reading.problems[0].sentence


JOB = "<id>1</id><title>Baker</title>"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (f"<jobs total='2'><job>{JOB}</job></jobs>", "COUNT_MISMATCH"),
        (f"<response><totalResults>40</totalResults><jobs><job>{JOB}</job></jobs></response>", "COUNT_MISMATCH"),
        ("<jobs count='12'></jobs>", "COUNT_MISMATCH"),
        (f"<jobs page='1' pages='4'><job>{JOB}</job></jobs>", "MORE_PAGES"),
        (f"<jobs><nextPage>https://x.example/2</nextPage><job>{JOB}</job></jobs>", "MORE_PAGES"),
        (f"<feed><link rel='next' href='jobs?page=2'/><entry>{JOB}</entry></feed>", "MORE_PAGES"),
        (f"<rss><channel><atom:link href='jobs?paged=2' rel='next'/><item>{JOB}</item></channel></rss>", "MORE_PAGES"),
    ],
)
def test_a_feed_that_says_there_is_more_is_not_whole(body: str, code: str) -> None:
    reading = read(body.encode())
    assert (reading.completeness, codes(reading)) == (Completeness.PARTIAL, [code])


@pytest.mark.parametrize("said", ["total='1'", "count='0'", "page='1' pages='1'"])
def test_a_feed_that_says_there_is_no_more_is_whole(said: str) -> None:
    assert read(f"<jobs {said}><job>{JOB}</job></jobs>".encode()).complete


def test_a_feed_without_jobs_is_known_by_its_root_where_that_tells() -> None:
    assert read_feed([b"<workzag-jobs/>"]).kind == "personio"
    assert read_feed([b"<source><expectedJobCount>0</expectedJobCount></source>"]).kind == "linkedin"
    assert read_feed([b"<jobs></jobs>"]).kind == "xml_feed"
