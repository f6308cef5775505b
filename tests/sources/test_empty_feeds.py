"""A feed without jobs is empty only if nothing in it may be a job."""

from __future__ import annotations

import pytest

from changeover.sources.source import Completeness

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
