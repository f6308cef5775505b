"""Where a job's fields stood in its source is told once for all of a reading, not with each of its jobs."""

from __future__ import annotations

from datetime import UTC, datetime

from changeover.sources import ats_boards
from changeover.sources.ats_boards.board import told
from changeover.sources.job_page import read_page
from changeover.sources.json_answer import read_json
from changeover.sources.origins import WORKED_OUT, Tally, sentences
from changeover.sources.records import read_csv
from changeover.sources.xml_feed import read_feed

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def test_a_feed_says_which_of_its_elements_became_which_field_and_in_how_many_records() -> None:
    found = read_feed(
        [
            b"<source><job><referencenumber>1</referencenumber><title>Baker</title><city>Oslo</city><country>NO</country>"
            b"<url>https://x.example/1</url><date>2026-01-02</date><jobtype>Full-time</jobtype></job>"
            b"<job><referencenumber>2</referencenumber><title>Cook</title><city>Oslo</city></job></source>"
        ]
    ).origins
    assert found["title"] == {"title": 2}
    assert found["location"] == {"city, country": 1, "city": 1}
    assert found["id"] == {"referencenumber": 2}
    assert found["posted_at"] == {"date": 1}
    assert found["employment_types"] == {"jobtype": 1}
    assert dict(sentences(found))["location"] == "city, country (1); city (1)"


def test_an_ats_says_which_of_its_fields_became_which_and_what_stands_nowhere() -> None:
    board = ats_boards.named("smartrecruiters")
    assert board
    record = {"id": "7", "name": "Baker", "company": {"identifier": "acme", "name": "Acme"}, "refNumber": "R1",
              "location": {"city": "Oslo", "country": "no"}}  # fmt: skip
    said = told(board, {"totalFound": 1, "content": [record]})
    assert said
    assert said.origins["title"] == {"name": 1}
    assert said.origins["location"] == {"location/city, location/country": 1}
    assert said.origins["url"] == {WORKED_OUT: 1}


def test_a_page_a_list_and_a_table_say_it_too() -> None:
    page = (
        b'<html><script type="application/ld+json">{"@type":"JobPosting","title":"Baker","hiringOrganization":'
        b'{"name":"Acme"},"jobLocation":[{"address":{"addressLocality":"Oslo"}}]}</script></html>'
    )
    tally = Tally()
    read_page(page, "https://x.example/1", NOW, tally=tally)
    assert tally.found()["company"] == {"hiringOrganization/name": 1}
    assert tally.found()["location"] == {"jobLocation/address/addressLocality": 1}
    listed = read_json({"jobs": [{"uuid": "1", "job_title": "Baker", "office": "x", "town": "Oslo"}]}, "", "it", NOW)
    assert (listed.origins["title"], listed.origins["location"]) == ({"jobtitle": 1}, {"town": 1})
    table = read_csv("Job Reference;Job Title;Town;Country\n1;Baker;Oslo;NO\n").origins
    assert (table["title"], table["id"]) == ({"Job Title": 1}, {"Job Reference": 1})
    assert table["location"] == {"Town, Country": 1}


def test_the_place_that_is_called_so_is_named_where_two_say_the_same() -> None:
    item = b"<item><guid>https://x.example/1</guid><title>Baker</title><link>https://x.example/1</link></item>"
    found = read_feed([b'<rss version="2.0"><channel>' + item + b"</channel></rss>"]).origins
    assert (found["url"], found["id"]) == ({"link": 1}, {"guid": 1})


def test_only_the_first_records_are_looked_at_and_none_is_told_otherwise_for_it() -> None:
    jobs = b"".join(b"<job><id>%d</id><title>Baker %d</title></job>" % (n, n) for n in range(200))
    found = read_feed([b"<jobs>" + jobs + b"</jobs>"])
    assert (len(found.jobs), found.origins["title"]) == (200, {"title": 50})
    assert all(type(job.extra) is dict for job in found.jobs)
